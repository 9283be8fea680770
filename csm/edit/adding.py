"""Vim's sums: adding to the number at the cursor, or to the first one of each selected line (C-a, C-x, g C-a, g C-x).

Does not: know keys.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial

from csm.edit import block, changes, chars, modal, targets
from csm.edit.editor import Editor, Range

#: Where in a text numbers are looked for: a part of each line.
_Parts = Callable[[Editor], list[Range]]

_NUMBER = re.compile(r"0[xX](?P<hex>[0-9a-fA-F]+)|0[bB](?P<binary>[01]+)|(?P<decimal>-?[0-9]+)")


def add(editor: Editor, by: int, count: int | None = None, *, rising: bool = False) -> bool:
    """Add to the number at or after the cursor in its line (C-a), or take away with `by` -1 (C-x).

    In visual modes to the first number selected of each line; `rising`: to each one more than to the one before.
    """
    count = editor.pending.take_count(count)
    editor.pending.clear()
    if editor.mode.startswith("visual"):
        return _add_selected(editor, by, count, rising)
    return changes.change(editor, partial(_add, by=by), count)


def _add(editor: Editor, count: int | None, *, by: int) -> bool:
    text, at = editor.text, editor.cursor
    start, end = chars.line_start(text, at), chars.line_end(text, at)
    found = next((one for one in _NUMBER.finditer(text, start, end) if one.end() > at), None)
    if found is None:
        editor.missed += 1
        return False
    editor.replace(*found.span(), _added(found, by * (count or 1)))
    editor.cursor = chars.preceding(editor.text, editor.cursor)
    return True


def _add_selected(editor: Editor, by: int, count: int | None, rising: bool) -> bool:
    modal.remember_selection(editor)
    now, later = _selected_block(editor) if editor.mode == "visual-block" else _selected(editor)
    editor.mode = "normal"
    editor.cursor = now[0].start
    step = by * (count or 1)

    def first(editor: Editor, _: int | None) -> bool:
        return _add_each(editor, now, step, rising)

    def again(editor: Editor, _: int | None) -> bool:  # a count before `.` is left unused, as in Vim
        return _add_each(editor, later(editor), step, rising)

    return changes.change(editor, first, count, again=again)


def _selected(editor: Editor) -> tuple[list[Range], _Parts]:
    """The parts of lines that are selected, and as much from where the cursor will be."""
    found = editor.selection
    assert found
    much = targets.extent(editor.text, found)
    return list(_lines(editor.text, found)), lambda editor: list(
        _lines(editor.text, targets.extent_at(editor.text, editor.cursor, much))
    )


def _selected_block(editor: Editor) -> tuple[list[Range], _Parts]:
    held = block.of(editor)
    much = block.extent(held)
    return _pieces(editor.text, held), lambda editor: _pieces(editor.text, block.at(editor.text, editor.cursor, much))


def _pieces(text: str, held: block.Block) -> list[Range]:
    return [Range(one.start, one.end) for one in block.pieces(text, held)]


def _lines(text: str, found: Range) -> Iterator[Range]:
    start = found.start
    while True:
        end = chars.line_end(text, start)
        yield Range(start, min(end, found.end))
        if end >= found.end:
            return
        start = end + 1


def _add_each(editor: Editor, parts: list[Range], step: int, rising: bool) -> bool:
    """Add to the first number of each part; the cursor goes to where the first part begins."""
    found = [one for part in parts if (one := _NUMBER.search(editor.text, part.start, part.end))]
    if not found:
        editor.missed += 1
        return False
    for at in reversed(range(len(found))):
        editor.replace(*found[at].span(), _added(found[at], step * (at + 1 if rising else 1)))
    editor.cursor = parts[0].start
    return True


def _added(found: re.Match[str], by: int) -> str:
    digits = found["hex"] or found["binary"]
    if digits is None:
        number = int(found["decimal"]) + by
        zeros = len(found["decimal"].lstrip("-")) if re.match(r"-?0\d", found["decimal"]) else 0
        return f"{'-' if number < 0 else ''}{abs(number):0{zeros}d}"
    base, kind = (16, "x") if found["hex"] else (2, "b")
    bits = 64
    number = (int(digits, base) + by) % (1 << bits)
    made = f"{number:0{len(digits)}{kind}}"
    capital = next((one for one in reversed(digits) if one.isalpha()), "a").isupper()
    return found.group()[:2] + (made.upper() if capital else made)
