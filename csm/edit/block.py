"""Blocks: the same cells of several lines. Vim's blockwise visual mode and Emacs's rectangles stand on this.

A block is lines and columns; a `Piece` is what it holds of one line. A character that is covered in part (a tab, a wide
one) counts as blanks where it is, and is replaced by blanks where it goes.

Does not: know keys, or hold registers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from csm.edit import changes, chars
from csm.edit.editor import Editor, Range
from csm.edit.motions import END
from csm.edit.operators import INDENT, keep_deleted
from csm.edit.registers import Slot


class Block(NamedTuple):
    """`lines` lines from the one that begins at `top`, and their cells `left` to `right` (not included); `END` for
    `right` is the end of each line.
    """

    top: int
    lines: int
    left: int
    right: float


class Piece(NamedTuple):
    """What a block holds of a line: offsets, and how many cells of the first and the last character are outside.

    `text` is what a register gets of it; `short` how many cells the line ends before the block.
    """

    start: int
    end: int
    lead: int
    tail: int
    text: str
    short: int


class Extent(NamedTuple):
    """How much a block is, wherever it stands."""

    lines: int
    cells: float


# What a block is


def of(editor: Editor) -> Block:
    """The selected block: its corners are where visual mode began and the cursor; after `$` its ends are open."""
    low, high = sorted((editor.anchor, editor.cursor))
    (left, right), (other, end) = _cells(editor.text, low), _cells(editor.text, high)
    to_end = editor.goal == END
    return _lines(editor.text, low, high, min(left, other), END if to_end else max(right, end))


def between(text: str, one: int, other: int) -> Block:
    """The block with corners at two offsets, as Emacs's rectangles: the cell at the right one is outside."""
    low, high = sorted((one, other))
    left, right = sorted((chars.column(text, low), chars.column(text, high)))
    return _lines(text, low, high, left, right)


def extent(block: Block) -> Extent:
    """How much a block is."""
    return Extent(block.lines, block.right - block.left)


def at(text: str, offset: int, much: Extent) -> Block:
    """A block of that extent whose first cell is at an offset."""
    left = chars.column(text, offset)
    top = chars.line_start(text, offset)
    lines = min(much.lines, text.count("\n", top) + 1)
    return Block(top, lines, left, left + much.cells)


def corner(text: str, block: Block) -> int:
    """The offset of the first cell."""
    return chars.at_column(text, block.top, block.left)


def _lines(text: str, low: int, high: int, left: int, right: float) -> Block:
    return Block(chars.line_start(text, low), text.count("\n", low, high) + 1, left, right)


def _cells(text: str, offset: int) -> tuple[int, int]:
    """The first cell of a character and the one after its last."""
    start = chars.column(text, offset)
    end = chars.following(text, offset)
    blank = offset >= len(text) or text[offset] == "\n"
    return start, start + (1 if blank else max(1, chars.cells(text[offset:end], start)))


def pieces(text: str, block: Block) -> Iterator[Piece]:
    """What the block holds of each line, from the first one on."""
    start = block.top
    for _ in range(block.lines):
        yield piece(text, start, block.left, block.right)
        start = chars.line_end(text, start) + 1


def piece(text: str, start: int, left: int, right: float) -> Piece:
    """Cells `left` to `right` of the line that begins at `start`."""
    end = chars.line_end(text, start)
    part = text[start:end]
    if chars.plain(part) or not part:
        first, last = min(left, len(part)), int(min(right, len(part)))
        last = max(first, last)
        return Piece(start + first, start + last, 0, 0, part[first:last], max(0, left - len(part)))
    column, offset = 0, start
    covered: list[tuple[int, int, int, str]] = []
    for char in chars.graphemes(part):
        if column >= right:
            break
        wide = chars.cells(char, column)
        if column + wide > left:
            covered.append((offset, column, column + wide, char))
        column, offset = column + wide, offset + len(char)
    if not covered:
        return Piece(offset, offset, 0, 0, "", max(0, left - column))
    held = [
        char if first >= left and last <= right else " " * int(min(last, right) - max(first, left))
        for _, first, last, char in covered
    ]
    lead, tail = max(0, left - covered[0][1]), int(max(0, column - right))
    return Piece(covered[0][0], offset, lead, tail, "".join(held), 0)


