"""The scratch buffer: a text beside the sessions, to write in and to send from. It lasts as long as the shell.

Does not: keep it in a file.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from csm.api import CommandError, Context, Editor, command, lines, rows

from .windows import screen

Line = list[tuple[str, str]]


class Scratch:
    """See `csm.api.Buffer`."""

    name = "scratch"
    place = "scratch"
    follow = False
    pointed = True

    def __init__(self, own: Editor) -> None:
        self.editor = Editor(modal=own.modal)
        self.editor.registers, self.editor.kills = own.registers, own.kills
        self._top, self._size = 0, (80, 1)
        self._seen: rows.View | None = None

    @property
    def title(self) -> str:
        """How much there is."""
        count = self.editor.text.count("\n") + 1 if self.editor.text else 0
        return f"Scratch · {count} line{'s' * (count != 1)}" if count else "Scratch"

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

    def lines(self, start: int, stop: int, width: int) -> Sequence[Line]:
        """The rows from `start` up to `stop`."""
        if not self.editor.text:
            return [lines.clip([("dim", "Nothing is written here yet.")], width)][start:stop]
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


def scratch(cx: Context) -> Any:
    """The one there is."""
    known = cx.state.get("windows.scratch")
    if not isinstance(known, Scratch):
        known = cx.state["windows.scratch"] = Scratch(screen(cx).composer)
    return known


@command("scratch.open", title="Show the scratch text")
def open_scratch(cx: Context) -> None:
    """Show a text to write in beside the sessions, in a window."""
    screen(cx).show(scratch(cx), "below")


@command("scratch.send", title="Put it into the draft", places=("scratch",))
def send(cx: Context) -> None:
    """Put the selection, else all of the scratch text, at the end of the draft of the current session."""
    shown, editor = screen(cx), scratch(cx).editor
    found = editor.selection
    text = editor.text[found.start : found.end] if found is not None else editor.text
    if not text.strip():
        raise CommandError("nothing is written here yet")
    composer = shown.composer
    composer.set_text(f"{composer.text}\n{text}" if composer.text else text)
    shown.focus("composer")


@command("scratch.clear", title="Empty the scratch text", places=("scratch",))
def clear(cx: Context) -> None:
    """Begin anew; undo brings it back."""
    scratch(cx).editor.set_text("")
