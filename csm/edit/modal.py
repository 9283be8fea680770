"""Motions and operators put together: what a key map binds for Vim and Emacs style editing alike.

How commands are made of this. Every command calls one function with the editor and `count`, the number its caller was
given (None if none was). A count typed as digits is kept in `editor.pending` and added by the functions themselves, so
a command passes on what it got and does not look. All of them answer whether they could do it.

- A motion command calls `move(editor, NAME, count)` with a name of `motions.MOTIONS`. Plainly it moves the cursor; in a
  visual mode it extends the selection; while `editor.pending.operator` is set it applies the operator and clears it.
- An operator command (`d`, `c`, `y`, `gu`, ...) calls `operator(editor, NAME, count)` with a name of
  `operators.OPERATORS`. In normal mode it waits for a motion or an object; in a visual mode it takes the selection;
  when the same operator waits already (`dd`) it takes whole lines. Another operator waiting is dropped. For `gUU`,
  `guu`, `g~~` bind `U`, `u`, `~` in mode `operator` to the operator itself.
- `operate(editor, OPERATOR, MOTION, count)` does both at once: `x` is `delete char-right`, `X` is `delete char-left`,
  `D` is `delete line-end`, `C` is `change line-end`, `s` is `change char-right`; with `lines` for the motion it takes
  whole lines: `S` is `change lines`, `Y` is `yank lines`. In a visual mode it takes the selection (or its lines), so
  `D` and `Y` are bound the same there. Where Vim style editing is off it deletes without touching registers.
- A text object command (`iw`, `a(`, ...) calls `select(editor, NAME, count)` with a name of `objects.OBJECTS`, bound in
  the modes `operator` and `visual`.
- A digit command calls `digit(editor, N)`, the one for `0` calls `zero(editor)`: a digit if a count has begun, else the
  start of the line.
- Commands that need one more character: `move` with a motion whose `char` is set (`find-forward`, `till-forward`,
  `find-backward`, `till-backward`, `mark`, `mark-line`), and `await_char(editor, NAME)` with a name of `AWAITING`. They
  set `editor.pending.awaiting`. **Whoever dispatches keys asks `editor.pending.awaiting` before the key map**: while it
  is set, a key with text goes to `supply(editor, text)` (Enter as a line feed, Tab as a tab), any other key to
  `cancel(editor)`.
- Which tables of the key map apply is `editor.modes()`, tried in that order: while an operator waits `("operator",
  "normal")`, so that `i` and `a` can begin objects there and everything else is as in normal mode. In `visual` mode
  bind `i` and `a` only as the beginning of objects.
- Esc calls `escape(editor)`: leaves insert, replace or visual mode, or forgets what was typed of a command.
- The other Vim commands (`i a I A o O R r p P J ~ u C-r v V gv m` and their kin) are functions of `csm.edit.vim`; `.`
  is `repeat(editor, count)`; `/ ? * #` are `search` and `search_word`, `n N` the motions `search-again` and
  `search-again-reverse`.
- A command of another module that changes the text and shall be repeated by `.` runs as `change(editor, action,
  count)`, where `action(editor, count)` does it and answers whether it could.

Emacs style and plain commands: `move` as above (motions named `left right up down word-left word-right line-end ...`),
`csm.edit.kills` for killing and yanking, `csm.edit.edits` for typing and deleting. They take a count typed with `C-u`
from `editor.pending` too.

Does not: know keys, commands or key maps.
"""

from __future__ import annotations

import re
from functools import partial

from csm.edit import block, chars, objects, registers, rows, targets
from csm.edit.changes import change as change
from csm.edit.changes import leave_insert, restart_insertion
from csm.edit.changes import repeat as repeat
from csm.edit.editor import Editor
from csm.edit.motions import END, MOTIONS, Motion, goal
from csm.edit.operators import OPERATORS, Target

# Motions


def move(editor: Editor, name: str, count: int | None = None, char: str | None = None) -> bool:
    """Do the motion called `name`, or wait for its character. False if it cannot go there."""
    motion = MOTIONS[name]
    if motion.char and char is None:
        _await(editor, name, count)
        return True
    if editor.pending.operator:
        return _move_operator(editor, motion, count, char)
    count = editor.pending.take_count(count)
    editor.pending.clear()
    return _go(editor, motion, count, char)


def _go(editor: Editor, motion: Motion, count: int | None, char: str | None) -> bool:
    target = targets.run(editor, motion, count, char)
    editor.break_undo()
    editor.chain = ""
    if target is None:
        editor.missed += 1
        return False
    if motion.jump:
        editor.marks["'"] = editor.cursor
        if not editor.mark_active and motion.name.startswith("buffer-"):
            editor.mark = editor.cursor
    kept = goal_of(editor, motion)
    editor.cursor = target
    editor.goal = kept
    if editor.insertion is not None:
        restart_insertion(editor)
    return True


