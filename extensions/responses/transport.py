"""Plain HTTP/1.1: one connection, kept alive, that can be broken from another thread.

A library's transport takes each chunk of a stream through a state machine, some 20 microseconds for each event of a
model's answer, cannot be stopped while it connects or waits, and takes longer to import than a first request takes
otherwise. This one sends a request, and reads heads and bodies in bulk.

Does not: HTTP/2, SOCKS proxies, or more than one request at a time.
"""

from __future__ import annotations

import select
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from . import connecting, heads
from .address import Address
from .chunks import BadChunk, Chunks

if TYPE_CHECKING:
    import ssl

_READ_BYTES = 1 << 16
_KEEP_SECONDS = 60.0
_CONNECT_SECONDS = 10.0
#: Models may think for minutes before a server says the first word.
HEAD_SECONDS = 300.0


class Lost(Exception):
    """The connection could not be made, or broke, or the other side does not speak HTTP."""


class Silent(Exception):
    """The server said nothing for too long."""


class Transport:
    """Used by one thread at a time; `abort` may come from any.

    `context` makes the TLS context when one is needed. `proxy` is the URL of an HTTP proxy, credentials included.
    `head_seconds` is how long an answer may take to begin, where that is more than the silence allowed in one.
    """

    def __init__(
        self,
        context: Callable[[], ssl.SSLContext],
        proxy: str | None = None,
        head_seconds: float = HEAD_SECONDS,
    ) -> None:
        self._head_seconds = head_seconds
        self._context = context
        self._proxy = proxy
        self._socket: socket.socket | None = None
        self._used = 0.0
        self._broken = threading.Event()

    def abort(self) -> None:
        """Break the connection: whatever waits on it fails now, and no later request is made."""
        self._broken.set()
        held = self._socket
        if held is not None:
            with suppress(OSError):
                # The plain method: an SSL socket's own would pull the session away under the reader.
                socket.socket.shutdown(held, socket.SHUT_RDWR)

    def close(self) -> None:
        """Abort and release."""
        self.abort()
        self._drop()

    def post(self, address: Address, headers: Mapping[str, str], body: bytes, idle_seconds: float) -> Answer:
        """Send, and read the head of the answer. Raises Lost, Silent, Unsendable."""
        through = None if self._proxy is None else connecting.parse_proxy(self._proxy)
        head = _head(address, through, headers, len(body))
        held = self._connected(address, through)
        try:
            held.settimeout(max(idle_seconds, self._head_seconds))
            held.sendall(head)
            held.sendall(body)
            found, rest = _answered(held)
            held.settimeout(idle_seconds)
        except TimeoutError as error:
            self._drop()
            raise Silent(str(error)) from error
        except (OSError, heads.BadHead) as error:
            self._drop()
            raise Lost(str(error)) from error
        return Answer(found, rest, held, self._finish)

    def _connected(self, address: Address, through: Address | None) -> socket.socket:
        if self._socket is not None and self._fresh(self._socket):
            return self._socket
        self._drop()
        try:
            return connecting.connect(address, through, _CONNECT_SECONDS, self._context, self._hold)
        except (OSError, heads.BadHead) as error:
            self._drop()
            raise Lost(str(error)) from error

    def _hold(self, held: socket.socket) -> None:
        self._socket = held
        if self._broken.is_set():
            raise ConnectionError("aborted")

    def _fresh(self, held: socket.socket) -> bool:
        """Whether a connection from before still stands: nothing has come on it, not even its end."""
        if self._broken.is_set() or time.monotonic() - self._used > _KEEP_SECONDS:
            return False
        waiting = select.poll()
        waiting.register(held, select.POLLIN)
        return not waiting.poll(0)

    def _drop(self) -> None:
        held, self._socket = self._socket, None
        if held is not None:
            held.close()

    def _finish(self, whole: bool) -> None:
        """An answer is read as far as it will be; the connection serves again if that was the whole."""
        self._used = time.monotonic()
        if not whole:
            self._drop()


class Answer:
    """An answer: `status`, `headers` with names in lower case, and its body as it comes.

    Closing it before the body's end closes the connection.
    """

    def __init__(self, head: heads.Head, rest: bytes, held: socket.socket, finish: Callable[[bool], None]) -> None:
        self.status = head.status
        self.headers = head.headers
        self._head = head
        self._rest = rest
        self._socket = held
        self._finish = finish
        self._whole = False
        self._closed = False

    def chunks(self) -> Iterator[bytes]:
        """The body. Raises Lost, Silent."""
        raw = self._coded() if self._head.chunked else self._plain()
        try:
            yield from _unpacked(raw, self.headers.get("content-encoding", "identity").lower())
        except TimeoutError as error:
            raise Silent(str(error)) from error
        except (OSError, ValueError) as error:
            raise Lost(str(error)) from error

    def close(self) -> None:
        """Be done with it."""
        if not self._closed:
            self._closed = True
            self._finish(self._whole and not self._head.closes)

    def _read(self) -> bytes:
        data, self._rest = self._rest, b""
        return data or self._socket.recv(_READ_BYTES)

    def _plain(self) -> Iterator[bytes]:
        """As many bytes as were promised; fewer, where the server leaves."""
        left = self._head.length
        while left != 0:
            data = self._read()
            if not data:
                return
            yield data[:left]
            left = None if left is None else max(0, left - len(data))
        self._whole = True

    def _coded(self) -> Iterator[bytes]:
        chunks = Chunks()
        while not chunks.done:
            data = self._read()
            if not data:
                raise BadChunk("the body breaks off")
            try:
                body = chunks.feed(data)
            except BadChunk as error:
                yield error.before  # what arrived may be the whole answer
                raise
            if body:
                yield body
        self._whole = True


def _head(address: Address, through: Address | None, headers: Mapping[str, str], size: int) -> bytes:
    said = {"host": address.authority, "connection": "keep-alive", **headers, "content-length": str(size)}
    if address.user:
        said["authorization"] = connecting.basic(address)
    target = address.target
    if through is not None and address.scheme == "http":
        said |= connecting.credentials(through)
        target = address.whole
    return heads.request("POST", target, said.items())


def _answered(held: socket.socket) -> tuple[heads.Head, bytes]:
    """The head of the answer itself, and what of the body came with it."""
    data = b""
    while True:
        found = heads.split(data)
        if found is None:
            more = held.recv(_READ_BYTES)
            if not more:
                raise ConnectionError("the server hung up before it answered")
            data += more
            continue
        head = heads.answer(found[0])
        if head.status // 100 != 1 or head.status == 101:
            return head, found[1]
        data = found[1]  # no more than a word that the request is welcome


def _unpacked(chunks: Iterator[bytes], coding: str) -> Iterator[bytes]:
    """The body of a server that compresses though it was asked not to; one that only says so is taken at its bytes."""
    if coding in ("", "identity"):
        yield from chunks
        return
    if coding not in ("gzip", "x-gzip", "deflate"):
        raise ValueError(f"the answer is compressed in a way that was not asked for: {coding}")
    import zlib

    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)
    begun = False
    for chunk in chunks:
        try:
            data = unpacker.decompress(chunk)
        except zlib.error as error:
            if begun:
                raise ValueError(str(error)) from error
            yield chunk
            yield from chunks
            return
        begun = True
        if data:
            yield data
