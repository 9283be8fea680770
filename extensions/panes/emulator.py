"""A terminal for one program: pyte's screen with the alternate one, scrollback, and rows as styled lines.

Does not: run the program, or know keys.
"""

from __future__ import annotations

from collections import deque
from typing import Any

import pyte

from .filter import Filter

Line = list[tuple[str, str]]
_ALTERNATE = (47, 1047, 1049)
_PRIVATE = 5  # pyte keeps private modes shifted by so many bits
#: Lines that went off the top, and characters taken at once: of a flood only the end is drawn.
_HISTORY = 5_000
_AT_ONCE = 200_000
_NAMES = {"brown": "yellow", "brightbrown": "bright-yellow", "bfightmagenta": "bright-magenta"}


class _Screen(pyte.Screen):
    """Remembers what scrolls away, has a second screen, and answers what the program asks."""

    def __init__(self, columns: int, rows: int) -> None:
        self.history: deque[Line] = deque(maxlen=_HISTORY)
        self.alternate = self.drew = False
        self.answers: list[str] = []
        self._main: tuple[Any, ...] | None = None
        super().__init__(columns, rows)

    def index(self) -> None:
        """Scroll up by a line; what leaves the top of the main screen is history."""
        whole = self.margins is None or self.margins.top == 0
        bottom = self.margins.bottom if self.margins is not None else self.lines - 1
        if whole and not self.alternate and self.cursor.y == bottom:
            self.history.append(styled(self.buffer[0], self.columns))
        super().index()

    def erase_in_display(self, how: int = 0, *args: Any, **kwargs: Any) -> None:
        """Erase; 3 is the scrollback."""
        if how == 3:
            self.history.clear()
            return
        super().erase_in_display(how, *args, **kwargs)

    def set_mode(self, *numbers: int, **kwargs: Any) -> None:
        """Switch modes on; some of them show the second screen."""
        if kwargs.get("private") and not self.alternate and set(numbers) & set(_ALTERNATE):
            self._show_alternate()
        super().set_mode(*numbers, **kwargs)

    def reset_mode(self, *numbers: int, **kwargs: Any) -> None:
        """Switch modes off."""
        if kwargs.get("private") and self.alternate and set(numbers) & set(_ALTERNATE):
            self._show_main()
        super().reset_mode(*numbers, **kwargs)

    def write_process_input(self, data: str) -> None:
        """An answer for the program."""
        self.answers.append(data)

    def on(self, mode: int) -> bool:
        """Whether a private mode is on."""
        return mode << _PRIVATE in self.mode

    def become(self, columns: int, rows: int) -> None:
        """Take another size, rows counted from the top; pyte's own way would drop the first ones."""
        for y in [y for y in self.buffer if y >= rows]:
            del self.buffer[y]
        for line in self.buffer.values():
            for x in [x for x in line if x >= columns]:
                del line[x]
        self.lines, self.columns, self.margins = rows, columns, None
        self.tabstops = set(range(8, columns, 8))
        self.cursor.x, self.cursor.y = min(self.cursor.x, columns - 1), min(self.cursor.y, rows - 1)
        self.dirty.clear()
        self.dirty.update(range(rows))

    def _show_alternate(self) -> None:
        self._main = (self.buffer.copy(), self.cursor, self.margins, self.savepoints)
        self.alternate = self.drew = True
        self.buffer.clear()
        self.cursor = pyte.screens.Cursor(0, 0, self.cursor.attrs)
        self.margins, self.savepoints = None, []
        self.dirty.update(range(self.lines))

    def _show_main(self) -> None:
        assert self._main is not None
        buffer, self.cursor, self.margins, self.savepoints = self._main
        self.buffer.clear()
        self.buffer.update(buffer)
        self.alternate, self._main = False, None
        self.cursor.x = min(self.cursor.x, self.columns - 1)
        self.cursor.y = min(self.cursor.y, self.lines - 1)
        self.margins = None
        self.dirty.update(range(self.lines))


