"""The keymap emacs in the shell: numbers before commands, marks, searching the draft, windows."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from csm.ui.driver import ScreenDriver

Drive = Callable[..., ScreenDriver]


@pytest.fixture
def emacs(drive: Drive) -> ScreenDriver:
    return drive(csm__keymap="emacs")


def draft(driver: ScreenDriver, text: str, at: int = 0) -> None:
    driver.shell.composer.editor.set_text(text, at)


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("C-u x", "xxxx"),
        ("C-u C-u x", "x" * 16),
        ("C-u 7 x", "x" * 7),
        ("C-u 1 2 x", "x" * 12),
        ("M-5 x", "x" * 5),
        ("C-u 3 x 4", "xxx4"),
    ],
)
def test_a_number_before_a_command(emacs: ScreenDriver, keys: str, text: str) -> None:
    emacs.keys(keys)
    assert emacs.text == text


def test_the_mark_ring_leads_back(emacs: ScreenDriver) -> None:
    draft(emacs, "one two three")
    emacs.keys("C-space M-f C-space M-f C-u C-space")
    assert emacs.shell.composer.editor.cursor == 3
    emacs.keys("C-u C-space")
    assert emacs.shell.composer.editor.cursor == 0


def test_the_draft_is_searched_with_each_letter(emacs: ScreenDriver) -> None:
    draft(emacs, "one two three two")
    emacs.keys("C-s t w")
    assert emacs.shell.composer.editor.cursor == 4
    emacs.keys("enter")
    assert emacs.shell.composer.editor.cursor == 4
    emacs.keys("C-s t h C-g")
    assert emacs.shell.composer.editor.cursor == 4


def test_case_and_blank_lines(emacs: ScreenDriver) -> None:
    draft(emacs, "one\n\n\ntwo")
    emacs.keys("C-x C-o")
    assert emacs.text == "one\ntwo" or emacs.text == "one\n\ntwo"
    emacs.keys("M-h C-x C-u")
    assert emacs.text.startswith("ONE")


def test_another_window_by_c_x_4(drive: Drive) -> None:
    driver = drive({"text": "Said."}, csm__keymap="emacs")
    driver.type("hi\n")
    driver.wait_for("Said.")
    driver.keys("C-x 4 4")
    assert len(driver.shell.windows) == 2
    driver.keys("C-x 0")
    assert len(driver.shell.windows) == 1


def test_help_is_asked_for_while_writing(emacs: ScreenDriver) -> None:
    draft(emacs, "some words")
    emacs.keys("C-h k C-k")
    assert "kill.line-end" in emacs.screen()
    assert emacs.text == "some words"
