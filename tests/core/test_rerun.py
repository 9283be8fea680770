"""Turns run again on what was recorded: the same, whatever happened in them; a planted difference is shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from csm.api.testing import Bench, Gate
from csm.core.rerun import Rerun, rerun
from csm.protocol import codec, ops
from csm.protocol import events as ev
from csm.protocol.errors import ModelError
from csm.protocol.items import AgentMessage, CommandExecution, Plan, PlanStep
from csm.protocol.tools import Ask, ToolResult, ToolSpec


class Does:
    """A tool that does what a function does."""

    def __init__(self, name: str, run: Callable[..., Any]) -> None:
        self.spec = ToolSpec(name, msgspec.Raw(codec.encode({"type": "function", "name": name})))
        self._run = run

    async def run(self, call: Any, cx: Any) -> ToolResult:
        answer = self._run(call, cx)
        answer = await answer if hasattr(answer, "__await__") else answer
        return answer if isinstance(answer, ToolResult) else ToolResult(answer)


@pytest.fixture
def bench(tmp_path: Path) -> Any:
    made: list[Bench] = []

    def make(*script: Any, **more: Any) -> Bench:
        made.append(Bench(tmp_path / str(len(made)), script, **more))
        return made[-1]

    yield make
    for one in made:
        one.__exit__()


def steps(bench: Bench, thread: str) -> list[tuple[int, str, ev.Body]]:
    return [(number, time, body) for number, (time, body) in enumerate(bench.store.read(thread), 1)]


def again(bench: Bench, thread: str) -> Rerun:
    found = rerun(steps(bench, thread))
    assert found.difference is None, found.difference
    return found


def test_answers_tools_and_turns(bench: Any) -> None:
    def shown(call: Any, cx: Any) -> ToolResult:
        item = CommandExecution(call.call_id, "ls", status="completed", output="x")
        return ToolResult("out", item=item)

    script = ({"reasoning": "hm", "text": "first", "call": [("do", {}, "c1"), ("do", {}, "c2")]}, {"text": "done"})
    made = bench(*script, {"text": "more"}, tools=[Does("do", shown)])
    thread = made.start()
    made.turn(thread, "one")
    made.turn(thread, "two")
    found = again(made, thread)
    assert (found.turns, found.requests, found.tools, found.foreign, found.cut) == (2, 3, 2, 0, 0)
    assert found.compared > 15


def test_calls_that_share_an_id(bench: Any) -> None:
    order: list[str] = []

    async def named(call: Any, cx: Any) -> str:
        order.append(call.call_id)
        return call.name

    calls = [("one", {}, "c"), ("two", {}, "c"), ("two", {}, "")]
    made = bench({"call": calls}, {"text": "done"}, tools=[Does("one", named), Does("two", named)])
    made.turn(thread := made.start(), "go")
    found = again(made, thread)
    assert (found.turns, found.requests, found.tools, found.difference) == (1, 2, 3, None)
    assert len(set(order)) == 3


def test_a_plan_and_a_question(bench: Any) -> None:
    async def planned(call: Any, cx: Any) -> str:
        cx.updated(Plan("p", (PlanStep("a", "pending"),)))
        answer = await cx.ask(Ask(call.call_id, call.call_id, "tool", "Really?", decisions=("accept", "decline")))
        return answer.decision

    made = bench({"call": [("do", {}, "c1")]}, {"text": "done"}, tools=[Does("do", planned)])
    thread = made.start()
    watcher = made.port.attach(thread)
    made.submit(thread, ops.Submit("go"))
    made.until(watcher, ev.Asked)
    made.submit(thread, ops.AnswerAsk("c1", "accept"))
    made.until(watcher, ev.TurnCompleted)
    assert again(made, thread).turns == 1


def test_what_was_said_into_a_turn(bench: Any) -> None:
    gate = Gate()
    made = bench({"text": ["a", gate, "b"]}, {"text": "steered"})
    thread = made.start()
    watcher = made.port.attach(thread)
    made.submit(thread, ops.Submit("go"))
    made.until(watcher, ev.TextDelta)
    made.submit(thread, ops.Submit("and this", busy="steer"))
    made.submit(thread, ops.Submit("and that", busy="steer"))
    gate.open()
    made.until(watcher, ev.TurnCompleted)
    found = again(made, thread)
    assert (found.requests, found.turns) == (2, 1)


def test_streams_that_broke(bench: Any) -> None:
    broken = ModelError("gone", retryable=True, retry_after=0)
    made = bench({"text": "ha", "error": broken}, {"text": "whole"}, {"error": ModelError("no", code="bad")})
    thread = made.start()
    made.turn(thread, "one")
    made.turn(thread, "two")
    found = again(made, thread)
    assert found.turns == 2


def test_the_first_difference_is_shown(bench: Any) -> None:
    made = bench({"text": "one"}, {"text": "two"})
    thread = made.start()
    made.turn(thread, "a")
    made.turn(thread, "b")
    whole = steps(made, thread)
    places = [at for at, (_, _, body) in enumerate(whole) if isinstance(body, ev.ItemCompleted)]
    said = next(at for at in reversed(places) if isinstance(whole[at][2].item, AgentMessage))  # type: ignore[union-attr]
    number, time, body = whole[said]
    assert isinstance(body, ev.ItemCompleted)
    other = msgspec.structs.replace(body, item=msgspec.structs.replace(body.item, text="else"))
    found = rerun([*whole[:said], (number, time, other), *whole[said + 1 :]])
    assert found.difference is not None
    assert (found.difference.number, found.difference.turn, found.difference.kind) == (number, 2, "item_completed")
    assert '"else"' in found.difference.recorded and '"two"' in found.difference.made


@pytest.mark.parametrize("kind", [ev.HistoryAppended, ev.UsageReported, ev.TurnCompleted, ev.ItemCompleted])
def test_an_event_that_is_missing_is_found(bench: Any, kind: type) -> None:
    def run(call: Any, cx: Any) -> str:
        return "out"

    made = bench({"call": [("do", {}, "c1")]}, {"text": "end"}, tools=[Does("do", run)])
    thread = made.start()
    made.turn(thread, "a")
    whole = steps(made, thread)
    gone = max(at for at, (_, _, body) in enumerate(whole) if isinstance(body, kind))
    found = rerun([*whole[:gone], *whole[gone + 1 :]])
    assert found.difference is not None or found.cut == 1 or kind is ev.UsageReported


def test_a_turn_that_was_stopped_with_something_still_to_say(bench: Any) -> None:
    gate = Gate()
    made = bench({"text": ["a", gate, "b"]})
    thread = made.start()
    watcher = made.port.attach(thread)
    made.submit(thread, ops.Submit("go"))
    made.until(watcher, ev.TextDelta)
    made.submit(thread, ops.Submit("and this", busy="steer"))
    made.submit(thread, ops.Interrupt())
    made.until(watcher, ev.TurnInterrupted)
    gate.open()
    found = again(made, thread)
    assert (found.turns, found.cut) == (1, 0)
