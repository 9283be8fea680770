"""Server-sent events, sans IO: bytes in, the data of each event out.

Framing is ours and works on bytes. httpx-sse reads the same format (a test holds the two against each other), but it
decodes text, so that every delta would be decoded twice, and it keeps a carriage return at the end of a chunk back
until more comes, so that the last event of a server that ends lines so would never arrive. Here each byte is looked at
once and a line is joined once: a line of 16 MB costs sixteen times one of 1 MB, whatever the chunks.

Does not: use event names, ids or retry times (the Responses API repeats the name in the data), nor decode JSON.
"""

from __future__ import annotations

_BOM = b"\xef\xbb\xbf"


class Decoder:
    """Feed it chunks as they come. An event that the stream breaks off is never reported, as the standard asks."""

    def __init__(self) -> None:
        self._start: bytes | None = b""
        self._after_cr = False
        self._tail: list[bytes] = []

    def feed(self, chunk: bytes) -> list[bytes]:
        """The data of every event that `chunk` completes, as valid UTF-8 (bad bytes become U+FFFD), in order."""
        chunk = self._line_ends(self._without_bom(chunk))
        if not self._tail:
            chunk = chunk.lstrip(b"\n")
        if not chunk:
            return []
        ends = b"\n\n" in (self._tail[-1][-1:] if self._tail else b"") + chunk
        self._tail.append(chunk)
        if not ends:
            return []
        whole = b"".join(self._tail)
        cut = whole.rfind(b"\n\n") + 2
        self._tail = [whole[cut:]] if cut < len(whole) else []
        found = (_data(block) for block in whole[: cut - 2].split(b"\n\n"))
        return [data for data in found if data is not None]

    def _without_bom(self, chunk: bytes) -> bytes:
        if self._start is None:
            return chunk
        self._start += chunk
        if len(self._start) < len(_BOM) and _BOM.startswith(self._start):
            return b""
        chunk, self._start = self._start.removeprefix(_BOM), None
        return chunk

    def _line_ends(self, chunk: bytes) -> bytes:
        """All line ends as LF. A CR ends its line at once; the LF that may follow it is then not a second end."""
        if self._after_cr and chunk:
            chunk = chunk.removeprefix(b"\n")
            self._after_cr = False
        if b"\r" in chunk:
            self._after_cr = chunk.endswith(b"\r")
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        return chunk


def _data(block: bytes) -> bytes | None:
    """The data of one event: its `data` lines joined by LF; None where it has none or only empty ones."""
    values = [_value(line) for line in block.split(b"\n") if line.startswith(b"data")]
    data = b"\n".join(value for value in values if value is not None)
    if data.isascii():
        return data or None
    try:
        data.decode()
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace").encode()
    return data


def _value(line: bytes) -> bytes | None:
    if line.startswith(b"data: "):
        return line[6:]
    if line.startswith(b"data:"):
        return line[5:]
    return b"" if line == b"data" else None
