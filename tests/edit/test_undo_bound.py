"""The undo tree keeps so much and no more, and what it keeps stays right."""

from __future__ import annotations

import random

import pytest

from csm.edit import undo
from csm.edit.editor import Editor


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(undo, "MOST", 40)
    monkeypatch.setattr(undo, "LARGEST", 4_000)


def weight(editor):
    return sum(step.weight for step in editor.undo_tree.steps)


def test_long_histories_lose_their_beginning(small):
    editor = Editor()
    for number in range(500):
        editor.break_undo()
        editor.insert(f"{number} ")
        assert len(editor.undo_tree.steps) <= 41
    text = editor.text
    assert editor.undo(1_000) and text.startswith(editor.text) and "430 " in editor.text
    assert not editor.undo()
    assert editor.redo(1_000) and editor.text == text


def test_large_texts_count_by_what_they_hold(small):
    editor = Editor()
    for number in range(30):
        editor.set_text(str(number % 10) * 1_000)
        assert weight(editor) <= 6_000 + 2_000
    assert editor.undo() and editor.text == "8" * 1_000
    editor.set_text("x" * 50_000)
    editor.set_text("")
    editor.set_text("after")
    assert weight(editor) < 110_000
    editor.undo()
    assert editor.text == ""


def test_every_state_that_is_kept_can_be_gone_to(small):
    dice = random.Random(4)
    editor = Editor()
    texts = {id(editor.undo_tree.root): ""}
    for _ in range(3_000):
        if dice.random() < 0.3:
            editor.undo(dice.randrange(1, 6))
        else:
            editor.break_undo()
            editor.replace(
                dice.randrange(len(editor.text) + 1), len(editor.text), dice.choice("abc") * dice.randrange(5)
            )
        tree = editor.undo_tree
        texts[id(tree.current)] = editor.text
        assert len(tree.steps) <= 41 and tree.steps[0] is tree.root
        if dice.random() < 0.05:
            for number, step in enumerate(tree.steps):
                assert step.number == number and editor.goto_step(number)
                assert editor.text == texts[id(step)]


def test_what_branches_from_one_state_is_bounded_too(small):
    editor = Editor("first")
    for number in range(200):
        editor.break_undo()
        editor.insert(f" {number}")
        assert len(editor.undo_tree.steps) <= 42
        editor.undo()
        assert editor.text == "first"
