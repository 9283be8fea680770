"""Sessions whose commands stand in the model's history only, as 0.132 leaves them, show them where they were run."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from csm.ui.driver import ScreenDriver
from csm.ui.plain import Plain
from csm.view.telling import Teller

Drive = Callable[..., ScreenDriver]
ID = "0199a213-81c0-7800-8aa1-bbab2a035a54"


def _log(home: Path, turns: int, originator: str = "codex_cli_rs") -> None:
    folder = home / ".codex" / "sessions" / "2026" / "01" / "02"
    folder.mkdir(parents=True)
    stamp = "2026-01-02T03:04:05.000Z"
    meta = {"id": ID, "timestamp": stamp, "cwd": str(home / "work"), "originator": originator, "cli_version": "0.132.0"}
    rows: list[tuple[str, dict[str, object]]] = [
        ("session_meta", {**meta, "source": "cli", "model_provider": "scripted"})
    ]
    for number in range(1, turns + 1):
        asked, said, turn = f"question {number}", f"answer {number}", f"turn-{number}"
        arguments = json.dumps({"cmd": f"make step-{number}"})
        output = f"Process exited with code {number % 2}\nOutput:\nbuilt {number}\n"
        rows += [
            ("event_msg", {"type": "task_started", "turn_id": turn, "started_at": 1, "model_context_window": 1000}),
            ("response_item", _message("user", "input_text", asked)),
            ("event_msg", {"type": "user_message", "message": asked, "images": [], "text_elements": []}),
            (
                "response_item",
                {"type": "function_call", "name": "exec_command", "arguments": arguments, "call_id": f"c{number}"},
            ),
            ("response_item", {"type": "function_call_output", "call_id": f"c{number}", "output": output}),
            ("event_msg", {"type": "agent_message", "message": said}),
            ("response_item", _message("assistant", "output_text", said)),
            ("event_msg", {"type": "task_complete", "turn_id": turn, "last_agent_message": said, "completed_at": 2}),
        ]
    lines = [json.dumps({"timestamp": stamp, "type": kind, "payload": payload}) for kind, payload in rows]
    (folder / f"rollout-2026-01-02T03-04-05-{ID}.jsonl").write_text("\n".join(lines) + "\n")


def _message(role: str, part: str, text: str) -> dict[str, object]:
    return {"type": "message", "role": role, "content": [{"type": part, "text": text}]}


def test_commands_stand_between_the_question_and_the_answer(drive: Drive, home: Path) -> None:
    _log(home, 3)
    driver = drive({"text": "And on."}, resume=ID, columns=80, rows=40)
    driver.wait_for("$ make step-3")
    rows = [row.strip() for row in driver.screen().splitlines() if row.strip()]
    at = rows.index("› question 3")
    assert rows[at + 1].startswith("✗ $ make step-3  exit 1")
    assert "built 3" in rows[at + 2 : at + 6]
    assert rows.index("answer 3") > at + 2
    assert "✓ $ make step-2" in rows
    driver.type("go on\n")
    driver.wait_for("And on.")
    assert driver.screen().count("make step-3") == 1


def test_a_log_of_our_own_is_not_read_again(drive: Drive, home: Path) -> None:
    _log(home, 2, "csm")
    driver = drive({"text": "And on."}, resume=ID, columns=80, rows=40)
    driver.type("go on\n")
    driver.wait_for("And on.")
    assert "make step" not in driver.screen()


@pytest.mark.parametrize("turns", [150])
def test_turns_that_come_back_later_have_theirs(drive: Drive, home: Path, turns: int) -> None:
    _log(home, turns)
    driver = drive(resume=ID, columns=80, rows=40)
    driver.wait_for(f"make step-{turns}")
    if driver.shell.session.thread.past is None:
        pytest.fail("the log is too short to have a past")
    driver.shell.run("view.scroll top")
    driver.wait(lambda: driver.shell.session.thread.past is None)
    driver.shell.run("view.scroll top")
    driver.wait_for("make step-1")
    blocks = driver.shell.session.transcript.blocks
    assert sum(block.kind == "command" for block in blocks) == turns


def test_in_plain_lines_they_never_come_out_of_their_place(drive: Drive, home: Path) -> None:
    _log(home, 2)
    driver = drive({"text": "And on."}, resume=ID)
    written: list[str] = []
    plain = Plain(driver.shell, written.append, new=False)
    driver.wait(lambda: any("make step-2" in row for row in driver.screen().splitlines()))
    plain.news()
    plain.take(["go on"])
    driver.wait(lambda: plain.news() or "And on." in "".join(written))
    said = "".join(written)
    assert said.index("Command: make step-2") < said.index("answer 2")

    late: list[str] = []
    teller = Teller()
    thread = driver.shell.session.thread
    calls = [(turn, turn.entries.pop(1)) for turn in thread.turns[:2]]
    late += teller.news(thread)
    for turn, entry in calls:
        turn.entries.insert(1, entry)
    assert "answer 2" in "".join(late)
    assert teller.news(thread) == []
