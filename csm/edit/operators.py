"""Operators: what is done to a range. Each is a row of `OPERATORS`, applied through `csm.edit.modal`.

Does not: find ranges or wait for keys.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import NamedTuple

from csm.edit import chars
from csm.edit.changes import enter_insert
from csm.edit.editor import Editor, Range
from csm.edit.registers import Slot

#: Cells of one step of indenting.
INDENT = 4


class Target(NamedTuple):
    """What to operate on. `cursor`: where the cursor goes if the operator leaves the text in place. `numbered`: deletes
    go to register 1 even if short. `visual`: it was selected.
    """

    range: Range
    cursor: int
    register: str | None = None
    numbered: bool = False
    visual: bool = False


class Operator(NamedTuple):
    """A row of the table."""

    name: str
    title: str
    run: Callable[[Editor, Target], None]


def slot(text: str, found: Range) -> Slot:
    """The text of a range as a register holds it."""
    part = text[found.start : found.end]
    return Slot(part + "\n", True) if found.linewise else Slot(part)


def yank(editor: Editor, target: Target) -> None:
    """Copy to a register and the kill ring; the cursor goes to the start."""
    found = target.range
    part = editor.copied(found.start, found.end)
    held = Slot(part + "\n", True) if found.linewise else Slot(part)
    if not held.text:
        return
    editor.registers.yank(held, target.register)
    editor.kills.push(held.text)
    _set_bounds(editor, target.range)
    editor.cursor = target.cursor


def _set_bounds(editor: Editor, found: Range) -> None:
    editor.marks["["] = found.start
    editor.marks["]"] = max(found.start, found.end - 1)


def _store(editor: Editor, target: Target, found: Range) -> None:
    keep_deleted(editor, slot(editor.text, found), target.register, numbered=target.numbered)


def keep_deleted(editor: Editor, held: Slot, register: str | None, *, numbered: bool = False) -> None:
    """Put what is deleted into a register and the kill ring; without modes only into a register that is named."""
    if editor.text and held.text and (editor.modal or register):
        editor.registers.delete(held, register, numbered=numbered)
        if register != "_":
            editor.kills.push(held.text)


def delete(editor: Editor, target: Target) -> None:
    """Delete into a register."""
    found = target.range if target.visual else _widened(editor.text, target.range)
    if found.start == found.end and not found.linewise:
        return
    _store(editor, target, found)
    if found.linewise:
        delete_lines(editor, found)
    else:
        editor.replace(found.start, found.end, "")
    editor.marks["["] = editor.marks["]"] = editor.cursor


def _widened(text: str, found: Range) -> Range:
    """Vi's rule: a delete over several lines that leaves only blanks takes whole lines."""
    if found.linewise or "\n" not in text[found.start : found.end]:
        return found
    end = chars.line_end(text, found.end)
    blank_end = not text[found.end : end].strip(chars.BLANKS)
    if blank_end and found.start <= chars.indent_end(text, found.start):
        return Range(chars.line_start(text, found.start), end, True)
    return found


def delete_lines(editor: Editor, found: Range) -> None:
    """Delete whole lines; the cursor goes to the first character of the line that takes their place."""
    if found.end < len(editor.text):
        editor.replace(found.start, found.end + 1, "")
    else:
        editor.replace(max(found.start - 1, 0), found.end, "")
    editor.cursor = chars.first_nonblank(editor.text, editor.cursor)


def change(editor: Editor, target: Target) -> None:
    """Delete into a register and begin to insert."""
    found = target.range
    if found.start != found.end or found.linewise:
        _store(editor, target, found)
        editor.replace(found.start, found.end, "")
    editor.cursor = found.start
    enter_insert(editor)


def _transform(convert: Callable[[str], str]) -> Callable[[Editor, Target], None]:
    def run(editor: Editor, target: Target) -> None:
        found = target.range
        editor.replace(found.start, found.end, convert(editor.text[found.start : found.end]))
        _set_bounds(editor, found)
        editor.cursor = target.cursor

    return run


def indent(editor: Editor, found: Range, by: int) -> None:
    """Indent the lines of a range by so many steps, or less for a negative number. Empty lines stay."""
    rows = editor.text[chars.line_start(editor.text, found.start) : found.end].split("\n")
    at = chars.line_start(editor.text, found.start)
    for row in rows:
        depth = len(row) - len(row.lstrip(chars.BLANKS))
        cells = len(row[:depth].expandtabs(8))
        wanted = max(0, cells + by * INDENT)
        if row:
            editor.replace(at, at + depth, " " * wanted)
        at = chars.line_end(editor.text, at) + 1


def _shift(by: int) -> Callable[[Editor, Target], None]:
    def run(editor: Editor, target: Target) -> None:
        at = chars.line_start(editor.text, target.range.start)
        more = editor.text.count("\n", at, target.range.end)
        indent(editor, target.range, by)
        end = chars.line_end(editor.text, chars.line_down(editor.text, at, more)[0])
        _set_bounds(editor, Range(at, end, True))
        editor.cursor = chars.first_nonblank(editor.text, at)

    return run


def join(editor: Editor, target: Target) -> None:
    """Join the lines of the range."""
    from csm.edit.vim import join_lines

    count = editor.text.count("\n", target.range.start, target.range.end) + 1
    editor.cursor = target.range.start
    join_lines(editor, count)


def _fold(editor: Editor, target: Target) -> None:
    """Nothing: what can be folded are parts of a transcript, and `block.select` does it."""


def _fill(editor: Editor, target: Target) -> None:
    from csm.edit import filling

    start = chars.line_start(editor.text, target.range.start)
    end = chars.line_end(editor.text, max(start, target.range.end - (not target.range.linewise)))
    new = filling.fill(editor.text[start:end], filling.VIM_COLUMN)
    editor.replace(start, end, new)
    editor.cursor = chars.first_nonblank(editor.text, start + len(new))


def _table() -> dict[str, Operator]:
    rows = [
        Operator("delete", "delete", delete),
        Operator("change", "change", change),
        Operator("yank", "yank", yank),
        Operator("lowercase", "make small letters", _transform(str.lower)),
        Operator("uppercase", "make capitals", _transform(str.upper)),
        Operator("swap-case", "swap small letters and capitals", _transform(str.swapcase)),
        Operator("join", "join lines", join),
        Operator("indent", "indent lines", _shift(1)),
        Operator("outdent", "indent lines less", _shift(-1)),
        Operator("fill", "fill paragraphs", _fill),
        Operator("fold", "fold or unfold", _fold),
    ]
    return {row.name: row for row in rows}


OPERATORS = MappingProxyType(_table())
