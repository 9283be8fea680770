"""The `:` line of the keymap vim: lines on the draft, words for windows and buffers, the jump list, marks anywhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from csm.ui.driver import ScreenDriver

Drive = Callable[..., ScreenDriver]
ANSWER = "\n\n".join(f"Paragraph {number} of it." for number in range(40))


@pytest.fixture
def vim(drive: Drive) -> ScreenDriver:
    return drive(csm__keymap="vim")


@pytest.fixture
def read(drive: Drive) -> ScreenDriver:
    driver = drive({"text": ANSWER}, csm__keymap="vim", columns=90, rows=24)
    driver.type("hi\n")
    driver.wait(lambda: driver.shell.session.thread.turns and driver.shell.session.thread.running is None)
    driver.wait_for("Paragraph 39")
    driver.keys("esc C-w k")
    driver.frame()
    return driver


def line(driver: ScreenDriver, text: str) -> None:
    driver.keys(":")
    driver.type(text + "\n")
    driver.frame()


def draft(driver: ScreenDriver, text: str) -> None:
    driver.shell.composer.editor.set_text(text, 0)
    driver.keys("esc g g")


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("2d", "one\nthree"),
        ("%s/o/0/g", "0ne\ntw0\nthree"),
        ("g/o/d", "three"),
        ("1m$", "two\nthree\none"),
        ("t.", "one\none\ntwo\nthree"),
        ("sort", "one\nthree\ntwo"),
        ("2,3norm Ax", "one\ntwox\nthreex"),
        ("1,2j", "one two\nthree"),
        ("s/one/\\U&/|2d", "ONE\nthree"),
    ],
)
def test_lines_change_the_draft_and_are_one_step(vim: ScreenDriver, typed: str, text: str) -> None:
    draft(vim, "one\ntwo\nthree")
    line(vim, typed)
    assert vim.text == text
    assert vim.shell.place == "composer"
    vim.keys("u")
    assert vim.text == "one\ntwo\nthree" or "|" in typed


def test_the_first_row_tells_what_a_line_means(vim: ScreenDriver) -> None:
    draft(vim, "one\ntwo")
    vim.keys(":")
    vim.type("%s/o/0/")
    assert "replace" in vim.screen()
    vim.keys("C-u")
    vim.type("'x,.d")
    assert "there is no mark x" in vim.screen()


def test_a_count_and_a_selection_begin_the_line_with_a_range(vim: ScreenDriver) -> None:
    draft(vim, "one\ntwo\nthree")
    vim.keys("2 :")
    vim.type("d\n")
    assert vim.text == "three"
    draft(vim, "one\ntwo\nthree")
    vim.keys("j V j :")
    vim.type("d\n")
    assert vim.text == "one"


def test_lines_typed_before_come_first_and_an_empty_line_does_nothing(vim: ScreenDriver) -> None:
    draft(vim, "one\ntwo\nthree\nfour")
    line(vim, "1d")
    vim.keys(": enter")
    assert vim.text == "two\nthree\nfour"
    vim.keys(": down up enter")
    vim.keys("@ :")
    assert vim.text == "three\nfour"


def test_commands_and_slash_words_run_from_the_line_too(vim: ScreenDriver) -> None:
    vim.keys("esc")
    line(vim, "theme.use light")
    assert vim.shell.host.theme.name == "light"
    line(vim, "theme dark")
    assert vim.shell.host.theme.name == "dark"
    line(vim, "colo light")
    assert vim.shell.host.theme.name == "light"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("reg", "Registers"),
        ("marks", "Marks"),
        ("undol", "States of the text"),
        ("h theme.use", "Until csm ends"),
        ("h :sp", "window.split-below"),
        ("h %", "move.match-pair"),
        ("h :m", "move lines"),
        ("h nonsense-word", "there is no help on nonsense-word"),
        ("set", "approval"),
        ("set theme?", "theme=dark"),
        ("set mouse?", "mouse"),
        ("set nomouse", "nomouse"),
        ("set mouse!", "nomouse"),
        ("set invmouse", "nomouse"),
        ("set colors", "colors=auto"),
        ("set colors=256", "colors=256"),
        ("set colors:16", "colors=16"),
        ("set colors&", "colors=auto"),
        ("set colors=pink", "pink"),
        ("set nocolors", "there is no option nocolors"),
        ("set colors!", "colors is neither on nor off"),
        ("set mouse on", "mouse takes nothing more"),
        ("set frobnicate=1", "there is no option frobnicate"),
        ("set =", "this sets no option"),
        ("map g g", "move.first-line"),
        ("frobnicate", "there is no command frobnicate"),
        ("w", ":w FILE writes"),
        ("pw", "work"),
        ("s/zz/x/", "there is no zz"),
        ("%foo", "there is no command %foo"),
        ("1q", "q takes no range"),
        ("noh now", "noh takes nothing more"),
    ],
)
def test_what_vim_tells_is_told(vim: ScreenDriver, typed: str, shown: str) -> None:
    draft(vim, "one\ntwo")
    vim.keys("m a x y y")
    line(vim, typed)
    assert shown in vim.screen()


def test_windows_and_buffers_by_vims_words(read: ScreenDriver) -> None:
    line(read, "vs")
    assert len(read.shell.windows) == 2
    line(read, "sp")
    assert len(read.shell.windows) == 3
    line(read, "q")
    assert len(read.shell.windows) == 2
    line(read, "on")
    assert len(read.shell.windows) == 1
    line(read, "wincmd v")
    assert len(read.shell.windows) == 2
    line(read, "clo")
    assert len(read.shell.windows) == 1
    line(read, "q")
    assert read.exit_code == 0


def test_reading_knows_lines_and_refuses_changes(read: ScreenDriver) -> None:
    line(read, "9")
    assert read.shell.reader is not None
    assert read.shell.reader.spot.line == 8
    line(read, "d")
    assert "cannot be changed" in read.screen()
    line(read, "y")
    assert read.shell.composer.editor.registers.get().text.strip()


def test_a_file_is_written_once(vim: ScreenDriver, home: Path) -> None:
    draft(vim, "one\ntwo")
    line(vim, "w out.txt")
    assert (home / "work" / "out.txt").read_text() == "one\ntwo\n"
    line(vim, "w out.txt")
    assert "is there already" in " ".join(vim.screen().split())
    line(vim, "r out.txt")
    assert vim.text == "one\none\ntwo\ntwo"


def test_the_jump_list_leads_back_across_buffers(read: ScreenDriver) -> None:
    read.keys("g g")
    read.frame()
    read.keys("/")
    read.type("Paragraph 20\n")
    read.frame()
    there = read.shell.reader.spot  # type: ignore[union-attr]
    line(read, "h theme.use")
    assert read.shell.place == "help"
    read.keys("C-o")
    read.frame()
    assert read.shell.place == "transcript"
    assert read.shell.reader.spot.line == there.line  # type: ignore[union-attr]
    read.keys("C-o")
    read.frame()
    assert read.shell.reader.spot.line == 0  # type: ignore[union-attr]
    read.keys("tab")
    read.frame()
    assert read.shell.reader.spot.line == there.line  # type: ignore[union-attr]
    line(read, "ju")
    assert "transcript" in read.screen()


def test_a_mark_with_a_capital_is_a_place_anywhere(read: ScreenDriver) -> None:
    read.keys("g g j j m A i esc")
    assert read.shell.place == "composer"
    read.keys("' A")
    read.frame()
    assert read.shell.place == "transcript"
    assert read.shell.reader.spot.line == 2  # type: ignore[union-attr]
    read.keys("' Q")
    assert "there is no mark Q" in read.screen()


def test_the_file_at_the_cursor_opens_in_the_editor(drive: Drive, home: Path) -> None:
    script = home / "edit.sh"
    script.write_text(f'#!/bin/sh\necho "$@" > {home}/opened\n')
    script.chmod(0o755)
    (home / "work" / "app.py").write_text("x\n")
    vim = drive(csm__keymap="vim")
    vim.shell.host.env = {**vim.shell.host.env, "EDITOR": str(script)}
    draft(vim, "see `app.py:12`, and nowhere.txt")
    vim.keys("w w g f")
    assert (home / "opened").read_text().split() == [str(home / "work" / "app.py")]
    vim.keys("$ b g f")
    assert "there is no file" in vim.screen()


def test_a_link_without_a_desktop_is_copied(vim: ScreenDriver) -> None:
    draft(vim, "see https://example.org/a, and more")
    vim.keys("g x")
    assert "copied https://example.org/a" in vim.screen()


@pytest.mark.parametrize("typed", ["only more", "x y", "jumps all", "sp a b c", "'", "!'", "e 'a", "1,2only", "s/(/"])
def test_a_line_that_means_nothing_can_be_typed(vim: ScreenDriver, typed: str) -> None:
    vim.keys("esc :")
    for char in typed:
        vim.type(char)
        assert ":" in vim.screen()
    vim.keys("enter")
    assert vim.screen()
    assert not any("Traceback" in text for text in vim.messages)


def test_what_is_set_counts_until_it_is_taken_back(vim: ScreenDriver) -> None:
    assert vim.shell.pointer.on
    vim.shell.run("ex.set nomouse")
    assert not vim.shell.pointer.on and vim.shell.host.options["mouse"] is False
    vim.shell.run("ex.set mouse&")
    assert vim.shell.pointer.on and "mouse" not in vim.shell.host.options
    for _ in range(3):
        vim.shell.run("ex.set colors=none")
    assert vim.shell.host.theme.name == "mono"
    assert len(vim.shell.host.wishes.settings) == 1
