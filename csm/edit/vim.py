"""Vim's commands that are neither motion nor operator: entering modes, join, replace, marks, visual modes.

Each takes `(editor, count)`; those that change the text can be repeated by `.`.

Does not: hold motions, operators or text objects.
"""

from __future__ import annotations

from functools import partial

from csm.edit import block, changes, chars, modal
from csm.edit.editor import Editor
from csm.edit.putting import put as put
from csm.edit.registers import NAMES

PLACES = ("before", "after", "line-start", "line-end", "first-nonblank", "last")


def insert(editor: Editor, place: str = "before", count: int | None = None) -> bool:
    """Begin to insert: `before` i, `after` a, `first-nonblank` I, `line-end` A, `line-start` gI, `last` gi.

    In visual modes I and A insert before and after what is selected, in all lines of a block.
    """
    if place not in PLACES:
        raise ValueError(place)
    if editor.mode.startswith("visual") and place in ("first-nonblank", "line-end"):
        return _insert_beside(editor, count, after=place == "line-end")
    return _begin(editor, partial(_insert, place=place), count)


def _begin(editor: Editor, action: changes.Action, count: int | None) -> bool:
    count = editor.pending.take_count(count)
    editor.pending.clear()
    if editor.mode.startswith("visual"):
        modal.remember_selection(editor)
        editor.mode = "normal"
    return changes.change(editor, action, count)


def _insert_beside(editor: Editor, count: int | None, *, after: bool) -> bool:
    count = editor.pending.take_count(count)
    editor.pending.clear()
    modal.remember_selection(editor)
    if editor.mode == "visual-block":
        return block.insert(editor, count, after=after)
    low, high = sorted((editor.anchor, editor.cursor))
    editor.mode = "normal"
    editor.cursor = high if after else low
    return _begin(editor, partial(_insert, place="after" if after else "line-start"), count)


def _insert(editor: Editor, count: int | None, *, place: str) -> bool:
    text, at = editor.text, editor.cursor
    if place == "after" and at < chars.line_end(text, at):
        editor.cursor = chars.following(text, at)
    elif place == "line-end":
        editor.cursor = chars.line_end(text, at)
    elif place == "line-start":
        editor.cursor = chars.line_start(text, at)
    elif place == "first-nonblank":
        editor.cursor = chars.indent_end(text, at)
    elif place == "last":
        editor.cursor = editor.marks.get("^", at)
    changes.enter_insert(editor, "insert", count)
    return True


def open_below(editor: Editor, count: int | None = None) -> bool:
    """Begin to insert on a new line below (o)."""
    return _begin(editor, partial(_open, below=True), count)


def open_above(editor: Editor, count: int | None = None) -> bool:
    """Begin to insert on a new line above (O)."""
    return _begin(editor, partial(_open, below=False), count)


def _open(editor: Editor, count: int | None, *, below: bool) -> bool:
    if not editor.multiline:
        return False
    if below:
        at = chars.line_end(editor.text, editor.cursor)
        editor.replace(at, at, "\n")
    else:
        at = chars.line_start(editor.text, editor.cursor)
        editor.replace(at, at, "\n")
        editor.cursor = at
    changes.enter_insert(editor, "insert", count)
    editor.insertion_opens = True
    return True


def replace_mode(editor: Editor, count: int | None = None) -> bool:
    """Begin to overwrite (R)."""
    return _begin(editor, _replace_mode, count)


def _replace_mode(editor: Editor, count: int | None) -> bool:
    editor.overwritten = []
    changes.enter_insert(editor, "replace", count)
    return True


def replace_char(editor: Editor, char: str, count: int | None = None) -> bool:
    """Put `char` over the next characters of the line, or over each selected one (r)."""
    count = editor.pending.take_count(count)
    editor.pending.clear()
    if editor.mode.startswith("visual"):
        return _replace_selected(editor, char)
    return changes.change(editor, partial(_replace_char, char=char), count)


def _replace_char(editor: Editor, count: int | None, *, char: str) -> bool:
    text, at = editor.text, editor.cursor
    count, end = count or 1, chars.line_end(editor.text, editor.cursor)
    after = at
    for _ in range(count):
        if after >= end:
            return False
        after = chars.following(text, after)
    editor.replace(at, after, "\n" if char == "\n" else char * count)
    if char != "\n":
        editor.cursor = chars.preceding(editor.text, editor.cursor)
    return True


def _replace_selected(editor: Editor, char: str) -> bool:
    found = editor.selection
    assert found
    modal.remember_selection(editor)
    if editor.mode == "visual-block" and char != "\n":
        return block.replace(editor, char)
    part = editor.text[found.start : found.end]
    new = "".join("\n" if one == "\n" else char for one in part)
    editor.mode = "normal"
    with editor.group():
        editor.cursor = found.start
        editor.replace(found.start, found.end, new)
        editor.cursor = found.start
    return True


