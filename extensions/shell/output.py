"""Command output: bounded capture, and the text the model reads.

Does not: read from processes.
"""

from __future__ import annotations

import math
from collections import deque

#: Bytes kept of what the model has not read yet, and of what an item shows; less of it is stored.
UNREAD_BYTES = 1 << 20
SHOWN_BYTES = 1 << 20
#: Tokens are counted as four bytes each.
_TOKEN = 4


class Capture:
    """The first and last bytes of a stream, half of `limit` each, however much passes through.

    `total` counts every byte fed.
    """

    def __init__(self, limit: int) -> None:
        self._half = limit // 2
        self._head = bytearray()
        self._tail: deque[bytes] = deque()
        self._tail_size = 0
        self.total = 0

    def feed(self, data: bytes) -> None:
        """Take the next bytes."""
        self.total += len(data)
        room = self._half - len(self._head)
        if room > 0:
            self._head += data[:room]
            data = data[room:]
        if not data:
            return
        self._tail.append(data[-self._half :])
        self._tail_size += len(self._tail[-1])
        while self._tail_size - len(self._tail[0]) >= self._half:
            self._tail_size -= len(self._tail.popleft())

    @property
    def omitted(self) -> int:
        """How many bytes were dropped from the middle."""
        return self.total - len(self._head) - min(self._tail_size, self._half)

    def joined(self) -> bytes:
        """What is kept, with a line that counts what is not."""
        tail = b"".join(self._tail)[-self._half :]
        if not self.omitted:
            return bytes(self._head) + tail
        return bytes(self._head) + f"\n... {self.omitted} bytes omitted ...\n".encode() + tail

    def take(self, *, final: bool) -> tuple[str, int, int]:
        """Text, bytes it stood for, and bytes omitted; the capture is empty afterwards.

        Unless `final`, the start of an unfinished character stays for the next time.
        """
        data, total, omitted = self.joined(), self.total, self.omitted
        left = b"" if final else unfinished(data)
        self._head.clear()
        self._tail.clear()
        self._tail_size = self.total = 0
        if left:
            self.feed(left)
        return data[: len(data) - len(left)].decode("utf-8", "replace"), total - len(left), omitted


def unfinished(data: bytes) -> bytes:
    """The start of a character whose end is missing at the end of `data`, if any: up to three bytes."""
    for back in range(1, min(3, len(data)) + 1):
        byte = data[-back]
        if byte >= 0xC0:
            needed = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return data[-back:] if back < needed else b""
        if byte < 0x80:
            return b""
    return b""


def answer(
    text: str, *, chunk: str, seconds: float, total: int, omitted: int, limit: int, most: int = 1 << 40,
    exit_code: int | None = None, session: int | None = None,
) -> str:  # fmt: skip
    """What the model reads. `total` and `omitted` are bytes, `limit` tokens; with `exit_code` it ended.

    All of it, with what is said about the output, is kept to `most` tokens and a fifth more, at the output's cost.
    """
    state = (
        f"Process exited with code {exit_code}"
        if exit_code is not None
        else f"Process running with session ID {session}"
    )
    count = math.ceil(total / _TOKEN)
    head = f"Chunk ID: {chunk}\nWall time: {seconds:.4f} seconds\n{state}\nOriginal token count: {count}\nOutput:\n"
    while True:
        whole = head + truncated(text, limit, count, omitted)
        over = len(whole.encode("utf-8", "surrogatepass")) - most * _TOKEN * 6 // 5
        if over <= 0 or limit == 0:
            return whole
        limit = max(0, limit - math.ceil(over / _TOKEN))


def report(text: str, *, code: int, seconds: float, limit: int) -> str:
    """What the model reads of a command that ran to its end. `limit` is tokens."""
    shown = cut(text, limit)
    lines = _lines(text)
    total = f"Total output lines: {lines}\n" if lines != _lines(shown) else ""
    return f"Exit code: {code}\nWall time: {round(seconds, 1):g} seconds\n{total}Output:\n{shown}"


def _lines(text: str) -> int:
    return text.count("\n") + (not text.endswith("\n") and bool(text))


def truncated(text: str, limit: int, count: int, omitted: int = 0) -> str:
    """`text` cut in the middle to `limit` tokens, with a warning of the original count."""
    shown = cut(text, limit)
    if shown is text:
        return text
    size = f"... {omitted} bytes omitted ..." if omitted else f"Total output lines: {_lines(text)}"
    return f"Warning: truncated output (original token count: {count})\n{size}\n\n{shown}"


def cut(text: str, limit: int) -> str:
    """`text` with its middle left out beyond `limit` tokens."""
    data = text.encode("utf-8", "surrogatepass")
    budget = limit * _TOKEN
    if len(data) <= budget:
        return text
    left = budget // 2
    head = data[:left].decode("utf-8", "ignore")
    tail = _from_start_of_character(data, len(data) - (budget - left)).decode("utf-8", "replace")
    gone = math.ceil((len(data) - budget) / _TOKEN)
    return f"{head}…{gone} tokens truncated…{tail}"


def _from_start_of_character(data: bytes, at: int) -> bytes:
    while at < len(data) and data[at] & 0xC0 == 0x80:
        at += 1
    return data[at:]
