"""The composer: an editor, the prompt before it, a hint when it is empty, messages that wait above it.

Does not: edit. Commands do, on its editor.
"""

from __future__ import annotations

from csm.edit import block, rows
from csm.edit.editor import Editor, Range
from csm.edit.rows import Row
from csm.ui.frame import Line
from csm.view.lines import clip, crop, line_width, overlay, single, width

PROMPT = "› "
#: How a draft begins that the shell is to run.
SHELL = "!"
_QUEUE_ROWS = 4


class Composer:
    """What is being written."""

    def __init__(self, editor: Editor) -> None:
        self.editor = editor
        self._top, self._indent = 0, 0
        self._seen: tuple[Row, ...] | list[Row] = ()

    def offset(self, column: int, row: int) -> int:
        """The place in the text at a cell of the last frame's rows; the nearest one for what is none."""
        if not self._seen:
            return len(self.editor.text)
        shown = self._seen[min(max(0, row), len(self._seen) - 1)]
        if shown.start > len(self.editor.text):
            return len(self.editor.text)
        return rows.at_column(self.editor.text, shown, max(0, column - self._indent), self.editor.chips.names)

    @property
    def shell(self) -> bool:
        """Whether the draft is a command for the user's shell."""
        return self.editor.text.startswith(SHELL)

    def render(self, columns: int, height: int, hint: str) -> tuple[list[Line], tuple[int, int]]:
        """One to `height` lines, and the cursor as `(column, row)` among them."""
        prompt = PROMPT if columns >= 20 else ""
        inner = max(2, columns - len(prompt))
        self.editor.width = inner
        editor = self.editor
        found = rows.view(editor.text, inner, editor.cursor, height, self._top, editor.chips.names)
        self._top, self._seen, self._indent = found.rows[0].start, found.rows, len(prompt)
        lines = [self._line(found, index, prompt, inner) for index in range(len(found.rows))]
        if not self.editor.text:
            lines[0] = [("composer.prompt", prompt), *clip([("composer.placeholder", hint)], inner - 1)]
        return lines, (len(prompt) + min(found.column, inner - 1), found.row)

    def _line(self, found: rows.View, index: int, prompt: str, inner: int) -> Line:
        row = found.rows[index]
        mark = prompt if row.start == 0 else " " * len(prompt)
        if index == 0 and found.above:
            mark = "↑ "[: len(prompt)]
        elif index == len(found.rows) - 1 and found.below:
            mark = "↓ "[: len(prompt)]
        text = self._selected(row, self._chips(row, [("composer", row.text)]))
        return [("command.mark" if self.shell else "composer.prompt", mark), *crop(text, 0, inner)]

    def _chips(self, row: Row, line: Line) -> Line:
        text, chips = self.editor.text, self.editor.chips
        for spot in chips.spots(text[row.start : row.end]):
            start = rows.row_column(text, row, row.start + spot.at, chips.names)
            line = overlay(line, start, start + width(spot.chip.label), "composer.paste")
        return line

    def _selected(self, row: Row, line: Line) -> Line:
        for selection in block.selected(self.editor):
            line = self._marked(row, line, selection)
        return line

    def _marked(self, row: Row, line: Line, selection: Range) -> Line:
        if selection.end <= row.start or selection.start > row.end:
            return line
        text = self.editor.text
        names = self.editor.chips.names
        start = rows.row_column(text, row, selection.start, names)
        stop = rows.row_column(text, row, selection.end, names)
        if selection.end > row.end:
            stop, line = stop + 1, [*line, ("composer", " ")]
        return overlay(line, start, stop, "selection")


def queued(texts: tuple[str, ...], columns: int, height: int) -> list[Line]:
    """The messages that wait, the first line of each."""
    room = min(height, _QUEUE_ROWS)
    if not texts or room < 1:
        return []
    shown = texts if len(texts) <= room else texts[: room - 1]
    lines = [_waiting(text, columns) for text in shown]
    if len(shown) < len(texts):
        lines.append([("composer.queued", f"  … {len(texts) - len(shown)} more wait")])
    return lines


def _waiting(text: str, columns: int) -> Line:
    first, more, _ = text.partition("\n")
    line: Line = [("composer.queued", f"  ↳ {single(first)}{' …' if more else ''}")]
    return clip(line, columns)


def rule(columns: int, left: Line, right: Line) -> Line:
    """The line above the composer, with something set into it at either end."""
    room = columns - line_width(left) - line_width(right)
    if room < 4:
        return clip([*left, *right], columns)
    head: Line = [("composer.border", "──"), *left] if left else []
    room -= 2 if left else 0
    tail: Line = [*right, ("composer.border", "──")] if right else []
    room -= 2 if right else 0
    return [*head, ("composer.border", "─" * max(0, room)), *tail]