def goal_of(editor: Editor, motion: Motion) -> float | None:
    """The column that later vertical motions aim at."""
    if motion.name == "line-end":
        return END if editor.mode != "insert" else None
    if not motion.vertical:
        return None
    if motion.name.startswith("row-") and editor.width:
        names = editor.chips.names
        return rows.goal_column(editor.text, editor.cursor, editor.width, names) if editor.goal is None else editor.goal
    return goal(editor)


def search(editor: Editor, pattern: str, count: int | None = None, *, back: bool = False) -> bool:
    """Vim's `/` and `?` (with `back`): go to a match of a regular expression, or operate up to it."""
    if pattern:
        editor.last_search = (pattern, back)
    return move(editor, "search-again", count)


def search_word(editor: Editor, count: int | None = None, *, back: bool = False) -> bool:
    """Vim's `*` and `#`: search the word under the cursor."""
    found = objects.word_under(editor.text, editor.cursor)
    if found is None:
        return False
    editor.cursor = found.start
    word = editor.text[found.start : found.end]
    edge = (r"\b" if word[0].isalnum() or word[0] == "_" else "", r"\b" if word[-1].isalnum() else "")
    return search(editor, edge[0] + re.escape(word) + edge[1], count, back=back)


# Operators


def operator(editor: Editor, name: str, count: int | None = None) -> bool:
    """Wait for a motion to apply operator `name` to; take the selection, or lines if it waits already."""
    pending = editor.pending
    if editor.mode.startswith("visual"):
        return _visual(editor, name, pending.take_count(count))
    if pending.operator == name:
        return operate(editor, name, "lines", count)
    waiting = pending.operator is not None
    count = pending.take_count(count)
    register = pending.register
    pending.clear()
    if waiting:
        return False
    pending.operator, pending.operator_count, pending.register = name, count, register
    return True


def operate(editor: Editor, name: str, motion: str, count: int | None = None, char: str | None = None) -> bool:
    """Apply an operator to a motion, a text object or `lines` at once. False if the motion cannot go there."""
    pending = editor.pending
    if editor.mode.startswith("visual"):
        if motion == "lines":
            editor.mode = "visual-line"
        elif motion == "line-end" and editor.mode == "visual-block":
            editor.goal = END
        return operator(editor, name, count)
    pending.operator = name
    if motion in MOTIONS:
        return move(editor, motion, count, char)
    if motion != "lines":
        return select(editor, motion, count)
    count, register = pending.take_count(count), pending.take_register()
    pending.clear()
    return change(editor, partial(_do_lines, name=name, register=register), count, keep=name == "yank")


def _move_operator(editor: Editor, motion: Motion, count: int | None, char: str | None) -> bool:
    pending = editor.pending
    name = pending.operator or ""
    count, register = pending.take_count(count), pending.take_register()
    pending.clear()
    action = partial(_do_motion, name=name, motion=motion, char=char, register=register)
    return change(editor, action, count, keep=name == "yank")


def _do_motion(
    editor: Editor, count: int | None, *, name: str, motion: Motion, char: str | None, register: str | None
) -> bool:
    editor.pending.operator = name
    try:
        found = targets.of_motion(editor, name, motion, count, char)
    finally:
        editor.pending.operator = None
    if found is None:
        editor.missed += 1
        return False
    if motion.jump:
        editor.marks["'"] = editor.cursor
    return _apply(editor, name, Target(*found, register=register, numbered=motion.numbered))


def _do_lines(editor: Editor, count: int | None, *, name: str, register: str | None) -> bool:
    text, at = editor.text, editor.cursor
    found = targets.lines(text, at, count or 1)
    if found is None:
        return False
    at = at if name == "yank" else chars.first_nonblank(text, at)
    return _apply(editor, name, Target(found, at, register=register))


def _apply(editor: Editor, name: str, target: Target) -> bool:
    if name != "yank":
        editor.cursor = target.cursor
    OPERATORS[name].run(editor, target)
    return True


def select(editor: Editor, name: str, count: int | None = None) -> bool:
    """Take a text object: for the waiting operator, or as the visual selection. False if there is none."""
    pending = editor.pending
    if editor.mode.startswith("visual"):
        return objects.extend(editor, name, pending.take_count(count) or 1)
    waiting = pending.operator
    count, register = pending.take_count(count), pending.take_register()
    pending.clear()
    if not waiting:
        return False
    return change(
        editor, partial(_do_object, name=waiting, thing=name, register=register), count, keep=waiting == "yank"
    )


