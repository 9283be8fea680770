"""A session in plain lines, without a terminal: what is told and asked, and what typed lines do."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from csm.ui.driver import ScreenDriver
from csm.ui.plain import Plain

Drive = Callable[..., ScreenDriver]
OUTSIDE = {"cmd": "echo hi", "sandbox_permissions": "require_escalated", "justification": "It must."}
ASKING = {"approval_policy": "on-request", "sandbox_mode": "read-only"}


class Talk:
    """A shell's plain conversation; `text` is what was written."""

    def __init__(self, driver: ScreenDriver) -> None:
        self.driver, self.text = driver, ""
        self.plain = Plain(driver.shell, self._write)
        self.wait("You: ")

    def _write(self, text: str) -> None:
        assert not set(text) - set(map(chr, range(32, 127))) - {"\n"}, text
        self.text += text

    def wait(self, *texts: str, since: int = 0) -> str:
        """Until all texts stand in what was written since."""

        def told() -> bool:
            self.plain.news()
            return all(text in self.text[since:] for text in texts)

        try:
            self.driver.wait(told)
        except AssertionError:
            missing = [text for text in texts if text not in self.text[since:]]
            raise AssertionError(f"not told: {missing}\n{self.text}") from None
        return self.text[since:]

    def say(self, line: str, *texts: str) -> str:
        """Type lines; what is written until all texts stand there."""
        since = len(self.text)
        self.text += f"{line}\n"
        self.plain.take(line.split("\n"))
        return self.wait(*texts, since=since)


def test_a_turn_a_command_and_the_answer(drive: Drive) -> None:
    talk = Talk(drive({"call": ("exec_command", {"cmd": "echo one; echo two"})}, {"text": "It *works*."}))
    told = talk.say("go", "Done in", "You: ")
    assert told.startswith("go\nCommand: echo one; echo two\nCommand: exit 0")
    assert "2 lines of output:\n  one\n  two\nAssistant: It *works*.\nDone in " in told
    assert told.endswith("You: ")


def test_several_lines_at_once_are_one_prompt(drive: Drive) -> None:
    driver = drive({"text": "Well."}, {"text": "Again."})
    talk = Talk(driver)
    talk.say("one\n\n  two", "Well.", "You: ")
    talk.say("three \\", "three")
    talk.say("four", "Again.", "You: ")
    said = [turn.entries[0].item.text for turn in driver.shell.session.thread.turns if turn.entries]
    assert said == ["one\n\n  two", "three \nfour"]
    assert talk.text.count("You: one") == 1


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("1", "Command: exit 0"),
        ("y", "Command: exit 0"),
        ("a", "Command: exit 0"),
        ("5", "Interrupted."),
    ],
)
def test_a_question_is_answered_by_number_or_letter(drive: Drive, typed: str, told: str) -> None:
    talk = Talk(drive({"call": ("exec_command", OUTSIDE)}, {"text": "So be it."}, **ASKING))
    asked = talk.say("go", "Question: ", "Command: echo hi", "Why: It must.", "  1. Yes, once", "Number: ")
    assert asked.count("1. Yes, once") == 1
    numbers = [line.strip()[:2] for line in asked.splitlines() if line.startswith("  ") and line.strip()[1:2] == "."]
    assert numbers == [f"{number}." for number in range(1, len(numbers) + 1)]
    talk.say(str(len(numbers)) if typed == "5" else typed, told, "You: ")


def test_no_and_what_to_do_instead(drive: Drive) -> None:
    driver = drive({"call": ("exec_command", OUTSIDE)}, {"text": "Then not."}, **ASKING)
    talk = Talk(driver)
    talk.say("go", "Number: ")
    talk.say("7", "none of the numbers", "Number: ")
    talk.say("n", "What to do instead")
    talk.say("look first", "Then not.", "You: ")
    assert "look first" in str(driver.server.requests[-1].body)  # type: ignore[attr-defined]


def test_a_list_is_narrowed_taken_and_closed(drive: Drive) -> None:
    driver = drive()
    talk = Talk(driver)
    talk.say("/theme", "to choose from:", "  1. ", "close: ")
    talk.say("harb", '"harb", 1 to choose from:', "  1. harbor", "close: ")
    talk.say("1", "You: ")
    assert driver.shell.host.theme.name == "harbor"
    talk.say(":palette.open", "  20. ", "+ tells them", "close: ")
    talk.say("+", "  21. ", "close: ")
    assert talk.say("9999", "there is no 9999", "close: ")
    talk.say("", "You: ")
    assert driver.shell.panels == []


def test_boxes_are_ticked(drive: Drive) -> None:
    driver = drive()
    talk = Talk(driver)
    told = talk.say("/statusline", "] ", "take what is ticked")
    first = next(line for line in told.splitlines() if line.startswith("  1. ["))
    talk.say("1", "  1. [ ]" if "[x]" in first else "  1. [x]", "take what is ticked")
    talk.say("", "You: ")


def test_commands_pages_and_what_goes_wrong(drive: Drive) -> None:
    talk = Talk(drive())
    talk.say("/nonsense", "Error: ", "You: ")
    talk.say(":no.such", "Error: ", "You: ")
    talk.say("/status", "You: ")
    talk.say("!echo mine", "Command: echo mine", "  mine", "You: ")
    talk.say("/help", "/find: ", "You: ")
    talk.say(":help.bindings", "C-x", "You: ")
    talk.say("/unfold", "mine", "You: ")


def test_lines_typed_while_it_works_join_the_turn_and_c_c_stops_it(drive: Drive) -> None:
    driver = drive({"text": ["It begins.\n", threading.Event()]})
    talk = Talk(driver)
    talk.say("go", "Assistant: It begins.")
    talk.say("and this", "and this")
    assert talk.plain.interrupt()
    talk.wait("Interrupted.", "You: ")
    assert not talk.plain.interrupt()


def test_a_session_that_is_gone_on_with_is_told_once(drive: Drive) -> None:
    driver = drive(*({"text": f"Answer {number}."} for number in range(5)), {"text": "More."})
    talk = Talk(driver)
    for number in range(5):
        talk.say(f"prompt {number}", f"Answer {number}.", "You: ")
    talk.say("/new", "A new session.", "You: ")
    talk.say("/resume", "  1. prompt 0", "close: ")
    told = talk.say("1", "Session: 5 turns so far; the last 3:", "Done in", "You: ")
    assert [line for line in told.splitlines() if line.startswith("Assistant")] == [
        "Assistant: Answer 2.", "Assistant: Answer 3.", "Assistant: Answer 4.",
    ]  # fmt: skip
    talk.say("on", "More.", "You: ")
    talk.say("/find", "Search for: ")
    assert "stands in 5 lines" in talk.say("Answer", "turn 1, assistant: Answer 0.", "You: ")
    talk.say("/rewind 2", "Went back", "You: ")


def test_a_secret_is_not_shown(drive: Drive) -> None:
    driver = drive()
    talk, given = Talk(driver), list[Any]()
    driver.shell.screen.ask_line("API key:", given.append, masked=True)
    talk.wait("API key: ")
    assert talk.plain.masked
    talk.plain.take(["secret"])
    assert given == ["secret"]
    assert not talk.plain.masked
    assert "secret" not in talk.text
