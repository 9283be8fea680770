"""Vim's `:` commands that work on lines of a text: `run(editor, line)` carries one out as one undo step.

Does not: read lines (`csm.edit.ex`), or know windows, files and settings; a command of those raises `Elsewhere`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from csm.edit import chars, ex, modal, operators, patterns, vim
from csm.edit.editor import Editor, Range
from csm.edit.ex import ExError, Line, lines_of
from csm.edit.ex_places import Tracker, matches, sorting, starts
from csm.edit.operators import Target
from csm.edit.registers import NAMES

Press = Callable[[str], None]
_CHANGES = frozenset(
    ("delete", "move", "copy", "t", "join", "substitute", "&", "&&", "put", ">", "<", "normal", "sort", "undo", "redo")
)


class Elsewhere(Exception):
    """The line is none of these commands. `line` is what was read of it."""

    def __init__(self, line: Line) -> None:
        super().__init__(line.name)
        self.line = line


class Substitution(NamedTuple):
    """What `:s` did last, for `:&`."""

    pattern: str
    replacement: str
    flags: str


def run(editor: Editor, text: str, press: Press | None = None) -> str:
    """Carry out a line; what is to be told, maybe empty. `press` presses keys for `:normal`.

    Raises ExError for what cannot be done, Elsewhere for what is none of these commands.
    """
    modal.escape(editor) if editor.mode.startswith("visual") else editor.pending.clear()
    runner, more, said = _Runner(editor, press), text, ""
    before = editor.text.count("\n")
    while more is not None:
        line = ex.parse(editor, more)
        name = ex.named(line.name)
        if name is None:
            raise Elsewhere(line)
        line, more = ex.parted(name, line)
        if name in ("undo", "redo"):
            runner.run(name, line)
        else:
            with editor.group():
                said = runner.run(name, line)
    return said or _difference(editor.text.count("\n") - before)


def _difference(more: int) -> str:
    if abs(more) < 3:
        return ""
    return f"{more} more lines" if more > 0 else f"{-more} fewer lines"


class _Runner:
    """Runs lines on one editor. `inside` while `:g` runs one on each line."""

    def __init__(self, editor: Editor, press: Press | None) -> None:
        self._editor, self._press = editor, press
        self._inside = False
        self._found = 0

    def run(self, name: str, line: Line) -> str:
        if self._editor.read_only and name in _CHANGES:
            raise ExError("what is read here cannot be changed")
        method = _COMMANDS[name]
        return method(self, line) or ""

    # Lines

    def _range(self, line: Line) -> tuple[int, int]:
        """The lines meant: the range, or the current line; a count at the end counts from the last one on."""
        here = self._editor.text.count("\n", 0, self._editor.cursor) + 1
        first, last = (line.first, line.last) if line.first is not None and line.last is not None else (here, here)
        return max(first, 1), max(last, 1)

    def _go(self, number: int) -> None:
        editor = self._editor
        editor.cursor = chars.first_nonblank(editor.text, chars.line_at(editor.text, number))

    def _insert(self, after: int, body: str) -> None:
        """Put whole lines after line `after`, 0 for before the first one."""
        editor = self._editor
        if after:
            end = chars.line_end(editor.text, chars.line_at(editor.text, after))
            editor.replace(end, end, "\n" + body)
        else:
            editor.replace(0, 0, body + "\n")

    def _target(self, line: Line) -> int:
        if not line.rest.strip():
            raise ExError("where to?")
        found = ex.parse(self._editor, line.rest)
        if found.last is None or found.name:
            raise ExError(f"{line.rest.strip()} is no line")
        return found.last

    def _counted(self, line: Line) -> tuple[int, int, str | None]:
        """The lines and the register of `:d x 3`."""
        first, last = self._range(line)
        register = None
        match = re.fullmatch(r"\s*(?:([^\d\s])(?![^\s\d]))?\s*(\d*)\s*", line.rest)
        if match is None or (match[1] and match[1] not in NAMES):
            raise ExError(f"{line.rest.strip()} is neither register nor count")
        register = match[1]
        if match[2]:
            first, last = last, last + int(match[2]) - 1
        return first, min(last, self._editor.text.count("\n") + 1), register

    def delete(self, line: Line) -> None:
        first, last, register = self._counted(line)
        start, end = lines_of(self._editor, first, last)
        operators.delete(self._editor, Target(Range(start, end, True), start, register))

    def yank(self, line: Line) -> None:
        first, last, register = self._counted(line)
        start, end = lines_of(self._editor, first, last)
        operators.yank(self._editor, Target(Range(start, end, True), self._editor.cursor, register))

    def copy(self, line: Line) -> None:
        first, last = self._range(line)
        after = self._target(line)
        start, end = lines_of(self._editor, first, last)
        self._insert(after, self._editor.text[start:end])
        self._go(after + last - first + 1)

    def move(self, line: Line) -> None:
        first, last = self._range(line)
        after = self._target(line)
        if first <= after < last:
            raise ExError("lines cannot be moved into themselves")
        if after not in (last, first - 1):
            start, end = lines_of(self._editor, first, last)
            self._insert(after, self._editor.text[start:end])
            gone = last - first + 1
            again = lines_of(self._editor, first + gone, last + gone) if after < first else (start, end)
            operators.delete_lines(self._editor, Range(*again, True))
        self._go(after if after >= last else after + last - first + 1)

    def join(self, line: Line) -> None:
        first, last = self._range(line)
        if line.given and first == last and line.given > 1:
            return
        self._go(first)
        vim.join_lines(self._editor, max(last - first + 1, 2), blanks=not line.bang)
        self._go(first)

    def put(self, line: Line) -> None:
        register = line.rest.strip()[:1] or None
        held = self._editor.registers.get(register)
        if not held.text:
            raise ExError(f"register {register or chr(34)} is empty")
        here = self._range(line)[1] if line.last != 0 else 0
        body = held.text.removesuffix("\n") if held.linewise else held.text
        after = here - 1 if line.bang and here else here
        self._insert(after, body)
        self._go(after + body.count("\n") + 1)

    def shift(self, line: Line, by: int) -> None:
        first, last = self._range(line)
        depth = 1 + len(line.rest) - len(line.rest.lstrip("<>"))
        start, end = lines_of(self._editor, first, last)
        operators.indent(self._editor, Range(start, end, True), by * depth)
        self._go(last)

    def sort(self, line: Line) -> None:
        first, last = (1, self._editor.text.count("\n") + 1) if line.first is None else self._range(line)
        flags = line.rest.replace(" ", "")
        if set(flags) - set("niu"):
            raise ExError(f"{line.rest.strip()}: n, i and u are known")
        start, end = lines_of(self._editor, first, last)
        rows = self._editor.text[start:end].split("\n")
        rows.sort(key=sorting(flags), reverse=line.bang)
        if "u" in flags:
            same = sorting(flags)
            rows = [row for at, row in enumerate(rows) if not at or same(row) != same(rows[at - 1])]
        self._editor.replace(start, end, "\n".join(rows))
        self._go(first)

    # Replacing

    def substitute(self, line: Line) -> str:
        editor = self._editor
        mark = line.rest[:1]
        if mark and not mark.isalnum() and mark not in ' "|&':
            pattern, rest = ex.delimited(line.rest[1:], mark)
            new, flags = ex.delimited(rest, mark)
            last = editor.last_substitution
            if flags.startswith("&"):
                flags = (last.flags if isinstance(last, Substitution) else "") + flags[1:]
            done = Substitution(pattern, new, flags)
            return self._replace(line, done)
        return self.again(line)

    def again(self, line: Line, *, flags: bool = False) -> str:
        last = self._editor.last_substitution
        if not isinstance(last, Substitution):
            raise ExError("nothing was replaced yet")
        kept = last.flags if flags or line.rest.startswith("&") else ""
        return self._replace(line, last._replace(flags=kept + line.rest.lstrip("&").strip()))

    def _replace(self, line: Line, what: Substitution) -> str:
        editor = self._editor
        match = re.fullmatch(r"([giIne]*)\s*(\d*)\s*", what.flags)
        if match is None:
            raise ExError(f"{what.flags.strip()}: the flags are g, i, I, n and e")
        flags, count = match[1], match[2]
        ignore = True if "i" in flags else None
        compiled = ex.last_pattern(editor, what.pattern, ignore_case=ignore)
        before = editor.last_substitution
        old = before.replacement if isinstance(before, Substitution) else ""
        editor.last_substitution = Substitution(what.pattern or "", what.replacement, flags)
        first, last = self._range(line)
        if count:
            first, last = last, min(last + int(count) - 1, editor.text.count("\n") + 1)
        edits = matches(editor.text, compiled, first, last, everywhere="g" in flags)
        lines = len({editor.text.count("\n", 0, found.start()) for found in edits})
        if not edits and not self._inside and "e" not in flags:
            raise ExError(f"there is no {what.pattern or compiled.pattern}")
        if "n" in flags:
            return (
                f"{len(edits)} {_plural(len(edits), 'match', 'matches')} on {lines} {_plural(lines, 'line', 'lines')}"
            )
        new = patterns.replacement(what.replacement, old)
        self._put(edits, new)
        self._found += len(edits)
        if len(edits) < 3 or self._inside:
            return ""
        return f"{len(edits)} replaced on {lines} {_plural(lines, 'line', 'lines')}"

    def _put(self, edits: list[re.Match[str]], new: Callable[[re.Match[str]], str]) -> None:
        """Replace matches, the last first, so that the others stay where they are."""
        if not edits:
            return
        editor = self._editor
        parts = [new(found) for found in edits]
        after = edits[-1].start() + sum(
            len(part) - len(found.group()) for part, found in zip(parts, edits, strict=True)
        )
        after += len(edits[-1].group()) if "\n" not in edits[-1].group() else 0
        for found, part in zip(reversed(edits), reversed(parts), strict=True):
            editor.replace(found.start(), min(found.end(), len(editor.text)), part)
        editor.cursor = chars.first_nonblank(editor.text, min(max(after, 0), len(editor.text)))

    # Each line

    def each(self, line: Line, *, matching: bool) -> str:
        if self._inside:
            raise ExError("g within g is not known")
        mark, editor = line.rest[:1], self._editor
        if not mark or mark.isalnum() or mark.isspace():
            raise ExError("a pattern is needed: g/pattern/command")
        pattern, rest = ex.delimited(line.rest[1:], mark)
        compiled = ex.last_pattern(editor, pattern)
        count = editor.text.count("\n") + 1
        first, last = (1, count) if line.first is None else self._range(line)
        rows = editor.text.split("\n")
        places = starts(rows)
        found = [places[at] for at in range(first - 1, last) if bool(compiled.search(rows[at])) == matching]
        if not found:
            raise ExError(f"there is no {pattern}" if matching else f"every line has {pattern}")
        if not rest.strip():
            return f"{len(found)} {_plural(len(found), 'line', 'lines')}"
        self._each(found, rest)
        return ""

    def _each(self, places: list[int], text: str) -> None:
        editor, tracker = self._editor, Tracker(places)
        self._inside, editor.on_edit = True, tracker
        try:
            while (at := tracker.next()) is not None:
                editor.cursor = at
                more: str | None = text
                while more is not None:
                    line = ex.parse(editor, more)
                    name = ex.named(line.name)
                    if name is None:
                        raise ExError(f"{line.name} does not run on lines")
                    line, more = ex.parted(name, line)
                    self.run(name, line)
        finally:
            self._inside, editor.on_edit = False, None

    def normal(self, line: Line) -> None:
        if self._press is None or not line.rest.strip():
            raise ExError("which keys?")
        first, last = self._range(line)
        keys = line.rest[1:]
        places = starts(self._editor.text.split("\n"))[first - 1 : last]
        if line.first is None:
            self._press(keys)
            return
        tracker = Tracker(places)
        outer = self._editor.on_edit
        self._editor.on_edit = lambda edit: (tracker(edit), outer(edit) if outer else None)
        try:
            while (at := tracker.next()) is not None:
                self._editor.cursor = at
                self._press(keys)
        finally:
            self._editor.on_edit = outer

    # The rest

    def mark(self, line: Line) -> None:
        name = line.rest.strip()
        start = chars.line_at(self._editor.text, self._range(line)[1])
        at, self._editor.cursor = self._editor.cursor, start
        done = vim.set_mark(self._editor, name)
        self._editor.cursor = at
        if not done:
            raise ExError(f"{name} is no mark" if name else "a mark is a letter")

    def go(self, line: Line) -> None:
        if line.last is not None:
            self._editor.marks["'"] = self._editor.cursor
            self._go(max(line.last, 1))

    def number(self, line: Line) -> str:
        return str(line.last if line.last is not None else self._editor.text.count("\n") + 1)

    def undo(self, line: Line) -> None:
        number = line.rest.strip()
        done = self._editor.goto_step(int(number)) if number.isdigit() else self._editor.undo()
        if not done:
            raise ExError("there is nothing to undo")

    def redo(self, line: Line) -> None:
        if not self._editor.redo():
            raise ExError("there is nothing to redo")


_COMMANDS: dict[str, Callable[[_Runner, Line], str | None]] = {
    "delete": _Runner.delete, "yank": _Runner.yank, "move": _Runner.move, "copy": _Runner.copy, "t": _Runner.copy,
    "join": _Runner.join, "put": _Runner.put, "substitute": _Runner.substitute, "&": _Runner.again,
    "&&": lambda runner, line: runner.again(line, flags=True), ">": lambda runner, line: runner.shift(line, 1),
    "<": lambda runner, line: runner.shift(line, -1),
    "global": lambda runner, line: runner.each(line, matching=not line.bang),
    "vglobal": lambda runner, line: runner.each(line, matching=False), "normal": _Runner.normal,
    "mark": _Runner.mark, "k": _Runner.mark, "sort": _Runner.sort, "undo": _Runner.undo, "redo": _Runner.redo,
    "=": _Runner.number, "": _Runner.go,
}  # fmt: skip


def _plural(count: int, one: str, more: str) -> str:
    return one if count == 1 else more
