"""Emacs's rectangles, between mark and cursor, and its registers: texts and places by a character.

Does not: know keys, or what a block is (`csm.edit.block`).
"""

from __future__ import annotations

from collections.abc import Callable

from csm.edit import block, chars, kills, putting
from csm.edit.editor import Editor
from csm.edit.registers import NAMES, Slot


def _rectangle(editor: Editor) -> block.Block | None:
    if editor.mark is None:
        return None
    return block.between(editor.text, min(editor.mark, len(editor.text)), editor.cursor)


def _held(editor: Editor, found: block.Block) -> Slot:
    """The rectangle's text, each line as wide as it is."""
    rows = [one.text for one in block.pieces(editor.text, found)]
    cells = block.width(editor.text, found)
    padded = [row + " " * (cells - chars.column(row, len(row))) for row in rows]
    return Slot("\n".join(padded), False, cells)


def kill(editor: Editor, *, keep: bool = True, delete: bool = True) -> bool:
    """Kill the rectangle (C-x r k), delete it without keeping it (C-x r d), or only keep it (C-x r M-w)."""
    found = _rectangle(editor)
    if found is None:
        return False
    corners = sorted((min(editor.mark or 0, len(editor.text)), editor.cursor))
    if keep:
        editor.registers.rectangle = _held(editor, found)
    if delete:
        upper = editor.cursor == corners[0]
        block.rewrite(editor, found, lambda one: " " * (one.lead + one.tail))
        last = chars.line_down(editor.text, found.top, found.lines - 1)[0]
        editor.mark = chars.at_column(editor.text, last if upper else found.top, found.left)
        editor.cursor = chars.at_column(editor.text, found.top if upper else last, found.left)
    editor.mark_active = False
    return True


def yank(editor: Editor) -> bool:
    """Put the last killed rectangle here (C-x r y); the cursor goes behind its last line."""
    return _insert(editor, editor.registers.rectangle)


def _insert(editor: Editor, held: Slot | None) -> bool:
    if held is None:
        return False
    at = editor.cursor
    with editor.group():
        if held.width is None:
            editor.replace(at, at, held.text)
        else:
            putting.put_block(editor, held, 1, "before", follow=True, fill=True)
    editor.mark = at
    return True


def open_up(editor: Editor) -> bool:
    """Move what is in the rectangle to the right, and leave blanks (C-x r o)."""
    done = _rewrite(editor, lambda text, cells: " " * cells + text)
    if done and editor.mark is not None and editor.mark < editor.cursor:
        editor.mark, editor.cursor = editor.cursor, editor.mark
    return done


def clear(editor: Editor) -> bool:
    """Put blanks in the place of the rectangle (C-x r c)."""
    return _rewrite(editor, lambda text, cells: " " * cells)


def string(editor: Editor, new: str) -> bool:
    """Put a text in the place of the rectangle in each line (C-x r t)."""
    done = _rewrite(editor, lambda text, cells: new, fill=True)
    if done:
        editor.cursor += len(new)
    return done


def _rewrite(editor: Editor, make: Callable[[str, int], str], *, fill: bool = False) -> bool:
    found = _rectangle(editor)
    if found is None:
        return False
    cells, at = block.width(editor.text, found), editor.cursor
    upper = at <= min(editor.mark or 0, len(editor.text))

    def new(one: block.Piece) -> str | None:
        if one.short and not fill:
            return None
        text = " " * one.short + " " * one.lead + make(one.text, cells)
        return text + " " * one.tail

    block.rewrite(editor, found, new)
    last = chars.line_down(editor.text, found.top, found.lines - 1)[0]
    spots = [chars.at_column(editor.text, start, found.left) for start in (found.top, last)]
    editor.cursor = spots[0] if upper else spots[1]
    editor.mark, editor.mark_active = spots[1] if upper else spots[0], False
    return True


# Registers


def to_register(editor: Editor, name: str) -> bool:
    """Copy the region to a register (C-x r s)."""
    if editor.mark is None or name not in NAMES:
        return False
    start, end = sorted((min(editor.mark, len(editor.text)), editor.cursor))
    editor.registers.set(name, Slot(editor.text[start:end]))
    editor.mark_active = False
    return True


def rectangle_to_register(editor: Editor, name: str) -> bool:
    """Copy the rectangle to a register (C-x r r)."""
    found = _rectangle(editor)
    if found is None or name not in NAMES:
        return False
    editor.registers.set(name, _held(editor, found))
    editor.mark_active = False
    return True


def from_register(editor: Editor, name: str) -> bool:
    """Insert a register (C-x r i): the cursor goes behind it, the mark before it."""
    held = editor.registers.get(name) if name in NAMES else Slot("")
    return bool(held.text) and _insert(editor, held)


def point_to_register(editor: Editor, name: str) -> bool:
    """Remember this place under a character (C-x r SPC)."""
    if not (len(name) == 1 and name.isalnum()):
        return False
    editor.marks[name] = editor.cursor
    return True


def to_point(editor: Editor, name: str) -> bool:
    """Go to a remembered place (C-x r j)."""
    at = editor.marks.get(name)
    if at is None:
        return False
    kills.leave_mark(editor, editor.cursor)
    editor.cursor = min(at, len(editor.text))
    return True
