"""Blockwise visual mode as one meets it: by keys of the keymap `vim`, in the draft and in what is read."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from csm.ui.driver import ScreenDriver
from csm.view.lines import StyledLine

Drive = Callable[..., ScreenDriver]


@pytest.fixture
def driver(drive: Drive) -> ScreenDriver:
    made = drive({"text": "Here:\n\n```\nalpha beta\ngamma delta\nomega theta\n```\n"}, csm__keymap="vim", columns=60)
    assert made.shell.host.keymap.name == "vim"
    return made


def marked(rows: list[StyledLine]) -> list[str]:
    found = ["".join(text for role, text in row if "selection" in role) for row in rows]
    return [text for text in found if text]


def test_a_block_of_the_draft_is_shown_and_filled(driver: ScreenDriver) -> None:
    driver.paste("one two\nx\nsix ten")
    driver.keys("esc g g w C-v 2 j")
    assert driver.shell.modes()[:2] == ("visual-block", "visual")
    assert marked(driver.frame().rows()) == ["t", "t"]
    driver.keys("$ A ! esc")
    assert driver.text == "one two!\nx!\nsix ten!"
    driver.keys("u")
    assert driver.text == "one two\nx\nsix ten"


def test_a_block_that_was_cut_is_put_elsewhere_and_selected_again(driver: ScreenDriver) -> None:
    driver.paste("abc\nabc")
    driver.keys("esc g g l C-v j d $ p")
    assert driver.text == "acb\nacb"
    driver.keys("g v r -")
    assert driver.text == "a-b\na-b"


def test_a_block_is_copied_from_what_is_read(driver: ScreenDriver) -> None:
    driver.type("go\n")
    driver.wait_for("omega theta")
    driver.wait(lambda: driver.shell.session.thread.running is None)
    driver.keys("esc C-w k")
    assert driver.shell.place == "transcript"
    driver.keys("/ a l p h a enter C-v j j 4 l")
    assert marked(driver.frame().rows()) == ["alpha", "gamma", "omega"]
    driver.keys("y")
    assert driver.shell.editor.registers.get().text == "alpha\ngamma\nomega"
    driver.keys("C-v j d I")
    assert driver.shell.modes()[0] == "visual-block", "what changes something does nothing here"