def width(text: str, block: Block) -> int:
    """Its cells from left to right; with open ends those of the longest line."""
    if block.right != END:
        return int(block.right) - block.left
    ends = (chars.column(text, one.end) for one in pieces(text, block))
    return max(0, max(ends, default=0) - block.left)


def slot(text: str, block: Block) -> Slot:
    """The block as a register holds it."""
    cells = width(text, block)
    blank = " " * (cells + (block.right == END))  # as Vim has it
    rows = [blank if one.short else one.text for one in pieces(text, block)]
    return Slot("\n".join(rows), False, cells)


def selected(editor: Editor) -> list[Range]:
    """The ranges that are selected: one for each line of a block, else one or none."""
    found = editor.selection
    if found is None or editor.mode != "visual-block":
        return [] if found is None else [found]
    return [Range(one.start, one.end) for one in pieces(editor.text, of(editor)) if one.end > one.start]


# What is done to a block


def rewrite(editor: Editor, block: Block, make: Callable[[Piece], str | None]) -> None:
    """Put `make(piece)` for each piece; None leaves it. The cursor goes to the first cell."""
    with editor.group():
        for one in reversed(list(pieces(editor.text, block))):
            new = make(one)
            if new is not None:
                editor.replace(one.start, one.end, new)
        editor.cursor = corner(editor.text, block)


def operate(editor: Editor, name: str, count: int | None, register: str | None) -> bool:
    """Apply an operator to the selected block; `.` takes as much again from the cursor."""
    block = of(editor)
    much = extent(block)
    editor.mode = "normal"
    editor.cursor = corner(editor.text, block)

    def again(editor: Editor, count: int | None) -> bool:
        return _apply(editor, name, at(editor.text, editor.cursor, much), count, register)

    def first(editor: Editor, count: int | None) -> bool:
        return _apply(editor, name, block, count, register)

    return changes.change(editor, first, count, again=again, keep=name == "yank")


def _apply(editor: Editor, name: str, block: Block, count: int | None, register: str | None) -> bool:
    if name == "yank":
        held = slot(editor.text, block)
        editor.registers.yank(held, register)
        editor.kills.push(held.text)
        _bounds(editor, block)
        editor.cursor = corner(editor.text, block)
    elif name in ("delete", "change"):
        delete(editor, block, register)
        if name == "change":
            _begin(editor, block, block.left, stay=True)
    elif name in _CASES:
        rewrite(editor, block, lambda one: _CASES[name](editor.text[one.start : one.end]))
    elif name == "indent":
        blanks = " " * INDENT * (count or 1)
        rewrite(editor, block, lambda one: None if one.short else blanks + editor.text[one.start : one.end])
    elif name == "outdent":
        _outdent(editor, block, INDENT * (count or 1))
    else:
        return _lines_too(editor, name, block)
    return True


def _lines_too(editor: Editor, name: str, block: Block) -> bool:
    """An operator that takes whole lines anyway."""
    from csm.edit.operators import OPERATORS, Target

    last = chars.line_down(editor.text, block.top, block.lines - 1)[0]
    found = Range(block.top, chars.line_end(editor.text, last), True)
    OPERATORS[name].run(editor, Target(found, block.top, visual=True))
    return True


_CASES: dict[str, Callable[[str], str]] = {
    "lowercase": str.lower,
    "uppercase": str.upper,
    "swap-case": str.swapcase,
}


def delete(editor: Editor, block: Block, register: str | None = None) -> None:
    """Delete a block into a register."""
    keep_deleted(editor, slot(editor.text, block), register)
    rewrite(editor, block, lambda one: " " * (one.lead + one.tail))
    editor.marks["["] = editor.marks["]"] = editor.cursor


