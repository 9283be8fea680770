"""A scripted Responses API server: real HTTP on a free loopback port, one thread a connection.

Does not: check keys or requests. It records them.
"""

from __future__ import annotations

import json
import socket
import threading
from contextlib import suppress
from http.server import ThreadingHTTPServer
from typing import Any

from csm.api.testing.answering import Handler
from csm.api.testing.recorded import Recorded
from csm.api.testing.script import Script


class ResponsesServer:
    """Serves `script` (see `csm.api.testing.script`), one turn a POST to `/v1/responses`, while the `with` lasts.

    `url` is the base URL; `requests` what was posted, in order. Past the end of the script it answers 400, or with
    `repeat` gives the last turn again. `delay_every` seconds pass between events, for a stream that takes its time.
    """

    def __init__(self, script: Script, *, repeat: bool = False, delay_every: float = 0.0) -> None:
        self.requests: list[Recorded] = []
        self.script = script
        self.repeat = repeat
        self.delay_every = delay_every
        self.closing = threading.Event()
        self._changed = threading.Condition()
        self._http: _Server | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> ResponsesServer:
        self._http = _Server(self)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop serving; halted and hanging answers end."""
        self.closing.set()
        if self._http is not None and self._thread is not None:
            self._http.shutdown()
            self._http.hang_up()
            self._http.server_close()
            self._thread.join(5)
            self._http = None

    @property
    def port(self) -> int:
        """The port, while it serves."""
        if self._http is None:
            raise RuntimeError("the server is not running")
        return self._http.server_address[1]

    @property
    def url(self) -> str:
        """The base URL for `model_providers.ID.base_url`."""
        return f"http://127.0.0.1:{self.port}/v1"

    def overrides(self, provider: str = "scripted", env_key: str = "") -> dict[str, Any]:
        """Settings (dotted keys) that make this server the model provider. `env_key` names the key's variable."""
        table = f"model_providers.{provider}"
        values = {"name": provider, "base_url": self.url, "wire_api": "responses"}
        if env_key:
            values["env_key"] = env_key
        return {"model_provider": provider, **{f"{table}.{key}": value for key, value in values.items()}}

    def config_toml(self, provider: str = "scripted", env_key: str = "") -> str:
        """The same as lines for the top of a `config.toml`."""
        return "".join(f"{key} = {json.dumps(value)}\n" for key, value in self.overrides(provider, env_key).items())

    def wait_requests(self, count: int, timeout: float = 10.0) -> list[Recorded]:
        """Wait until `count` requests were posted; all of them. Raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.requests) >= count, timeout):
                raise TimeoutError(f"{len(self.requests)} of {count} requests came")
        return self.requests

    def record(self, request: Recorded) -> int:
        """Keep a request; its number from 0."""
        with self._changed:
            self.requests.append(request)
            self._changed.notify_all()
            return len(self.requests) - 1


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, kit: ResponsesServer) -> None:
        self.kit = kit
        self._open: set[socket.socket] = set()
        super().__init__(("127.0.0.1", 0), Handler)

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """Break every connection, so that no thread waits for a client that keeps one alive."""
        for connection in tuple(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is part of many tests."""
