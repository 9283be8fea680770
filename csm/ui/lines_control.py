"""The one control and the one window of the whole screen: lines that are visible, each turned into cells once.

Theory. prompt_toolkit's renderer compares every cell of two screens. Most rows of a frame are those of the last one, so
a `Sheet` remembers which row stands where; rows that stay are blank on both screens handed to the renderer, which then
finds no difference there, and rows that change are compared with what is really shown.

Does not: scroll or wrap. A region's lines are already those of the screen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from prompt_toolkit.data_structures import Point
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.layout import HSplit, Window
from prompt_toolkit.layout.containers import Container
from prompt_toolkit.layout.controls import UIContent, UIControl
from prompt_toolkit.layout.mouse_handlers import MouseHandlers
from prompt_toolkit.layout.screen import _CHAR_CACHE, Char, Screen, WritePosition  # pyright: ignore[reportPrivateUsage]

from csm.ui import scrolling
from csm.ui.frame import Line
from csm.view.lines import cells

if TYPE_CHECKING:
    from prompt_toolkit.renderer import Renderer

_BLANK = Screen().data_buffer[0][0]
Cursor = tuple[int, int] | None


class Row(dict[int, Char]):
    """The cells of a row by column; columns without one are blank."""

    def __missing__(self, column: int) -> Char:
        return _BLANK


_EMPTY = Row()


class RowMaker:
    """Lines to rows. A line equal to one of the last frame gives the same row object."""

    def __init__(self, style: Callable[[str], str]) -> None:
        self._style = style
        self._old: dict[tuple[tuple[str, str], ...], Row] = {}
        self._new: dict[tuple[tuple[str, str], ...], Row] = {}

    def next_frame(self) -> None:
        """Forget the lines that the last frame did not show."""
        self._old, self._new = self._new, {}

    def row(self, line: Line) -> Row:
        """The cells of a line."""
        key = tuple(line)
        row = self._new.get(key)
        if row is None:
            row = self._new[key] = self._old.get(key) or self._make(line)
        return row

    def _make(self, line: Line) -> Row:
        row, column = Row(), 0
        for role, text in line:
            style = self._style(role)
            for char in text:
                size = cells(char)
                if size:
                    row[column] = _CHAR_CACHE[char, style]
                    if size > 1:
                        row[column + 1] = _CHAR_CACHE["", style]
                    column += size
                elif column:
                    at = column - 1 if row[column - 1].char else column - 2
                    row[at] = _CHAR_CACHE[row[at].char + char, row[at].style]
        return row


class LinesControl(UIControl):
    """Shows `lines()`; `cursor` gives its `(column, row)` in cells, or None."""

    def __init__(self, lines: Callable[[], list[Line]], cursor: Callable[[], Cursor], maker: RowMaker) -> None:
        self.lines, self.cursor, self.maker = lines, cursor, maker

    def is_focusable(self) -> bool:
        """Every window may hold the cursor."""
        return True

    def create_content(self, width: int, height: int) -> UIContent:
        """The lines as prompt_toolkit's own windows take them; ours goes by `rows`."""
        lines = self.lines()

        def line(index: int) -> StyleAndTextTuples:
            return list(lines[index])

        return UIContent(line, len(lines), show_cursor=False)

    def rows(self) -> list[Row]:
        """The lines as cells."""
        return [self.maker.row(line) for line in self.lines()]


class RegionWindow(Window):
    """A region of the frame, as high as its lines."""

    def __init__(self, control: LinesControl, sheet: Sheet) -> None:
        super().__init__(control, height=lambda: len(control.lines()))
        self._control, self._sheet = control, sheet

    def write_to_screen(
        self,
        screen: Screen,
        mouse_handlers: MouseHandlers,
        write_position: WritePosition,
        parent_style: str,
        erase_bg: bool,
        z_index: int | None,
    ) -> None:
        """Put the rows on the screen."""
        for y, row in enumerate(self._control.rows()[: write_position.height], write_position.ypos):
            self._sheet.put(y, row)
        screen.visible_windows_to_write_positions[self] = write_position
        cursor = self._control.cursor()
        if cursor is not None:
            screen.set_cursor_position(self, Point(x=cursor[0], y=write_position.ypos + cursor[1]))
            screen.show_cursor = True


class Sheet(HSplit):
    """The windows from top to bottom, and what each row of the terminal shows."""

    def __init__(self, renderer: Callable[[], Renderer]) -> None:
        super().__init__([Window()])
        self._renderer = renderer
        self._shown: dict[int, Row] = {}
        self._now: dict[int, Row] = {}

    def arrange(self, children: Sequence[Container]) -> None:
        """Show these windows."""
        if self.children != list(children):
            self.children = list(children)

    def put(self, y: int, row: Row) -> None:
        """Put a row on the new screen."""
        self._now[y] = row

    def write_to_screen(self, screen: Screen, *rest: Any, **named: Any) -> None:
        """Put all windows on the screen; rows that nothing stands on any more are compared as they were."""
        self._now = {}
        super().write_to_screen(screen, *rest, **named)
        renderer = self._renderer()
        last = renderer.last_rendered_screen
        screen.height = max([screen.height, *(y + 1 for y in self._now)])
        if last is not None:
            self._scroll(renderer)
        rows: Any = screen.data_buffer  # its rows are compared, and no more: ours may be anything that can be
        before: Any = last.data_buffer if last is not None else {}
        for y in self._shown.keys() | self._now.keys():
            old, new = self._shown.get(y, _EMPTY), self._now.get(y, _EMPTY)
            same = old is new and last is not None
            rows[y] = _EMPTY if same else new
            if last is not None:
                before[y] = _EMPTY if same else old
        self._shown = self._now

    def _scroll(self, renderer: Renderer) -> None:
        """Where rows only moved up or down, have the terminal move them."""
        found = scrolling.find(self._shown, self._now)
        if found is None:
            return
        renderer.output.write_raw(scrolling.escape(found))
        moved = {y: self._shown.get(y + found.by, _EMPTY) for y in range(found.top, found.bottom)}
        inside = range(found.top, found.bottom)
        self._shown = {**self._shown, **{y: row if y + found.by in inside else _EMPTY for y, row in moved.items()}}
