"""Earlier prompts: searched, of this project and all; drafts put aside; going back; the queue; what a steer leaves."""

from __future__ import annotations

import json
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from csm.ui.driver import ScreenDriver

Drive = Callable[..., ScreenDriver]


def say(driver: ScreenDriver, **texts: str) -> None:
    """Say something and wait for the answer to it, each."""
    for text, answer in texts.items():
        driver.type(f"{text}\n")
        driver.wait_for(answer)
        driver.wait(lambda: driver.shell.session.thread.running is None)


def rows(driver: ScreenDriver) -> list[str]:
    return [row.label for row in driver.shell.panels[-1].rows()]  # type: ignore[attr-defined]


@pytest.fixture
def before(home: Path) -> None:
    lines = [("other", "elsewhere one"), ("mine", "fix the parser"), ("mine", "add a parser test"), ("x", "unknown")]
    (home / ".codex/history.jsonl").write_text(
        "".join(json.dumps({"session_id": key, "ts": 1, "text": text}) + "\n" for key, text in lines)
    )
    state = home / ".local/state/csm/projects.jsonl"
    state.parent.mkdir(parents=True)
    known = {"other": "/somewhere", "mine": str(home / "work")}
    state.write_text("".join(json.dumps({"session_id": a, "project": b}) + "\n" for a, b in known.items()))


@pytest.mark.usefixtures("before")
def test_this_projects_prompts_are_searched_and_walked_first(drive: Drive, home: Path) -> None:
    driver = drive()
    driver.keys("up")
    assert driver.text == "add a parser test"
    driver.keys("up up")
    assert driver.text == "unknown"
    driver.keys("C-c C-r")
    assert rows(driver) == ["unknown", "add a parser test", "fix the parser"]
    driver.type("parser")
    assert rows(driver) == ["add a parser test", "fix the parser"]
    driver.keys("M-a")
    assert "History, all" in driver.screen() and rows(driver) == ["add a parser test", "fix the parser"]
    driver.keys("M-a C-r C-r C-s enter")
    assert driver.text == "fix the parser"


@pytest.mark.usefixtures("before")
def test_what_was_found_is_marked_and_words_may_stand_apart(drive: Drive) -> None:
    driver = drive()
    driver.keys("C-r")
    driver.type("test add")
    assert rows(driver) == ["add a parser test"]
    marks = [text for line in driver.frame().rows() for role, text in line if role.endswith("picker.match")]
    assert marks == ["add", "test"]


def test_which_project_a_session_is_of_is_noted_once(drive: Drive, home: Path) -> None:
    driver = drive({"text": "One."}, {"text": "Two."})
    say(driver, a="One.", b="Two.")
    path = home / ".local/state/csm/projects.jsonl"
    (line,) = path.read_text().splitlines()
    assert json.loads(line) == {"session_id": driver.shell.session.thread_id, "project": str(home / "work")}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


# Drafts


LONG = "x\n" * 100


def test_a_draft_is_put_aside_and_taken_back_with_its_pastes_in_another_run(drive: Drive, home: Path) -> None:
    driver = drive()
    driver.shell.run("draft.stash")
    assert "there is no draft to put aside" in driver.screen()
    driver.type("first ")
    driver.paste(LONG)
    driver.keys("C-x z z")
    assert driver.text == "" and "put aside; C-x z p takes it back" in driver.screen()
    driver.type("second")
    driver.keys("C-x z z")
    (path,) = (home / ".local/state/csm/drafts").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    other = drive()
    other.keys("C-x z l")
    assert rows(other) == ["second", "first [paste]"]
    other.keys("down enter")
    assert "› first [pasted 100 lines]" in other.screen()
    other.keys("C-x z p")
    assert other.text == "second"
    other.keys("C-x z p")
    assert other.shell.composer.editor.chips.whole(other.text) == f"first {LONG}"


def test_drafts_of_another_folder_are_not_told(drive: Drive, home: Path) -> None:
    driver = drive()
    driver.type("here")
    driver.keys("C-x z z")
    (path,) = (home / ".local/state/csm/drafts").iterdir()
    path.rename(path.with_name("0" * 24 + ".json"))
    driver.keys("C-x z p")
    assert "no draft was put aside in this folder" in driver.screen()


@pytest.mark.parametrize("broken", [b"", b"{", b"[]", b'{"drafts": [1, {"parts": [["odd", 1]], "when": 1}]}'])
def test_a_broken_file_of_drafts_means_none(drive: Drive, home: Path, broken: bytes) -> None:
    driver = drive()
    driver.type("here")
    driver.keys("C-x z z")
    (path,) = (home / ".local/state/csm/drafts").iterdir()
    path.write_bytes(broken)
    driver.keys("C-x z p")
    assert "no draft was put aside in this folder" in driver.screen()
    driver.type("again")
    driver.keys("C-x z z C-x z p")
    assert driver.text == "again"


# Going back


