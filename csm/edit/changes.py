"""Changes that can be repeated, and inserting as a part of them.

A change is an action, its count, and what was typed until insert mode was left. While inserting, the editor records its
edits relative to the end of the one before, so they can be made again elsewhere.

Does not: know motions, operators or keys.
"""

from __future__ import annotations

from collections.abc import Callable

from csm.edit import chars
from csm.edit.editor import Editor, times

#: How often an insertion that deletes too is made for a count.
MOST_RETYPED = 1000

Action = Callable[[Editor, int | None], object]


class Change:
    """What `.` repeats: an action with its count, and what was typed after it, if it began to insert."""

    __slots__ = ("action", "count", "insertion")

    def __init__(self, action: Action, count: int | None) -> None:
        self.action, self.count = action, count
        self.insertion: list[tuple[int, int, str]] | None = None


def change(
    editor: Editor, action: Action, count: int | None, *, again: Action | None = None, keep: bool = False
) -> bool:
    """Do `action(editor, count)` as one undo step that `.` can repeat; False if it says it could not.

    `again` is what `.` does instead. `keep`: `.` goes on repeating the change before.
    """
    if editor.read_only and not keep:
        return False
    if editor.insertion is not None:  # it belongs to what is being inserted
        with editor.group():
            return bool(action(editor, count))
    before = editor.change
    if not keep:
        editor.change = Change(again or action, count)
    with editor.group():
        done = bool(action(editor, count))
    if not done:
        editor.change = before
    return done


def repeat(editor: Editor, count: int | None = None) -> bool:
    """Vim's `.`: make the last change again. `count` replaces its count."""
    count = editor.pending.take_count(count)
    editor.pending.clear()
    last = editor.change
    if not isinstance(last, Change):
        return False
    last.count = count if count is not None else last.count
    with editor.group():
        if not last.action(editor, last.count):
            return False
        if editor.insertion is not None:
            typed, count = last.insertion or [], editor.insertion_count
            _retype(editor, typed)
            _retype_more(editor, typed, count - 1)
            editor.insertion = None
            leave_insert(editor)
    editor.change = last
    return True


def enter_insert(editor: Editor, mode: str = "insert", count: int | None = None) -> None:
    """Begin to insert (or replace) at the cursor. What is typed up to `leave_insert` belongs to the change."""
    editor.mode = mode
    editor.begin_insertion(count or 1)


def restart_insertion(editor: Editor) -> None:
    """The cursor was moved while inserting: what follows is a change of its own."""
    editor.change = Change(_insert_here, None)
    editor.begin_insertion()


def _insert_here(editor: Editor, count: int | None) -> bool:
    enter_insert(editor, "insert", count)
    return True


def leave_insert(editor: Editor) -> None:
    """End inserting: repeat it for a count, remember it for `.`, go to normal mode one character to the left."""
    typed, count = editor.insertion, editor.insertion_count
    if typed is not None:
        _retype_more(editor, typed, count - 1)
        if isinstance(editor.change, Change):
            editor.change.insertion = typed
    end = _do_alongside(editor)
    editor.insertion, editor.insertion_count = None, 1
    editor.break_undo()
    editor.marks["^"] = editor.cursor
    start = chars.line_start(editor.text, editor.cursor)
    left = chars.preceding(editor.text, editor.cursor) if editor.cursor > start else start
    editor.mode = "normal"
    editor.cursor = left if end is None else end


def _do_alongside(editor: Editor) -> int | None:
    """Do in other lines what was typed in one; where the cursor goes then, None if there is nothing to do."""
    alongside, editor.alongside = editor.alongside, None
    if alongside is None:
        return None
    kept, at, editor.insertion = editor.insertion, editor.cursor, []
    with editor.group():
        end = alongside()
    editor.insertion, editor.cursor = kept, at
    return end


def _retype_more(editor: Editor, typed: list[tuple[int, int, str]], count: int) -> None:
    """Make an insertion `count` times more: after `o` and `O` each on a new line."""
    if editor.insertion_opens:
        typed = [(0, 0, "\n"), *typed]
    if all(offset == 0 and length == 0 for offset, length, _ in typed):
        typed, count = [(0, 0, times("".join(text for _, _, text in typed), count))], min(count, 1)
    for _ in range(min(count, MOST_RETYPED)):
        _retype(editor, typed)


def _retype(editor: Editor, typed: list[tuple[int, int, str]]) -> None:
    """Make the recorded edits of an insertion again, from the cursor."""
    kept, editor.insertion = editor.insertion, []
    anchor = editor.cursor
    with editor.group():
        for offset, length, text in typed:
            start = min(max(anchor + offset, 0), len(editor.text))
            end = min(start + length, len(editor.text))
            if editor.mode == "replace" and offset == 0:
                end = min(end, chars.line_end(editor.text, start))
            editor.replace(start, end, text)
            anchor = start + len(text)
    editor.insertion = kept
