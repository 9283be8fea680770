"""What is one undo step, and that no state is lost."""

from __future__ import annotations

from csm.edit import edits, modal, vim
from csm.edit.editor import Editor


def at(text: str, *, modal: bool = True, **options: object) -> Editor:
    """An editor with the cursor where `|` is."""
    editor = Editor(text.replace("|", ""), modal=modal, **options)  # type: ignore[arg-type]
    editor.cursor = text.index("|")
    return editor


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


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
    editor.set_text("")
    edits.paste(editor, "second")
    editor.undo(2)
    assert editor.text == "first"
    edits.paste(editor, "!")
    assert editor.text == "first!"
    assert [step.number for step in editor.undo_tree.steps if not step.children] == [3, 4]
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
