"""Which lines of a buffer a window shows: follow the end, or stay where the reader is.

A reader who scrolled up stays put while text arrives below; lines that came since are counted. When the width changes
the top line keeps its block, not its number.

Does not: render lines or know where the window is on the screen.
"""

from __future__ import annotations

from typing import Any, Protocol


class Lines(Protocol):
    """What a viewport looks at: a transcript or any other buffer."""

    def line_count(self, width: int) -> int:
        """How many lines there are at this width."""
        ...

    def lines(self, start: int, stop: int, width: int) -> list[Any]:
        """The lines from `start` up to `stop`."""
        ...


class Viewport:
    """A window's place in its buffer. `follow` is true while it sticks to the end."""

    def __init__(self, *, follow: bool) -> None:
        self.follow = follow
        self._end = follow
        self.top = 0
        #: The line that was last gone to, until the window is scrolled.
        self.point: int | None = None
        self._total = 0
        self._height = 1
        self._width = 0
        self._left_at = 0
        self._reshaped = False

    def fit(self, source: Lines, width: int, height: int) -> tuple[int, int]:
        """The `(start, stop)` lines to show in `height` rows. Call once a frame."""
        total = source.line_count(width)
        if self._width and width != self._width and not self.follow:
            self.top = self._moved(source, width)
            self._reshaped = True
        if self._reshaped:  # the same text takes more lines or fewer, which is no news
            self._left_at += total - self._total
            self._reshaped = False
        self._total, self._height, self._width = total, max(1, height), width
        last = max(0, total - self._height)
        self.top = last if self.follow else min(max(0, self.top), last)
        if self._end and self.top >= last:
            self.follow = True
        return self.top, min(total, self.top + height)

    def reshaped(self) -> None:
        """Lines were folded or unfolded: what the next frame has more than this one did not come in."""
        self._reshaped = True

    @property
    def width(self) -> int:
        """The width of the last frame."""
        return self._width

    @property
    def height(self) -> int:
        """The rows of the last frame."""
        return self._height

    @property
    def below(self) -> int:
        """How many lines lie below the window."""
        return max(0, self._total - self.top - self._height)

    @property
    def news(self) -> int:
        """How many lines came at the end since the reader left it."""
        if self.follow or not self._end:
            return 0
        return max(0, self._total - max(self._left_at, self.top + self._height))

    def scroll(self, lines: int) -> None:
        """Move by lines; negative is up. Reaching the end follows it again."""
        self.point = None
        if self.follow and lines < 0:
            self._left_at = self._total
        last = max(0, self._total - self._height)
        self.top = min(max(0, self.top + lines), last)
        self.follow = self._end and self.top >= last

    def show(self, line: int) -> None:
        """Put a line at the top, as far as there are lines."""
        self.scroll(line - self.top)

    def reveal(self, line: int) -> bool:
        """Have a line in sight, with as little movement as that takes; whether there was any."""
        if self.sees(line):
            return False
        self.scroll(line - self.top if line < self.top else line - self.top - self._height + 1)
        return True

    def moved(self, lines: int) -> None:
        """So many lines were put before all others: stay with the text."""
        self.top += lines
        self._total += lines
        self._left_at += lines
        if self.point is not None:
            self.point += lines

    @property
    def line(self) -> int:
        """The line that is meant where there is no cursor: the one gone to, else the last one or the first in sight."""
        if self.point is not None:
            return self.point
        return max(0, self._total - 1) if self.follow else self.top

    def sees(self, line: int) -> bool:
        """Whether a line is in the window."""
        return self.top <= line < self.top + self._height

    def seek(self, line: int) -> None:
        """Have a line in sight, with some lines before it where the window must move."""
        if not self.sees(line):
            self.show(line - self._height // 3)

    def to(self, where: str) -> bool:
        """`top bottom page-up page-down half-up half-down line-up line-down`; False for any other word."""
        page, half = max(1, self._height - 2), max(1, self._height // 2)
        moves = {
            "top": -self._total,
            "bottom": self._total,
            "page-up": -page,
            "page-down": page,
            "half-up": -half,
            "half-down": half,
            "line-up": -1,
            "line-down": 1,
        }
        if where not in moves:
            return False
        self.scroll(moves[where])
        return True

    def _moved(self, source: Lines, width: int) -> int:
        """The line that stands for the old top at a new width: the same share of the text."""
        anchor = getattr(source, "same_line", None)
        if anchor is not None:
            return anchor(self.top, self._width, width)
        total = source.line_count(width)
        return self.top * total // max(1, self._total)
