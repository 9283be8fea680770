"""Reading with a cursor, in every keymap: select, copy, search, fold, and back to writing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from csm.ui.driver import ScreenDriver

Drive = Callable[..., ScreenDriver]
ANSWER = "First line here.\n\nSecond line there.\n\nThird one."


class _Terminal:
    """Where copied text goes."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def send(self, data: str) -> None:
        self.sent.append(data)


def _driver(drive: Drive, keymap: str, enter: str) -> ScreenDriver:
    driver = drive({"text": ANSWER}, csm__keymap=keymap, columns=80, rows=20)
    driver.type("hi\n")
    driver.wait_for("Third one.")
    driver.wait(lambda: driver.shell.session.thread.running is None)
    driver.keys(enter)
    driver.frame()
    return driver


@pytest.mark.parametrize(("keymap", "enter"), [("vim", "esc C-w k"), ("codex", "C-x ["), ("base", "M-x")])
def test_vim_motions_select_and_copy_in_any_keymap(drive: Drive, keymap: str, enter: str) -> None:
    driver = _driver(drive, keymap, enter)
    if keymap == "base":
        driver.type("view.cursor\n")
        driver.frame()
    driver.keys("g g")
    driver.frame()
    driver.keys("/")
    driver.type("there\n")
    driver.frame()
    driver.keys("b v e y")
    assert driver.shell.composer.editor.registers.get().text == "line"
    assert driver.frame().cursor is not None
    driver.keys("i")
    assert driver.shell.place == "composer"
    assert driver.frame().cursor == (2, driver.frame().cursor[1])  # type: ignore[index]


def test_emacs_moves_marks_and_copies(drive: Drive) -> None:
    driver = _driver(drive, "emacs", "C-x o")
    driver.keys("M-<")
    driver.frame()
    driver.keys("C-s")
    driver.type("Second\n")
    driver.frame()
    driver.keys("C-space C-e")
    assert "selection" in {role for line in driver.frame().rows() for role, _ in line for role in role.split()}
    driver.keys("M-w")
    assert driver.shell.composer.editor.kills.get() == "Second line there."
    driver.keys("C-x o C-y")
    assert driver.text == "Second line there."


def test_what_is_yanked_while_reading_goes_to_the_clipboard(drive: Drive) -> None:
    driver = _driver(drive, "codex", "C-x [")
    terminal = driver.shell.screen.terminal = _Terminal()
    driver.keys("g g")
    driver.frame()
    driver.keys("V y")
    assert len(terminal.sent) == 1
    assert terminal.sent[0].startswith("\x1b]52;c;")


def test_leaving_and_coming_back_scrolls_again(drive: Drive) -> None:
    driver = _driver(drive, "codex", "C-x [")
    driver.keys("esc")
    assert driver.shell.place == "composer"
    assert driver.frame().cursor is not None
    driver.keys("f4")
    assert driver.shell.place == "transcript"
    assert driver.shell.reader is None
    driver.keys("C-x [")
    assert driver.shell.reader is not None
    driver.keys("C-x [")
    assert driver.shell.place == "composer"


def test_help_is_read_with_a_cursor_too_and_closed_with_q(drive: Drive) -> None:
    driver = _driver(drive, "vim", "esc")
    driver.keys("f1")
    driver.frame()
    driver.keys("j j")
    assert driver.shell.reader is not None
    driver.frame()
    assert driver.shell.reader.spot.line == 2
    driver.keys("q")
    assert driver.shell.place == "composer"


def test_the_block_at_the_cursor_folds(drive: Drive) -> None:
    lines = "\n".join(f"echo line {number}" for number in range(30))
    call = {"call": ("exec_command", {"cmd": lines})}
    driver = drive(call, call, {"text": "Done."}, csm__keymap="vim", columns=80, rows=40)
    driver.type("hi\n")
    driver.wait_for("Done.")
    driver.keys("esc C-w k")
    driver.frame()
    driver.keys("g g")
    driver.frame()
    blocks = [block for block in driver.shell.session.transcript.blocks if block.kind == "command"]
    assert len(blocks) == 2
    driver.keys("/")
    driver.type("echo\n")
    driver.frame()
    driver.keys("z a")
    assert [block.folded for block in blocks] == [False, True]
