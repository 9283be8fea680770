"""What the maker of commands and the dispatcher of keys count on: waiting, modes, counts, undo steps, registers."""

from __future__ import annotations

import pytest

from csm.edit import changes, chars, edits, kills, modal, vim
from csm.edit.editor import LARGEST, Editor, Range
from csm.edit.motions import MOTIONS
from csm.edit.objects import OBJECTS
from csm.edit.operators import OPERATORS
from csm.edit.registers import KILLS, KillRing, Registers, Slot


def at(text: str, *, modal: bool = True, **options: object) -> Editor:
    """An editor with the cursor where `|` is."""
    editor = Editor(text.replace("|", ""), modal=modal, **options)  # type: ignore[arg-type]
    editor.cursor = text.index("|")
    return editor


def shown(editor: Editor) -> str:
    return editor.text[: editor.cursor] + "|" + editor.text[editor.cursor :]


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


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


def test_a_click_while_inserting_begins_a_new_insertion() -> None:
    editor = at("|foo bar")
    vim.insert(editor)
    edits.insert(editor, "x")
    modal.goto(editor, 5)
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


# Undo steps of plain typing


def test_typing_is_one_step_until_the_cursor_moves() -> None:
    editor = at("|", modal=False)
    for char in "one":
        edits.insert(editor, char)
    modal.move(editor, "line-start")
    for char in "two":
        edits.insert(editor, char)
    editor.undo()
    assert editor.text == "one"
    editor.undo()
    assert (editor.text, editor.undo()) == ("", False)
    editor.redo(9)
    assert (editor.text, editor.redo()) == ("twoone", False)


def test_typing_after_a_pause_is_a_new_step() -> None:
    clock = Clock()
    editor = at("|", modal=False, clock=clock)
    edits.insert(editor, "a")
    clock.now = 0.5
    edits.insert(editor, "b")
    clock.now = 2.0
    edits.insert(editor, "c")
    editor.undo()
    assert editor.text == "ab"


def test_pauses_do_not_cut_an_insertion_of_vim_style() -> None:
    clock = Clock()
    editor = at("|", clock=clock)
    vim.insert(editor)
    edits.insert(editor, "a")
    clock.now = 9.0
    edits.insert(editor, "b")
    modal.escape(editor)
    editor.undo()
    assert editor.text == ""


def test_deleting_and_pasting_are_steps_of_their_own() -> None:
    editor = at("|", modal=False)
    edits.insert(editor, "abc")
    edits.delete_backward(editor)
    edits.delete_backward(editor)
    edits.paste(editor, "XYZ")
    edits.insert(editor, "!")
    states = [editor.text]
    while editor.undo():
        states.append(editor.text)
    assert states == ["aXYZ!", "aXYZ", "a", "abc", ""]


def test_undo_survives_clear_and_branches_stay() -> None:
    editor = at("|", modal=False)
    edits.paste(editor, "first")
    edits.clear(editor)
    edits.paste(editor, "second")
    editor.undo(2)
    assert editor.text == "first"
    edits.paste(editor, "!")
    assert editor.text == "first!"
    assert editor.undo_tree.branches() == [3, 4]
    assert editor.goto_step(3)
    assert editor.text == "second"
    assert editor.earlier(2)
    assert editor.text == "first"
    assert editor.later(3)
    assert editor.text == "first!"
    assert not editor.later()
    assert editor.goto_step(0)
    assert not editor.earlier()


def test_load_begins_anew() -> None:
    editor = at("|foo", modal=False)
    edits.insert(editor, "x")
    editor.load("bar")
    assert (editor.text, editor.cursor, editor.undo(), editor.marks) == ("bar", 0, False, {})


def test_version_grows_with_the_text_only() -> None:
    editor = at("|foo", modal=False)
    before = editor.version
    modal.move(editor, "line-end")
    assert editor.version == before
    edits.insert(editor, "x")
    assert editor.version > before


# Text


def test_line_ends_become_line_feeds_or_blanks() -> None:
    editor = at("|", modal=False)
    edits.paste(editor, "a\r\nb\rc")
    assert editor.text == "a\nb\nc"
    single = at("|", modal=False, multiline=False)
    edits.paste(single, "a\r\nb\n")
    edits.newline(single)
    assert single.text == "a b "
    assert not vim.open_below(single)


def test_characters_are_never_split() -> None:
    editor = at("|ae\u0301👩‍👩‍👧🇩🇪z", modal=False)
    stops = [editor.cursor]
    while modal.move(editor, "right") and editor.cursor != stops[-1]:
        stops.append(editor.cursor)
    assert stops == [0, 1, 3, 8, 10, 11]
    for count in (1, 1):
        edits.delete_backward(editor, count)
    assert editor.text == "ae\u0301👩‍👩‍👧"
    edits.delete_backward(editor)
    assert editor.text == "ae\u0301"
    edits.delete_backward(editor)
    assert editor.text == "a"


