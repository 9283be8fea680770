"""A buffer that is written in: the rows around its cursor, however long the text is.

Does not: know what the text is for, or any key.
"""

from __future__ import annotations

from collections.abc import Sequence

from csm.edit import rows
from csm.edit.editor import Editor
from csm.view import lines
from csm.view.lines import StyledLine


class Written:
    """A text with an editor of its own, which shares registers and kill ring with `own`. See `csm.api.Buffer`.

    Only the rows that are seen are laid out, so that ten megabytes are as fast as ten lines.
    """

    follow = False
    pointed = True
    #: What stands there while the text is empty.
    empty = ""

    def __init__(self, own: Editor) -> None:
        self.editor = Editor(modal=own.modal)
        self.editor.registers, self.editor.kills = own.registers, own.kills
        self._top, self._size = 0, (80, 1)
        self._seen: rows.View | None = None

    @property
    def version(self) -> int:
        """Grows with every change."""
        return self.editor.version

    def fit(self, columns: int, height: int) -> None:
        """The window has this size."""
        self._size = (max(2, columns), max(1, height))
        self.editor.width = self._size[0]
        editor = self.editor
        self._seen = rows.view(editor.text, self._size[0], editor.cursor, self._size[1], self._top, editor.chips.names)
        self._top = self._seen.rows[0].start

    def line_count(self, width: int) -> int:
        """As many lines as the window has rows: it shows what is around the cursor."""
        del width
        return len(self._view().rows)

    def lines(self, start: int, stop: int, width: int) -> Sequence[StyledLine]:
        """The rows from `start` up to `stop`."""
        if self.empty and not self.editor.text:
            return [lines.clip([("dim", self.empty)], width)][start:stop]
        return [self._line(row, width) for row in self._view().rows[max(0, start) : stop]]

    def cursor(self, width: int) -> tuple[int, int]:
        """Its line and column."""
        seen = self._view()
        return seen.row, min(seen.column, width - 1)

    def _view(self) -> rows.View:
        if self._seen is None:
            self.fit(*self._size)
        assert self._seen is not None
        return self._seen

    def _line(self, row: rows.Row, width: int) -> StyledLine:
        line: StyledLine = lines.crop([("text", row.text)], 0, width)
        found, text = self.editor.selection, self.editor.text
        if found is None or found.end <= row.start or found.start > row.end:
            return line
        start, stop = rows.row_column(text, row, found.start), rows.row_column(text, row, found.end)
        return lines.overlay(line, start, max(stop, start + 1), "selection")
