"""Finding a chunk's lines in a file, more and more leniently, pure.

Does not: score likeness. A line matches or not; the four passes differ in what they overlook.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

_DASHES = dict.fromkeys("‐‑‒–—―−", "-")
_QUOTES = {**dict.fromkeys("‘’‚‛", "'"), **dict.fromkeys("“”„‟", '"')}
_SPACES = dict.fromkeys((chr(code) for code in (0xA0, *range(0x2002, 0x200B), 0x202F, 0x205F, 0x3000)), " ")
_PLAIN = str.maketrans({**_DASHES, **_QUOTES, **_SPACES})


def _as_typed(line: str) -> str:
    """Without surrounding space, and with the dashes, quotes and spaces of a keyboard."""
    return line.strip().translate(_PLAIN).strip()


_PASSES: tuple[Callable[[str], str] | None, ...] = (None, str.rstrip, str.strip, _as_typed)


class Text:
    """The lines of a file, prepared for each pass once."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self._prepared: dict[int, Sequence[str]] = {0: lines}

    def find(self, wanted: Sequence[str], start: int, *, at_end: bool = False) -> int | None:
        """The first place from `start` on where all `wanted` lines stand in a row; only the last place if `at_end`."""
        last = len(self.lines) - len(wanted)
        start = max(start, last) if at_end else start
        for number, lenient in enumerate(_PASSES):
            lines = self._lines(number)
            sought = list(wanted) if lenient is None else [lenient(line) for line in wanted]
            for place in _candidates(lines, sought[0], start, last):
                if lines[place : place + len(sought)] == sought:
                    return place
        return None

    def _lines(self, number: int) -> Sequence[str]:
        lenient = _PASSES[number]
        if number not in self._prepared and lenient is not None:
            self._prepared[number] = [lenient(line) for line in self.lines]
        return self._prepared[number]


def _candidates(lines: Sequence[str], first: str, start: int, last: int):
    """Places where the first line matches."""
    place = start
    while place <= last:
        try:
            place = lines.index(first, place, last + 1)
        except ValueError:
            return
        yield place
        place += 1
