"""Putting what registers hold into the text: characters, lines, blocks, and over what is selected.

Does not: know what registers are called or when they change.
"""

from __future__ import annotations

from functools import partial

from csm.edit import block, changes, chars
from csm.edit.editor import Editor, times
from csm.edit.registers import Slot


def put(editor: Editor, place: str = "after", count: int | None = None, *, follow: bool = False) -> bool:
    """Put a register `after` (p) or `before` (P) the cursor; `follow`: the cursor goes behind it (gp, gP). In visual
    mode it takes the place of the selection.
    """
    count = editor.pending.take_count(count)
    register = editor.pending.take_register()
    editor.pending.clear()
    if editor.mode.startswith("visual"):
        return _put_over(editor, count, register, keep=place == "before")
    action = partial(_put, register=register, place=place, follow=follow)
    return changes.change(editor, action, count, again=_next_put(register, place, follow))


def _next_put(register: str | None, place: str, follow: bool) -> changes.Action | None:
    """What `.` does after a register with a number was put: put the next one, and the one after that."""
    if register is None or register not in "123456789":
        return None
    last = int(register)

    def put_next(editor: Editor, count: int | None) -> bool:
        nonlocal last
        last = min(last + 1, 9)
        return _put(editor, count, register=str(last), place=place, follow=follow)

    return put_next


def _put(editor: Editor, count: int | None, *, register: str | None, place: str, follow: bool) -> bool:
    held = editor.registers.get(register)
    if not held.text:
        return False
    if held.width is not None:
        put_block(editor, held, count or 1, place, follow=follow)
    elif held.linewise:
        _put_lines(editor, times(held.text, count), place, follow)
    else:
        _put_chars(editor, times(held.text, count), place, follow)
    return True


def _put_lines(editor: Editor, text: str, place: str, follow: bool) -> None:
    at = editor.cursor
    if place == "before":
        start = chars.line_start(editor.text, at)
        editor.replace(start, start, text)
    else:
        end = chars.line_end(editor.text, at)
        start = end + 1
        editor.replace(end, end, "\n" + text[:-1])
    after = start + len(text)
    if after > len(editor.text):
        after = chars.line_start(editor.text, len(editor.text))
    editor.cursor = after if follow else chars.first_nonblank(editor.text, start)


def _put_chars(editor: Editor, text: str, place: str, follow: bool) -> None:
    at = editor.cursor
    if place == "after" and at < chars.line_end(editor.text, at):
        at = chars.following(editor.text, at)
    editor.replace(at, at, text)
    end = at + len(text)
    if follow:
        editor.cursor = end
    else:
        editor.cursor = at if "\n" in text else chars.preceding(editor.text, end)


def _put_over(editor: Editor, count: int | None, register: str | None, *, keep: bool) -> bool:
    """Put a register over the visual selection, which goes to the unnamed register unless `keep`."""
    from csm.edit import modal
    from csm.edit.operators import slot

    held, found = editor.registers.get(register), editor.selection
    assert found
    modal.remember_selection(editor)
    if held.text and (editor.mode == "visual-block" or held.width is not None):
        return _put_over_block(editor, held, count or 1, keep=keep)
    if not held.text:
        return modal.operator(editor, "delete")
    text = times(held.text, count)
    removed = slot(editor.text, found)
    editor.mode = "normal"
    with editor.group():
        if found.linewise:
            body = text[:-1] if held.linewise else text
            editor.replace(found.start, found.end, body)
            editor.cursor = chars.first_nonblank(editor.text, found.start) if held.linewise else found.start
        elif held.linewise:
            editor.replace(found.start, found.end, "\n" + text)
            editor.cursor = chars.first_nonblank(editor.text, found.start + 1)
        else:
            editor.replace(found.start, found.end, text)
            end = found.start + len(text)
            editor.cursor = found.start if "\n" in text else max(chars.preceding(editor.text, end), found.start)
    if not keep:
        editor.registers.delete(removed)
    return True


def put_block(editor: Editor, held: Slot, count: int, place: str, *, follow: bool, fill: bool = False) -> None:
    """Put a block with its first cell at the cursor or behind it; lines that are too short are filled up.

    `fill`: its lines are as wide as it is at the ends of lines too.
    """
    text, at = editor.text, editor.cursor
    column = chars.column(text, at)
    if place == "after" and at < chars.line_end(text, at):
        column += chars.cells(text[at : chars.following(text, at)], column)
    rows, wide = held.text.split("\n"), held.width or 0
    top, start, end = chars.line_start(text, at), 0, 0
    with editor.group():
        start = top
        for index, row in enumerate(rows):
            if index and chars.line_end(editor.text, end) == len(editor.text):
                editor.replace(len(editor.text), len(editor.text), "\n")
            start = chars.line_end(editor.text, end) + 1 if index else top
            there = block.opened(editor, start, column, pad=True)
            assert there is not None
            padded = row + " " * (wide - _cells(row))
            last = row if not fill and there == chars.line_end(editor.text, there) else padded
            new = padded * (count - 1) + last
            editor.replace(there, there, new)
            end = there + len(new)
        first = chars.at_column(editor.text, top, column)
        editor.cursor = end if follow else first


def _cells(row: str) -> int:
    return chars.column(row, len(row))


def _put_over_block(editor: Editor, held: Slot, count: int, *, keep: bool) -> bool:
    """Put over a selected block, or a block over any selection. What fits into a line goes into each of the block's."""
    from csm.edit import modal

    chosen = block.of(editor) if editor.mode == "visual-block" else None
    before = editor.registers
    registers, editor.registers = editor.registers, type(before)()
    linewise, selected = editor.mode == "visual-line", editor.selection
    last = selected is not None and selected.end == len(editor.text)
    try:
        with editor.group():
            modal.operator(editor, "delete")
            if linewise:
                place = "after" if last else "before"
                _put_lines(editor, times(held.text + "\n", count), place, follow=False)
            elif chosen is None:
                put_block(editor, held, count, "before", follow=False)
            elif held.linewise:
                editor.cursor = chars.line_down(editor.text, chosen.top, 0 if keep else chosen.lines - 1)[0]
                _put_lines(editor, times(held.text, count), "before" if keep else "after", follow=False)
            elif "\n" in held.text and held.width is None:
                _put_chars(editor, times(held.text, count), "before", follow=False)
            elif held.width is not None:
                put_block(editor, held, count, "before", follow=False)
            else:
                _put_in_each(editor, chosen, times(held.text, count))
        removed = editor.registers.get()
    finally:
        editor.registers = registers
    if not keep and removed.text:
        editor.registers.delete(removed)
    return True


def _put_in_each(editor: Editor, chosen: block.Block, text: str) -> None:
    """Put a text into every line of a block that reaches it."""
    cursor = editor.cursor
    for one in reversed(list(block.pieces(editor.text, chosen._replace(right=chosen.left + 1)))):
        if not one.short:
            editor.replace(one.start, one.start, text)
    editor.cursor = max(chars.preceding(editor.text, cursor + len(text)), cursor)
