"""A scripted Responses API server: real HTTP on a free loopback port, one thread a connection.

Does not: check keys or requests. It records them.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from csm.api.testing.script import Halt, Script, many, pick, steps
from csm.api.testing.wire import events
from csm.protocol.model import ModelPart

_PATIENCE = 30.0
_POLL = 0.002
_SCRIPTED = {"error": {"message": "scripted error", "type": "scripted", "code": None}}


class Recorded:
    """A request the server got: `method`, `path` with the query, `headers` (names in lower case), `body`, `json`."""

    def __init__(self, method: str, path: str, headers: dict[str, str], body: bytes) -> None:
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
        self.json: Any = _json(body)

    def outputs(self) -> dict[str, Any]:
        """What the client answered to calls: call id to output."""
        items = [item for item in self._input() if str(item.get("type")).endswith("_output")]
        return {item["call_id"]: item.get("output") for item in items}

    def texts(self, role: str = "user") -> list[str]:
        """The texts of the messages of a role, in order."""
        messages = [item for item in self._input() if item.get("role") == role]
        return [content.get("text", "") for item in messages for content in item.get("content", [])]

    def _input(self) -> list[dict[str, Any]]:
        whole: Any = self.json
        return whole.get("input", []) if isinstance(whole, dict) else []


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
        super().__init__(("127.0.0.1", 0), _Handler)

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


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def kit(self) -> ResponsesServer:
        return cast("_Server", self.server).kit

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: requests are recorded."""

    def do_GET(self) -> None:
        self._plain(200 if self.path.split("?")[0].endswith("/models") else 404, {"object": "list", "data": []}, {})

    def do_POST(self) -> None:
        kit = self.kit
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Recorded(self.command, self.path, headers, body)
        number = kit.record(request)
        turn = pick(kit.script, number, request, repeat=kit.repeat)
        if turn is None:
            self._plain(400, f"the script has no turn for request {number + 1}", {})
        elif "http" in turn:
            self._plain(turn["http"], turn.get("body", _SCRIPTED), turn.get("headers", {}))
        else:
            self._stream(turn, number)

    def _plain(self, status: int, body: Any, headers: dict[str, str]) -> None:
        data = (
            body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else json.dumps(body).encode()
        )
        self.send_response(status)
        for name, value in {"content-type": "application/json", **headers, "content-length": len(data)}.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(data)

    def _stream(self, turn: dict[str, Any], number: int) -> None:
        self.send_response(200)
        for name, value in {"content-type": "text/event-stream", **turn.get("headers", {})}.items():
            self.send_header(name, str(value))
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        whole = self._raw(turn["raw"]) if "raw" in turn else self._events(turn, number)
        if whole:
            self.wfile.write(b"0\r\n\r\n")
        else:
            self._hang_up()

    def _raw(self, raw: Any) -> bool:
        for piece in many(raw):
            if isinstance(piece, str | bytes):
                self._chunk(_bytes(piece))
            elif not self._passed(piece):
                return False
        return True

    def _events(self, turn: dict[str, Any], number: int) -> bool:
        """Send the turn; False where the connection has to break."""
        sent, places = 0, dict[str, int]()
        for step in steps(turn, number):
            if not isinstance(step, ModelPart):
                if not self._passed(step):
                    return False
                continue
            for event in events(step, places):
                if turn.get("drop") == sent:
                    return False
                self._send(event, sent)
                sent += 1
        if turn.get("hang"):
            self._passed(threading.Event(), patience=float("inf"))
        return self._last(turn, sent)

    def _last(self, turn: dict[str, Any], sent: int) -> bool:
        if "fail" in turn:
            self._send({"type": "response.failed", "response": {"status": "failed", "error": turn["fail"]}}, sent)
        if "incomplete" in turn:
            response = {"status": "incomplete", "incomplete_details": {"reason": turn["incomplete"]}}
            self._send({"type": "response.incomplete", "response": response}, sent)
        return not turn.get("hang") and "drop" not in turn

    def _send(self, event: dict[str, Any], number: int) -> None:
        if self.kit.delay_every and number:
            self.kit.closing.wait(self.kit.delay_every)
        data = json.dumps({"sequence_number": number, **event})
        self._chunk(f"event: {event['type']}\ndata: {data}\n\n".encode())

    def _chunk(self, data: bytes) -> None:
        if data:
            self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))

    def _passed(self, halt: Halt, patience: float = _PATIENCE) -> bool:
        """Wait at a halt; False once the server closes, the client is gone or nobody opens it."""
        limit = time.monotonic() + patience
        while not halt.is_set():
            if self.kit.closing.is_set() or time.monotonic() > limit or self._client_gone():
                return False
            time.sleep(_POLL)
        return True

    def _client_gone(self) -> bool:
        try:
            return self.connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True

    def _hang_up(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _bytes(data: str | bytes) -> bytes:
    return data.encode() if isinstance(data, str) else data
