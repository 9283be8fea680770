"""What the maker of commands and the dispatcher of keys count on: waiting, modes, counts, undo steps, registers."""

from __future__ import annotations

import pytest

from csm.edit import changes, edits, kills, modal, vim
from csm.edit.editor import LARGEST, Editor, Range
from csm.edit.motions import MOTIONS
from csm.edit.objects import OBJECTS
from csm.edit.operators import OPERATORS


def at(text: str, *, modal: bool = True, **options: object) -> Editor:
    """An editor with the cursor where `|` is."""
    editor = Editor(text.replace("|", ""), modal=modal, **options)  # type: ignore[arg-type]
    editor.cursor = text.index("|")
    return editor


def shown(editor: Editor) -> str:
    return editor.text[: editor.cursor] + "|" + editor.text[editor.cursor :]


# Waiting


def test_a_motion_that_needs_a_character_waits_for_it() -> None:
    editor = at("|foo bar")
    modal.move(editor, "find-forward", 1)
    assert editor.pending.awaiting == "find-forward"
    assert modal.supply(editor, "b")
    assert shown(editor) == "foo |bar"
    assert not editor.pending.active


def test_counts_of_operator_and_motion_multiply() -> None:
    editor = at("|a b c d e f g h")
    modal.operator(editor, "delete", 2)
    modal.move(editor, "word-forward", 3)
    assert shown(editor) == "|g h"


def test_typed_digits_count() -> None:
    editor = at("|a b c d e f g h i j k l m")
    for digit in (1, 0):
        modal.digit(editor, digit) if digit else modal.zero(editor)
    modal.move(editor, "word-forward")
    assert shown(editor) == "a b c d e f g h i j |k l m"
    modal.zero(editor)
    assert editor.cursor == 0


@pytest.mark.parametrize("name", modal.AWAITING)
def test_cancel_forgets_everything(name: str) -> None:
    editor = at("|foo")
    modal.operator(editor, "delete", 3)
    modal.await_char(editor, name)
    modal.cancel(editor)
    assert not editor.pending.active
    assert not modal.supply(editor, "x")
    assert editor.text == "foo"


def test_nothing_else_can_be_awaited() -> None:
    with pytest.raises(ValueError, match="bogus"):
        modal.await_char(at("|foo"), "bogus")


def test_what_is_typed_of_a_command_is_shown() -> None:
    editor = at("|foo")
    modal.await_char(editor, "register")
    modal.supply(editor, "a")
    modal.operator(editor, "delete", 2)
    modal.digit(editor, 3)
    assert editor.pending.shown() == '"a2delete3'
    modal.escape(editor)
    assert editor.pending.shown() == ""


def test_an_unknown_register_is_refused() -> None:
    editor = at("|foo")
    modal.await_char(editor, "register")
    assert not modal.supply(editor, "!")
    assert editor.pending.register is None


def test_another_operator_drops_the_one_that_waits() -> None:
    editor = at("|foo bar")
    modal.operator(editor, "delete")
    assert not modal.operator(editor, "yank")
    assert not editor.pending.active


# Modes


def test_modes_tell_which_keys_apply() -> None:
    editor = at("|foo")
    assert editor.modes() == ("normal",)
    modal.operator(editor, "delete")
    assert editor.modes() == ("operator", "normal")
    modal.escape(editor)
    vim.visual(editor, "visual-line")
    assert editor.modes() == ("visual-line", "visual")
    vim.visual(editor, "visual")
    assert editor.modes() == ("visual",)
    modal.escape(editor)
    vim.replace_mode(editor)
    assert editor.modes() == ("replace", "insert")
    modal.escape(editor)
    vim.insert(editor)
    assert editor.modes() == ("insert",)
    with pytest.raises(ValueError, match="bogus"):
        editor.mode = "bogus"


def test_escape_says_whether_there_was_something_to_leave() -> None:
    plain = at("|foo", modal=False)
    assert not modal.escape(plain)
    kills.set_mark(plain)
    assert modal.escape(plain)
    assert not plain.mark_active
    editor = at("|foo")
    assert not modal.escape(editor)
    vim.insert(editor)
    assert modal.escape(editor)
    modal.digit(editor, 3)
    assert modal.escape(editor)
    assert editor.pending.count is None


def test_selection_is_the_visual_one_or_the_region() -> None:
    editor = at("fo|o bar")
    assert editor.selection is None
    vim.visual(editor)
    assert editor.selection == Range(2, 3)
    modal.move(editor, "word-forward")
    assert editor.selection == Range(2, 5)
    vim.visual(editor, "visual-line")
    assert editor.selection == Range(0, 7, True)
    plain = at("fo|o bar", modal=False)
    kills.set_mark(plain)
    modal.move(plain, "line-start")
    assert plain.selection == Range(0, 2)
    edits.insert(plain, "x")
    assert plain.selection is None


