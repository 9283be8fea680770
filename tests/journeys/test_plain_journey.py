"""A whole session in a terminal that knows nothing but lines: no escape, no cursor moved, nothing told twice."""

from __future__ import annotations

import re
import termios
import threading
from typing import Any

_QUESTION = {
    "questions": [
        {
            "id": "db",
            "header": "Store",
            "question": "Which store?",
            "options": [
                {"label": "SQLite", "description": "one file"},
                {"label": "Postgres", "description": "a server"},
            ],
        }
    ]
}
_MARKDOWN = (
    "# Plan\n\nIt has **two** parts:\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nEvil \x1b[2J\x1b]0;x\x07 and \x9b31m.\n"
)


def _said(journey: Any) -> str:
    return journey.raw.decode("utf-8").replace("\r\n", "\n")


def _ask(journey: Any, line: str, *texts: str) -> None:
    """Type a line once there is a prompt, and wait for what it brings."""
    start = len(journey.raw)
    journey.send(f"{line}\n")
    journey.wait(lambda: all(text in journey.raw[start:].decode("utf-8", "replace") for text in texts))


def test_a_whole_session_in_a_dumb_terminal(bench: Any) -> None:
    bench.env["TERM"] = "dumb"
    bench.serve(
        {"text": _MARKDOWN},
        {"call": ("exec_command", {"cmd": "seq 40; exit 3", "sandbox_permissions": "require_escalated"})},
        {"text": "It failed."},
        {"call": ("request_user_input", _QUESTION)},
        {"text": "SQLite it is."},
        config='approval_policy = "on-request"\nsandbox_mode = "read-only"',
    )
    journey = bench.csm()
    journey.wait(lambda: _said(journey).endswith("You: "))
    _ask(journey, "what is the plan?", "Assistant: # Plan", "| 1 | 2 |", "Evil ^[[2J^[]0;x^G", "Done in", "You: ")
    _ask(journey, "run it", "Command: seq 40; exit 3", "1. Yes, once", "Number: ")
    _ask(journey, "9", "none of the numbers", "Number: ")
    _ask(journey, "1", "exit 3", "40 lines of output", "... 27 lines are left out", "It failed.", "Done in", "You: ")
    _ask(journey, "/unfold", "\n  20\r\n", "\n  21\r\n", "You: ")
    _ask(journey, "/plan", "plan mode", "You: ")
    _ask(journey, "ask me", "Question: Which store?", "1. SQLite: one file", "0. Stop here", "own words: ")
    _ask(journey, "1", "SQLite it is.", "You: ")
    _ask(journey, "/find", "Search for: ")
    _ask(journey, "parts", "stands in 1 line", "turn 1, assistant: It has **two** parts:", "You: ")
    _ask(journey, "/theme", "to choose from:", "1. ", "close: ")
    _ask(journey, "harb", '"harb", 1 to choose from:', "1. harbor", "close: ")
    _ask(journey, "", "You: ")
    _ask(journey, "/help", "a backslash goes on", "/undo: ", "You: ")
    journey.send("\x04")
    assert journey.end() == 0
    said = _said(journey)
    assert not re.search(r"[^\n\t -~]", said.replace("^C", "")), re.findall(r".{20}[^\n\t -~].{20}", said)
    assert "\x1b" not in said
    assert said.count("It has **two** parts:") == 2  # where it was said, and where it was found
    assert said.count("It failed.") == 1
    assert said.count("You: what is the plan?") == 1
    assert "csm resume " in said.splitlines()[-1]


def test_plain_lines_are_for_other_terminals_too_and_stop_at_a_signal(bench: Any) -> None:
    bench.serve({"text": ["It begins\nand", threading.Event()]})
    journey = bench.csm("--plain", "go")
    journey.wait(lambda: "Assistant: It begins" in _said(journey))
    assert "and" not in _said(journey).partition("It begins")[2]
    journey.send("\x03")
    journey.wait(lambda: "Interrupted." in _said(journey) and _said(journey).endswith("You: "))
    journey.send("\x03")
    journey.wait(lambda: "C-c again" in _said(journey))
    journey.send("\x03")
    assert journey.end() == 130
    assert "\x1b" not in _said(journey)
    assert termios.tcgetattr(journey.process.child_fd) == journey.before
    assert re.findall("You:.*", _said(journey))[:2] == ["You: go", "You: ^C"]