def test_esc_twice_goes_back_to_an_earlier_prompt(drive: Drive) -> None:
    driver = drive({"text": "One."}, {"text": "Two."}, {"text": "Three."}, rows=30)
    driver.keys("esc esc")
    assert driver.shell.place == "composer" and not driver.shell.panels
    say(driver, first="One.", second="Two.")
    driver.keys("esc")
    assert "esc again goes back to an earlier prompt" in driver.screen() and not driver.shell.panels
    driver.keys("esc")
    driver.wait(lambda: driver.shell.panels)
    assert rows(driver) == ["second", "first"]
    driver.keys("enter")
    driver.wait(lambda: driver.text == "second")
    assert "Two." not in driver.screen() and "Went back to before “second”" in driver.screen()
    driver.type(" again\n")
    driver.wait_for("Three.")


def test_esc_in_a_draft_goes_nowhere(drive: Drive) -> None:
    driver = drive({"text": "One."})
    say(driver, first="One.")
    driver.type("draft")
    driver.keys("esc esc")
    assert not driver.shell.panels and driver.text == "draft"


def test_emacs_quits_with_c_g_and_goes_back_with_esc(drive: Drive) -> None:
    driver = drive({"text": "One."}, csm__keymap="emacs")
    say(driver, first="One.")
    driver.keys("C-g C-g")
    assert not driver.shell.panels
    driver.keys("esc esc")
    driver.wait(lambda: driver.shell.panels)


# The queue


@pytest.fixture
def busy(drive: Drive) -> ScreenDriver:
    """A turn that runs until it is stopped, with three messages behind it."""
    driver = drive(
        {"call": ("exec_command", {"cmd": "sleep 1000", "yield_time_ms": 30000})},
        *({"text": f"Answer {n}."} for n in range(5)),
        rows=30,
    )
    driver.type("go\n")
    driver.wait_for("sleep 1000")
    for text in ("one", "two", "three"):
        driver.type(text)
        driver.keys("tab")
    driver.wait(lambda: driver.shell.session.thread.queued == ("one", "two", "three"))
    return driver


def queued(driver: ScreenDriver) -> tuple[str, ...]:
    return driver.shell.session.thread.queued


def test_any_message_that_waits_is_edited(busy: ScreenDriver) -> None:
    busy.keys("M-q up enter")
    busy.wait(lambda: busy.text == "three")
    assert queued(busy) == ("one", "two")
    busy.shell.run("queue.edit 1")
    busy.wait(lambda: busy.text == "one\nthree")
    busy.shell.run("queue.edit 7")
    assert "there is no message 7: 1 wait" in busy.screen()


def test_they_are_moved_and_dropped_in_the_list(busy: ScreenDriver) -> None:
    busy.keys("M-q M-down")
    busy.wait(lambda: queued(busy) == ("two", "one", "three"))
    busy.wait(lambda: busy.shell.panels)
    busy.keys("M-down")
    busy.wait(lambda: queued(busy) == ("two", "three", "one"))
    busy.wait(lambda: busy.shell.panels)
    busy.keys("M-d")
    busy.wait(lambda: queued(busy) == ("two", "three"))
    busy.wait(lambda: busy.shell.panels)
    busy.keys("esc")
    busy.shell.run("queue.move 2 1")
    busy.wait(lambda: queued(busy) == ("three", "two"))


def test_stopped_they_come_back_in_their_order(busy: ScreenDriver) -> None:
    busy.shell.run("queue.move 3 1")
    busy.wait(lambda: queued(busy)[0] == "three")
    busy.keys("esc")
    busy.wait(lambda: busy.shell.session.thread.running is None)
    busy.wait(lambda: not queued(busy))
    assert busy.text == "three\none\ntwo"


def test_an_empty_queue_has_no_list(drive: Drive) -> None:
    driver = drive()
    driver.keys("M-q")
    assert "nothing is queued" in driver.screen()


# Steering


def sent(driver: ScreenDriver) -> list[tuple[str, str]]:
    """Roles and texts of the last request."""
    body = json.loads(driver.server.requests[-1].body)  # type: ignore[attr-defined]
    found = [item for item in body["input"] if item.get("type") == "message"]
    return [(item["role"], part["text"]) for item in found for part in item["content"] if "text" in part]


def test_a_steer_leaves_the_answer_that_is_being_written(drive: Drive) -> None:
    gate = threading.Event()
    driver = drive({"text": ["The first half", gate, " and the rest."]}, {"text": "Now with that."}, rows=30)
    driver.type("write\n")
    driver.wait_for("The first half")
    driver.type("and this\n")
    driver.wait_for("↳ and this")
    assert "The first half" in driver.screen()
    gate.set()
    driver.wait_for("Now with that.")
    screen = driver.screen()
    assert "The first half and the rest." in screen and "↳ and this" in screen
    texts = sent(driver)
    assert texts.index(("assistant", "The first half and the rest.")) < texts.index(("user", "and this"))


def test_an_interrupt_keeps_the_partial_answer_too(drive: Drive) -> None:
    gate = threading.Event()
    driver = drive({"text": ["The first half", gate, " and the rest."]}, {"text": "Fine."}, rows=30)
    driver.type("write\n")
    driver.wait_for("The first half")
    driver.keys("esc")
    driver.wait(lambda: driver.shell.session.thread.running is None)
    gate.set()
    assert "The first half" in driver.screen()
    driver.type("go on\n")
    driver.wait_for("Fine.")
    assert ("assistant", "The first half") in sent(driver)
