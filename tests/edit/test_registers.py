"""Registers and the kill ring."""

from __future__ import annotations

import pytest

from csm.edit import kills, modal
from csm.edit.editor import Editor
from csm.edit.registers import KILLS, NAMES, KillRing, Registers, Slot


def at(text: str, *, modal: bool = True, **options: object) -> Editor:
    """An editor with the cursor where `|` is."""
    editor = Editor(text.replace("|", ""), modal=modal, **options)  # type: ignore[arg-type]
    editor.cursor = text.index("|")
    return editor


def test_the_last_register_written_is_the_unnamed_one() -> None:
    registers = Registers()
    registers.yank(Slot("one"))
    registers.delete(Slot("two"))
    assert registers.get().text == "two"
    assert registers.get("0").text == "one"
    assert registers.get("-").text == "two"
    registers.delete(Slot("gone"), "_")
    assert registers.get().text == "two"
    assert sorted(name for name in NAMES if registers.get(name).text) == ['"', "-", "0"]


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
