"""The chunked transfer coding of HTTP/1.1 (RFC 9112, 7.1), sans IO.

Servers of event streams send each event as a chunk; many arrive at once, so they are taken apart in one go.

Does not: keep chunk extensions or trailers.
"""

from __future__ import annotations

import re

_SIZE = re.compile(rb"[0-9A-Fa-f]{1,15}(?=[ \t;]|$)")
_LINE_BYTES = 8192


class BadChunk(ValueError):
    """The other side does not keep to the coding. `before` is what came before the fault."""

    before: bytes = b""


class Chunks:
    """Feed it what was received. `done` once the body and its trailers are complete."""

    def __init__(self) -> None:
        self.done = False
        self._left = 0
        self._rest = b""
        self._inside = False
        self._trailing = False

    def feed(self, data: bytes) -> bytes:
        """The part of the body in `data`. Raises BadChunk. What follows the end of the body is dropped."""
        out: list[bytes] = []
        try:
            self._decode(data, out)
        except BadChunk as error:
            error.before = b"".join(out)
            raise
        return b"".join(out)

    def _decode(self, data: bytes, out: list[bytes]) -> None:
        data, self._rest = self._rest + data, b""
        at = 0
        while at < len(data) and not self.done:
            if self._left:
                piece = data[at : at + self._left]
                at += len(piece)
                self._left -= len(piece)
                out.append(piece)
                continue
            end = data.find(b"\r\n", at)
            if end < 0:
                self._keep(data[at:])
                break
            at = self._line(data[at:end], end + 2)

    def _keep(self, start: bytes) -> None:
        """The beginning of a line whose end has not come."""
        if len(start) > _LINE_BYTES:
            raise BadChunk("a line without end")
        self._rest = start

    def _line(self, line: bytes, after: int) -> int:
        """A line between chunks: the end of the last one, a size, or a trailer."""
        if self._trailing:
            self.done = not line
        elif self._inside:
            if line:
                raise BadChunk("a chunk longer than its size")
            self._inside = False
        else:
            found = _SIZE.match(line)
            if found is None:
                raise BadChunk("a chunk without size")
            self._left = int(found[0], 16)
            self._inside, self._trailing = self._left > 0, self._left == 0
        return after
