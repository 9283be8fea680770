"""Window, buffer and layout commands, run from keys in the shell."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from csm.edit.inputs import Mouse
from csm.ui.driver import ScreenDriver

Drive = Callable[..., ScreenDriver]


@pytest.fixture
def driver(drive: Drive) -> ScreenDriver:
    made = drive({"text": "An answer."}, columns=100, rows=24)
    made.type("hi\n")
    made.wait_for("An answer.")
    return made


def test_split_from_the_composer_shows_the_same_twice(driver: ScreenDriver) -> None:
    driver.keys("C-x w v")
    screen = driver.screen()
    assert screen.count("An answer.") == 2
    assert screen.count("── Transcript ─") == 2
    assert driver.shell.place == "transcript"
    driver.keys("C-x w o")
    assert driver.screen().count("An answer.") == 1


def test_what_comes_in_shows_in_every_window(drive: Drive) -> None:
    driver = drive({"text": "First."}, {"text": "Second."}, columns=100)
    driver.type("one\n")
    driver.wait_for("First.")
    driver.keys("C-x w v i")
    driver.type("two\n")
    driver.wait(lambda: driver.screen().count("Second.") == 2)


def test_next_goes_round_the_windows_and_the_composer(driver: ScreenDriver) -> None:
    driver.keys("C-x w v")
    seen = []
    for _ in range(3):
        seen.append((driver.shell.place, driver.shell.windows.current.id))
        driver.keys("C-x o")
    assert [place for place, _ in seen] == ["transcript", "composer", "transcript"]
    assert seen[0][1] != seen[2][1]
    assert (driver.shell.place, driver.shell.windows.current.id) == seen[0]


def test_left_and_right_and_down_to_the_composer(driver: ScreenDriver) -> None:
    driver.keys("C-x w v")
    right = driver.shell.windows.current.id
    driver.keys("C-x w left")
    assert driver.shell.windows.current.id != right
    driver.keys("C-x w down")
    assert driver.shell.place == "composer"
    driver.keys("C-x w up")
    assert driver.shell.place == "transcript"


def test_a_buffer_is_chosen_by_name_and_killed(driver: ScreenDriver) -> None:
    driver.keys("f1")
    assert "Keymap codex" in driver.screen()
    driver.keys("q C-x w s C-x b")
    driver.type("help\n")
    assert "Keymap codex" in driver.screen()
    assert "An answer." in driver.screen()
    driver.shell.run("buffer.kill help")
    assert "Keymap codex" not in driver.screen()
    driver.shell.run("buffer.choose nothing-like-it")
    assert "there is no buffer nothing-like-it" in driver.screen()


def test_a_layout_is_saved_opened_and_deleted(driver: ScreenDriver) -> None:
    driver.shell.run("help.open")
    driver.shell.run("window.split-right transcript")
    before = driver.screen()
    driver.shell.run("layout.save mine")
    file = Path(driver.shell.host.settings.config_dir) / "layouts.toml"
    assert "transcript" in file.read_text()
    driver.shell.run("window.only")
    driver.shell.run("layout.open mine")
    after = driver.screen()
    assert [line[:20] for line in after.splitlines()[:3]] == [line[:20] for line in before.splitlines()[:3]]
    driver.shell.run("layout.delete mine")
    driver.shell.run("layout.open mine")
    assert "there is no layout mine" in driver.screen()


def test_a_broken_file_of_layouts_is_told(driver: ScreenDriver) -> None:
    folder = Path(driver.shell.host.settings.config_dir)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "layouts.toml").write_text("= nothing")
    driver.shell.run("layout.open pair")
    assert "layouts.toml cannot be" in " ".join(driver.screen().split())


def test_in_a_small_terminal_there_is_no_room(drive: Drive) -> None:
    driver = drive(columns=14, rows=6)
    driver.frame()
    driver.shell.run("window.split-right")
    assert driver.shell.message.text == "there is no room for another window"
    assert driver.shell.windows.plain


def test_inline_a_split_borrows_the_whole_screen_and_gives_it_back(drive: Drive) -> None:
    driver = drive({"text": "An answer."}, columns=100, rows=24, inline=True)
    driver.type("hi\n")
    driver.wait_for("An answer.")
    assert not driver.frame().full
    driver.keys("C-x w v")
    assert driver.frame().full
    driver.keys("C-x w c")
    assert not driver.frame().full


def test_the_mouse_focuses_a_window_and_scrolls_the_one_below_it(drive: Drive) -> None:
    driver = drive({"text": "\n".join(f"- line {n}" for n in range(60))}, columns=100, rows=24)
    driver.type("hi\n")
    driver.wait_for("line 59")
    driver.keys("C-x w v")
    driver.screen()
    left, right = driver.shell.windows
    driver.shell.mouse(Mouse("scroll", "wheel-up", 5, 5))
    assert not left.top.view.follow
    assert right.top.view.follow
    driver.shell.mouse(Mouse("press", "left", 5, 5))
    assert driver.shell.windows.current is left
    driver.shell.mouse(Mouse("press", "left", 5, 21))
    assert driver.shell.place == "composer"


@pytest.mark.parametrize(("keymap", "keys"), [("codex", "C-x w"), ("vim", "esc C-w"), ("emacs", "C-x")])
def test_a_popup_leaves_room_for_a_split(keymap: str, keys: str, drive: Drive) -> None:
    driver = drive(columns=40, rows=12, csm__keymap=keymap)
    driver.keys(keys)
    driver.wait(lambda: driver.shell.dispatcher.popup)
    driver.frame()
    driver.keys({"codex": "v", "vim": "v", "emacs": "3"}[keymap])
    assert len(driver.shell.windows) == 2
    driver.keys("M-x")
    driver.type("window.split-below")
    driver.frame()
    driver.keys("enter")
    assert len(driver.shell.windows) == 3


def test_a_window_with_the_keys_says_how_to_write_again(drive: Drive) -> None:
    driver = drive()
    driver.keys("C-x w v")
    rows = driver.screen().splitlines()
    assert "› i to write here" in rows
    assert rows[-1].startswith("  i write · C-x o next window")
    driver.keys("i")
    assert "› What shall be done?" in driver.screen().splitlines()


def test_a_list_that_takes_all_rows_keeps_its_upper_border(drive: Drive) -> None:
    driver = drive()
    driver.keys("C-x m")
    rows = driver.screen().splitlines()
    at = next(index for index, row in enumerate(rows) if row.startswith("  Model"))
    assert set(rows[at - 1]) == {"─"}
