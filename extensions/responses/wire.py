"""Connections to one server: each serves one exchange at a time and can be stopped from outside.

httpx's blocking client in a worker thread brings a first request out sooner than its async one, which would load
anyio's backend besides.

Does not: retry, or know what is asked and answered.
"""

from __future__ import annotations

import ssl
import threading
import weakref
from collections.abc import Iterator, Mapping
from urllib.request import proxy_bypass_environment

import httpx

from .transport import HEAD_SECONDS, Transport

_CONNECT_SECONDS = 10.0
_DRAIN_SECONDS = 2.0
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Aborted(Exception):
    """The exchange was aborted by whoever started it."""


class Line:
    """One connection, kept alive between requests."""

    def __init__(self, transport: Transport, timeout: httpx.Timeout) -> None:
        self._transport = transport
        self._client = httpx.Client(transport=transport, timeout=timeout, trust_env=False)
        self._aborted = threading.Event()
        self.wait = self._aborted.wait
        self.close = self._client.close

    @property
    def aborted(self) -> bool:
        """Whether `abort` was called: such a line is used no more."""
        return self._aborted.is_set()

    def abort(self) -> None:
        """Break the connection, whatever is going on. From any thread, more than once."""
        self._aborted.set()
        self._transport.abort()

    def post(self, url: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> httpx.Response:
        """Send, and wait for the head of the answer. Raises httpx.TransportError, httpx.InvalidURL, ValueError."""
        address = httpx.URL(url)
        address = address.copy_merge_params(dict(query)) if query else address
        request = self._client.build_request("POST", address, headers=dict(headers), content=body)
        return self._client.send(request, stream=True)

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


class Lines:
    """The idle connections to one server."""

    def __init__(
        self, url: str, idle_seconds: float, env: Mapping[str, str], head_seconds: float = HEAD_SECONDS
    ) -> None:
        self._idle: list[Line] = []
        self._lock = threading.Lock()
        self._url = url
        self._env = env
        self._made: ssl.SSLContext | None = None
        self._head_seconds = head_seconds
        self._timeout = httpx.Timeout(idle_seconds, connect=_CONNECT_SECONDS)
        weakref.finalize(self, _close_all, self._idle)

    def take(self) -> Line:
        """A line of one's own."""
        with self._lock:
            if self._idle:
                return self._idle.pop()
        transport = Transport(self._context, proxy(self._url, self._env), self._head_seconds)
        return Line(transport, self._timeout)

    def give_back(self, line: Line) -> None:
        """Keep a line for the next request, or release it where it was aborted."""
        if line.aborted:
            line.close()
            return
        with self._lock:
            self._idle.append(line)

    def _context(self) -> ssl.SSLContext:
        """One context for all lines: loading certificates takes time."""
        with self._lock:
            if self._made is None:
                own = self._env.get("CODEX_CA_CERTIFICATE") or self._env.get("SSL_CERT_FILE")
                self._made = ssl.create_default_context(cafile=own) if own else httpx.create_ssl_context()
            return self._made


def _close_all(lines: list[Line]) -> None:
    for line in lines:
        line.close()


def proxy(url: str, env: Mapping[str, str]) -> str | None:
    """The proxy that the environment names for a URL, if any. This machine is always reached directly."""
    scheme, _, rest = url.lower().partition("://")
    host = rest.split("/")[0].rsplit("@")[-1]
    named = next((env[name] for name in _names(scheme) if env.get(name)), None)
    without = env.get("no_proxy") or env.get("NO_PROXY") or ""
    if named is None or _bare(host) in _LOOPBACK or proxy_bypass_environment(host, {"no": without}):
        return None
    return named if "://" in named else f"http://{named}"


def _names(scheme: str) -> tuple[str, ...]:
    names = (f"{scheme}_proxy", "all_proxy")
    return (*names, *(name.upper() for name in names))


def _bare(host: str) -> str:
    """Without a port and brackets."""
    return host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
