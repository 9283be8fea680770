"""Collects a bracketed paste: bytes in pieces to text, in time that grows with its size only.

Does not: know keys, or when a paste begins.
"""

from __future__ import annotations

import codecs

from csm.edit.inputs import Input, Paste

END = b"\x1b[201~"
LIMIT = 1 << 26


class Pasting:
    """One paste. More than `LIMIT` bytes are handed out in several pieces."""

    def __init__(self) -> None:
        self.stalled = False
        self._parts: list[str] = []
        self._size = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def take(self, buffer: bytearray, at: int, out: list[Input]) -> tuple[int, bool]:
        """Take bytes from `at` on: where it stopped and whether the paste is over."""
        self.stalled = False
        end = buffer.find(END, at)
        over = end >= 0
        stop = end if over else len(buffer) - _marker_part(buffer, at)
        self._size += stop - at
        self._parts.append(self._decoder.decode(bytes(buffer[at:stop]), over))
        if over or self._size > LIMIT:
            self.hand_out(out, last=over)
        return (stop + len(END) if over else stop), over

    def hand_out(self, out: list[Input], *, last: bool = False) -> None:
        """Hand out what came so far. A carriage return at its end may be half a line end, and waits."""
        text = "".join(self._parts)
        half = not last and text.endswith("\r")
        self._parts, self._size = ["\r"] if half else [], 0
        text = text[:-1] if half else text
        if text:
            out.append(Paste(text.replace("\r\n", "\n").replace("\r", "\n")))


def _marker_part(buffer: bytearray, at: int) -> int:
    """How many bytes at the end may be the beginning of the end marker."""
    return next((n for n in range(min(len(END) - 1, len(buffer) - at), 0, -1) if buffer.endswith(END[:n])), 0)
