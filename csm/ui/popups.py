"""Small boxes with text that show for a while, in the upper right corner, and take no keys.

Does not: know what they say.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from csm.ui.frame import Line
from csm.view.lines import clean, clip, line_width, pad, single, width, wrap

if TYPE_CHECKING:
    from csm.ui.clock import Clock

_WIDEST, _MOST_ROWS = 48, 8
_NARROWEST = 20


class Popups:
    """Those that show now, the newest first. `refresh` is called when one comes or goes."""

    def __init__(self, clock: Clock, refresh: Callable[[], None]) -> None:
        self._clock, self._refresh = clock, refresh
        self._shown: list[tuple[str, str, Any]] = []

    def __bool__(self) -> bool:
        return bool(self._shown)

    def show(self, text: str, seconds: float = 5.0, title: str = "") -> None:
        """Show a text for so many seconds, in place of one with the same title."""
        if title:
            self._drop([one for one in self._shown if one[0] == title])
        entry: list[Any] = []
        timer = self._clock.later(max(0.1, seconds), lambda: self._drop(entry))
        made = (title, text, timer)
        entry.append(made)
        self._shown.insert(0, made)
        self._refresh()

    def close(self) -> bool:
        """Take all away; whether there was any."""
        there = bool(self._shown)
        self._drop(list(self._shown))
        return there

    def box(self, columns: int, rows: int) -> list[Line]:
        """Lines of one width, at most `rows` of them; none where there is no room."""
        lines: list[Line] = []
        size = min(_WIDEST, columns - 4)
        if size < _NARROWEST:
            return []
        widest = max((width(clean(line)) for _, text, _ in self._shown for line in text.splitlines()), default=0)
        titles = max((width(single(title)) + 4 for title, *_ in self._shown), default=0)
        inner = max(_NARROWEST - 4, min(size - 4, max(widest, titles)))
        for title, text, _ in self._shown:
            made = _one(title, text, inner)
            if len(lines) + len(made) > rows:
                break
            lines += made
        return lines

    def _drop(self, entries: list[Any]) -> None:
        for entry in entries:
            entry[2].cancel()
        before = len(self._shown)
        self._shown = [one for one in self._shown if one not in entries]
        if len(self._shown) != before:
            self._refresh()


def lay(lines: list[Line], box: list[Line], columns: int) -> list[Line]:
    """The lines with the box over their right ends, from the first one on."""
    if not box:
        return lines
    left = columns - line_width(box[0]) - 1
    laid = [[*pad(clip(line, left, ""), left), *row, ("", " ")] for line, row in zip(lines, box, strict=False)]
    return [*laid, *lines[len(laid) :]]


def _one(title: str, text: str, inner: int) -> list[Line]:
    edge = "border.focused"
    body: list[Line] = []
    for line in text.strip("\n").splitlines() or [""]:
        body += wrap([("help.text", clean(line))], inner) or [[]]
    if len(body) > _MOST_ROWS:
        body = [*body[: _MOST_ROWS - 1], [("dim", "…")]]
    name: Line = [(edge, "─ "), ("help.heading", single(title)), (edge, " ")] if title else []
    name = clip(name, inner)
    top: Line = [(edge, "╭"), *name, (edge, "─" * (inner + 2 - line_width(name)) + "╮")]
    rows: list[Line] = [[(edge, "│"), ("", " "), *pad(line, inner), ("", " "), (edge, "│")] for line in body]
    return [top, *rows, [(edge, "╰" + "─" * (inner + 2) + "╯")]]
