"""Connections to one server: each serves one exchange at a time and can be stopped from outside.

Blocking, in a worker thread: reading many small parts costs less so than on a loop.

Does not: retry, or know what is asked and answered.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from . import address
from .proxies import proxy
from .transport import HEAD_SECONDS, Answer, Transport

if TYPE_CHECKING:
    import ssl

_DRAIN_SECONDS = 2.0


class Aborted(Exception):
    """The exchange was aborted by whoever started it."""


class Line:
    """One connection, kept alive between requests."""

    def __init__(self, transport: Transport, idle_seconds: float) -> None:
        self._transport = transport
        self._idle_seconds = idle_seconds
        self._aborted = threading.Event()
        self.wait = self._aborted.wait
        self.close = transport.close

    @property
    def aborted(self) -> bool:
        """Whether `abort` was called: such a line is used no more."""
        return self._aborted.is_set()

    def abort(self) -> None:
        """Break the connection, whatever is going on. From any thread, more than once."""
        self._aborted.set()
        self._transport.abort()

    def post(self, url: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> Answer:
        """Send, and wait for the head of the answer. Raises Lost, Silent, Unsendable."""
        return self._transport.post(address.parse(url, query), headers, body, self._idle_seconds)

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
        self._idle_seconds = idle_seconds
        weakref.finalize(self, _close_all, self._idle)

    def take(self) -> Line:
        """A line of one's own."""
        with self._lock:
            if self._idle:
                return self._idle.pop()
        transport = Transport(self._context, proxy(self._url, self._env), self._head_seconds)
        return Line(transport, self._idle_seconds)

    def give_back(self, line: Line) -> None:
        """Keep a line for the next request, or release it where it was aborted."""
        if line.aborted:
            line.close()
            return
        with self._lock:
            self._idle.append(line)

    def _context(self) -> ssl.SSLContext:
        """One context for all lines: loading certificates takes time."""
        from . import certificates

        with self._lock:
            if self._made is None:
                self._made = certificates.context(self._env)
            return self._made


def _close_all(lines: list[Line]) -> None:
    for line in lines:
        line.close()
