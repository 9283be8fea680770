"""A running command as a buffer: its terminal, and while it is attached the keys that are typed.

The command's terminal has the window's size while it is attached, and its own again afterwards: what the model reads
does not depend on who looks.

Does not: find commands (`commands.py`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from csm.api import encode, events, items, lines, ops, script_of

from . import mice
from .emulator import Emulator, Line

#: The size that tools give the terminals of their commands.
COLUMNS, ROWS = 80, 24

Reach = Callable[[ops.Reach], None]


class Pane:
    """See `csm.api.Buffer`. `reach` submits an op; what is refused is told by whoever submits it."""

    place = "pane"
    editor = None
    margin = False
    follow = True

    def __init__(self, entry: Any, reach: Reach, ended: Callable[[Pane], None] | None = None) -> None:
        item = entry.item
        assert isinstance(item, items.CommandExecution)
        self.item_id = item.id
        self.name = f"pane:{item.process or item.id}"
        self._command, self.reach = next(iter(script_of(item.command, item.argv).splitlines()), "command"), reach
        self._emulator = Emulator(COLUMNS, ROWS)
        #: Whether lines end without a carriage return, since no terminal adds one; None until that is seen.
        self._returns = False if item.id.startswith(items.OWN_TERMINAL) else None if item.process else True
        #: Called once the command has ended.
        self._over = ended
        self.attached = False
        self.exit_code: int | None = item.exit_code
        self.running = not entry.done
        self._size = (COLUMNS, ROWS)
        self._feed(entry.text())

    @property
    def title(self) -> str:
        """The command, and how it is."""
        over = "closed" if self.exit_code is None else f"exit {self.exit_code}"
        state = "attached" if self.attached else "running" if self.running else over
        return f"{lines.clip_text(self._command, 60)} · {state}"

    @property
    def version(self) -> int:
        """Grows when anything may look different."""
        return self._emulator.version

    @property
    def drew(self) -> bool:
        """Whether it had a screen of its own at some time."""
        return self._emulator.drew

    # What the window asks

    def line_count(self, width: int) -> int:
        """Lines of history and screen."""
        del width
        return self._emulator.used()

    def lines(self, start: int, stop: int, width: int) -> Sequence[Line]:
        """The lines from `start` up to `stop`."""
        shown = self._emulator.lines()[: self._emulator.used()]
        return [lines.clip(line, width, "") for line in shown[max(0, start) : stop]]

    def fit(self, columns: int, rows: int) -> None:
        """The window has this size."""
        self._size = (columns, rows)
        if self.attached and self._emulator.size != self._size:
            self._emulator.resize(columns, rows)
            self.reach(ops.Reach(self.item_id, "resize", f"{rows}x{columns}"))

    @property
    def takes_keys(self) -> bool:
        """Whether keys are the command's."""
        return self.attached and self.running

    def cursor_at(self) -> tuple[int, int] | None:
        """The cursor's `(line, column)`, where it is to be seen."""
        found = self._emulator.cursor if self.takes_keys else None
        return None if found is None else (self._emulator.above + found[1], found[0])

    # What the user does

    def attach(self) -> None:
        """Give it the keys."""
        self.attached = True
        self.reach(ops.Reach(self.item_id, "attach"))
        self.fit(*self._size)

    def detach(self) -> None:
        """Take the keys back; its terminal has its own size again."""
        if not self.attached:
            return
        self.attached = False
        if self.running:
            self.reach(ops.Reach(self.item_id, "detach"))
            self.reach(ops.Reach(self.item_id, "resize", f"{ROWS}x{COLUMNS}"))
        self._emulator.resize(COLUMNS, ROWS)

    def press(self, chord: str, text: str) -> None:
        """A key for the command."""
        data = encode.encode(chord, text, application=self._emulator.application_keys)
        if data:
            self.type(data.decode("utf-8", "replace"))

    def mouse(self, given: Any, column: int, line: int) -> bool:
        """What the mouse did at a cell of the lines, if the program wants to know; whether that is so.

        Without a word from it the wheel presses arrow keys on a screen of its own, as in terminals.
        """
        emulator = self._emulator
        columns, rows = emulator.size
        row = line - emulator.above
        if not (0 <= column < columns and 0 <= row < rows):
            return False
        data = mice.encode(given, column, row, emulator.mouse, digits=emulator.mouse_in_digits)
        if data is None and emulator.alternate and given.kind == "scroll" and given.button in mice.WHEEL:
            data = mice.WHEEL_STEPS * encode.encode(mice.WHEEL[given.button], "", application=emulator.application_keys)
        if data:
            self.type(data.decode("latin-1"))
        return data is not None

    def paste(self, text: str) -> None:
        """Pasted text for the command."""
        self.type(encode.paste(text, bracketed=self._emulator.bracketed_paste).decode("utf-8", "replace"))

    def type(self, text: str) -> None:
        """Characters for the command, as a terminal sends them."""
        self.reach(ops.Reach(self.item_id, "input", text))

    def closed(self) -> None:
        """The buffer is killed; the command goes on."""
        self.detach()

    # What happens

    def happened(self, event: Any) -> None:
        """An event of the thread."""
        body = event.body
        if isinstance(body, events.OutputDelta) and body.item_id == self.item_id:
            self._feed(body.text)
        elif isinstance(body, events.ItemCompleted) and body.item.id == self.item_id:
            self.running, self.exit_code = False, getattr(body.item, "exit_code", None)
            self.detach()
            if self._over is not None:
                self._over(self)
        elif isinstance(body, events.ThreadClosed):
            self.running = False
            self.detach()

    def _feed(self, text: str) -> None:
        if self._returns is None and "\n" in text and not self._emulator.drew:
            self._returns = not re.search(r"\r\n|\x1b\[\?", text)
        if self._returns:  # no terminal that would make two of it
            text = text.replace("\r\n", "\n").replace("\n", "\r\n")
        for answer in self._emulator.feed(text):
            if self.takes_keys:
                self.type(answer)