def swap_case_char(editor: Editor, count: int | None = None) -> bool:
    """Swap small letters and capitals and move on (~)."""
    if editor.mode.startswith("visual"):
        return modal.operator(editor, "swap-case", count)
    return _begin(editor, _swap, count)


def _swap(editor: Editor, count: int | None) -> bool:
    at, end = editor.cursor, chars.line_end(editor.text, editor.cursor)
    if at == end:
        return False
    after = chars.forward(editor.text, at, count or 1, end)
    editor.replace(at, after, editor.text[at:after].swapcase())
    return True


def join_lines(editor: Editor, count: int | None = None, *, blanks: bool = True) -> bool:
    """Join this line and the next `count - 1` (J); without `blanks` as they are (gJ)."""
    count = editor.pending.take_count(count)
    editor.pending.clear()
    if editor.mode.startswith("visual"):
        low, high = sorted((editor.anchor, editor.cursor))
        modal.remember_selection(editor)
        editor.mode = "normal"
        editor.cursor = low
        count = editor.text.count("\n", low, high) + 1
    return changes.change(editor, partial(_join, blanks=blanks), count)


def _join(editor: Editor, count: int | None, *, blanks: bool) -> bool:
    text, times = editor.text, max((count or 2) - 1, 1)
    first = end = at = chars.line_end(text, editor.cursor)
    joined, length = [text[chars.line_start(text, first) : first][-1:]], 0
    for _ in range(times):
        if end >= len(text):
            break
        start = chars.indent_end(text, end + 1) if blanks else end + 1
        blank = " " if blanks and _wants_blank(joined[-1], text[start : start + 1]) else ""
        end = chars.line_end(text, start)
        at, length = first + length, length + len(blank) + end - start
        joined += [part for part in (blank, text[start:end]) if part]
    if end == first:
        return False
    editor.replace(first, end, "".join(joined[1:]))
    editor.cursor = at
    return True


def _wants_blank(before: str, after: str) -> bool:
    """Whether a blank goes between what is joined."""
    return bool(before) and before[-1] not in chars.BLANKS and after not in (")", "\n", "")


def visual(editor: Editor, mode: str = "visual", count: int | None = None) -> bool:
    """Begin, switch or end a visual mode (v, V, C-v)."""
    editor.pending.take_count(count)
    editor.pending.clear()
    if editor.mode == mode:
        return modal.escape(editor)
    editor.mode = mode
    return True


def other_end(editor: Editor, count: int | None = None, *, across: bool = False) -> bool:
    """Go to the other end of the selection (o); `across`: to the other corner of the block in the same line (O)."""
    if not editor.mode.startswith("visual"):
        return False
    if across and editor.mode == "visual-block":
        text, anchor, cursor = editor.text, editor.anchor, editor.cursor
        columns = chars.column(text, anchor), chars.column(text, cursor)
        editor.anchor = chars.at_column(text, chars.line_start(text, anchor), columns[1])
        editor.cursor = chars.at_column(text, chars.line_start(text, cursor), columns[0])
        return True
    editor.anchor, editor.cursor = editor.cursor, editor.anchor
    return True


def reselect(editor: Editor, count: int | None = None) -> bool:
    """Select again what was selected last (gv)."""
    if not editor.last_visual:
        return False
    mode, anchor, cursor, goal = editor.last_visual
    modal.remember_selection(editor)
    editor.mode = mode
    editor.anchor, editor.cursor = (chars.offset_in_line(editor.text, *spot) for spot in (anchor, cursor))
    editor.goal = goal
    return True


def set_mark(editor: Editor, char: str) -> bool:
    """Put mark `char` here (m)."""
    editor.pending.clear()
    if len(char) != 1 or not (char.isalpha() or char in "'`<>[]"):
        return False
    editor.marks["'" if char == "`" else char] = editor.cursor
    return True


def go_to_change(editor: Editor, step: int, count: int | None = None) -> bool:
    """Go to an older (-1) or newer (1) place where the text was changed (g; g,). False at an end of the list."""
    count = editor.pending.take_count(count) or 1
    editor.pending.clear()
    wanted = editor.change_at + step * count
    wanted = max(0, min(wanted, len(editor.changes) - 1)) if count > 1 else wanted
    if not 0 <= wanted < len(editor.changes):
        editor.missed += 1
        return False
    editor.change_at = wanted
    editor.marks["'"] = editor.cursor
    editor.cursor = editor.changes[wanted]
    return True


def undo(editor: Editor, count: int | None = None) -> bool:
    """Take back changes (u)."""
    count = editor.pending.take_count(count)
    editor.pending.clear()
    return editor.undo(count or 1)


def redo(editor: Editor, count: int | None = None) -> bool:
    """Make changes again (C-r)."""
    count = editor.pending.take_count(count)
    editor.pending.clear()
    return editor.redo(count or 1)


def insert_register(editor: Editor, name: str) -> bool:
    """Insert a register at the cursor as if typed (C-r of insert mode)."""
    text = editor.registers.get(name).text if name in NAMES else ""
    editor.pending.clear()
    if text:
        editor.insert(text)
    return bool(text)
