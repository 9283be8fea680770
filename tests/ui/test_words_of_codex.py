"""Slash words of Codex: typed whole they do what Codex's users mean by them, or say what to do instead."""

from __future__ import annotations

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
