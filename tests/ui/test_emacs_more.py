"""Emacs in the shell, by its keys: rectangles, registers, filling, replacing with questions, help."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from csm.ui.driver import ScreenDriver

Drive = Callable[..., ScreenDriver]


@pytest.fixture
def emacs(drive: Drive) -> ScreenDriver:
    driver = drive(csm__keymap="emacs", columns=80, rows=24)
    assert not driver.shell.host.keymap.problems
    return driver


def draft(driver: ScreenDriver, text: str, at: int = 0) -> None:
    driver.shell.composer.editor.set_text(text, at)


def test_a_rectangle_goes_elsewhere(emacs: ScreenDriver) -> None:
    draft(emacs, "abcd\nabcd", 1)
    emacs.keys("C-space M-> C-b C-x r k")
    assert emacs.text == "ad\nad"
    emacs.keys("M-< C-x r y")
    assert emacs.text == "bcad\nbcad"


def test_a_text_in_each_line(emacs: ScreenDriver) -> None:
    draft(emacs, "one\ntwo", 0)
    emacs.keys("C-space M-> C-a C-x r t > space enter")
    assert emacs.text == "> one\n> two"


def test_registers_hold_texts_and_places(emacs: ScreenDriver) -> None:
    draft(emacs, "one two")
    emacs.keys("C-space M-f C-x r s w C-x r space p C-e C-x r i w C-x r j p !")
    assert emacs.text == "one! twoone"
    emacs.keys("C-x r i")
    emacs.wait(lambda: emacs.shell.keys.waiting.popup)
    assert "w  one" in emacs.screen()
    emacs.keys("C-g x")
    assert emacs.text == "one!x twoone"


@pytest.mark.parametrize(
    ("text", "keys", "after"),
    [
        ("foo foo foo", "y n y", "bar foo bar"),
        ("foo Foo FOO", "!", "bar Bar BAR"),
        ("foo foo foo", "n .", "foo bar foo"),
        ("foo foo foo", "space q", "bar foo foo"),
        ("foo foo foo", "y y u n n", "bar foo foo"),
        ("foo foo foo", "y C-g x", "bar foox foo"),
        ("foo foo foo", "y enter", "bar foo foo"),
    ],
)
def test_replacing_asks(emacs: ScreenDriver, text: str, keys: str, after: str) -> None:
    draft(emacs, text)
    emacs.keys("M-% f o o enter b a r enter")
    assert "y n ! . u q" in emacs.screen()
    emacs.keys(keys)
    assert emacs.text == after


def test_replacing_by_a_pattern_and_what_is_wrong(emacs: ScreenDriver) -> None:
    draft(emacs, "a1 b22")
    emacs.shell.run(r"edit.query-replace '([a-z])(\d+)' '\2\1' --regexp")
    emacs.keys("!")
    assert emacs.text == "1a 22b"
    emacs.shell.run("edit.query-replace '(' x --regexp")
    assert "(" in emacs.shell.message.text and emacs.text == "1a 22b"
    emacs.shell.run("edit.query-replace nothing x")
    assert emacs.shell.message.text.startswith("there is no nothing")
    draft(emacs, "ab")
    emacs.shell.run("edit.query-replace 'x*' - --regexp")
    emacs.keys("!")
    assert emacs.text == "-a-b-"
    emacs.keys("C-/")
    assert emacs.text == "ab"


def test_filling(emacs: ScreenDriver) -> None:
    draft(emacs, "word " * 30, 0)
    emacs.keys("M-q")
    assert max(map(len, emacs.text.splitlines())) <= 70 and emacs.text.count("word") == 30
    emacs.keys("C-u 2 0 M-q")
    assert max(map(len, emacs.text.splitlines())) <= 20


def test_help_on_where_and_about(emacs: ScreenDriver) -> None:
    emacs.keys("C-h w")
    emacs.type("theme.use\n")
    assert emacs.shell.message.text.startswith("theme.use: ")
    emacs.keys("C-h a")
    emacs.type("rectangle kill\n")
    assert "rectangle.kill" in emacs.screen() and "theme.use" not in emacs.screen()
    emacs.keys("enter")
    assert emacs.shell.place == "help"
    assert "extensions/rectangles/commands.py" in emacs.screen()
    emacs.shell.run("help.apropos no-such-word")
    assert "nothing is about no-such-word" in emacs.shell.message.text
