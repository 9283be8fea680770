"""The buffers that go by a name: each opens, tells that it is empty, follows what happens, and closes; layouts at the
start."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from csm.ui.driver import ScreenDriver

Drive = Callable[..., ScreenDriver]
PLAN = {"call": ("update_plan", {"plan": [{"step": "look", "status": "completed"},
                                          {"step": "mend", "status": "in_progress"}]})}  # fmt: skip
KEYS = {
    "codex": {"plan": "C-x g p", "sessions": "C-x g s", "scratch": "C-x g n"},
    "emacs": {"plan": "C-x 4 p", "sessions": "C-x 4 s", "scratch": "C-x 4 *"},
    "vim": {"plan": "C-w g n", "sessions": "C-w g S", "scratch": "C-w g x"},
}
EMPTY = {"plan": "no plan yet", "sessions": "new session", "scratch": "Nothing is written", "messages": "Messages"}


@pytest.mark.parametrize(("keymap", "name"), [(keymap, name) for keymap, found in KEYS.items() for name in found])
def test_each_opens_by_a_key_says_that_it_is_empty_and_closes(drive: Drive, keymap: str, name: str) -> None:
    driver = drive(columns=100, rows=24, csm__keymap=keymap)
    driver.wait(lambda: driver.shell.session.thread_id)
    if keymap == "vim":
        driver.keys("esc")
    driver.keys(KEYS[keymap][name])
    assert EMPTY[name] in driver.screen()
    assert driver.shell.windows.current.top.buffer.name == name
    driver.shell.run("buffer.close")
    assert driver.shell.windows.plain


@pytest.mark.parametrize("name", ["plan", "sessions", "scratch", "messages", "help", "transcript"])
def test_each_is_among_the_buffers_and_splits(drive: Drive, name: str) -> None:
    driver = drive(columns=100, rows=24)
    driver.wait(lambda: driver.shell.session.thread_id)
    assert name in driver.shell.screen.buffers.names()
    driver.shell.run(f"window.split-right {name}")
    assert driver.shell.windows.current.top.buffer.name == name
    driver.shell.run("window.close")
    assert driver.shell.windows.plain


def test_the_plan_follows_the_model(drive: Drive) -> None:
    driver = drive(PLAN, {"text": "Done."}, columns=100, rows=24)
    driver.shell.run("plan.open")
    driver.shell.run("focus.composer")
    driver.type("go\n")
    driver.wait_for("1 of 2")
    assert "✓ look" in driver.screen() and "• mend" in driver.screen()


def test_the_sessions_follow_and_are_gone_to(drive: Drive) -> None:
    driver = drive({"text": "One."}, columns=120, rows=30)
    driver.type("first\n")
    driver.wait_for("One.")
    driver.shell.run("session.beside")
    driver.wait(lambda: driver.shell.session.thread_id and len(driver.shell.seats.all) == 2)
    driver.shell.run("session.open-list")
    driver.wait(lambda: "✓ first  ready" in driver.screen() and "✓ new session  ready" in driver.screen())
    driver.shell.screen.go_to(0)
    driver.keys("enter")
    assert driver.shell.seats.current is driver.shell.seats.all[0]


def test_scratch_is_written_and_sent(drive: Drive) -> None:
    driver = drive(columns=100, rows=24)
    driver.shell.run("scratch.open")
    driver.type("some words\nmore")
    assert "Scratch · 2 lines" in driver.screen()
    driver.keys("M-enter")
    assert driver.text == "some words\nmore"
    assert driver.shell.place == "composer"


def test_a_shell_begins_with_the_layout_of_the_settings(drive: Drive) -> None:
    driver = drive(columns=100, rows=24, csm__windows__layout="pair")
    driver.wait(lambda: len(driver.shell.windows) == 2)


def test_an_unknown_layout_is_told(drive: Drive) -> None:
    driver = drive(columns=100, rows=24, csm__windows__layout="nothing")
    driver.wait(lambda: any("there is no layout nothing" in text for text in driver.messages))
    assert driver.shell.windows.plain


def test_the_arrangement_comes_back_where_that_is_wanted(drive: Drive) -> None:
    driver = drive({"text": "One."}, columns=100, rows=30, csm__windows__restore=True)
    driver.type("first\n")
    driver.wait_for("One.")
    first = driver.shell.session.thread_id
    driver.shell.run("window.split-right plan")
    driver.shell.run("window.split-below scratch")
    driver.close()
    again = drive(columns=100, rows=30, csm__windows__restore=True)
    again.wait(lambda: len(again.shell.windows) == 3)
    assert [window.top.buffer.name for window in again.shell.windows] == ["transcript", "plan", "scratch"]
    assert again.shell.session.thread_id != first


def test_the_composer_is_gone_to_by_its_name(drive: Drive) -> None:
    driver = drive(columns=100, rows=24, csm__keymap="vim")
    driver.wait(lambda: driver.shell.session.thread_id)
    driver.shell.run("buffer.choose help")
    assert driver.shell.place == "help" and "Every command can be found" in driver.screen()
    driver.shell.run("buffer.choose composer")
    assert driver.shell.place == "composer"
    driver.shell.run("focus.transcript")
    driver.shell.run("buffer.choose")
    driver.type("compos")
    assert "the draft" in driver.screen()
    driver.keys("enter")
    assert driver.shell.place == "composer"
