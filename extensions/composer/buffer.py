"""A pasted text in a window, where it can be read and edited as any text.

Only the rows that are seen are laid out, so that a text of ten megabytes is as fast as one of ten lines.

Does not: know what becomes of the text (`pastes.py`).
"""

from __future__ import annotations

from collections.abc import Sequence

from csm.api import Editor, lines, rows

Line = list[tuple[str, str]]


class PasteBuffer:
    """See `csm.api.Buffer`. `char` stands for the text in the draft."""

    place = "paste"
    follow = False
    pointed = True

    def __init__(self, name: str, char: str, text: str, own: Editor) -> None:
        self.name, self.char = name, char
        self.editor = Editor(modal=own.modal)
        self.editor.load(text)
        self.editor.mode = "normal" if own.modal else "insert"
        self.editor.registers, self.editor.kills = own.registers, own.kills
        self._top, self._size = 0, (80, 1)
        self._seen: rows.View | None = None

    @property
    def title(self) -> str:
        """How much there is."""
        text = self.editor.text
        count = text.count("\n") + (not text.endswith("\n"))
        return f"Pasted text · {count:,} line{'s' * (count != 1)}, {len(text):,} characters"

    @property
    def version(self) -> int:
        """Grows with every change."""
        return self.editor.version

    def fit(self, columns: int, height: int) -> None:
        """The window has this size."""
        self._size = (max(2, columns), max(1, height))
        self.editor.width = self._size[0]
        self._seen = rows.view(
            self.editor.text, self._size[0], self.editor.cursor, self._size[1], self._top, self.editor.chips.names
        )
        self._top = self._seen.rows[0].start

    def line_count(self, width: int) -> int:
        """As many lines as the window has rows: it shows what is around the cursor."""
        del width
        return len(self._view().rows)

    def lines(self, start: int, stop: int, width: int) -> Sequence[Line]:
        """The rows from `start` up to `stop`."""
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

    def _line(self, row: rows.Row, width: int) -> Line:
        line: Line = lines.crop([("text", row.text)], 0, width)
        found, text = self.editor.selection, self.editor.text
        if found is None or found.end <= row.start or found.start > row.end:
            return line
        start, stop = rows.row_column(text, row, found.start), rows.row_column(text, row, found.end)
        return lines.overlay(line, start, max(stop, start + 1), "selection")
