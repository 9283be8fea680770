"""After what is not complete: the chords at once, and after a moment what may follow, in every keymap and size."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from csm.ui.driver import ScreenDriver

Drive = Callable[..., ScreenDriver]


@pytest.fixture
def vim(drive: Drive) -> ScreenDriver:
    driver = drive(csm__keymap="vim", columns=80, rows=24)
    driver.paste("one two\nsix ten")
    driver.keys("esc g g")
    return driver


def foot(driver: ScreenDriver) -> str:
    return driver.screen().splitlines()[-1].strip()


def shown(driver: ScreenDriver) -> str:
    driver.wait(lambda: driver.shell.keys.waiting.popup)
    return driver.screen()


@pytest.mark.parametrize("keys", ["d", "2 d 3", '" a', '" a 2 d', "m", "r", "g u", "d g", "y"])
def test_the_chords_so_far_are_told(vim: ScreenDriver, keys: str) -> None:
    vim.keys(keys)
    assert foot(vim) == f"{keys} –"
    vim.keys("esc")
    assert foot(vim) != f"{keys} –"


def test_an_operator_offers_motions_and_objects(vim: ScreenDriver) -> None:
    vim.keys("d")
    screen = shown(vim)
    assert "what to delete" in screen
    for row in ("d  Whole lines", "i  +inside", "a  +around", "w  Next word", "1 of 2"):
        assert row in screen, screen
    vim.keys("i")
    vim.wait(lambda: vim.shell.dispatcher.popup)
    assert "(  Between parentheses" in vim.screen()
    vim.keys("w")
    assert vim.text == " two\nsix ten"
    assert not vim.shell.keys.waiting.popup


def test_registers_are_told_with_what_they_hold(vim: ScreenDriver) -> None:
    vim.keys('" q y w y y "')
    screen = shown(vim)
    assert "one⏎" not in screen and "one two⏎" in screen
    assert "a register" in screen
    vim.keys("q P")
    assert vim.text.startswith("one one two")


def test_marks_are_told_with_their_lines(vim: ScreenDriver) -> None:
    vim.keys("m a j m b '")
    screen = shown(vim)
    assert "a mark" in screen and "six ten" in screen
    vim.keys("a x")
    assert vim.text == "ne two\nsix ten"


def test_macros_are_told_with_their_keys(vim: ScreenDriver) -> None:
    vim.keys("q z x q @")
    screen = shown(vim)
    assert "z" in screen and "x" in screen and "again" in screen
    vim.keys("z")
    assert vim.text == "e two\nsix ten"


@pytest.mark.parametrize("keys", ["d i z", "d g y", "d f5", "2 d 3 f8", "c i C-a"])
def test_an_operator_goes_with_keys_that_nothing_is_bound_to(vim: ScreenDriver, keys: str) -> None:
    vim.shell.composer.editor.set_text("one two three")
    vim.keys(f"esc 0 {keys}")
    assert "is unbound" in vim.screen()
    vim.keys("w x")
    assert vim.text == "one wo three"


@pytest.mark.parametrize("size", [(40, 12), (80, 24), (120, 40)])
def test_pages_where_there_is_no_room(drive: Drive, size: tuple[int, int]) -> None:
    driver = drive(csm__keymap="vim", columns=size[0], rows=size[1])
    driver.paste("one two")
    driver.keys("esc g g d")
    first = shown(driver)
    pages = "page-down" in first
    assert pages or size != (40, 12)
    driver.keys("page-down")
    assert (driver.screen() != first) == pages
    driver.keys("w")
    assert driver.text == "two"


def test_what_is_typed_at_once_shows_no_popup(vim: ScreenDriver) -> None:
    vim.keys("d w")
    assert not vim.shell.keys.waiting.popup
    assert vim.shell.keys.waiting.typed == ()


def test_a_number_in_emacs(drive: Drive) -> None:
    driver = drive(csm__keymap="emacs")
    driver.keys("C-u 3")
    assert foot(driver) == "C-u 3 –"
    driver.keys("x")
    assert driver.text == "xxx"
    assert foot(driver) != "C-u 3 –"
