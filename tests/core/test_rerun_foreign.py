"""Turns of another program run again by their history: the same, whatever Codex leaves out; what is wrong is shown."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from csm.core.rerun import Rerun, rerun
from csm.protocol import events as ev
from csm.protocol.items import AgentMessage, UserMessage
from csm.protocol.model import Usage
from csm.protocol.tools import SandboxPolicy

ONE = Usage(100, 10, 20, 5, 120)


def item(**fields: Any) -> ev.HistoryAppended:
    return ev.HistoryAppended(msgspec.Raw(json.dumps(fields).encode()))


def message(role: str, text: str, **more: Any) -> ev.HistoryAppended:
    kind = "output_text" if role == "assistant" else "input_text"
    return item(type="message", role=role, content=[{"type": kind, "text": text}], **more)


def call(call_id: str, **more: Any) -> ev.HistoryAppended:
    return item(type="function_call", name="exec_command", arguments="{}", call_id=call_id, id=f"fc_{call_id}", **more)


def output(call_id: str, text: str = "done") -> ev.HistoryAppended:
    return item(type="function_call_output", id="fco", call_id=call_id, output=text, internal_note=1)


def used(times: int) -> ev.UsageReported:
    total = Usage(**{name: getattr(ONE, name) * times for name in ONE.__struct_fields__})
    return ev.UsageReported(ONE, total, 95)


def turn(*bodies: ev.Body, end: ev.Body | None = None, said: bool = True) -> list[ev.Body]:
    """A turn as Codex logs it: context, what the user said, `bodies`, its end."""
    began = [
        ev.TurnStarted("t", 1000, 95),
        message("user", "<environment_context>", id="msg_0"),
        ev.TurnContext("t", "/w", "m", None, None, "on-request", SandboxPolicy()),
        message("user", "go", id="msg_1"),
    ]
    user = [ev.ItemCompleted("t", UserMessage("0f", "go"))] if said else []
    return [*began, *user, *bodies, end or ev.TurnCompleted("t", "ok", 2000, 1000)]


def again(bodies: list[ev.Body]) -> Rerun:
    return rerun((number, "2026-01-01T00:00:00Z", body) for number, body in enumerate(bodies, 1))


SAID = (ev.ItemCompleted("t", AgentMessage("msg_2", "ok")), message("assistant", "ok", id="msg_2", status="completed"))
SUMMARY = ev.HistoryReplaced("", (msgspec.Raw(b'{"type":"message","role":"user","content":[]}'),))
ROUND = (call("a"), call("b"), output("a"), output("b"), used(1))
LOGS = {
    "an answer": (turn(*SAID, used(1)), 1, 0),
    "nobody said anything": (turn(*SAID, said=False), 1, 0),
    "two calls at once": (turn(*ROUND, *SAID, used(2)), 2, 2),
    "one call id twice": (turn(call("a"), call("a"), output("a", "1"), output("a", "2"), *SAID), 2, 2),
    "thinking first": (turn(item(type="reasoning", summary=[], content=None, id="rs"), *SAID), 1, 0),
    "steered": (turn(*ROUND, message("user", "and that"), *SAID), 2, 2),
    "a call that nothing answers": (turn(call("a"), used(1), *SAID, used(2)), 2, 1),
    "a summary before the turn": (turn(message("assistant", "sum"), SUMMARY, message("user", "go"), *SAID), 1, 0),
    "a summary within, as 0.132": (turn(*ROUND, SUMMARY, *SAID), 2, 2),
    "a summary within, as 0.169": (turn(*ROUND, message("assistant", "sum"), SUMMARY, *SAID), 2, 2),
    "failed": (turn(end=ev.TurnFailed("t", "no")), 1, 0),
    "failed after tools": (turn(*ROUND, end=ev.TurnFailed("t", "no")), 2, 2),
    "failed while tools ran": (turn(call("a"), end=ev.TurnFailed("t", "no")), 1, 1),
    "stopped": (turn(*SAID, message("user", "<turn_aborted>"), end=ev.TurnInterrupted("t", "interrupted")), 1, 0),
    "stopped at a tool": (turn(call("a"), output("a"), end=ev.TurnInterrupted("t", "interrupted")), 2, 1),
}


@pytest.mark.parametrize("name", LOGS)
def test_a_turn_of_codex(name: str) -> None:
    bodies, requests, tools = LOGS[name]
    found = again(bodies * 2)
    assert found.difference is None
    assert (found.turns, found.foreign, found.requests, found.tools) == (2, 2, 2 * requests, 2 * tools)
    assert found.compared >= 2


WRONG = {
    "an answer too early": (turn(*ROUND[:3], *SAID, output("b")), "history_appended", "outputs of tools are waited"),
    "no last answer": (turn(*ROUND), "turn_completed", ""),
    "an output nobody asked for": (turn(*SAID, output("z"), *SAID), "history_appended", "the turn is over"),
    "outputs in another order": (turn(call("a"), call("b"), output("b"), output("a"), *SAID), "history_appended", ""),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_the_machine_would_not_do_is_shown(name: str) -> None:
    bodies, kind, made = WRONG[name]
    difference = again([*turn(*SAID), *bodies]).difference
    assert difference is not None
    assert (difference.turn, difference.kind) == (2, kind)
    assert made in difference.made and difference.number > len(turn(*SAID))


def test_a_turn_that_does_not_say_what_it_began_with_is_counted() -> None:
    found = again([ev.TurnStarted("t", 1000, 95), SUMMARY, ev.TurnCompleted("t", None, 2000, 1000), *turn(*SAID)])
    assert (found.turns, found.foreign, found.untold, found.difference) == (1, 1, 1, None)


def test_a_turn_without_an_end_is_counted() -> None:
    found = again(turn(*SAID)[:-1])
    assert (found.turns, found.cut) == (0, 1)
