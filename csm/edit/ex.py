"""Vim's `:` lines, read: the range in front, the command by any beginning of its name, `!`, and what follows.

    '<,'>s/a/b/g     3,$d x     .+1,/end/m0     %g/^#/t.

Does not: carry them out (`csm.edit.ex_lines`).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from csm.edit import chars, expressions, patterns
from csm.edit.editor import Editor

#: Commands on lines of a text, each with the shortest beginning that means it, and what it does.
TEXT = {
    "delete": ("d", "delete lines"), "yank": ("y", "copy lines"), "move": ("m", "move lines"),
    "copy": ("co", "copy lines to another place"), "t": ("t", "copy lines to another place"),
    "join": ("j", "join lines"), "substitute": ("s", "replace"), "&": ("&", "replace again"),
    "&&": ("&&", "replace again, with the same flags"),
    "global": ("g", "run a command on each line that matches"),
    "vglobal": ("v", "run a command on each line that does not match"), "put": ("pu", "put a register"),
    ">": (">", "indent lines"), "<": ("<", "indent lines less"), "normal": ("norm", "press keys on each line"),
    "mark": ("ma", "set a mark"), "k": ("k", "set a mark"), "sort": ("sor", "sort lines"), "undo": ("u", "undo"),
    "redo": ("red", "redo"), "=": ("=", "tell the line's number"), "": ("", "go to a line"),
}  # fmt: skip
_NAME = re.compile(r"&&|[&<>=!#@*]|k(?![a-z]{2})|s(?=[^a-z\s])|[a-zA-Z]+")
_BARE = re.compile(
    r"(?P<number>\d+)|(?P<dot>\.)|(?P<last>\$)|'(?P<mark>[a-zA-Z<>\[\]'`.^])|(?P<search>[/?])|\\(?P<again>[/?&])"
)


class ExError(ValueError):
    """A line that cannot be read or carried out; the text says why."""


class Line(NamedTuple):
    """A line that was read. `first` and `last` count lines from 1 (None: no range; 0 is before the first line)."""

    first: int | None
    last: int | None
    name: str
    bang: bool
    rest: str
    #: How many addresses were given.
    given: int = 0


def parse(editor: Editor, text: str) -> Line:
    """Read a line; addresses are looked up in the editor. `name` is as typed. Raises ExError."""
    reader = _Addresses(editor, text.lstrip(": \t"))
    first, last, given = reader.range()
    rest = reader.rest.lstrip()
    match = _NAME.match(rest)
    name = match.group() if match else ""
    if rest and not match:
        raise ExError(f"{rest[0]} begins no command")
    rest = rest[len(name) :]
    bang = rest.startswith("!") and name not in ("!", "")
    return Line(first, last, name, bang, rest[1:] if bang else rest, given)


def named(name: str) -> str | None:
    """The whole name of a text command by any beginning of it that Vim takes; None where there is none."""
    if name in TEXT:
        return name
    return next(
        (
            full
            for full, (short, _) in TEXT.items()
            if len(full) > 1 and full.startswith(name) and name.startswith(short)
        ),
        None,
    )


def parted(name: str, line: Line) -> tuple[Line, str | None]:
    """The line up to a `|` that begins another one, and that one; `:g` and `:normal` take all of it."""
    if name in ("global", "vglobal", "normal"):
        return line, None
    at, mark = 0, line.rest[:1]
    if name == "substitute" and mark and not mark.isalnum() and mark not in ' "|&':
        rest = delimited(delimited(line.rest[1:], mark)[1], mark)[1]
        at = len(line.rest) - len(rest)
    end = line.rest.find("|", at)
    if end < 0:
        return line, None
    return line._replace(rest=line.rest[:end]), line.rest[end + 1 :]


class _Addresses:
    """The range in front of a command."""

    def __init__(self, editor: Editor, text: str) -> None:
        self._editor, self.rest = editor, text
        self._current = editor.text.count("\n", 0, editor.cursor) + 1
        self._count = editor.text.count("\n") + 1

    def range(self) -> tuple[int | None, int | None, int]:
        if self.rest.startswith("%"):
            self.rest = self.rest[1:]
            return 1, self._count, 2
        found: list[int] = []
        given, more = 0, True
        while more:
            address = self._address()
            self.rest = self.rest.lstrip()
            mark = self.rest[:1]
            more = mark in (",", ";") and bool(mark)
            if address is None and not more and not found:
                return None, None, 0
            found.append(self._current if address is None else address)
            given += 1
            if more:
                self.rest = self.rest[1:]
                if mark == ";":
                    self._current = found[-1]
        first, last = (found[-2], found[-1]) if len(found) > 1 else (found[0], found[0])
        if not 0 <= min(first, last) <= max(first, last) <= self._count:
            raise ExError("there are not so many lines")
        return min(first, last), max(first, last), min(given, 2)

    def _address(self) -> int | None:
        self.rest = self.rest.lstrip()
        match = _BARE.match(self.rest)
        line: int | None = None
        if match:
            self.rest = self.rest[match.end() :]
            line = self._base(match)
        while step := re.match(r"\s*([+-])\s*(\d*)", self.rest):
            self.rest = self.rest[step.end() :]
            by = int(step.group(2) or 1)
            line = (self._current if line is None else line) + (by if step.group(1) == "+" else -by)
        return line

    def _base(self, match: re.Match[str]) -> int:
        if match["number"]:
            return int(match["number"])
        if match["dot"]:
            return self._current
        if match["last"]:
            return self._count
        if match["mark"]:
            return self._mark("'" if match["mark"] == "`" else match["mark"])
        if match["again"]:
            return self._search("", match["again"] == "?")
        mark = match["search"]
        pattern, self.rest = delimited(self.rest, mark)
        return self._search(pattern, mark == "?")

    def _mark(self, name: str) -> int:
        at = self._editor.marks.get(name)
        if at is None:
            raise ExError(f"there is no mark {name}")
        return self._editor.text.count("\n", 0, at) + 1

    def _search(self, pattern: str, back: bool) -> int:
        compiled = last_pattern(self._editor, pattern)
        lines = self._editor.text.split("\n")
        order = [*range(self._current, self._count), *range(self._current)]
        if back:
            order = [*range(self._current - 2, -1, -1), *range(self._count - 1, self._current - 2, -1)]
        for index in order:
            if compiled.search(lines[index]):
                return index + 1
        raise ExError(f"there is no {pattern or compiled.pattern}")


def delimited(text: str, mark: str) -> tuple[str, str]:
    """Up to the next `mark` that is not escaped, and what follows it; the escape of a mark is taken away."""
    out: list[str] = []
    at = 0
    while at < len(text) and text[at] != mark:
        if text[at] == "\\" and at + 1 < len(text):
            out.append(text[at + 1] if text[at + 1] == mark else text[at : at + 2])
            at += 2
        else:
            out.append(text[at])
            at += 1
    return "".join(out), text[at + 1 :]


def last_pattern(editor: Editor, pattern: str, *, ignore_case: bool | None = None) -> re.Pattern[str]:
    """The pattern, which is then the last one searched; where it is empty, the last one. Raises ExError."""
    try:
        if pattern:
            compiled = patterns.compiled(pattern, ignore_case=ignore_case)
            editor.last_search = (compiled.pattern, False)
            return compiled
        if not editor.last_search:
            raise ExError("nothing was searched for yet")
        return expressions.compiled(editor.last_search[0], re.MULTILINE | (re.IGNORECASE if ignore_case else 0))
    except (patterns.PatternError, expressions.ExpressionError) as error:
        raise ExError(str(error)) from None


def lines_of(editor: Editor, first: int, last: int) -> tuple[int, int]:
    """Offsets of the first character of line `first` and the end of line `last`."""
    start = chars.line_at(editor.text, first)
    return start, chars.line_end(editor.text, chars.line_at(editor.text, last))
