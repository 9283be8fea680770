"""What goes on while a mouse button is held: text is selected, and copied at the end; a border between windows moves.

A press that does not move is a click: on what folds it folds or unfolds. Two quick ones select a word, three a line.

Does not: find out what lies where (`csm.ui.panes`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from csm.edit import chars
from csm.view.lines import plain, width
from csm.view.windows import How

if TYPE_CHECKING:
    from csm.edit.editor import Editor
    from csm.edit.inputs import Mouse
    from csm.ui.shell import Shell
    from csm.ui.windows import Window

#: What stands before what can be folded.
_FOLDS = ("▸", "▾")


class Drag(Protocol):
    """A press that is not over."""

    def moved(self, x: int, y: int) -> None:
        """The pointer is at another cell."""
        ...

    def ended(self) -> None:
        """The button was let go."""
        ...


class BorderDrag:
    """The line between two windows, `how` they stand; `number` is the one before it."""

    def __init__(self, shell: Shell, number: int, how: How, x: int, y: int) -> None:
        self._shell, self._number, self._at = shell, number, (x, y)
        self._how: How = how

    def moved(self, x: int, y: int) -> None:
        """Give the window before the border as much as it has moved."""
        cells = x - self._at[0] if self._how == "columns" else y - self._at[1]
        if cells:
            windows = self._shell.windows
            before, focused = windows.rects(), windows.focused
            windows.focused = self._number
            windows.resize(self._how, cells)
            windows.focused = focused
            if windows.rects() != before:
                self._at = (x, y)

    def ended(self) -> None:
        """The windows stay as they are."""


class ComposerDrag:
    """In the draft, whose first row stands at row `top` of the screen."""

    def __init__(self, shell: Shell, top: int, x: int, row: int, clicks: int) -> None:
        self._shell, self._top = shell, top
        self._editor = shell.composer.editor
        self._start = shell.composer.offset(x, row)
        self._selects = clicks > 1
        self._editor.leave_selection()
        self._editor.cursor = self._start
        if clicks > 1:
            _select_around(self._editor, self._start, whole=clicks > 2)

    def moved(self, x: int, y: int) -> None:
        """Select up to there."""
        self._selects = True
        _select(self._editor, self._start, self._shell.composer.offset(x, max(0, y - self._top)))

    def ended(self) -> None:
        """What is selected is copied."""
        if self._selects:
            _copy(self._shell, self._editor)


class TextDrag:
    """In a window that is read."""

    def __init__(self, shell: Shell, window: Window, given: Mouse, column: int, row: int, clicks: int) -> None:
        self._shell, self._window, self._row = shell, window, row
        self._origin = (given.x - column, given.y - row)
        self._line, self._column = window.top.view.top + row, column
        self._start: int | None = None
        self._clicked = clicks == 1
        if clicks > 1 and self._editor is not None:
            self._start = self._offset(column, row)
            _select_around(self._editor, self._start, whole=clicks > 2)

    @property
    def _editor(self) -> Editor | None:
        """The editor behind what is read; there is none where the buffer has its own cursor."""
        shell, view = self._shell, self._window.top.view
        if shell.reader is None:
            shell.screen.cursor(True)
        if shell.reader is None:
            return None
        shell.reader.fit(view, view.width, view.height)
        return shell.reader.editor

    def moved(self, x: int, y: int) -> None:
        """Select up to there; beyond an edge the window scrolls."""
        column, row = x - self._origin[0], y - self._origin[1]
        if self._start is None and (column, row) == (self._column, self._row):
            return
        editor, view = self._editor, self._window.top.view
        if editor is None:
            return
        if self._start is None:
            self._start = self._offset(self._column, self._line - view.top)
        self._clicked = False
        if row < 0 or row >= view.height:
            view.scroll(-1 if row < 0 else 1)
            row = 0 if row < 0 else view.height - 1
            editor = self._editor or editor
        _select(editor, self._start, self._offset(column, row))

    def ended(self) -> None:
        """What is selected is copied; where nothing is, what folds there is folded or unfolded."""
        if self._start is not None and self._editor is not None:
            _copy(self._shell, self._editor)
        elif self._clicked:
            self._click()

    def _offset(self, column: int, row: int) -> int:
        reader = self._shell.reader
        assert reader is not None
        return reader.at(self._window.top.view.top + row, max(0, column))

    def _click(self) -> None:
        buffer, view = self._window.top.buffer, self._window.top.view
        own = getattr(buffer, "click", None)
        if self._line >= buffer.line_count(view.width):
            return
        shown = buffer.lines(self._line, self._line + 1, view.width)
        if self._shell.reader is not None:
            self._shell.reader.aim(self._line, self._shell.reader.character(self._line, max(0, self._column)))
        else:
            view.point = self._line
        if own is not None:
            own(self._line, max(0, self._column))
        elif shown and self._folds(buffer, list(shown[0])):
            buffer.fold("block", self._line)
            view.reshaped()

    def _folds(self, buffer: object, line: list[tuple[str, str]]) -> bool:
        """Whether a line says that it can be folded or unfolded."""
        if not hasattr(buffer, "fold"):
            return False
        heads = getattr(buffer, "folds_at", None)
        if heads is not None and heads(self._line, self._window.top.view.width):
            return True
        at = 0
        for role, text in line:
            at += width(text)
            if at > self._column:
                return "fold" in role.split() or plain(line).lstrip().startswith(_FOLDS)
        return False


def _select(editor: Editor, start: int, end: int) -> None:
    """Select from one place to another, both of them included."""
    if editor.modal:
        editor.mode = "normal"
        editor.cursor = start
        editor.mode = "visual"
        editor.cursor = end
        return
    low, high = sorted((start, end))
    high = chars.following(editor.text, high) if high < len(editor.text) and editor.text[high] != "\n" else high
    editor.mark, editor.cursor = (low, high) if end >= start else (high, low)
    editor.mark_active = True


def _select_around(editor: Editor, at: int, *, whole: bool) -> None:
    """Select the word at a place, or the line."""
    text = editor.text
    low, high = chars.line_start(text, at), chars.line_end(text, at)
    if not whole and at < high:
        kind = chars.kind(text[at])
        start = end = at
        while start > low and chars.kind(text[start - 1]) == kind:
            start -= 1
        while end < high and chars.kind(text[end]) == kind:
            end += 1
        low, high = start, end
    if high > low:
        _select(editor, low, chars.preceding(text, high))


def _copy(shell: Shell, editor: Editor) -> None:
    found = editor.selection
    if found is None:
        return
    text = "\n".join(line.rstrip() for line in editor.chips.whole(editor.copied(found.start, found.end)).split("\n"))
    if text.strip():
        shell.screen.copy(text)
        lines = text.count("\n") + 1
        shell.screen.message("copied" if lines == 1 else f"copied {lines} lines")
