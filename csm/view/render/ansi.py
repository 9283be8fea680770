"""What programs print to lines: colours become roles, carriage returns and backspaces overwrite, the rest is dropped.

The colours are roles such as `ansi.red ansi.bold`; the 256 and true colours become `fg:#rrggbb`. Sequences that move
within a line are followed, since progress bars are made of them; all others (moving elsewhere, titles, clipboard,
device strings) have no effect. Control characters that mean nothing here are shown.

Does not: emulate a terminal. A full-screen program needs a pane.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from csm.view.lines import StyledLine, expand, merge, visible

#: Beyond these, what a line overwrites is not followed.
LONGEST_LINE = 20_000
_STRING = r"(?:\x1b[\]P^_X]|[\x9d\x90\x9e\x9f\x98])[^\x07\x1b\x9c\n]{0,8192}(?:\x07|\x1b\\|\x9c)"
_CSI = r"(?:\x1b\[|\x9b)(?P<parameters>[0-?]{0,64})[ -/]{0,4}(?P<final>[@-~])"
_TOKEN = re.compile(f"{_STRING}|{_CSI}|\x1b[ -/]{{1,4}}[0-~]|\x1b[0-OQ-WYZ\\\\`-~]|(?P<move>[\r\b])|[\x00\x07\x0e\x0f]")
_NAMES = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_FLAGS = {1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "reverse", 9: "strike"}
_RESETS = {22: ("bold", "dim"), 23: ("italic",), 24: ("underline",), 27: ("reverse",), 29: ("strike",)}


def parse(text: str, role: str = "command.output") -> list[StyledLine]:
    """The lines of a program's output, tabs expanded. Text without colour has `role`."""
    return list(parse_lines(text.split("\n"), role))


def parse_lines(lines: list[str], role: str = "command.output") -> Iterator[StyledLine]:
    """As `parse`, for text already cut at its newlines."""
    state = _Sgr(role)
    for line in lines:
        if line.endswith("\r"):
            line = line.rstrip("\r")
        if line.isprintable() or _TOKEN.search(line) is None:
            yield [(state.role, expand(visible(line)))] if line else []
        elif len(line) > LONGEST_LINE or not _moves(line):
            yield _flow(line, state)
        else:
            yield _Row(state).write(line)


def _moves(line: str) -> bool:
    return "\r" in line or "\b" in line or any(m["final"] in "GKCDPX@" for m in _TOKEN.finditer(line) if m["final"])


def _flow(line: str, state: _Sgr) -> StyledLine:
    """A line in which nothing is overwritten."""
    out: StyledLine = []
    at = column = 0
    for match in _TOKEN.finditer(line):
        text = expand(visible(line[at : match.start()]), column=column)
        column += len(text)
        out.append((state.role, text))
        at = match.end()
        if match["final"] == "m":
            state.set(match["parameters"])
    out.append((state.role, expand(visible(line[at:]), column=column)))
    return merge(out)


class _Row:
    """One line as cells, for programs that go back and overwrite."""

    def __init__(self, state: _Sgr) -> None:
        self.state = state
        self.cells: list[tuple[str, str]] = []
        self.column = 0

    def write(self, line: str) -> StyledLine:
        at = 0
        for match in _TOKEN.finditer(line):
            self.put(line[at : match.start()])
            at = match.end()
            self.control(match)
        self.put(line[at:])
        return merge(self.cells)

    def put(self, text: str) -> None:
        role = self.state.role
        for char in expand(visible(text), column=self.column):
            self.fill(self.column)
            if self.column < len(self.cells):
                self.cells[self.column] = (role, char)
            else:
                self.cells.append((role, char))
            self.column += 1

    def fill(self, size: int) -> None:
        if len(self.cells) < size:
            self.cells += [("", " ")] * (size - len(self.cells))

    def control(self, match: re.Match[str]) -> None:
        move, final = match["move"], match["final"]
        if move:
            self.column = 0 if move == "\r" else max(0, self.column - 1)
        if not final:
            return
        if final == "m":
            self.state.set(match["parameters"])
            return
        digits = match["parameters"].split(";")[0]
        number = int(digits) if digits.isdigit() else None
        step = min(max(1, number or 1), 1000)
        if final == "G":
            self.column = step - 1
        elif final == "C":
            self.column = min(self.column + step, LONGEST_LINE)
        elif final == "D":
            self.column = max(0, self.column - step)
        elif final == "K":
            self.erase(number or 0)

    def erase(self, what: int) -> None:
        if what == 2:
            self.cells = []
        elif what == 1:
            stop = min(self.column + 1, len(self.cells))
            self.cells[:stop] = [("", " ")] * stop
        else:
            del self.cells[self.column :]


class _Sgr:
    """The colours and flags in force."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.role = base
        self.foreground = ""
        self.background = ""
        self.flags: list[str] = []

    def set(self, parameters: str) -> None:
        """Obey the parameters of `CSI … m`."""
        if parameters[:1] in ("?", ">", "=", "<"):
            return
        codes = [int(code) if code.isdigit() else 0 for code in re.split("[;:]", parameters)]
        while codes:
            code = codes.pop(0)
            if code in (38, 48):
                self.colour(code, codes)
            else:
                self.simple(code)
        names = [self.base, *(f"ansi.{flag}" for flag in self.flags), self.foreground, self.background]
        self.role = " ".join(name for name in names if name)

    def simple(self, code: int) -> None:
        if code == 0:
            self.foreground = self.background = ""
            self.flags = []
        elif code in _FLAGS:
            if _FLAGS[code] not in self.flags:
                self.flags.append(_FLAGS[code])
        elif code in _RESETS:
            self.flags = [flag for flag in self.flags if flag not in _RESETS[code]]
        elif 30 <= code <= 37 or 90 <= code <= 97:
            self.foreground = "ansi." + _name(code - 30 if code < 90 else code - 82)
        elif 40 <= code <= 47 or 100 <= code <= 107:
            self.background = "ansi.on-" + _name(code - 40 if code < 100 else code - 92)
        elif code == 39:
            self.foreground = ""
        elif code == 49:
            self.background = ""

    def colour(self, code: int, rest: list[int]) -> None:
        kind = rest.pop(0) if rest else 0
        if kind == 5 and rest:
            name = _indexed(rest.pop(0) & 255, background=code == 48)
        elif kind == 2 and len(rest) >= 3:
            name = ("bg" if code == 48 else "fg") + ":#" + "".join(f"{min(part, 255):02x}" for part in rest[:3])
            del rest[:3]
        else:
            return
        if code == 38:
            self.foreground = name
        else:
            self.background = name


def _name(index: int) -> str:
    return _NAMES[index] if index < 8 else "bright-" + _NAMES[index - 8]


def _indexed(index: int, *, background: bool) -> str:
    if index < 16:
        return ("ansi.on-" if background else "ansi.") + _name(index)
    if index >= 232:
        level = 8 + 10 * (index - 232)
        parts = [level, level, level]
    else:
        index -= 16
        parts = [0 if part == 0 else 55 + 40 * part for part in (index // 36, index // 6 % 6, index % 6)]
    return ("bg" if background else "fg") + ":#" + "".join(f"{part:02x}" for part in parts)
