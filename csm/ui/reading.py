"""A cursor in a window that is read: the lines around it are the text of an editor that nothing can change.

So every motion, text object, mark, selection and copy of the composer works in help, diffs and the transcript too.
Theory. The editor's lines are the window's, at its width. Of a long buffer only those around the view are taken, and
taken anew when the buffer, the width or the place changed; what the editor remembers by offset (cursor, selection,
marks) is kept by line and column then.

Does not: scroll (`csm.ui.panes` does, to keep the cursor in sight) or know keys.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Any, NamedTuple

from csm.edit import block
from csm.edit.editor import Editor, Range
from csm.ui.frame import Line
from csm.view import unwrapping
from csm.view.lines import overlay, plain, width

if TYPE_CHECKING:
    from csm.edit.registers import KillRing, Registers
    from csm.ui.viewport import Viewport

#: Lines above and below the view that the cursor can go to at once.
AROUND = 400
#: A transcript knows the numbers of lines exactly only so far from where it was last asked.
_STEP = 400


class Spot(NamedTuple):
    """A line of the buffer and a character of it."""

    line: int
    column: int


class Reader:
    """The cursor of one window. `modal`: as in Vim, with a mode for motions and one for selecting."""

    def __init__(self, buffer: Any, registers: Registers, kills: KillRing, *, modal: bool) -> None:
        self.buffer = buffer
        self.editor = Editor(modal=modal)
        self.editor.read_only = True
        self.editor.registers, self.editor.kills = registers, kills
        if hasattr(buffer, "flow"):
            self.editor.copies = self._copied
        self._first = 0
        self._rows: list[str] = []
        self._starts: list[int] = [0]
        self._known: Any = None
        self._seen: Spot | None = None
        self._aim: Spot | None = None
        self._select_to: int | None = None

    # What the editor's text stands for

    @property
    def spot(self) -> Spot:
        """Where the cursor is in the buffer."""
        return self._spot(self.editor.cursor)

    @property
    def line(self) -> int:
        """The line it is on, or goes to with the next frame."""
        return self.spot.line if self._aim is None else self._aim.line

    def go(self, line: int, column: int = 0) -> None:
        """Put the cursor on a line, if it is one of those at hand."""
        self.editor.cursor = self._offset(Spot(line, column))

    def aim(self, line: int, column: int = 0, *, select_to: int | None = None) -> None:
        """Put the cursor on a line as soon as the view is there, and select whole lines from there to another one."""
        self._aim, self._select_to = Spot(line, column), select_to

    def character(self, line: int, column: int) -> int:
        """Which character of a line at hand stands at a column of cells; the last one beyond its end."""
        at = 0
        for index, char in enumerate(row := self._row(line)):
            at += width(char)
            if at > column:
                return index
        return len(row)

    def at(self, line: int, column: int) -> int:
        """The offset in the editor of what stands at a line and a column of cells."""
        return self._offset(Spot(line, self.character(line, column)))

    def _copied(self, start: int, end: int) -> str:
        """A range as it was before the width of the window broke its lines, and without the margin."""
        if end <= start:
            return ""
        first, last = self._spot(start), self._spot(end)
        # A range that ends before a line's first character ends with the line feed before it.
        final = last.line - 1 if not last.column and last.line > first.line else last.line
        columns = self._known[0] if self._known else 0
        flow = self.buffer.flow(first.line, final, columns)
        if len(flow) != final - first.line + 1:
            return self.editor.text[start:end]
        lines = [(self._row(line), row) for line, row in zip(range(first.line, final + 1), flow, strict=True)]
        stop = last.column if final == last.line else None
        return unwrapping.text(lines, first.column, stop) + ("\n" if final != last.line else "")

    def moved(self, lines: int) -> None:
        """So many lines were put before all others: stay with the text."""
        self._first += lines
        if self._seen is not None:
            self._seen = Spot(self._seen.line + lines, self._seen.column)
        if self._aim is not None:
            self._aim = Spot(self._aim.line + lines, self._aim.column)

    @property
    def aiming(self) -> bool:
        """Whether the cursor is still to go to a line: with the next frame."""
        return self._aim is not None

    def cell(self) -> tuple[int, int]:
        """The cursor's line in the buffer, and its column in cells."""
        line, column = self.spot
        row = self._row(line)
        return line, width(row[:column])

    def fit(self, view: Viewport, columns: int, rows: int) -> tuple[int, int]:
        """Have text and view go together: the view follows a cursor that moved, a cursor the view. `(start, stop)`."""
        start, stop = view.fit(self.buffer, columns, rows)
        self._take(start, stop, columns)
        if self._aim is not None:
            self.go(min(max(self._aim.line, start), max(start, stop - 1)), self._aim.column)
            self._aim = None
            if self._select_to is not None:
                self._select(self._select_to)
        elif self._seen is None:
            self.go(stop - 1 if view.follow else start)
        elif self.spot != self._seen and view.reveal(self.spot.line):
            start, stop = view.fit(self.buffer, columns, rows)
            self._take(start, stop, columns)
        else:
            self._stay(start, stop)
        self._seen = self.spot
        return start, stop

    def lines(self, start: int, stop: int, columns: int) -> list[Line]:
        """The buffer's lines with what is selected marked."""
        lines: list[Line] = list(self.buffer.lines(start, stop, columns))
        for selection in block.selected(self.editor):
            self._mark(lines, start, selection)
        return lines

    def _mark(self, lines: list[Line], start: int, selection: Range) -> None:
        first, last = self._spot(selection.start), self._spot(max(selection.start, selection.end - 1))
        for index in range(max(first.line, start), min(last.line + 1, start + len(lines))):
            row = self._row(index)
            begin = width(row[: first.column]) if index == first.line and not selection.linewise else 0
            whole = selection.linewise or index < last.line
            end = max(width(row), 1) if whole else width(row[: last.column + 1])
            line = lines[index - start]
            lines[index - start] = overlay(line if width(row) else [("", " ")], begin, max(end, begin + 1), "selection")

    def _select(self, line: int) -> None:
        """Select whole lines from the cursor to another line, on which it then is."""
        self._select_to = None
        if self.editor.modal:
            self.editor.mode = "normal"
            self.editor.mode = "visual-line"
            self.go(line)
        else:
            self.editor.mark, self.editor.mark_active = self.editor.cursor, True
            end = self._offset(Spot(line + 1, 0))
            self.editor.cursor = end if end > self.editor.cursor else len(self.editor.text)
            self.editor.mark_active = True

    def _stay(self, start: int, stop: int) -> None:
        """A cursor that the view has left goes to its edge."""
        line, column = self.spot
        inside = min(max(line, start), max(start, stop - 1))
        if inside != line:
            self.go(inside, column)

    # Taking lines

    def _take(self, start: int, stop: int, columns: int) -> None:
        """Have the lines around the view, unless they are known."""
        total = self.buffer.line_count(columns)
        first, last = max(0, start - AROUND), min(total, stop + AROUND)
        if self.editor.selection is not None or self.editor.mark is not None:
            first, last = min(first, self._first), max(last, min(total, self._first + len(self._rows)))
        known = (columns, getattr(self.buffer, "version", total), total)
        inside = first >= self._first and last <= self._first + len(self._rows)
        near = start - self._first > AROUND // 4 or self._first == 0
        if known == self._known and (inside or (near and stop + AROUND // 4 <= self._first + len(self._rows))):
            return
        if self.editor.pending.active and self._known is not None and known[0] == self._known[0]:
            return  # nothing moves under what is half typed
        self._load(first, self._fetch(first, last, start, columns), same=columns == (self._known or (0,))[0])
        self._known = known

    def _fetch(self, first: int, last: int, start: int, columns: int) -> list[str]:
        """The lines' text, asked for by steps, and at the end the place that is looked at again."""
        for at in range(start, first, -_STEP):
            self.buffer.lines(max(first, at - _STEP), at, columns)
        rows: list[str] = []
        for at in range(first, last, _STEP):
            rows += [plain(line) for line in self.buffer.lines(at, min(last, at + _STEP), columns)]
        for at in range(last, start, -_STEP):
            self.buffer.lines(max(start, at - _STEP), at, columns)
        return rows

    def _load(self, first: int, rows: list[str], *, same: bool) -> None:
        editor = self.editor
        cursor, anchor, goal = self.spot, self._spot(editor.anchor), editor.goal
        marks = {name: self._spot(at) for name, at in editor.marks.items()} if same else {}
        mark = self._spot(editor.mark) if editor.mark is not None and same else None
        mode, active, find = editor.mode, editor.mark_active, editor.chain
        self._first, self._rows, at = first, rows, 0
        self._starts = [0]
        for row in rows:
            at += len(row) + 1
            self._starts.append(at)
        editor.load("\n".join(rows))
        if mode.startswith("visual") and same:
            editor.mode = mode
            editor.anchor = self._offset(anchor)
        editor.cursor = self._offset(cursor)
        editor.goal, editor.chain = goal, find
        editor.marks = {name: self._offset(spot) for name, spot in marks.items()}
        if mark is not None:
            editor.mark, editor.mark_active = self._offset(mark), active

    def _row(self, line: int) -> str:
        index = line - self._first
        return self._rows[index] if 0 <= index < len(self._rows) else ""

    def _spot(self, offset: int) -> Spot:
        index = max(0, bisect_right(self._starts, offset, hi=max(1, len(self._rows))) - 1)
        return Spot(self._first + index, offset - self._starts[index])

    def _offset(self, spot: Spot) -> int:
        if not self._rows:
            return 0
        index = min(max(0, spot.line - self._first), len(self._rows) - 1)
        return self._starts[index] + min(spot.column, len(self._rows[index]))
