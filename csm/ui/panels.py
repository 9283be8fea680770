"""What opens above the composer for a while: a list to choose from, a line to type, the command palette.

Does not: know keys. Commands move, accept and close them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from csm.edit import modal
from csm.edit import rows as editor_rows
from csm.edit.editor import Editor
from csm.ui import matching
from csm.ui.frame import Line
from csm.view.lines import clip, crop, line_width, merge, pad, single, width, wrap

_LINE_COLUMNS = 100_000
#: Fewer rows need no count, and nobody types to find one; what the empty line of a list says.
FEW = 10
TYPE, ARROWS = "Type to find one", "Choose with the arrows"


class Panel(Protocol):
    """A panel. `place` is where its keys apply; `editor` the line that is typed into."""

    place: str
    editor: Editor

    def render(self, columns: int, height: int) -> tuple[list[Line], tuple[int, int]]:
        """At most `height` lines, and the cursor among them."""
        ...

    def move(self, rows: int) -> None:
        """Choose another row."""
        ...

    def accept(self) -> Callable[[], None] | None:
        """What to do once the panel is closed; None to stay open."""
        ...

    def cancelled(self) -> None:
        """Closed without a choice."""
        ...

    def pressed(self) -> None:
        """A key was taken."""
        ...


class Row(Protocol):
    """One row of a list: see `csm.host.context.Choice`."""

    @property
    def value(self) -> Any:
        """What choosing it gives."""
        ...

    @property
    def label(self) -> str:
        """What it is called."""
        ...

    @property
    def detail(self) -> str:
        """What is said about it."""
        ...


class ListPanel:
    """Rows, filtered by what is typed. `place` is `picker`; roles begin with its name."""

    place = "picker"
    prompt = "› "

    def __init__(self, title: str, rows: Sequence[Row], done: Callable[[Any], None], cancel: Any = None) -> None:
        self.title, self.editor = title, Editor(multiline=False)
        self._rows, self._done, self._cancel = rows, done, cancel
        self._shown: list[Row] = list(rows)
        self._version = self.editor.version
        self.selected = 0
        self._first = 0

    def rows(self) -> list[Row]:
        """The rows that fit what is typed."""
        if self.editor.version != self._version:
            self._version = self.editor.version
            self._shown = self.filter(self.editor.text)
            self.selected = self._first = 0
        return self._shown

    def filter(self, typed: str) -> list[Row]:
        """The rows for what is typed, best first."""
        return matching.ranked(self._rows, typed, lambda row: (row.label, row.detail))

    def move(self, rows: int) -> None:
        """Choose another row; single steps go round, longer ones stop at the ends."""
        count = len(self.rows())
        if not count:
            return
        moved = self.selected + rows
        self.selected = moved % count if abs(rows) == 1 else min(max(0, moved), count - 1)

    def accept(self) -> Callable[[], None] | None:
        """Give the chosen row's value."""
        rows = self.rows()
        if not rows:
            return None
        value = rows[self.selected].value
        return lambda: self._done(value)

    def cancelled(self) -> None:
        """Tell who asked, if they want to know."""
        if self._cancel:
            self._cancel()

    def pressed(self) -> None:
        """The rows follow what is typed when they are next asked for."""

    def render(self, columns: int, height: int) -> tuple[list[Line], tuple[int, int]]:
        """Title with the count, the typed line, the rows around the chosen one."""
        rows = self.rows()
        head = self._head(columns, len(rows))
        line, column = typed_line(self.editor, [(f"{self.place}.prompt", self.prompt)], columns)
        top: list[Line] = [*head[: max(0, height - 2)], line]
        room = max(0, min(height - len(top), max(1, len(rows))))
        self._first = min(max(self._first, self.selected - room + 1), self.selected)
        labels = min(max((width(single(row.label)) for row in rows[:200]), default=0), max(8, columns * 2 // 3))
        body = [
            self._row(rows[index], index == self.selected, labels, columns)
            for index in range(self._first, min(len(rows), self._first + room))
        ]
        if not rows and room:
            body = [[("picker.detail", "  nothing fits")]]
        return [*top, *body], (column, len(top) - 1)

    def _head(self, columns: int, count: int) -> list[Line]:
        title: Line = [("", "  "), ("picker.title", single(self.title))]
        tail = self._tail(count)
        gap = columns - line_width(title) - len(tail) - 2
        if gap > 0:
            return [[*title, ("", " " * gap), ("picker.count", tail)]]
        return [clip(row, columns) for row in wrap(title[1:], columns, title[:1], title[:1])]

    def _tail(self, count: int) -> str:
        """What stands at the end of the title's line."""
        if count == len(self._rows):
            return "" if count < FEW else f"{count}"
        return f"{count} of {len(self._rows)}"

    def _row(self, row: Row, chosen: bool, labels: int, columns: int) -> Line:
        role = self.place
        base = f"{role}.selected" if chosen else role
        label = single(row.label)
        line: Line = [(base, "  ")]
        hits = matching.marked(self.editor.text, label)
        line += [(f"{base} {role}.match" if at in hits else base, char) for at, char in enumerate(label)]
        line = pad(clip(merge(line), labels + 2), labels + 2, base)
        line += self._details(row, base)
        line = clip(line, columns)
        return pad(line, columns, base) if chosen else line

    def _details(self, row: Row, base: str) -> Line:
        detail = single(row.detail)
        joined = f"{base} {self.place}.detail" if base.endswith("selected") else f"{self.place}.detail"
        return [(joined, f"  {detail}")] if detail else []


class LinePanel:
    """One line to type. `masked` shows dots for what is typed, and keeps it out of every register."""

    place = "line"

    def __init__(
        self,
        prompt: str,
        done: Callable[[str], None],
        text: str = "",
        *,
        masked: bool = False,
        cancel: Any = None,
        changed: Callable[[str], None] | None = None,
        multiline: bool = False,
    ) -> None:
        self.prompt, self._done, self.masked, self._cancel = prompt, done, masked, cancel
        self.editor = Editor(text, multiline=multiline)
        self._top = 0
        self._changed, self._version = changed, self.editor.version
        #: Of a search: takes more into it (`word`, `line`, `kill`); False if there is nothing to take.
        self.take: Callable[[str], bool] | None = None

    @property
    def places(self) -> list[str]:
        """Where its keys are looked up: a search has some of its own."""
        return ["search", self.place] if self.take else [self.place]

    def pressed(self) -> None:
        """A key was taken: tell who wants to know each letter."""
        if self._changed and self.editor.version != self._version:
            self._version = self.editor.version
            self._changed(self.editor.text)

    def move(self, rows: int) -> None:
        """The cursor goes up or down where there are several rows."""
        if self.editor.multiline:
            for _ in range(min(abs(rows), 1_000)):
                modal.move(self.editor, "row-down" if rows > 0 else "row-up")

    def accept(self) -> Callable[[], None] | None:
        """Give the line."""
        text = self.editor.text
        return lambda: self._done(text)

    def cancelled(self) -> None:
        """Tell who asked, if they want to know."""
        if self._cancel:
            self._cancel()

    def render(self, columns: int, height: int) -> tuple[list[Line], tuple[int, int]]:
        """The prompt and the line; of several lines as many as fit, below the prompt."""
        if self.editor.multiline:
            return self._rows(columns, height)
        line, column = typed_line(self.editor, [("message.prompt", f"  {single(self.prompt)} ")], columns, self.masked)
        return [line], (column, 0)

    def _rows(self, columns: int, height: int) -> tuple[list[Line], tuple[int, int]]:
        self.editor.width = inner = max(2, columns - 4)
        head: list[Line] = [clip([("", "  "), ("message.prompt", single(self.prompt))], columns)] if height > 1 else []
        found = editor_rows.view(self.editor.text, inner, self.editor.cursor, max(1, height - len(head)), self._top)
        self._top = found.rows[0].start
        texts = [crop([("composer", row.text)], 0, inner) for row in found.rows]
        body = [clip([("composer.prompt", "  │ "), *text], columns) for text in texts]
        return [*head, *body], (min(4 + found.column, columns - 1), len(head) + found.row)


def typed_line(editor: Editor, prompt: Line, columns: int, masked: bool = False, hint: str = "") -> tuple[Line, int]:
    """A one-line editor after a prompt, moved sideways so that the cursor shows; the cursor's column.

    `hint` is said for as long as it is empty.
    """
    text, cursor = editor.text, editor.cursor
    if hint and not text:
        return clip([*prompt, ("composer.placeholder", hint)], columns), min(columns - 1, line_width(prompt))
    if masked:
        text = "•" * len(text)
    found = editor_rows.view(text, _LINE_COLUMNS, cursor, 1)
    at = found.column
    room = max(1, columns - line_width(prompt) - 1)
    skip = max(0, at - room)
    line: Line = [*prompt, *crop([("composer", found.rows[0].text)], skip, _LINE_COLUMNS)]
    return clip(line, columns), min(columns - 1, line_width(prompt) + at - skip)
