"""Plain HTTP/1.1 for httpx: one connection, kept alive, that can be broken from another thread.

httpx's own transport (httpcore with h11) takes each chunk of a stream through a state machine, some 20 microseconds
for each event of a model's answer, and cannot be stopped while it connects or waits. This one leaves connecting, TLS,
tunnels and heads to the standard library and reads bodies in bulk.

Does not: HTTP/2, compressed bodies, SOCKS proxies, or more than one request at a time.
"""

from __future__ import annotations

import http.client
import select
import socket
import ssl
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import suppress
from urllib.parse import unquote

import httpx

from .chunks import BadChunk, Chunks

_READ_BYTES = 1 << 16
_KEEP_SECONDS = 60.0
#: Models may think for minutes before a server says the first word.
HEAD_SECONDS = 300.0


class Transport(httpx.BaseTransport):
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
        self._proxy = httpx.URL(proxy) if proxy else None
        self._connection: http.client.HTTPConnection | None = None
        self._socket: socket.socket | None = None
        self._used = 0.0
        self._broken = threading.Event()

    def abort(self) -> None:
        """Break the connection: whatever waits on it fails now, and no later request is made."""
        self._broken.set()
        if self._socket is not None:
            with suppress(OSError):
                # The plain method: an SSL socket's own would pull the session away under the reader.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def close(self) -> None:
        """Abort and release."""
        self.abort()
        if self._connection is not None:
            self._connection.close()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send, and read the head of the answer. Raises httpx.TransportError."""
        times = request.extensions["timeout"]
        connection = self._connected(request.url, times["connect"])
        try:
            self._send(connection, request, max(times["read"] or 0.0, self._head_seconds))
            answer = connection.getresponse()
            self._patience(times["read"])
        except TimeoutError as error:
            raise self._failed(httpx.ReadTimeout, error) from error
        except (OSError, http.client.HTTPException) as error:
            raise self._failed(httpx.RemoteProtocolError, error) from error
        except httpx.LocalProtocolError:
            connection.close()
            raise
        return httpx.Response(answer.status, headers=answer.getheaders(), stream=_Body(self, answer))

    def _connected(self, url: httpx.URL, seconds: float | None) -> http.client.HTTPConnection:
        if self._connection is not None and self._connection.sock is not None and self._fresh():
            return self._connection
        connection = self._connection = self._new(url, seconds)
        try:
            connection.connect()
        except TimeoutError as error:
            raise self._failed(httpx.ConnectTimeout, error) from error
        except (OSError, http.client.HTTPException) as error:
            raise self._failed(httpx.ConnectError, error) from error
        self._socket = connection.sock
        if self._broken.is_set():
            raise self._failed(httpx.ConnectError, OSError("aborted"))
        return connection

    def _new(self, url: httpx.URL, seconds: float | None) -> http.client.HTTPConnection:
        if url.scheme not in ("http", "https") or not url.host:
            raise httpx.UnsupportedProtocol("the address is not one of http:// or https://")
        place = self._proxy or url
        port = place.port or (443 if place is url and url.scheme == "https" else 80)
        if url.scheme == "http":
            return http.client.HTTPConnection(place.host, port, timeout=seconds)
        connection = http.client.HTTPSConnection(place.host, port, timeout=seconds, context=self._context())
        if self._proxy is not None:
            connection.set_tunnel(url.host, url.port or 443, headers=self._proxy_headers())
        return connection

    def _send(self, connection: http.client.HTTPConnection, request: httpx.Request, seconds: float | None) -> None:
        through = self._proxy is not None and request.url.scheme == "http"
        target = str(request.url.copy_with(fragment=None)) if through else request.url.raw_path.decode("ascii")
        connection.putrequest(request.method, target, skip_host=True, skip_accept_encoding=True)
        for name, value in [*request.headers.raw, *(self._proxy_headers().items() if through else ())]:
            try:
                connection.putheader(name, value)
            except ValueError:
                # The library's message would show the value, which may be a key.
                raise httpx.LocalProtocolError(f"the header {name!r} holds what no header can") from None
        connection.sock.settimeout(seconds)
        connection.endheaders(request.read())

    def _patience(self, seconds: float | None) -> None:
        """How long any one wait may take from now on. The connection itself may have let go of the socket by now."""
        if self._socket is not None:
            self._socket.settimeout(seconds)

    def _proxy_headers(self) -> dict[str, str]:
        if self._proxy is None or not self._proxy.username:
            return {}
        who = f"{unquote(self._proxy.username)}:{unquote(self._proxy.password)}"
        return {"Proxy-Authorization": f"Basic {b64encode(who.encode()).decode()}"}

    def _fresh(self) -> bool:
        """Whether a connection from before still stands: nothing has come on it, not even its end."""
        if self._socket is None or time.monotonic() - self._used > _KEEP_SECONDS:
            return False
        waiting = select.poll()
        waiting.register(self._socket, select.POLLIN)
        return not waiting.poll(0)

    def _failed(self, kind: type[httpx.TransportError], error: Exception) -> httpx.TransportError:
        if self._connection is not None:
            self._connection.close()
        return kind(str(error))

    def finish(self, answer: http.client.HTTPResponse, *, whole: bool) -> None:
        """An answer is read as far as it will be."""
        answer.close()
        self._used = time.monotonic()
        if not whole and self._connection is not None:
            self._connection.close()


class _Body(httpx.SyncByteStream):
    """The body of an answer as it comes. Closing it before its end closes the connection."""

    def __init__(self, transport: Transport, answer: http.client.HTTPResponse) -> None:
        self._transport = transport
        self._answer = answer
        self._whole = False
        self._closed = False

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._chunks() if self._answer.chunked else self._plain()
        except TimeoutError as error:
            raise httpx.ReadTimeout(str(error)) from error
        except (OSError, http.client.HTTPException, BadChunk) as error:
            raise httpx.ReadError(str(error)) from error
        self._whole = True

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._transport.finish(self._answer, whole=self._whole)

    def _plain(self) -> Iterator[bytes]:
        while data := self._answer.read1(_READ_BYTES):
            yield data

    def _chunks(self) -> Iterator[bytes]:
        """The raw bytes, decoded by us: the standard library reads line by line and chunk by chunk."""
        chunks = Chunks()
        while not chunks.done:
            data = self._answer.fp.read1(_READ_BYTES)
            if not data:
                raise BadChunk("the body breaks off")
            if body := chunks.feed(data):
                yield body
