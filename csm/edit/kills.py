"""Killing and yanking, mark and region, as Emacs has them.

Successive kills make one; the kill ring and the unnamed register stay the same.

Does not: know Vim's registers by name (see `csm.edit.operators`).
"""

from __future__ import annotations

from csm.edit import chars
from csm.edit.editor import Editor
from csm.edit.motions import MOTIONS
from csm.edit.registers import Slot

#: Earlier marks that are kept.
_MARKS = 16


def _kill(editor: Editor, start: int, end: int, *, before: bool = False, delete: bool = True) -> bool:
    """Put a range into the kill ring, joined to the last kill if that was the last action, and delete it."""
    text, goes_on = editor.copied(start, end), editor.chain == "kill"
    if not text:
        editor.chain = "kill" if goes_on else ""
        return False
    if goes_on:
        editor.kills.extend(text, before=before)
    else:
        editor.kills.push(text)
    editor.registers.set('"', Slot(editor.kills.get()))
    if delete:
        editor.replace(start, end, "")
        editor.chain = "kill"
    return True


def kill_range(editor: Editor, start: int, end: int) -> bool:
    """Kill offsets `start` to `end`."""
    return _kill(editor, start, end)


def kill_motion(editor: Editor, name: str, count: int | None = None) -> bool:
    """Kill to where motion `name` goes: `word-right` is M-d, `word-left` M-DEL."""
    target = MOTIONS[name].run(editor, editor.pending.take_count(count))
    if target is None:
        return False
    start, end = sorted((editor.cursor, target))
    return _kill(editor, start, end, before=target < editor.cursor)


def kill_line(editor: Editor, count: int | None = None) -> bool:
    """Kill to the end of the line, or its line feed at the end; with a count that many lines (C-k)."""
    count = editor.pending.take_count(count)
    text, at = editor.text, editor.cursor
    if count is not None:
        start, gone = chars.line_down(text, at, count)
        return _kill(editor, at, start if gone == count else len(text))
    end = chars.line_end(text, at)
    rest_blank = not text[at:end].strip(chars.BLANKS)
    return _kill(editor, at, min(end + 1, len(text)) if rest_blank else end)


def kill_line_start(editor: Editor, count: int | None = None) -> bool:
    """Kill to the start of the line; at the start, the line feed before it."""
    editor.pending.take_count(count)
    start = chars.line_start(editor.text, editor.cursor)
    start = start if start < editor.cursor else max(start - 1, 0)
    return _kill(editor, start, editor.cursor, before=True)


def kill_whole_line(editor: Editor, count: int | None = None) -> bool:
    """Kill whole lines with their line feeds."""
    count = editor.pending.take_count(count) or 1
    text, start = editor.text, chars.line_start(editor.text, editor.cursor)
    below, gone = chars.line_down(text, start, count)
    rest = (below if gone == count else len(text)) - editor.cursor
    with editor.group():
        before = _kill(editor, start, editor.cursor, before=True)
        return _kill(editor, editor.cursor, editor.cursor + rest) or before


def kill_big_word_backward(editor: Editor, count: int | None = None) -> bool:
    """Kill back to a blank, as a shell's C-w does."""
    text, at = editor.text, editor.cursor
    for _ in range(editor.pending.take_count(count) or 1):
        while at > 0 and text[at - 1].isspace():
            at -= 1
        while at > 0 and not text[at - 1].isspace():
            at -= 1
    return _kill(editor, at, editor.cursor, before=True)


def zap(editor: Editor, char: str, count: int | None = None) -> bool:
    """Kill up to and with the `count`th next `char` (M-z)."""
    count = editor.pending.take_count(count) or 1
    editor.pending.clear()
    found = editor.cursor - 1
    for _ in range(count):
        found = editor.text.find(char, found + 1)
        if found < 0:
            return False
    return _kill(editor, editor.cursor, found + len(char))


def leave_mark(editor: Editor, at: int) -> None:
    """Put the mark somewhere; the one before goes to the ring."""
    if editor.mark is not None and editor.mark != at:
        editor.mark_ring = [editor.mark, *editor.mark_ring][:_MARKS]
    editor.mark = at


def set_mark(editor: Editor) -> None:
    """Put the mark here and make the region active; once more in the same place ends it."""
    if editor.mark is not None and editor.mark != editor.cursor:
        editor.mark_ring = [editor.mark, *editor.mark_ring][:_MARKS]
    editor.mark_active = not (editor.mark_active and editor.mark == editor.cursor)
    editor.mark, editor.chain = editor.cursor, ""


def exchange_mark(editor: Editor) -> bool:
    """Swap cursor and mark, and make the region active."""
    if editor.mark is None:
        return False
    editor.mark, editor.cursor = editor.cursor, editor.mark
    editor.mark_active = True
    return True


def select_all(editor: Editor) -> None:
    """The whole text becomes the region."""
    editor.mark, editor.mark_active, editor.cursor = len(editor.text), True, 0


def _region(editor: Editor) -> tuple[int, int] | None:
    if editor.mark is None:
        return None
    start, end = sorted((min(editor.mark, len(editor.text)), editor.cursor))
    return start, end


def kill_region(editor: Editor, count: int | None = None) -> bool:
    """Kill from mark to cursor. False without a mark."""
    editor.pending.take_count(count)
    found = _region(editor)
    if found is None:
        return False
    editor.mark_active = False
    return _kill(editor, *found, before=editor.cursor == found[0])


def copy_region(editor: Editor, count: int | None = None) -> bool:
    """Copy from mark to cursor into the kill ring. False without a mark."""
    editor.pending.take_count(count)
    found = _region(editor)
    if found is None:
        return False
    editor.mark_active = False
    return _kill(editor, *found, delete=False)


def yank(editor: Editor, count: int | None = None) -> bool:
    """Insert the kill in use (the last one until `yank_pop` went back), or one `count - 1` older; mark before it."""
    count = editor.pending.take_count(count) or 1
    return _insert_kill(editor, editor.cursor, editor.kills.get(count - 1))


def yank_pop(editor: Editor, count: int | None = None) -> bool:
    """Right after a yank: replace what it inserted by an older kill. False elsewhere."""
    count = editor.pending.take_count(count) or 1
    if editor.chain != "yank" or editor.mark is None:
        return False
    return _insert_kill(editor, editor.mark, editor.kills.get(count))


def _insert_kill(editor: Editor, start: int, text: str) -> bool:
    if not text:
        return False
    end = editor.cursor
    with editor.group():
        editor.replace(start, end, text)
    editor.mark, editor.mark_active, editor.chain = start, False, "yank"
    return True
