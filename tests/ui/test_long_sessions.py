"""A long session comes with its last turns; what came before is fetched when somebody wants to see it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from csm.ui.driver import ScreenDriver

Drive = Callable[..., ScreenDriver]
ID = "0199a213-81c0-7800-8aa1-bbab2a035a53"
TURNS = 220


def _log(home: Path) -> None:
    """A session of so many turns, as 0.132 writes them."""
    folder = home / ".codex" / "sessions" / "2026" / "01" / "02"
    folder.mkdir(parents=True)
    stamp = "2026-01-02T03:04:05.000Z"
    meta = {"id": ID, "timestamp": stamp, "cwd": str(home / "work"), "originator": "csm", "cli_version": "0.132.0"}
    rows: list[tuple[str, dict[str, object]]] = [
        ("session_meta", {**meta, "source": "cli", "model_provider": "scripted"})
    ]
    for number in range(1, TURNS + 1):
        asked, said = f"question {number} of many", f"answer {number}, with words to fill the line and the log " * 2
        turn = f"turn-{number}"
        rows += [
            ("event_msg", {"type": "task_started", "turn_id": turn, "started_at": 1, "model_context_window": 1000}),
            ("response_item", _message("user", "input_text", asked)),
            ("event_msg", {"type": "user_message", "message": asked, "images": [], "text_elements": []}),
            ("event_msg", {"type": "agent_message", "message": said}),
            ("response_item", _message("assistant", "output_text", said)),
            ("event_msg", {"type": "task_complete", "turn_id": turn, "last_agent_message": said, "completed_at": 2}),
        ]
    lines = [json.dumps({"timestamp": stamp, "type": kind, "payload": payload}) for kind, payload in rows]
    (folder / f"rollout-2026-01-02T03-04-05-{ID}.jsonl").write_text("\n".join(lines) + "\n")


def _message(role: str, part: str, text: str) -> dict[str, object]:
    return {"type": "message", "role": role, "content": [{"type": part, "text": text}]}


@pytest.fixture
def driver(drive: Drive, home: Path) -> ScreenDriver:
    _log(home)
    made = drive({"text": "And on."}, resume=ID, columns=80, rows=24)
    made.wait_for(f"answer {TURNS}")
    return made


def _at_hand(driver: ScreenDriver) -> int:
    return len([turn for turn in driver.shell.session.thread.turns if turn.id])


def test_it_comes_with_its_last_turns_only(driver: ScreenDriver) -> None:
    past = driver.shell.session.thread.past
    assert past is not None
    assert past.turns + _at_hand(driver) == TURNS
    assert _at_hand(driver) <= 60


def test_scrolling_up_goes_on_without_a_break_to_the_first_prompt(driver: ScreenDriver) -> None:
    seen: list[int] = []
    for _ in range(2_000):
        top = driver.screen().splitlines()[0]
        numbers = [int(word) for word in top.replace(",", " ").split() if word.isdecimal()]
        seen += numbers if "question" in top else []
        if seen and seen[-1] == 1:
            break
        driver.shell.screen.scroll(-1)
        if driver.shell.windows.current.top.view.top == 0:
            driver.wait(lambda: driver.shell.windows.current.top.view.top > 0 or not driver.shell.session.thread.past)
    distinct = sorted(set(seen), reverse=True)
    assert distinct == list(range(distinct[0], 0, -1))
    assert driver.shell.session.thread.past is None


def test_to_the_top_brings_all_of_it(driver: ScreenDriver) -> None:
    driver.keys("f4 g g")
    driver.wait(lambda: driver.screen().startswith("› question 1 of many"))
    assert _at_hand(driver) == TURNS
    driver.keys("G")
    assert f"answer {TURNS}" in driver.screen()


def test_searching_reaches_what_was_not_at_hand(driver: ScreenDriver) -> None:
    driver.keys("f3")
    driver.type("question 17 of\n")
    driver.wait_for("question 17 of many")


def test_a_cursor_stays_on_its_line_when_lines_come_before(driver: ScreenDriver) -> None:
    driver.keys("C-x [")
    driver.frame()
    driver.keys("k k k")
    driver.frame()
    reader = driver.shell.reader
    assert reader is not None
    line, row = reader.spot.line, reader.editor.text.split("\n")[reader.spot.line - reader._first]
    driver.shell.session.recall()
    driver.wait(lambda: _at_hand(driver) > 60)
    driver.frame()
    assert reader.spot.line > line
    assert reader.editor.text.split("\n")[reader.spot.line - reader._first] == row


def test_turns_that_follow_are_numbered_on(driver: ScreenDriver) -> None:
    driver.type("more\n")
    driver.wait_for("And on.")
    driver.wait(lambda: driver.shell.session.thread.running is None)
    assert driver.shell.session.thread.turns[-1].number == TURNS + 1
