"""The one control of every window: hands prompt_toolkit the lines that are visible, and no others.

Does not: scroll or wrap. A region's lines are already those of the screen.
"""

from __future__ import annotations

from collections.abc import Callable

from prompt_toolkit.data_structures import Point
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.layout.controls import UIContent, UIControl

from csm.ui.frame import Line
from csm.view.lines import cells


class LinesControl(UIControl):
    """Shows `lines()`; `style` gives a role's style string, `cursor` its `(column, row)` in cells or None."""

    def __init__(
        self,
        lines: Callable[[], list[Line]],
        style: Callable[[str], str],
        cursor: Callable[[], tuple[int, int] | None],
    ) -> None:
        self._lines, self._style, self._cursor = lines, style, cursor

    def is_focusable(self) -> bool:
        """Every window may hold the cursor."""
        return True

    def create_content(self, width: int, height: int) -> UIContent:
        """The visible lines as styled fragments."""
        lines, style, cursor = self._lines(), self._style, self._cursor()
        point = _point(lines, *cursor) if cursor else None

        def line(index: int) -> StyleAndTextTuples:
            fragments: StyleAndTextTuples = [(style(role), text) for role, text in lines[index]]
            if point and point.y == index:
                fragments.append(("", " " * (point.x + 1)))
            return fragments

        if point is None:
            return UIContent(line, len(lines), show_cursor=False)
        return UIContent(line, len(lines), point)


def _point(lines: list[Line], column: int, row: int) -> Point:
    """Columns are cells to us and characters to prompt_toolkit."""
    index = 0
    for _, text in lines[row]:
        for char in text:
            if column <= 0:
                return Point(x=index, y=row)
            column -= cells(char)
            index += 1
    return Point(x=index + max(0, column), y=row)
