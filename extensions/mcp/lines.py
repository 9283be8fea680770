"""Bytes to lines in linear time, none longer than a bound.

Does not: read.
"""

from __future__ import annotations

#: The longest line: what a server has to say at once.
LONGEST = 16 * 1024 * 1024


class TooLong(Exception):
    """A line went beyond the bound; nothing after it can be made sense of."""


class Lines:
    """Feed bytes, get whole lines without their ends. Only new bytes are searched."""

    def __init__(self, longest: int = LONGEST) -> None:
        self._longest = longest
        self._parts: list[bytes] = []
        self._size = 0

    def feed(self, data: bytes) -> list[bytes]:
        """The lines that end in `data`. Raises TooLong."""
        first, *rest = data.split(b"\n")
        self._keep(first)
        if not rest:
            return []
        *whole, last = rest
        found = [b"".join(self._parts), *whole]
        self._parts, self._size = [], 0
        self._keep(last)
        return [line.removesuffix(b"\r") for line in found]

    def _keep(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > self._longest:
            raise TooLong(f"a line of more than {self._longest} bytes")
        if part:
            self._parts.append(part)