def _outdent(editor: Editor, block: Block, cells: int) -> None:
    """Take up to so many blank cells away at the left edge of each line."""

    def less(one: Piece) -> str | None:
        rest = editor.text[one.start : chars.line_end(editor.text, one.start)]
        blank = rest[: len(rest) - len(rest.lstrip(chars.BLANKS))]
        kept = max(0, len(blank.expandtabs(chars.TAB)) - cells)
        return None if one.short else " " * kept + rest[len(blank) :]

    with editor.group():
        for one in reversed(list(pieces(editor.text, block))):
            new = less(one)
            if new is not None:
                editor.replace(one.start, chars.line_end(editor.text, one.start), new)
        editor.cursor = corner(editor.text, block)


def _bounds(editor: Editor, block: Block) -> None:
    last = chars.line_down(editor.text, block.top, block.lines - 1)[0]
    editor.marks["["] = corner(editor.text, block)
    editor.marks["]"] = max(piece(editor.text, last, block.left, block.right).end - 1, 0)


def replace(editor: Editor, char: str) -> bool:
    """Put `char` in each cell of the selected block (`r`)."""
    block = of(editor)
    much = extent(block)
    editor.mode = "normal"

    def put(block: Block) -> bool:
        def filled(one: Piece) -> str | None:
            cells = chars.column(editor.text, one.end) - one.tail - chars.column(editor.text, one.start) - one.lead
            new = char * (cells // max(1, chars.cells(char, 0)))
            return " " * one.lead + new + " " * one.tail if one.end > one.start else None

        rewrite(editor, block, filled)
        return True

    def again(editor: Editor, _: int | None) -> bool:
        return put(at(editor.text, editor.cursor, much))

    return changes.change(editor, lambda editor, _: put(block), None, again=again)


# Inserting in all lines


def insert(editor: Editor, count: int | None, *, after: bool) -> bool:
    """Begin to insert before (`I`) or after (`A`) the selected block: what is typed goes into all of its lines."""
    block = of(editor)
    much = extent(block)
    editor.mode = "normal"

    def begin(editor: Editor, count: int | None, block: Block) -> bool:
        _begin(editor, block, block.right if after else block.left, count, pad=after)
        return True

    def again(editor: Editor, count: int | None) -> bool:
        return begin(editor, count, at(editor.text, editor.cursor, much))

    return changes.change(editor, partial(begin, block=block), count, again=again)


def _begin(
    editor: Editor, block: Block, column: float, count: int | None = None, *, pad: bool = False, stay: bool = False
) -> None:
    """Insert at a column of the first line, then put the same there in the other ones; `pad` makes these long enough.

    The cursor goes to the first cell then, or with `stay` is where it was.
    """
    here = opened(editor, block.top, column, pad=True)
    editor.cursor = here or 0
    changes.enter_insert(editor, "insert", count)
    start = editor.cursor
    head, tail = editor.text[block.top : start], editor.text[start : chars.line_end(editor.text, start)]

    def alongside() -> int | None:
        line = editor.text[block.top : chars.line_end(editor.text, block.top)]
        typed = line[len(head) : len(line) - len(tail)]
        if not typed or not line.startswith(head) or not line.endswith(tail) or len(line) < len(head) + len(tail):
            return None
        start = block.top
        for _ in range(min(block.lines - 1, editor.text.count("\n", block.top))):
            start = chars.line_end(editor.text, start) + 1
            there = opened(editor, start, column, pad=pad)
            if there is not None:
                editor.replace(there, there, typed)
        return None if stay else corner(editor.text, block)

    editor.alongside = alongside


def opened(editor: Editor, start: int, column: float, *, pad: bool) -> int | None:
    """Where `column` of a line begins, which may part a character; None if the line is too short and stays so."""
    end = chars.line_end(editor.text, start)
    if column == END:
        return end
    one = piece(editor.text, start, int(column), column + 1)
    if one.short:
        if not pad:
            return None
        editor.replace(end, end, " " * one.short)
        return end + one.short
    if not one.lead:
        return one.start
    cells = chars.column(editor.text, one.end) - chars.column(editor.text, one.start)
    editor.replace(one.start, one.end, " " * cells)
    return one.start + one.lead
