"""The text under the cursor: line ends, characters, columns, rows, searching."""

from __future__ import annotations

from csm.edit import chars, edits, modal, vim
from csm.edit.editor import Editor


def at(text: str, *, modal: bool = True, **options: object) -> Editor:
    """An editor with the cursor where `|` is."""
    editor = Editor(text.replace("|", ""), modal=modal, **options)  # type: ignore[arg-type]
    editor.cursor = text.index("|")
    return editor


def shown(editor: Editor) -> str:
    return editor.text[: editor.cursor] + "|" + editor.text[editor.cursor :]


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