class Emulator:
    """`columns` by `rows`. `version` grows when anything may look different."""

    def __init__(self, columns: int, rows: int) -> None:
        self._screen = _Screen(columns, rows)
        self._stream = pyte.Stream(self._screen)
        self._stream.use_utf8 = False  # so that programs may draw lines with the old character set
        self._filter = Filter()
        self._rows: list[Line] = [[] for _ in range(rows)]
        self.version = 0

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows."""
        return self._screen.columns, self._screen.lines

    @property
    def alternate(self) -> bool:
        """Whether a program shows a screen of its own."""
        return self._screen.alternate

    @property
    def drew(self) -> bool:
        """Whether a program has ever shown a screen of its own."""
        return self._screen.drew

    @property
    def application_keys(self) -> bool:
        """Whether cursor keys are sent as applications want them (DECCKM)."""
        return self._screen.on(1)

    @property
    def bracketed_paste(self) -> bool:
        """Whether the program wants pasted text marked."""
        return self._screen.on(2004)

    @property
    def mouse(self) -> str:
        """What the program wants to know of the mouse: `""`, `press`, `drag` or `move`."""
        wanted = {1003: "move", 1002: "drag", 1000: "press", 9: "press"}
        return next((word for mode, word in wanted.items() if self._screen.on(mode)), "")

    @property
    def mouse_in_digits(self) -> bool:
        """Whether it wants places as numbers, which may be of any size (SGR)."""
        return self._screen.on(1006)

    @property
    def cursor(self) -> tuple[int, int] | None:
        """The cursor's `(column, row)` on the screen; None while it is hidden."""
        cursor = self._screen.cursor
        if cursor.hidden:
            return None
        return min(cursor.x, self._screen.columns - 1), cursor.y

    @property
    def title(self) -> str:
        """What the program calls itself."""
        return self._screen.title

    def feed(self, text: str) -> list[str]:
        """Take output; what the program is to be answered."""
        text = self._filter.feed(text)
        if len(text) > _AT_ONCE:
            text = "\x1b[m" + text[text.find("\n", len(text) - _AT_ONCE) + 1 :]
        try:
            self._stream.feed(text)
        except Exception:  # pyte trips over parameters that it does not expect; the rest is to be read all the same
            self._stream = pyte.Stream(self._screen)
            self._stream.use_utf8 = False
        self.version += 1
        answers, self._screen.answers = self._screen.answers, []
        return answers

    def resize(self, columns: int, rows: int) -> None:
        """Take another size; rows that no longer fit go to the history."""
        screen = self._screen
        if (columns, rows) == self.size:
            return
        if not screen.alternate:
            while screen.cursor.y >= rows:
                screen.history.append(styled(screen.buffer[0], screen.columns))
                for y in range(1, screen.lines):
                    screen.buffer[y - 1] = screen.buffer[y]
                screen.buffer.pop(screen.lines - 1, None)
                screen.cursor.y -= 1
        screen.become(columns, rows)
        self._rows = [[] for _ in range(rows)]
        self.version += 1

    def lines(self) -> list[Line]:
        """History and screen, from the top; of a program with a screen of its own only that."""
        screen = self._screen
        for y in screen.dirty:
            if y < len(self._rows):
                self._rows[y] = styled(screen.buffer[y], screen.columns)
        screen.dirty.clear()
        return [*(() if screen.alternate else screen.history), *self._rows]

    @property
    def above(self) -> int:
        """How many lines of `lines` are history."""
        return 0 if self._screen.alternate else len(self._screen.history)

    def used(self) -> int:
        """How many of `lines` say something or have the cursor: empty rows below do not count."""
        lines = self.lines()
        if self.alternate:
            return len(lines)
        last = max((y for y, line in enumerate(lines) if any(text.strip() for _, text in line)), default=-1)
        return max(last, self.above + self._screen.cursor.y) + 1


def styled(row: Any, columns: int) -> Line:
    """A row of pyte's cells as a styled line, blanks without style at its end left out."""
    line: Line = []
    for x in range(columns):
        cell = row[x]
        if not cell.data:
            continue  # the second cell of a wide character
        role = _role(cell)
        if line and line[-1][0] == role:
            line[-1] = (role, line[-1][1] + cell.data)
        else:
            line.append((role, cell.data))
    if line and line[-1][0] == "pane":
        line[-1] = ("pane", line[-1][1].rstrip(" "))
        if not line[-1][1]:
            line.pop()
    return line


def _role(cell: Any) -> str:
    if cell.fg == "default" and cell.bg == "default" and not (cell.bold or cell.reverse or cell.italics):
        plain = not (cell.underscore or cell.strikethrough)
        if plain:
            return "pane"
    names = ["pane"]
    flags = (("bold", cell.bold), ("italic", cell.italics), ("underline", cell.underscore))
    names += [f"ansi.{name}" for name, on in flags if on]
    names += ["ansi.strike"] if cell.strikethrough else []
    names += ["ansi.reverse"] if cell.reverse else []
    names += [_colour(cell.fg, "ansi.", "fg")] if cell.fg != "default" else []
    names += [_colour(cell.bg, "ansi.on-", "bg")] if cell.bg != "default" else []
    return " ".join(names)


def _colour(name: str, prefix: str, kind: str) -> str:
    if name in _NAMES:
        return prefix + _NAMES[name]
    if len(name) == 6 and all(char in "0123456789abcdef" for char in name):
        return f"{kind}:#{name}"
    return prefix + name.replace("bright", "bright-")
