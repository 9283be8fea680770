"""Macros: keys recorded in the shell and played again, in every keymap and across places."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from csm.edit import macros
from csm.edit.inputs import Key
from csm.ui.driver import ScreenDriver

Drive = Callable[..., ScreenDriver]


@pytest.fixture
def vim(drive: Drive) -> ScreenDriver:
    return drive(csm__keymap="vim")


def written(driver: ScreenDriver, text: str) -> None:
    driver.shell.composer.editor.set_text(text, 0)


@pytest.mark.parametrize(
    "keys", ["C-x ( a b C-x ) C-x @", "C-a", "paste:hello%20there%0A esc", "M-x q u i t enter", "paste:%22 ☃ space"]
)
def test_a_macro_reads_back_as_it_was_written(keys: str) -> None:
    assert macros.written(macros.read(keys)) == keys


@pytest.mark.parametrize("char", ["\u3000", "\u00a0", "\u2028", "\u200d", "\u00ad", "\u0301", "\ue000"])
def test_keys_that_are_blank_or_cannot_be_seen_are_played_again(vim: ScreenDriver, char: str) -> None:
    vim.keys("esc q a i")
    vim.shell.press(Key(char, char))
    vim.keys("x esc q")
    once = vim.text
    assert once == f"{char}x"
    vim.keys("A esc @ a")
    assert vim.text.count(char) == 2
    assert len(vim.text) == 4


def test_vim_records_by_letter_and_plays_with_a_count(vim: ScreenDriver) -> None:
    written(vim, "one\ntwo\nthree\nfour")
    vim.keys("esc g g q a I - space esc j q")
    assert vim.text.startswith("- one\ntwo")
    vim.keys("2 @ a")
    assert vim.text == "- one\n- two\n- three\nfour"
    vim.keys("@ @")
    assert vim.text == "- one\n- two\n- three\n- four"


def test_a_motion_that_cannot_go_ends_the_playing(vim: ScreenDriver) -> None:
    written(vim, "a,b,c")
    vim.keys("esc 0 q x f , r ; q")
    vim.keys("9 9 @ x")
    assert vim.text == "a;b;c"


def test_a_capital_goes_on_with_a_macro(vim: ScreenDriver) -> None:
    written(vim, "x")
    vim.keys("esc q a A 1 esc q q A A 2 esc q")
    assert vim.text == "x12"
    vim.keys("@ a")
    assert vim.text == "x1212"


def test_a_register_is_typed_where_no_macro_has_its_letter(vim: ScreenDriver) -> None:
    written(vim, "xx")
    vim.keys('esc 0 i A b esc ^ " z y $ 0 D')
    assert vim.shell.editor.registers.get("z").text == "Abxx"
    vim.keys("@ z")
    assert vim.text == "bxx"


def test_emacs_records_anything_pressed_in_any_place(drive: Drive) -> None:
    driver = drive(csm__keymap="emacs")
    driver.keys("C-x (")
    assert "● recording last" in driver.screen()
    driver.type("hello ")
    driver.keys("f1")
    assert driver.shell.place == "help"
    driver.frame()
    driver.keys("q C-x )")
    assert "recording last" not in driver.screen()
    driver.keys("C-x e")
    assert driver.text == "hello hello "
    assert driver.shell.place == "composer"
    driver.keys("M-3 C-x e")
    assert driver.text == "hello " * 5


def test_what_ends_the_recording_is_no_part_of_it(drive: Drive) -> None:
    driver = drive()
    driver.keys("C-x ( a")
    driver.keys("M-x")
    driver.type("macro.stop\n")
    driver.keys("C-x @")
    assert driver.text == "aa"


def test_pastes_are_recorded(drive: Drive) -> None:
    driver = drive()
    driver.keys("C-x (")
    driver.paste("two\nlines")
    driver.keys(". C-x ) C-x @")
    assert driver.text == "two\nlines." * 2


def test_a_macro_that_plays_itself_is_refused(drive: Drive) -> None:
    driver = drive()
    driver.keys("C-x ( a C-x ) ")
    driver.shell.host.state["macros"]["run"]["loop"] = (
        "b M-x " + " ".join("macro.play loop".replace(" ", "_")).replace("_", "space") + " enter c"
    )
    driver.keys("M-x")
    driver.type("macro.play loop\n")
    assert driver.text == "ab"
    assert "plays itself" in driver.screen()


def test_a_macro_saved_by_name_is_played_by_a_key(drive: Drive, home: Path) -> None:
    keymaps = home / ".config" / "csm" / "keymaps"
    keymaps.mkdir(parents=True)
    (keymaps / "user.toml").write_text('[bind.global]\n"f7" = "macro.play sign"\n')
    driver = drive()
    driver.keys("C-x ( x y C-x )")
    driver.keys("M-x")
    driver.type("macro.save sign\n")
    assert (home / ".config" / "csm" / "macros.toml").read_text() == 'sign = "x y"\n'
    driver.keys("f7")
    assert driver.text == "xyxy"
    (home / ".config" / "csm" / "macros.toml").write_text('other = "o"\n')
    driver.keys("M-x")
    driver.type("macro.play other\n")
    assert driver.text == "xyxyo"


def test_editing_and_deleting(drive: Drive, home: Path) -> None:
    driver = drive()
    driver.keys("C-x ( x C-x )")
    driver.keys("M-x")
    driver.type("macro.save one\n")
    driver.keys("M-x")
    driver.type("macro.edit one\n")
    driver.keys("C-a C-k")
    driver.type("y z nonsense\n")
    assert "no key is called 'nonsense'" in driver.screen()
    driver.keys("M-x")
    driver.type("macro.edit one\n")
    driver.keys("C-a C-k")
    driver.type("y z\n")
    assert (home / ".config" / "csm" / "macros.toml").read_text() == 'one = "y z"\n'
    driver.keys("M-x")
    driver.type("macro.delete one\n")
    assert (home / ".config" / "csm" / "macros.toml").read_text() == ""


def test_a_long_playing_can_be_stopped_and_lets_later_keys_wait(drive: Drive) -> None:
    driver = drive()
    driver.shell.macros.play("long", macros.read("a"), 150_000)
    assert driver.shell.macros.playing
    driver.shell.press(Key("z", "z"))
    driver.shell.press(Key("C-g"))
    assert not driver.shell.macros.playing
    assert set(driver.text) == {"a"}
    before = len(driver.text)
    driver.shell.macros.play("long", macros.read("b"), 2_000)
    driver.shell.press(Key("z", "z"))
    driver.wait(lambda: not driver.shell.macros.playing)
    assert driver.text[before:] == "b" * 2_000 + "z"
