"""`/export` in the shell: the session on the screen becomes a file, and what stands in the way is said."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from csm.ui.driver import ScreenDriver

Drive = Callable[..., ScreenDriver]


def say(driver: ScreenDriver, text: str, answer: str) -> None:
    driver.type(text)
    driver.keys("enter")
    driver.wait_for(answer)
    driver.wait(lambda: not driver.shell.session.thread.running)


def command(driver: ScreenDriver, text: str) -> None:
    driver.type(text)
    driver.keys("enter")


def test_the_session_on_the_screen_is_written_to_a_file(drive: Drive, home: Path) -> None:
    driver = drive({"text": "# Hello\n\n`you`"}, {"text": "More."})
    command(driver, "/export early.md")
    driver.wait_for("there is nothing to write out yet")
    say(driver, "hi", "Hello")
    work = home / "work"
    command(driver, "/export talk.md")
    driver.wait_for("talk.md: ")
    assert "\n### Agent\n\n# Hello\n\n`you`\n" in (work / "talk.md").read_text()
    command(driver, "/export talk.md")
    driver.wait_for("already · --force")
    command(driver, "/export talk.html --tools full")
    driver.wait_for("talk.html: ")
    assert "<h1>Hello</h1>" in (work / "talk.html").read_text()
    command(driver, "/export")
    (made,) = driver.wait(lambda: list(work.glob("csm-*.md")))
    assert driver.shell.session.thread_id.endswith(made.stem.removeprefix("csm-"))
    say(driver, "go on", "More.")
    command(driver, "/export second.json --turns 2")
    driver.wait_for("second.json: ")
    told = json.loads((work / "second.json").read_text())
    assert [turn["number"] for turn in told["turns"]] == [2] and told["session"]["id"] == driver.shell.session.thread_id
    command(driver, "/export none.md --turns 9")
    driver.wait_for("there is no turn 9: the session has 2 turns")
    assert not (work / "early.md").exists() and not (work / "none.md").exists()
