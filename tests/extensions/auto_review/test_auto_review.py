"""A model that answers approvals: what it is shown, what its answer does, and what becomes of a failure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from csm.api.testing import Bench, bundled
from csm.core.fold import Thread
from csm.protocol import codec, items
from csm.protocol import events as ev
from csm.protocol.items import PatchChange
from csm.protocol.tools import Ask, ToolCall, ToolResult, ToolSpec

ALLOW = {"risk_level": "low", "user_authorization": "high", "outcome": "allow", "rationale": "They asked for it."}
DENY = {**ALLOW, "outcome": "deny", "risk_level": "high", "rationale": "It leaks\nkeys."}


def says(verdict: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"text": json.dumps({**verdict, **more})}


class Asker:
    """Asks before it does something."""

    spec = ToolSpec("asker", msgspec.Raw(b'{"type":"function"}'))

    def __init__(self, **ask: Any) -> None:
        self.ask = {"command": "touch x", "argv": ("/bin/bash", "-lc", "touch x"), "sandbox": "none", **ask}

    async def run(self, call: ToolCall, cx: Any) -> ToolResult:
        answer = await cx.ask(Ask(f"q-{call.call_id}", call.call_id, "command", "Run?", why="trust me", **self.ask))
        return ToolResult(f"{answer.decision} by {answer.by}: {answer.text}")


@pytest.fixture
def made(tmp_path: Path) -> Callable[..., Any]:
    """A session in which the reviewer is asked: `answers` are a list of turns for each call of the tool."""

    @contextmanager
    def open_(*answers: list[Any], calls: int = 1, **more: Any) -> Iterator[Bench]:
        tool = more.pop("tool", None) or Asker()
        script = [turn for answer in answers for turn in ({"call": ("asker", {})}, *answer)]
        settings = {"approvals_reviewer": "auto_review", **more}
        with Bench(tmp_path, [*script, {"text": "done"}], tools=[tool], settings=settings) as bench:
            bench.host.hooks.register(bundled("auto_review"), "auto_review")
            yield bench

    return open_


def bodies(events: list[ev.Event], kind: type) -> list[Any]:
    return [event.body for event in events if isinstance(event.body, kind)]


def notices(events: list[ev.Event]) -> list[str]:
    done = bodies(events, ev.ItemCompleted)
    return [body.item.message for body in done if isinstance(body.item, items.Notice) and body.item.level == "info"]


def test_a_yes_is_shown_and_recorded(made: Any) -> None:
    with made([says(ALLOW)]) as bench:
        events = bench.turn(bench.start(), "please touch x")
        assert bench.outputs() == ["accept by auto_review: They asked for it."]
    (asked,), (answered,) = bodies(events, ev.Asked), bodies(events, ev.Answered)
    assert asked.ask.command == "touch x"
    assert (answered.decision, answered.by, answered.text) == ("accept", "auto_review", "They asked for it.")
    assert notices(events) == ["The reviewer allowed `touch x`: They asked for it. (risk low)"]


def test_a_no_says_why_and_what_not_to_do(made: Any) -> None:
    with made([says(DENY)]) as bench:
        events = bench.turn(bench.start(), "go")
        (output,) = bench.outputs()
    assert output.startswith("decline by auto_review: It leaks keys. (risk high). Do not reach the same end by another")
    assert notices(events) == ["The reviewer refused `touch x`: It leaks keys. (risk high)."]
    assert bodies(events, ev.Answered)[0].decision == "decline"


def test_what_the_reviewer_is_sent(made: Any) -> None:
    with made([says(ALLOW)], **{"auto_review.policy": "Never touch z."}) as bench:
        thread = bench.start()
        bench.turn(thread, 'touch x "please"')
        first, review, last = bench.model.requests
    assert review.model == first.model and review.tools == () and review.effort == "low"
    assert review.cache_key == f"{thread}-review" and review.thread_id == thread
    assert review.instructions.endswith("it counts more.\n\nNever touch z.\n")
    schema = codec.decode(review.schema)
    assert sorted(schema["required"]) == sorted(schema["properties"]) and schema["additionalProperties"] is False
    (message,) = [codec.decode(raw) for raw in review.input]
    shown = json.loads(message["content"][0]["text"])
    assert shown["conversation"] == [{"user": 'touch x "please"'}]
    assert shown["action"]["command"] == ["/bin/bash", "-lc", "touch x"]
    assert shown["action"]["reason_given"] == "trust me"
    assert shown["action"]["sandbox"].startswith("none")
    assert not any(b"risk_level" in raw for raw in last.input)


BROKEN: dict[str, list[dict[str, Any]]] = {
    "is no verdict": [{"text": "yes"}, {"text": "```json\n{}\n```"}, {"text": json.dumps({**ALLOW, "more": 1})}],
    "Invalid enum value": [says(ALLOW, outcome="maybe")] * 3,
    "missing required field": [{"text": "{}"}] * 3,
    "too much": [{"fail": {"message": "too much", "code": "x"}}],
    "closed before": [{"text": "{}", "open_end": True}] * 3,
}


@pytest.mark.parametrize("why", BROKEN)
def test_a_review_that_fails_is_a_no(made: Any, why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundled("auto_review", "deciding"), "_PAUSE", 0.0)
    with made(BROKEN[why]) as bench:
        events = bench.turn(bench.start(), "go")
        (output,) = bench.outputs()
    assert output.startswith("decline by auto_review: the review failed and nothing was done: ") and why in output
    assert notices(events)[0].startswith("The reviewer could not judge `touch x`: ")


def test_a_second_try_may_do(made: Any) -> None:
    with made([{"text": "hm"}, says(ALLOW)]) as bench:
        bench.turn(bench.start(), "go")
        assert bench.outputs()[0].startswith("accept")


def test_it_does_not_take_for_ever(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundled("auto_review", "deciding"), "_SECONDS", 0.05)
    with made([{"hang": True}]) as bench:
        bench.turn(bench.start(), "go")
        assert "took longer than 0.05 seconds" in bench.outputs()[0]


def test_the_third_no_in_a_row_ends_the_turn(made: Any) -> None:
    with made([says(DENY)], [says(DENY)], [says(DENY)], [says(DENY)]) as bench:
        events = bench.turn(bench.start(), "go")
        assert isinstance(events[-1].body, ev.TurnInterrupted)
        assert [body.decision for body in bodies(events, ev.Answered)] == ["decline", "decline", "cancel"]
        assert notices(events)[-1].endswith("That was the 3rd no in a row, so the turn ends.")


def test_a_yes_between_them_counts(made: Any) -> None:
    with made([says(DENY)], [says(DENY)], [says(ALLOW)], [says(DENY)], [says(DENY)]) as bench:
        events = bench.turn(bench.start(), "go")
        assert isinstance(events[-1].body, ev.TurnCompleted)


def test_without_the_setting_nobody_reviews(made: Any) -> None:
    with made([], approvals_reviewer="user") as bench:
        bench.turn(bench.start(headless=True), "go")
        assert bench.outputs() == ["decline by policy: nobody can be asked here"]


def test_what_rules_forbid_is_not_put_to_it(made: Any, tmp_path: Path) -> None:
    rules = tmp_path / "home/.codex/rules"
    rules.mkdir(parents=True)
    (rules / "a.rules").write_text('prefix_rule(["touch"], "forbidden", justification="never")')
    with made([]) as bench:
        bench.host.hooks.register(bundled("rules"), "rules")
        bench.turn(bench.start(), "go")
        assert bench.outputs() == ["decline by rules: never"]
        assert len(bench.model.requests) == 2


def test_an_action_too_long_to_judge_is_refused(made: Any) -> None:
    with made([], tool=Asker(argv=("x" * 200_000,))) as bench:
        bench.turn(bench.start(), "go")
        assert "too long to judge" in bench.outputs()[0]
        assert len(bench.model.requests) == 2


@pytest.mark.parametrize(
    ("text", "allows"),
    [
        ('{"outcome":"allow"}', True),
        (json.dumps(ALLOW), True),
        (json.dumps({**ALLOW, "risk_level": "high"}), True),
        (json.dumps({**ALLOW, "risk_level": "critical"}), False),
        (json.dumps(DENY), False),
    ],
)
def test_verdicts(text: str, allows: bool) -> None:
    assert bundled("auto_review", "verdict").read(text).allows is allows


@pytest.mark.parametrize(
    "text",
    ["", "allow", "null", "[]", '"allow"', '{"outcome":"ALLOW"}', '{"outcome":"allow"} and more',
     '{"outcome":"allow","x":1}',
     '{"outcome":"allow","rationale":1}', '{"outcome":["allow"]}', "\ud800"],
)  # fmt: skip
def test_no_verdicts(text: str) -> None:
    with pytest.raises(ValueError, match="no verdict"):
        bundled("auto_review", "verdict").read(text)


def test_a_long_reason_is_cut() -> None:
    verdict = bundled("auto_review", "verdict").read(json.dumps({"outcome": "deny", "rationale": "a\n" * 5000}))
    assert len(verdict.why) == 600 and "\n" not in verdict.why


def shown(*said: items.Item) -> list[dict[str, str]]:
    thread = Thread()
    thread.take(ev.TurnStarted("t", 0))
    for item in said:
        thread.take(ev.ItemCompleted("t", item))
    return bundled("auto_review", "evidence").conversation_of(thread)


def test_the_conversation_is_shortened_oldest_first() -> None:
    told = shown(
        items.UserMessage("1", "start"),
        items.AgentMessage("2", "a" * 5000),
        items.CommandExecution("3", "ls", output="o" * 5000, status="completed", exit_code=0),
        items.FileChange("4", (PatchChange("/x", "add"),), status="declined"),
        items.ToolUse("5", "t", "{}"),
        items.Reasoning("6", "hm"),
    )
    assert [next(iter(entry)) for entry in told] == ["user", "agent", "command", "files", "tool"]
    assert "[…3000 characters left out…]" in told[1]["agent"] and len(told[2]["output"]) < 2100
    assert told[3] == {"files": "add /x", "end": "declined"}


def test_the_users_words_stay_where_much_was_done() -> None:
    work = [items.CommandExecution(f"c{n}", "x" * 1500) for n in range(30)]
    told = shown(items.UserMessage("1", "only this"), *work)
    assert told[0] == {"user": "only this"} and 5 < len(told) < 15


def test_the_whole_of_a_change_is_shown() -> None:
    diff = "+" * 50_000
    ask = Ask("q", "c", "patch", "Change?", changes=(PatchChange("/x", "update", diff, "/y"),))
    action = json.loads(bundled("auto_review", "evidence").request(Thread(), ask))["action"]
    assert action["changes"] == [{"file": "/x", "kind": "update", "moved_to": "/y", "diff": diff}]