def _do_object(editor: Editor, count: int | None, *, name: str, thing: str, register: str | None) -> bool:
    found = objects.OBJECTS[thing].find(editor.text, editor.cursor, count or 1)
    if found is None:
        editor.missed += 1
        return False
    return _apply(editor, name, Target(found, found.start, register=register))


def _visual(editor: Editor, name: str, count: int | None) -> bool:
    """Apply an operator to the visual selection; `.` takes as much again from the cursor."""
    found = editor.selection
    assert found
    register = editor.pending.take_register()
    editor.pending.clear()
    remember_selection(editor)
    if editor.mode == "visual-block":
        return block.operate(editor, name, count, register)
    extent = targets.extent(editor.text, found)
    low = min(editor.cursor, editor.anchor)
    if found.linewise and (
        editor.anchor <= editor.cursor
        or low >= chars.line_start(editor.text, editor.anchor)
        or name in ("delete", "change")
    ):
        low = found.start
    editor.mode = "normal"
    editor.cursor = low
    target = Target(found, low, register=register, visual=True)
    again = partial(_do_extent, name=name, extent=extent, register=register)
    return change(editor, lambda editor, _: _apply(editor, name, target), count, again=again, keep=name == "yank")


def remember_selection(editor: Editor) -> None:
    """Set the marks `<` and `>` and what `reselect` selects."""
    if editor.mode.startswith("visual"):
        editor.marks["<"], editor.marks[">"] = sorted((editor.anchor, editor.cursor))
        anchor, cursor = (chars.line_and_offset(editor.text, at) for at in (editor.anchor, editor.cursor))
        editor.last_visual = (editor.mode, anchor, cursor, editor.goal)


def _do_extent(editor: Editor, count: int | None, *, name: str, extent: targets.Extent, register: str | None) -> bool:
    at = editor.cursor
    found = targets.extent_at(editor.text, at, extent)
    return _apply(editor, name, Target(found, found.start if found.linewise else at, register=register, visual=True))


# Counts, registers, one more character


def digit(editor: Editor, value: int) -> None:
    """A digit of a count."""
    editor.pending.digit(value)


def zero(editor: Editor) -> bool:
    """Vim's `0`: a digit of a count that has begun, else the start of the line."""
    if editor.pending.count:
        editor.pending.digit(0)
        return True
    return move(editor, "line-start")


AWAITING = (
    "register", "replace-char", "set-mark", "insert-register", "insert-char", "zap", "copy-to-register",
    "insert-from-register", "rectangle-to-register", "point-to-register", "jump-to-register",
)  # fmt: skip


def await_char(editor: Editor, name: str, count: int | None = None) -> None:
    """Have the next character given to `supply`, for one of `AWAITING`: `"` `r` `m` of normal mode, C-r (insert a
    register) and C-q (insert any character) of insert mode, Emacs's M-z (kill up to a character) and C-x r commands.
    """
    if name not in AWAITING:
        raise ValueError(name)
    _await(editor, name, count)


def _await(editor: Editor, name: str, count: int | None) -> None:
    if count is not None:
        editor.pending.count = count
    editor.pending.awaiting = name


def supply(editor: Editor, char: str) -> bool:
    """The character that `editor.pending.awaiting` waits for. False if it makes no sense there."""
    from csm.edit import edits, kills, rectangles, vim

    name, editor.pending.awaiting = editor.pending.awaiting, None
    if name is None:
        return False
    if name == "register":
        return _name_register(editor, char)
    if name == "insert-char":
        edits.insert(editor, char)
        return True
    taken = {
        "set-mark": vim.set_mark,
        "replace-char": vim.replace_char,
        "insert-register": vim.insert_register,
        "zap": kills.zap,
        "copy-to-register": rectangles.to_register,
        "insert-from-register": rectangles.from_register,
        "rectangle-to-register": rectangles.rectangle_to_register,
        "point-to-register": rectangles.point_to_register,
        "jump-to-register": rectangles.to_point,
    }
    return taken[name](editor, char) if name in taken else move(editor, name, None, char)


def _name_register(editor: Editor, char: str) -> bool:
    editor.pending.register = char if char in registers.NAMES else None
    return editor.pending.register is not None


def cancel(editor: Editor) -> None:
    """Forget what was typed of a command."""
    editor.pending.clear()


# Modes


def escape(editor: Editor) -> bool:
    """Vim's Esc: leave insert, replace and visual mode, or forget what was typed. False if there was nothing to do."""
    if editor.pending.active:
        editor.pending.clear()
        if not editor.mode.startswith("visual"):
            return True
    if editor.mode in ("insert", "replace") and editor.modal:
        leave_insert(editor)
        return True
    if editor.mode.startswith("visual"):
        remember_selection(editor)
        editor.mode = "normal"
        return True
    active, editor.mark_active = editor.mark_active, False
    return active
