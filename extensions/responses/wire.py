"""Connections: one httpx client for each, so that whoever waits on one can be stopped from outside.

httpx's blocking client in a worker thread brings a first request out sooner than its async one (which imports anyio's
backend), and reads long streams faster. A blocked read ends when its socket is shut down from the session's thread.

Does not: retry, or know what is asked and answered.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

import httpx

_CONNECT_SECONDS = 10.0
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_DRAIN_SECONDS = 2.0
_BEFORE_SENDING = ("connect_tcp.started", "start_tls.started", "send_request_headers.started")


class Aborted(Exception):
    """The exchange was aborted by whoever started it."""


class Line:
    """One connection at most, kept alive between requests. Used by one exchange at a time."""

    def __init__(self, connect: Callable[[], httpx.Client]) -> None:
        self._connect = connect
        self._made: httpx.Client | None = None
        self._socket: Any = None
        self._aborted = threading.Event()
        self.wait = self._aborted.wait

    @property
    def aborted(self) -> bool:
        """Whether `abort` was called: such a line is used no more."""
        return self._aborted.is_set()

    def abort(self) -> None:
        """Break the connection, whatever is going on. From any thread, more than once."""
        self._aborted.set()
        if self._socket is not None:
            with suppress(OSError):
                # The plain method: an SSL socket's own would pull the session away under the reader.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def close(self) -> None:
        """Abort and release."""
        self.abort()
        if self._made is not None:
            self._made.close()

    def post(self, url: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> httpx.Response:
        """Send, and wait for the head of the answer. Raises httpx.HTTPError and httpx.InvalidURL, or Aborted."""
        address = httpx.URL(url)
        address = address.copy_merge_params(dict(query)) if query else address
        client = self._made = self._made or self._connect()
        extensions = {"trace": self._trace, "timeout": client.timeout.as_dict()}
        request = client.build_request("POST", address, headers=dict(headers), content=body, extensions=extensions)
        return client.send(request, stream=True)

    def drained(self, chunks: Iterator[bytes]) -> None:
        """Read what little follows the last event, so that the connection can be used again; give up soon."""
        timer = threading.Timer(_DRAIN_SECONDS, self.abort)
        timer.daemon = True
        timer.start()
        try:
            for _ in chunks:
                pass
        finally:
            timer.cancel()

    def _trace(self, event: str, info: dict[str, Any]) -> None:
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._socket = info["return_value"].get_extra_info("socket")
        if self._aborted.is_set() and event.endswith(_BEFORE_SENDING):
            raise Aborted


class Lines:
    """The idle connections to one server."""

    def __init__(self, url: str, idle_seconds: float, env: Mapping[str, str]) -> None:
        self._idle: list[Line] = []
        self._lock = threading.Lock()
        self._env = env
        self._url = url
        self._context: ssl.SSLContext | None = None
        self._timeout = httpx.Timeout(idle_seconds, connect=_CONNECT_SECONDS)

    def take(self) -> Line:
        """A line of one's own."""
        with self._lock:
            return self._idle.pop() if self._idle else Line(self._client)

    def give_back(self, line: Line) -> None:
        """Keep a line for the next request, or release it where it was aborted."""
        if line.aborted:
            line.close()
            return
        with self._lock:
            self._idle.append(line)

    def _client(self) -> httpx.Client:
        address = httpx.URL(self._url)
        direct = address.host in _LOOPBACK
        return httpx.Client(
            verify=False if direct and address.scheme == "http" else self._verify(),
            timeout=self._timeout,
            limits=httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=60),
            trust_env=not direct,
        )

    def _verify(self) -> ssl.SSLContext:
        """One context for all lines: loading certificates takes time."""
        if self._context is None:
            own = self._env.get("CODEX_CA_CERTIFICATE") or self._env.get("SSL_CERT_FILE")
            self._context = ssl.create_default_context(cafile=own) if own else httpx.create_ssl_context()
        return self._context
