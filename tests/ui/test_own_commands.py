"""What follows `!`: run in the user's shell, shown as it goes, stopped, and told to the model."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from csm.ui.driver import ScreenDriver

Drive = Callable[..., ScreenDriver]


def said(driver: ScreenDriver) -> list[str]:
    """The texts of the last request, in order."""
    body = json.loads(driver.server.requests[-1].body)  # type: ignore[attr-defined]
    return [part["text"] for item in body["input"] for part in item.get("content", ()) if "text" in part]


def test_a_command_runs_without_the_model_and_is_told_to_it_later(drive: Drive, home: Path) -> None:
    driver = drive({"text": "I saw it."}, model="gpt-5.5")
    driver.type("!echo from $((40+2)); pwd; exit 3")
    assert "your shell" in driver.screen() and "\n› !echo" in driver.screen()
    driver.keys("enter")
    driver.wait(lambda: "from 42" in driver.screen() and not driver.shell.session.own)
    assert "! echo from" in driver.screen() and "from 42" in driver.screen() and driver.text == ""
    assert not driver.server.requests  # type: ignore[attr-defined]
    driver.type("did you see?\n")
    driver.wait_for("I saw it.")
    told = next(text for text in said(driver) if text.startswith("<user_shell_command>"))
    assert told.startswith("<user_shell_command>\n<command>\necho from $((40+2)); pwd; exit 3\n</command>\n<result>\n")
    assert "Exit code: 3\nDuration: " in told and f"Output:\nfrom 42\n{home / 'work'}\n" in told
    assert said(driver).index(told) < said(driver).index("did you see?")


def test_it_can_be_stopped_and_leaves_nothing_behind(drive: Drive, home: Path) -> None:
    driver = drive()
    driver.type("!echo begun; sleep 1000; echo done > end\n")
    driver.wait_for("begun")
    driver.wait(lambda: driver.shell.session.own)
    driver.keys("esc")
    driver.wait(lambda: not driver.shell.session.own)
    assert not (home / "work/end").exists()
    history = [json.loads(raw) for raw in driver.shell.session.thread.history]
    assert "stopped by the user" in history[-1]["content"][0]["text"]


def test_it_runs_beside_a_turn_which_goes_on(drive: Drive) -> None:
    driver = drive({"call": ("exec_command", {"cmd": "cat go; echo model done"})}, {"text": "The end."})
    driver.type("begin\n")
    driver.type("!echo mine\n")
    driver.wait_for("The end.")
    driver.wait(lambda: "mine" in driver.screen() and not driver.shell.session.own)


@pytest.mark.parametrize("typed", ["!", "!   "])
def test_nothing_to_run_is_said(drive: Drive, typed: str) -> None:
    driver = drive()
    driver.type(typed)
    driver.keys("enter")
    assert "what follows ! is run in your shell" in driver.screen()
    assert driver.text == typed


def test_a_blank_before_it_sends_it_as_text(drive: Drive) -> None:
    driver = drive({"text": "Fine."})
    driver.type(" !important\n")
    driver.wait_for("Fine.")
    assert " !important" in said(driver)


def test_a_shell_that_is_missing_is_told(drive: Drive, monkeypatch: pytest.MonkeyPatch) -> None:
    driver = drive()
    from csm_extensions.shell import shells

    def none(*_: Any, **__: Any) -> tuple[str, ...]:
        return ("/nowhere/sh", "-c", "true")

    monkeypatch.setattr(shells, "argv", none)
    driver.type("!true\n")
    driver.wait_for("/nowhere/sh could not be started")


def test_it_is_in_the_history_with_its_mark(drive: Drive, home: Path) -> None:
    driver = drive()
    driver.type("!echo again\n")
    driver.wait_for("! echo again")
    driver.keys("up")
    assert driver.text == "!echo again"
    assert json.loads((home / ".codex/history.jsonl").read_text())["text"] == "!echo again"


def test_it_is_there_after_resuming(drive: Drive) -> None:
    driver = drive({"text": "Fine."})
    driver.type("hello\n")
    driver.wait_for("Fine.")
    driver.type("!echo kept\n")
    driver.wait(lambda: driver.screen().count("kept") == 2 and not driver.shell.session.own)
    thread = driver.shell.session.thread_id
    driver.shell.run("session.new")
    driver.wait(lambda: driver.shell.session.thread_id not in ("", thread))
    driver.shell.session.open(resume=thread)
    driver.wait_for("! echo kept")
    assert driver.screen().index("Fine.") < driver.screen().index("! echo kept")


def test_nothing_runs_on_when_the_shell_is_left(drive: Drive, home: Path) -> None:
    driver = drive()
    driver.type("!echo $$ > pid; sleep 1000\n")
    driver.wait(lambda: (home / "work/pid").exists() and (home / "work/pid").read_text().strip())
    pid = int((home / "work/pid").read_text())
    driver.shell.run("session.new")
    driver.keys("down enter")
    driver.wait(lambda: not Path(f"/proc/{pid}").exists())


def test_variables_complete_to_nothing_and_files_do(drive: Drive, home: Path) -> None:
    skill = home / "work/.agents/skills/home/SKILL.md"
    skill.parent.mkdir(parents=True)
    skill.write_text("---\ndescription: d\n---\n")
    (home / "work/notes.txt").write_text("found\n")
    driver = drive()
    driver.type("!echo $ho")
    assert not driver.shell.menu.open
    driver.keys("C-c")
    driver.type("!cat @note")
    driver.wait(lambda: driver.shell.menu.rows)
    driver.keys("tab")
    assert driver.text == "!cat notes.txt "


def test_going_back_forgets_what_was_run_after_and_keeps_what_was_before(drive: Drive) -> None:
    driver = drive({"text": "One."}, {"text": "Two."}, {"text": "Three."}, rows=40)

    def run(word: str) -> None:
        driver.type(f"!echo {word}\n")
        driver.wait(lambda: driver.screen().count(word) >= 2 and not driver.shell.session.own)

    driver.type("first\n")
    driver.wait_for("One.")
    run("between")
    driver.type("second\n")
    driver.wait_for("Two.")
    driver.wait(lambda: driver.shell.session.thread.running is None)
    run("afterwards")
    driver.shell.run("session.rewind 2")
    driver.wait_for("Went back")
    assert "between" in driver.screen() and "afterwards" not in driver.screen()
    driver.keys("C-c")
    driver.type("third\n")
    driver.wait_for("Three.")
    told = [text for text in said(driver) if text.startswith("<user_shell_command>")]
    assert len(told) == 1 and "between" in told[0]


def test_inline_it_is_printed_once(drive: Drive) -> None:
    driver = drive({"text": "Fine."}, inline=True)
    driver.type("!echo inline\n")
    driver.wait(lambda: driver.screen().count("inline") >= 2 and not driver.shell.session.own)
    driver.type("go\n")
    driver.wait_for("Fine.")
    assert driver.screen().count("! echo inline") == 1