def test_a_mark_typed_behind_a_letter_joins_it() -> None:
    editor = at("|x", modal=False)
    edits.insert(editor, "e")
    edits.insert(editor, "\u0301")
    assert (editor.text, editor.cursor) == ("e\u0301x", 2)
    modal.move(editor, "left")
    assert editor.cursor == 0


def test_vertical_motion_keeps_the_column_in_cells() -> None:
    editor = at("日本語|\nabcdefgh\nab\nabcdefgh", modal=False)
    stops = []
    for _ in range(3):
        modal.move(editor, "down")
        stops.append(chars.column(editor.text, editor.cursor))
    assert stops == [6, 2, 6]


def test_rows_of_the_screen() -> None:
    editor = at("|one two three\nfour", modal=False)
    editor.width = 9
    modal.move(editor, "row-down")
    assert shown(editor) == "one two |three\nfour"
    modal.move(editor, "row-end")
    assert shown(editor) == "one two three|\nfour"
    modal.move(editor, "row-down")
    assert shown(editor) == "one two three\nfour|"
    assert not modal.move(editor, "row-down")
    modal.move(editor, "row-up", 2)
    assert shown(editor) == "one t|wo three\nfour"
    modal.move(editor, "row-start")
    assert shown(editor) == "|one two three\nfour"
    assert not modal.move(editor, "row-up")


def test_the_row_motions_work_without_a_width() -> None:
    editor = at("fo|o\nbar", modal=False)
    modal.move(editor, "row-down")
    assert shown(editor) == "foo\nba|r"
    modal.move(editor, "row-start")
    assert shown(editor) == "foo\n|bar"
    modal.move(editor, "row-end")
    assert shown(editor) == "foo\nbar|"


def test_search_goes_around_the_ends() -> None:
    editor = at("foo |bar foo")
    assert modal.search(editor, "foo")
    assert shown(editor) == "foo bar |foo"
    assert modal.move(editor, "search-again")
    assert shown(editor) == "|foo bar foo"
    assert modal.move(editor, "search-again-reverse")
    assert shown(editor) == "foo bar |foo"
    assert not modal.search(editor, "zzz")


def test_search_takes_what_is_no_pattern_as_it_is_and_minds_capitals() -> None:
    editor = at("|a Foo foo [x foo")
    assert modal.search(editor, "[x")
    assert shown(editor) == "a Foo foo |[x foo"
    editor.cursor = 0
    assert modal.search(editor, "Foo", 2)
    assert editor.cursor == 2


def test_zap_kills_up_to_a_character() -> None:
    editor = at("|one.two.three", modal=False)
    modal.await_char(editor, "zap", 2)
    assert modal.supply(editor, ".")
    assert (shown(editor), editor.kills.get()) == ("|three", "one.two.")


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


# Registers


def test_the_last_register_written_is_the_unnamed_one() -> None:
    registers = Registers()
    registers.yank(Slot("one"))
    registers.delete(Slot("two"))
    assert registers.get().text == "two"
    assert registers.get("0").text == "one"
    assert registers.get("-").text == "two"
    registers.delete(Slot("gone"), "_")
    assert registers.get().text == "two"
    assert list(registers.filled()) == ["-", "0"]


def test_deleted_lines_go_through_the_numbers() -> None:
    registers = Registers()
    for number in range(12):
        registers.delete(Slot(f"{number}\n", True))
    assert [registers.get(str(number)).text for number in range(1, 10)] == [f"{n}\n" for n in range(11, 2, -1)]


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        (Slot("a"), Slot("b"), Slot("ab")),
        (Slot("a\n", True), Slot("b"), Slot("a\nb\n", True)),
        (Slot("a"), Slot("b\n", True), Slot("a\nb\n", True)),
        (Slot("a\n", True), Slot("b\n", True), Slot("a\nb\n", True)),
    ],
)
def test_capitals_append(first: Slot, second: Slot, joined: Slot) -> None:
    registers = Registers()
    registers.set("q", first)
    registers.set("Q", second)
    assert registers.get("q") == joined


def test_whoever_reaches_the_clipboard_learns_of_it() -> None:
    editor, told = at("|foo bar"), []
    editor.registers.on_set = lambda name, slot: told.append((name, slot.text))
    modal.await_char(editor, "register")
    modal.supply(editor, "+")
    modal.operate(editor, "yank", "word-forward")
    assert told == [("+", "foo ")]


def test_the_kill_ring_is_bounded_and_goes_around() -> None:
    ring = KillRing()
    assert ring.get() == ""
    for number in range(KILLS + 5):
        ring.push(str(number))
    assert len(ring) == KILLS
    assert [ring.get(), ring.get(1), ring.get(-1), ring.get(-1)] == ["64", "63", "64", "5"]


def test_kills_and_registers_hold_the_same() -> None:
    editor = at("|foo bar", modal=False)
    kills.kill_motion(editor, "word-right")
    assert editor.registers.get().text == "foo"
    other = at("|foo bar")
    modal.operate(other, "delete", "word-forward")
    assert other.kills.get() == "foo "


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
