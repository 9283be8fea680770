"""What an unfinished history is closed with: calls marked as stopped, their outputs, the turn's end."""

from __future__ import annotations

import json

import msgspec
import pytest

from csm.core import stopped
from csm.core.fold import Thread, fold
from csm.protocol import events as ev
from csm.protocol.items import CommandExecution, ToolUse


def call(name: str, arguments: object, call_id: str = "c", **more: object) -> ev.HistoryAppended:
    text = arguments if isinstance(arguments, str) else json.dumps(arguments)
    item = {"type": "function_call", "name": name, "arguments": text, "call_id": call_id, **more}
    return ev.HistoryAppended(msgspec.Raw(json.dumps(item).encode()))


def thread(*bodies: ev.Body) -> Thread:
    return fold(("t", body) for body in (ev.ThreadStarted("T", "/w"), ev.TurnStarted("u"), *bodies))


COMMANDS = [
    (call("exec_command", {"cmd": "sleep 9", "workdir": "/x"}), CommandExecution("c", "sleep 9", "/x", "failed")),
    (call("shell_command", {"command": "sleep 9"}), CommandExecution("c", "sleep 9", "/w", "failed")),
    (call("shell", {"command": ["sleep", "9"]}), CommandExecution("c", "sleep 9", "/w", "failed")),
    (call("exec_command", "{no json"), ToolUse("c", "exec_command", "{no json", "failed")),
    (call("exec_command", "[1]"), ToolUse("c", "exec_command", "[1]", "failed")),
    (call("exec_command", {"cmd": 3}), ToolUse("c", "exec_command", '{"cmd": 3}', "failed")),
    (call("read", "{}", namespace="mcp"), ToolUse("c", "mcp.read", "{}", "failed")),
]


@pytest.mark.parametrize(("given", "shown"), COMMANDS)
def test_what_ran_is_shown_as_stopped(given: ev.HistoryAppended, shown: CommandExecution | ToolUse) -> None:
    item, output, end = stopped.closing(thread(given))
    assert isinstance(item, ev.ItemCompleted) and item.turn_id == "u"
    assert msgspec.structs.replace(item.item, output="") == shown
    assert item.item.output.startswith("stopped")  # type: ignore[union-attr]
    assert isinstance(output, ev.HistoryAppended) and json.loads(bytes(output.raw))["call_id"] == "c"
    assert end == ev.TurnInterrupted("u", "resumed")
    closed = thread(given, item, output, end)
    assert stopped.closing(closed) == [] and closed.running is None


def test_what_has_ended_is_shown_as_it_ended() -> None:
    done = ev.ItemCompleted("u", CommandExecution("c", "ls", status="completed", exit_code=0))
    bodies = stopped.closing(thread(call("exec_command", {"cmd": "ls"}), done))
    assert [type(body) for body in bodies] == [ev.HistoryAppended, ev.TurnInterrupted]


def test_calls_that_show_nothing_are_only_answered() -> None:
    bodies = stopped.closing(thread(call("update_plan", {}), call("write_stdin", {}, "d")))
    assert [type(body) for body in bodies] == [ev.HistoryAppended, ev.HistoryAppended, ev.TurnInterrupted]


def test_a_turn_that_ended_is_left_alone() -> None:
    bodies = stopped.closing(thread(call("exec_command", {"cmd": "ls"}), ev.TurnCompleted("u")))
    assert [type(body) for body in bodies] == [ev.HistoryAppended]
    assert stopped.closing(thread(ev.TurnCompleted("u"))) == []