def test_the_cursor_is_on_characters_in_normal_mode_and_between_them_in_insert_mode() -> None:
    editor = at("|foo")
    editor.cursor = 99
    assert editor.cursor == 2
    vim.insert(editor, "line-end")
    assert editor.cursor == 3
    modal.escape(editor)
    assert editor.cursor == 2


# Insertions


def test_moving_while_inserting_begins_a_new_insertion() -> None:
    editor = at("|foo bar")
    vim.insert(editor)
    edits.insert(editor, "x")
    modal.move(editor, "column", 6)
    edits.insert(editor, "y")
    modal.escape(editor)
    assert editor.text == "xfoo ybar"
    editor.undo()
    assert editor.text == "xfoo bar"
    editor.redo()
    modal.repeat(editor)
    assert editor.text == "xfoo yybar"


def test_clearing_while_inserting_is_a_step_of_its_own_and_not_repeated() -> None:
    editor = at("|foo")
    vim.insert(editor, "line-end")
    edits.insert(editor, " one")
    editor.set_text("")
    edits.insert(editor, "two")
    modal.escape(editor)
    assert editor.text == "two"
    modal.repeat(editor)
    assert editor.text == "twotwo"
    editor.undo(2)
    assert editor.text == ""
    editor.undo()
    assert editor.text == "foo one"


def test_commands_while_inserting_belong_to_the_insertion() -> None:
    editor = at("|foo")
    vim.insert(editor)
    edits.insert(editor, "one two")
    modal.operate(editor, "delete", "word-backward")
    edits.insert(editor, "x ")
    modal.escape(editor)
    assert editor.text == "one x foo"
    editor.undo()
    assert editor.text == "foo"


def test_registers_and_any_character_can_be_inserted() -> None:
    editor = at("|foo bar")
    modal.operate(editor, "yank", "word-forward")
    vim.insert(editor, "line-end")
    modal.await_char(editor, "insert-register")
    modal.supply(editor, '"')
    modal.await_char(editor, "insert-char")
    modal.supply(editor, "\t")
    assert editor.text == "foo barfoo \t"
    modal.await_char(editor, "insert-register")
    assert not modal.supply(editor, "z")


def test_a_change_of_another_module_is_repeated() -> None:
    def double(editor: Editor, count: int | None) -> bool:
        editor.replace(editor.cursor, editor.cursor, "ab" * (count or 1))
        return True

    editor = at("|x")
    assert changes.change(editor, double, 2)
    assert editor.text == "ababx"
    modal.repeat(editor)
    assert editor.text == "ababababx"
    modal.repeat(editor, 1)
    assert editor.text == "ababababab" + "x"
    editor.undo(3)
    assert editor.text == "x"


def test_a_change_that_fails_is_not_remembered() -> None:
    editor = at("|foo bar")
    modal.operate(editor, "delete", "char-right")
    modal.operate(editor, "delete", "find-forward", char="z")
    modal.repeat(editor)
    assert editor.text == "o bar"


def test_nothing_to_repeat() -> None:
    assert not modal.repeat(at("|foo"))


# Counts that would fill the memory


def test_counts_are_bounded() -> None:
    editor = at("|" + "x" * 1000)
    for _ in range(30):
        modal.digit(editor, 9)
    assert editor.pending.count == 999_999
    vim.insert(editor)
    edits.insert(editor, "y" * 100)
    modal.escape(editor)
    modal.operate(editor, "yank", "lines")
    modal.digit(editor, 9)
    vim.put(editor, "after", 999_999)
    assert len(editor.text) < 2 * LARGEST


# The tables that commands are made from


def test_tables_tell_their_names() -> None:
    for table in (MOTIONS, OPERATORS, OBJECTS):
        assert all(row.name == name and row.title for name, row in table.items())
    assert {motion.kind for motion in MOTIONS.values()} == {"exclusive", "inclusive", "linewise", "exact"}


@pytest.mark.parametrize("text", ["|", "|\n", "a|\n\n", "|foo bar"])
def test_every_operator_takes_every_motion_and_object(text: str) -> None:
    for operator in OPERATORS:
        for motion in MOTIONS:
            editor = at(text)
            modal.operate(editor, operator, motion, char="b" if MOTIONS[motion].char else None)
            assert not editor.pending.active
        for thing in OBJECTS:
            editor = at(text)
            modal.operate(editor, operator, thing)
            assert not editor.pending.active
