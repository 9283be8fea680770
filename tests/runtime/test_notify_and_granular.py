"""The program told of each turn, and questions that a granular policy rules out."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from csm.api import events, ops
from csm.api.testing import Bench
from csm.protocol.tools import Ask, ToolResult, ToolSpec

TOLD = 'printf "%s\\n" "$1" >> told.tmp && mv told.tmp told.$(date +%N)'


def told(folder: Path, count: int) -> list[dict[str, Any]]:
    """What the program was told, in order; it runs by itself."""
    limit = time.monotonic() + 10
    while time.monotonic() < limit:
        files = sorted(folder.glob("told.[0-9]*"), key=lambda path: path.stat().st_mtime_ns)
        if len(files) >= count:
            return [json.loads(path.read_text()) for path in files]
        time.sleep(0.01)
    raise AssertionError(f"{len(files)} of {count} were told")


def test_a_program_is_told_of_each_turn_that_completed(tmp_path: Path) -> None:
    script = [{"text": "one"}, {"fail": {"message": "no", "code": "invalid_prompt"}}, {"text": "two"}]
    settings = {"notify": ["sh", "-c", TOLD, "name"]}
    with Bench(tmp_path, script, settings=settings) as bench:
        thread = bench.start(originator="someone")
        end = bench.turn(thread, "first")[-1].body
        first = told(bench.work, 1)[0]
        bench.turn(thread, "second")
        bench.turn(thread, "third")
        last = told(bench.work, 2)[1]
    assert first == {
        "type": "agent-turn-complete",
        "thread-id": thread,
        "turn-id": end.turn_id,
        "cwd": str(bench.work),
        "client": "someone",
        "input-messages": ["first"],
        "last-assistant-message": "one",
    }
    assert last["input-messages"] == ["first", "second", "third"]
    assert last["last-assistant-message"] == "two"


def test_a_program_that_is_not_there_is_told_once(tmp_path: Path) -> None:
    with Bench(tmp_path, [{"text": "a"}, {"text": "b"}], settings={"notify": ["/no/such"]}) as bench:
        thread = bench.start()
        bench.turn(thread, "x")
        bench.turn(thread, "y")
        said = [message.text for message in bench.host.messages if message.text.startswith("notify:")]
    assert len(said) == 1


class Asking:
    """A tool that asks first."""

    spec = ToolSpec("asks", b'{"type":"function","name":"asks"}')  # type: ignore[arg-type]

    async def run(self, call: Any, cx: Any) -> ToolResult:
        answer = await cx.ask(Ask(f"ask-{call.arguments}", call.call_id, json.loads(call.arguments)["kind"], "May I?"))
        return ToolResult(answer.decision)


GRANULAR = {"sandbox_approval": False, "rules": True, "mcp_elicitations": True}
SCRIPT = [{"call": ("asks", {"kind": "command"})}, {"text": "x"}]


def test_a_granular_policy_declines_what_may_not_be_asked(tmp_path: Path) -> None:
    settings = {"approval_policy": {"granular": GRANULAR}}
    with Bench(tmp_path, SCRIPT, tools=[Asking()], settings=settings) as bench:
        shown = bench.turn(bench.start(), "go")
    answers = [one.body for one in shown if isinstance(one.body, events.Answered)]
    assert [(answer.decision, answer.by) for answer in answers] == [("decline", "policy")]


def test_a_granular_policy_lets_the_rest_be_asked(tmp_path: Path) -> None:
    script = [{"call": ("asks", {"kind": "tool"})}, {"text": "x"}]
    settings = {"approval_policy": {"granular": GRANULAR}}
    with Bench(tmp_path, script, tools=[Asking()], settings=settings) as bench:
        thread = bench.start()
        watcher = bench.port.attach(thread)
        assert bench.submit(thread, ops.Submit("go")).accepted
        asked = bench.until(watcher, events.Asked)[-1].body
        assert bench.submit(thread, ops.AnswerAsk(asked.ask.id, "accept")).accepted
        assert isinstance(bench.until(watcher, events.TurnCompleted)[-1].body, events.TurnCompleted)


def test_a_policy_chosen_later_takes_the_place_of_the_granular_one(tmp_path: Path) -> None:
    settings = {"approval_policy": {"granular": GRANULAR}}
    with Bench(tmp_path, SCRIPT, tools=[Asking()], settings=settings) as bench:
        thread = bench.start()
        watcher = bench.port.attach(thread)
        assert bench.submit(thread, ops.Configure(approval="untrusted")).accepted
        assert bench.submit(thread, ops.Submit("go")).accepted
        asked = bench.until(watcher, events.Asked)[-1].body
        assert bench.submit(thread, ops.AnswerAsk(asked.ask.id, "accept")).accepted
        bench.until(watcher, events.TurnCompleted)
