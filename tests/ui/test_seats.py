"""Several sessions open at once: side by side, each with its draft, both at work; switching loses nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from csm.edit.inputs import Mouse
from csm.protocol import ops
from csm.protocol.errors import CommandError
from csm.ui.driver import ScreenDriver

Drive = Callable[..., ScreenDriver]
ASKED = {"call": ("exec_command", {"cmd": "touch made", "login": False, "sandbox_permissions": "require_escalated",
                                   "justification": "to see"})}  # fmt: skip
SLOW = {
    "call": ("exec_command", {"cmd": "echo waits; read line", "login": False, "tty": True, "yield_time_ms": 30_000})
}


def _beside(driver: ScreenDriver, keys: str = "C-x w n") -> None:
    driver.keys(keys)
    driver.wait(lambda: driver.shell.session.thread_id and not driver.shell.session.opening)


def _state(driver: ScreenDriver) -> list[str]:
    return [seat.state for seat in driver.shell.seats.all]


def test_a_session_beside_has_its_own_draft_and_transcript(drive: Drive) -> None:
    driver = drive({"text": "First answer."}, {"text": "Second answer."}, columns=100, rows=24)
    driver.type("one\n")
    driver.wait_for("First answer.")
    driver.type("left draft")
    _beside(driver)
    assert driver.text == ""
    driver.type("two\n")
    driver.wait_for("Second answer.")
    screen = driver.wait_for("two · ready")
    assert "one · ready" in screen and "two · ready" in screen
    assert "First answer." in screen
    driver.type("right draft")
    driver.keys("C-x tab")
    assert driver.text == "left draft"
    assert "── one ─" in driver.screen()
    driver.keys("C-x tab")
    assert driver.text == "right draft"
    ids = {seat.session.thread_id for seat in driver.shell.seats.all}
    assert len(ids) == 2


def test_the_window_with_the_keys_says_which_session_is_meant(drive: Drive) -> None:
    driver = drive({"text": "First answer."}, columns=100, rows=24)
    driver.type("one\n")
    driver.wait_for("First answer.")
    _beside(driver)
    new = driver.shell.session.thread_id
    driver.keys("C-x w up C-x w left")
    assert driver.shell.session.thread_id != new
    driver.keys("C-x w right")
    assert driver.shell.session.thread_id == new
    driver.keys("C-x w left i")
    driver.type("for the first")
    assert driver.shell.seats.all[0].composer.editor.text == "for the first"
    assert driver.shell.seats.all[1].composer.editor.text == ""


def test_two_sessions_work_at_once_and_closing_one_leaves_the_other(drive: Drive) -> None:
    driver = drive(SLOW, SLOW, {"text": "One of them is through."}, sandbox_mode="danger-full-access",
                   columns=100, rows=24)  # fmt: skip
    driver.type("one\n")
    driver.wait(lambda: driver.shell.session.thread.running)
    _beside(driver)
    driver.type("two\n")
    driver.wait(lambda: driver.screen().count("    waits") == 2)
    assert _state(driver) == ["working", "working"]
    running = "pane.send go"
    driver.keys("C-x w d")
    assert "is at work." in driver.screen()
    driver.keys("enter")
    driver.wait(lambda: _state(driver) == ["working"])
    assert len(driver.shell.windows) == 1
    driver.wait_for("    waits")
    driver.shell.run(running)
    driver.wait_for("One of them is through.")
    driver.wait(lambda: _state(driver) == ["ready"])


def test_a_session_left_at_work_goes_on_and_says_when_it_is_done(drive: Drive) -> None:
    driver = drive(SLOW, {"text": "The first is through."}, {"text": "Second."}, sandbox_mode="danger-full-access")
    driver.type("one\n")
    driver.wait_for("    waits")
    driver.shell.run("pane.open")
    driver.shell.run("session.new")
    assert "This session is at work." in driver.screen()
    assert "Go, and let it work on" in driver.screen()
    driver.keys("enter")
    driver.wait(lambda: len(driver.shell.seats.all) == 2 and driver.shell.session.thread_id)
    assert _state(driver) == ["working", "ready"]
    pane = next(one for one in driver.shell.buffers.all() if one.name.startswith("pane:"))
    assert pane.running
    pane.type("go\r")
    driver.wait(lambda: _state(driver) == ["ready", "ready"])
    assert "one is done" in driver.messages or "one is done" in driver.screen()
    assert not pane.running
    driver.shell.run("session.switch 1")
    driver.wait_for("The first is through.")


def test_a_question_of_another_session_is_told_and_answered_from_here(drive: Drive, home: Any) -> None:
    driver = drive(ASKED, {"text": "It is made."}, approval_policy="on-request", columns=100, rows=24)
    driver.type("make it\n")
    driver.wait(lambda: driver.shell.ask)
    driver.shell.run("session.new")
    driver.keys("enter")
    driver.wait(lambda: len(driver.shell.seats.all) == 2 and driver.shell.session.thread_id)
    screen = driver.screen()
    assert "? make it asks:" in screen and "C-x i answers" in screen
    driver.type("y")
    assert driver.text == "y", "a question elsewhere takes no keys by itself"
    driver.keys("C-x i")
    assert driver.shell.place == "approval"
    assert "In make it" in driver.screen()
    driver.keys("y")
    driver.wait(lambda: _state(driver) == ["ready", "ready"])
    assert (home / "work" / "made").exists()
    assert driver.text == "y"


def test_the_window_of_questions_has_those_of_all_sessions(drive: Drive, home: Any) -> None:
    driver = drive(
        ASKED, ASKED, {"text": "Made."}, {"text": "Made."}, approval_policy="on-request", columns=100, rows=40
    )
    driver.type("first task\n")
    driver.wait(lambda: driver.shell.ask)
    driver.shell.run("session.beside")
    driver.wait(lambda: len(driver.shell.seats.all) == 2 and driver.shell.session.thread_id)
    driver.type("second task\n")
    driver.wait(lambda: _state(driver) == ["asks", "asks"])
    driver.shell.run("approval.open")
    screen = driver.screen()
    assert "Questions · 2 to answer" in screen
    assert "Session  first task" in screen
    driver.shell.run("approval.accept-all")
    driver.keys("enter")
    driver.wait(lambda: _state(driver) == ["ready", "ready"])


def test_going_to_the_session_that_asks(drive: Drive) -> None:
    driver = drive(ASKED, {"text": "No."}, approval_policy="on-request", columns=100, rows=24)
    driver.type("make it\n")
    driver.wait(lambda: driver.shell.ask)
    driver.shell.run("session.new")
    driver.keys("enter")
    driver.wait(lambda: len(driver.shell.seats.all) == 2 and driver.shell.session.thread_id)
    driver.keys("C-x i o")
    assert driver.shell.seats.current is driver.shell.seats.all[0]
    driver.wait(lambda: driver.shell.place == "approval")
    driver.keys("d")
    driver.wait(lambda: _state(driver)[0] == "ready")


def test_resuming_a_session_that_is_open_goes_there(drive: Drive) -> None:
    driver = drive({"text": "First answer."}, columns=100, rows=24)
    driver.type("one\n")
    driver.wait_for("First answer.")
    first = driver.shell.session.thread_id
    _beside(driver)
    driver.shell.run(f"session.resume {first}")
    assert driver.shell.session.thread_id == first
    assert len(driver.shell.seats.all) == 2


def test_queued_words_stay_with_their_session(drive: Drive) -> None:
    driver = drive(SLOW, sandbox_mode="danger-full-access", columns=100, rows=24)
    driver.type("one\n")
    driver.wait(lambda: driver.shell.session.thread.running)
    driver.type("later")
    driver.keys("tab")
    driver.wait(lambda: driver.shell.session.thread.queued)
    _beside(driver)
    driver.type("mine")
    driver.shell.seats.all[0].submit(ops.Interrupt())
    driver.wait(lambda: _state(driver)[0] == "ready")
    driver.wait(lambda: driver.shell.seats.all[0].composer.editor.text == "later")
    assert driver.text == "mine"


@pytest.mark.parametrize("keymap", ["codex", "emacs", "vim"])
def test_every_keymap_opens_lists_and_closes_sessions(drive: Drive, keymap: str) -> None:
    driver = drive({"text": "First answer."}, columns=100, rows=24)
    driver.type("one\n")
    driver.wait_for("First answer.")
    driver.shell.run(f"keymap.use {keymap}")
    keys = {"codex": ("C-x w n", "C-x l", "C-x tab", "C-x w d"), "emacs": ("C-x 4 n", "C-x l", "C-x tab", "C-x 4 k"),
            "vim": ("C-w n", "C-w g s", "C-w tab", "C-w d")}[keymap]  # fmt: skip
    if keymap == "vim":
        driver.keys("esc")
    _beside(driver, keys[0])
    if keymap == "vim":
        driver.keys("esc")
    driver.keys(keys[1])
    assert "Open sessions" in driver.screen()
    driver.keys("down enter")
    assert driver.shell.seats.current is driver.shell.seats.all[0]
    if keymap == "vim":
        driver.keys("esc")
    driver.keys(keys[2])
    assert driver.shell.seats.current is driver.shell.seats.all[1]
    if keymap == "vim":
        driver.keys("esc")
    driver.keys(keys[3])
    assert len(driver.shell.seats.all) == 1
    assert "First answer." in driver.screen()


def test_the_only_session_stays_and_there_may_be_too_many(drive: Drive) -> None:
    driver = drive(columns=100, rows=24)
    driver.wait(lambda: driver.shell.session.thread_id)
    driver.shell.run("session.close")
    assert "this is the only session" in driver.shell.message.text
    driver.shell.run("session.next")
    assert "no other session is open" in driver.shell.message.text
    driver.shell.run("session.switch nothing")
    assert "no session nothing is open" in driver.shell.message.text


def test_a_composer_in_each_window(drive: Drive) -> None:
    driver = drive({"text": "First answer."}, {"text": "Second answer."}, columns=100, rows=24, csm__composer="each")
    driver.type("one\n")
    driver.wait_for("First answer.")
    driver.wait(lambda: driver.screen().count("What shall be done?") == 1)
    driver.type("left draft")
    _beside(driver)
    driver.type("right draft")
    rows = driver.screen().split("\n")
    row = next(index for index, text in enumerate(rows) if "› left draft" in text)
    assert "› right draft" in rows[row]
    column = rows[row].index("right draft") + len("right draft")
    assert driver.frame().cursor == (column, row)
    driver.shell.mouse(Mouse("press", "left", 3, row))
    driver.shell.mouse(Mouse("release", "left", 3, row))
    driver.type(" more")
    assert driver.shell.seats.all[0].composer.editor.text == "left draft more"
    driver.shell.run("help.open")
    assert "› left draft more" in driver.screen().split("\n")[-3], "covered, it stands below all windows"
    driver.keys("q")
    driver.shell.run("session.composers one")
    assert driver.screen().count("draft") == 1
    driver.resize(40, 8)
    driver.shell.run("session.composers each")
    assert driver.screen().count("draft") == 1, "no room for more than one"


def test_inline_a_line_parts_what_is_printed_of_two_sessions(drive: Drive) -> None:
    driver = drive({"text": "First answer."}, {"text": "Second answer."}, columns=80, rows=24, inline=True)
    driver.type("one\n")
    driver.wait_for("First answer.")
    _beside(driver)
    driver.shell.run("window.only")
    driver.type("two\n")
    driver.wait_for("Second answer.")
    screen = driver.wait(
        lambda: found if "── two ──" in (found := driver.screen()) or "── new session ──" in found else ""
    )
    assert screen.index("First answer.") < screen.index("── new session ──") < screen.index("Second answer.")
    assert screen.count("First answer.") == 1


def test_a_session_that_cannot_be_opened_leaves_no_window_behind(drive: Drive) -> None:
    driver = drive(columns=100, rows=24)
    driver.shell.run("session.beside 01234567-89ab-7def-8123-456789abcdef")
    assert len(driver.shell.seats.all) == 2
    driver.wait(lambda: len(driver.shell.seats.all) == 1)
    assert driver.shell.windows.plain
    assert "no rollout found" in driver.screen()
    driver.shell.run("session.beside 01234567-89ab-7def-8123-456789abcdef")
    driver.paste("written meanwhile")
    driver.wait(lambda: not driver.shell.session.opening)
    assert driver.text == "written meanwhile"
    assert len(driver.shell.seats.all) == 2


@pytest.mark.parametrize(("keymap", "keys"), [("codex", "C-y"), ("emacs", "C-y"), ("vim", "esc p")])
def test_the_draft_of_a_session_that_is_closed_is_not_lost(drive: Drive, keymap: str, keys: str) -> None:
    driver = drive(columns=100, rows=24, csm__keymap=keymap)
    driver.shell.run("session.beside")
    driver.wait(lambda: not driver.shell.session.opening)
    driver.paste("half a thought")
    driver.shell.run("session.close")
    assert "the draft of new session was cut" in driver.screen()
    assert driver.text == ""
    driver.keys(keys)
    assert driver.text == "half a thought"


def test_places_know_whose_transcript_they_are_in(drive: Drive) -> None:
    driver = drive({"text": "First answer."}, columns=100, rows=24)
    driver.type("one\n")
    driver.wait_for("First answer.")
    shell = driver.shell
    first = shell.seats.all[0]
    shell.focus("window")
    shell.jumps.mark("A")
    shell.jumps.note(shell.jumps.here())
    shell.focus("composer")
    _beside(driver)
    shell.focus("window")
    assert shell.windows.current.owner is not first
    shell.jumps.mark("B")
    shell.jumps.to_mark("A")
    assert shell.windows.current.owner is first and shell.session is first.session
    shell.jumps.go(-1)
    assert shell.windows.current.owner is not first
    shell.run("session.close")
    driver.wait(lambda: len(shell.seats.all) == 1)
    with pytest.raises(CommandError, match="closed"):
        shell.jumps.to_mark("B")
