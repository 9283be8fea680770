"""A buffer shown over the transcript: help, messages; in inline mode the transcript itself.

Does not: hold the text. The buffer does.
"""

from __future__ import annotations

from typing import Any

from csm.ui.frame import Line
from csm.ui.viewport import Viewport
from csm.view.lines import visible

_MARGIN, _WIDE = 2, 40


class Overlay:
    """A buffer and where its window stands."""

    def __init__(self, buffer: Any, *, follow: bool = False) -> None:
        self.buffer = buffer
        self.view = Viewport(follow=follow)

    @property
    def place(self) -> str:
        """Where its keys apply."""
        return str(self.buffer.place)

    def render(self, columns: int, height: int) -> list[Line]:
        """Exactly `height` lines."""
        # The transcript has margins of its own.
        margin = _MARGIN if columns >= _WIDE and self.place != "transcript" else 0
        start, stop = self.view.fit(self.buffer, columns - 2 * margin, height)
        lines: list[Line] = [
            [("", " " * margin), *line] for line in self.buffer.lines(start, stop, columns - 2 * margin)
        ]
        return [*lines, *([] for _ in range(height - len(lines)))]

    def title(self) -> Line:
        """What is shown, for the line below it."""
        return [("border.focused", f" {visible(str(self.buffer.title))} ")]
