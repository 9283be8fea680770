"""Slash words of Codex: typed whole they do what Codex's users mean by them, or say what to do instead."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

from csm.ui.driver import ScreenDriver

Drive = Callable[..., ScreenDriver]


def test_a_word_that_means_nothing_here_says_so_and_runs_nothing_that_sounds_like_it(drive: Drive) -> None:
    driver = drive()
    driver.type("/import")
    assert [row.label for row in driver.shell.menu.rows] == ["/import"]
    driver.keys("enter")
    assert "there is no /import · only Codex's own sessions" in driver.screen()
    assert driver.text == "/import"


def test_a_question_on_the_side_goes_to_a_copy_beside_the_session(drive: Drive) -> None:
    driver = drive({"text": "Here."}, {"text": "There."}, columns=120)
    driver.type("first\n")
    driver.wait_for("Here.")
    driver.type("/side and this?\n")
    screen = driver.wait_for("There.")
    assert len(driver.shell.seats.all) == 2
    assert screen.count("Here.") == 2
    assert [len(seat.session.thread.turns) for seat in driver.shell.seats.all] == [1, 2]


def test_where_nothing_was_said_the_side_is_a_new_session(drive: Drive) -> None:
    driver = drive({"text": "There."}, columns=120)
    driver.type("/side hello\n")
    driver.wait_for("There.")
    assert len(driver.shell.seats.all) == 2


def test_the_model_is_asked_for_a_guide_where_there_is_none(drive: Drive, home: Path) -> None:
    driver = drive({"text": "Written."})
    driver.type("/init short please\n")
    driver.wait_for("Written.")
    asked = driver.server.requests[-1].json["input"][-1]["content"][0]["text"]  # type: ignore[attr-defined]
    assert "AGENTS.md" in asked and asked.endswith("short please")
    (home / "work" / "AGENTS.md").write_text("# Rules\n")
    driver.type("/init\n")
    assert "there is an AGENTS.md already" in driver.screen()


def test_what_to_review_is_chosen(drive: Drive, home: Path) -> None:
    work = home / "work"
    for words in (
        ["init", "-q", "-b", "main"],
        ["commit", "-q", "--allow-empty", "-m", "first\tone"],
        ["branch", "old"],
    ):
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *words], cwd=work, check=True)
    (home / ".codex" / "config.toml").write_text(f'[projects."{work}"]\ntrust_level = "trusted"\n')
    driver = drive({"text": "Nothing to say."}, {"text": "Fine."}, rows=24)
    driver.type("/review\n")
    driver.wait_for("Against a branch")
    driver.type("commit\n")
    assert "first" in driver.wait_for("Review a commit")
    driver.keys("esc")
    driver.type("/review\n")
    driver.type("against\n")
    driver.wait_for("Review against")
    driver.type("old\n")
    driver.wait_for("Nothing to say.")
    assert "old" in str(driver.server.requests[0].json["input"][-1])  # type: ignore[attr-defined]
