"""Whole turns through the real runtime, with a scripted model and tools made for the case."""

import asyncio
import json
import threading

import pytest

from csm.api.testing import Gate, bundled
from csm.core.fold import fold
from csm.protocol import events as ev
from csm.protocol import ops
from csm.protocol.errors import ModelError, SettingError, ToolError
from csm.protocol.items import CommandExecution, Notice, Plan, PlanStep
from csm.protocol.tools import SandboxPolicy, ToolResult

TWO = {"call": [("one", {}, "c1"), ("two", {}, "c2")]}


def bodies(events, kind):
    return [event.body for event in events if isinstance(event.body, kind)]


def same_when_read_again(bench, thread):
    live = bench.port.attach(thread).snapshot
    stored = fold(bench.store.read(thread))
    assert stored.state_hash() == live.state_hash()
    return stored


def test_a_turn_from_prompt_to_answer(bench):
    made = bench({"reasoning": "hm", "text": ["he", "llo"], "phase": "final_answer"})
    thread = made.start()
    events = made.turn(thread, "hi")
    assert [event.seq for event in events] == list(range(events[0].seq, events[0].seq + len(events)))
    assert events[-1].body.last_message == "hello"
    (request,) = made.model.requests
    roles = [json.loads(raw).get("role") for raw in request.input]
    assert roles == ["developer", "user", "user"]
    assert (request.thread_id, request.cache_key, request.model) == (thread, thread, "gpt-5.5")
    stored = same_when_read_again(made, thread)
    assert [entry.text() for entry in stored.turns[-1].entries] == ["hi", "hm", "hello"]
    assert stored.history[:3] == list(request.input)


def test_what_begins_together_and_ends_in_another_order_is_stored_as_it_was_shown(bench, does):
    first = asyncio.Event()

    async def one(call, cx):
        cx.started(CommandExecution("c1", "slow"))
        await first.wait()
        return ToolResult("1", item=CommandExecution("c1", "slow", status="completed", output="1"))

    async def two(call, cx):
        cx.started(CommandExecution("c2", "fast"))
        cx.output("c2", "so ")
        cx.output("c2", "far")
        await asyncio.sleep(0)
        cx.completed(CommandExecution("c2", "fast", status="completed", output="so far"))
        first.set()
        return "2"

    made = bench(TWO, {"text": "done"}, tools=[does("one", one), does("two", two)])
    thread = made.start()
    events = made.turn(thread, "go")
    ended = [body.item.id for body in bodies(events, ev.ItemCompleted) if body.item.id in ("c1", "c2")]
    assert ended == ["c2", "c1"]
    stored = same_when_read_again(made, thread)
    assert [entry.item.id for entry in stored.turns[-1].entries][1:3] == ["c1", "c2"]
    assert made.outputs() == ["1", "2"]


def test_tools_that_are_not_async_run_beside_each_other_in_workers(bench, does):
    both = threading.Barrier(2, timeout=10)

    def meet(call, cx):
        both.wait()
        cx.started(CommandExecution(call.call_id, "x"))
        cx.output(call.call_id, "out")
        cx.completed(CommandExecution(call.call_id, "x", status="completed", output="out"))
        return threading.current_thread().name

    made = bench(TWO, {"text": "done"}, tools=[does("one", meet), does("two", meet)])
    events = made.turn(made.start(), "go")
    assert len(bodies(events, ev.OutputDelta)) == 2
    assert all(name != "csm-session" for name in made.outputs())


def test_tools_that_fail_and_tools_there_are_not(bench, does):
    def refuse(call, cx):
        raise ToolError("not like this")

    def crash(call, cx):
        cx.started(CommandExecution("c2", "boom"))
        raise ZeroDivisionError("by zero")

    call = [("one", {}, "c1"), ("two", {}, "c2"), ("three", {}, "c3")]
    made = bench({"call": call}, {"text": "ok"}, tools=[does("one", refuse), does("two", crash)])
    thread = made.start()
    events = made.turn(thread, "go")
    assert made.outputs() == ["not like this", "two failed: by zero", "unsupported call: three"]
    assert [item.status for item in (body.item for body in bodies(events, ev.ItemCompleted)) if item.id == "c2"] == [
        "failed"
    ]
    assert any("ZeroDivisionError" in message.text for message in made.host.messages)
    same_when_read_again(made, thread)


def test_a_plan_is_closed_with_its_turn(bench, does):
    def plan(call, cx):
        steps = json.loads(call.arguments)
        shown = Plan("p", tuple(PlanStep(step, status) for step, status in steps.items()))
        (cx.started if "a" not in cx.state else cx.updated)(shown)
        cx.state["a"] = 1
        return "Plan updated"

    script = [{"call": ("plan", {"x": "pending"})}, {"call": ("plan", {"x": "completed"})}, {"text": "ok"}]
    made = bench(*script, tools=[does("plan", plan)])
    thread = made.start()
    events = made.turn(thread, "go")
    assert [len(bodies(events, kind)) for kind in (ev.ItemStarted, ev.ItemUpdated)] == [2, 1]
    ended = events[-2].body
    assert ended.item == Plan("p", (PlanStep("x", "completed"),))
    same_when_read_again(made, thread)


def test_an_interrupt_reaches_model_and_tools(bench, does):
    running, stopped = threading.Event(), threading.Event()

    async def forever(call, cx):
        cx.started(CommandExecution("c1", "sleep"))
        running.set()
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            stopped.set()

    made = bench({"call": ("one", {}, "c1"), "hang": True}, {"text": "again"}, tools=[does("one", forever)])
    thread = made.start()
    watcher = made.port.attach(thread)
    made.submit(thread, ops.Submit("go"))
    assert running.wait(10)
    assert made.submit(thread, ops.Interrupt()).accepted
    events = made.until(watcher, ev.TurnInterrupted)
    assert stopped.is_set()
    assert [body.item.status for body in bodies(events, ev.ItemCompleted) if body.item.id == "c1"] == ["failed"]
    same_when_read_again(made, thread)
    made.turn(thread, "and now?")
    assert made.outputs()[0].startswith("aborted by user after 0.")
    assert made.submit(thread, ops.Interrupt()) == ops.Ack(False, "no turn is running")


def test_text_that_streamed_before_an_interrupt_stays(bench):
    gate = Gate()
    made = bench({"text": ["half a ", gate, "thought"]}, {"text": "ok"})
    thread = made.start()
    watcher = made.port.attach(thread)
    made.submit(thread, ops.Submit("go"))
    made.until(watcher, ev.TextDelta)
    made.submit(thread, ops.Interrupt())
    events = made.until(watcher, ev.TurnInterrupted)
    assert [body.item for body in bodies(events, ev.ItemCompleted)][-1].text == "half a "
    same_when_read_again(made, thread)
    made.turn(thread, "go on")
    assert b"half a " in b"".join(made.model.requests[-1].input)


def test_deltas_that_come_in_one_go_are_one_event(bench):
    made = bench({"text": ["x"] * 5000})
    events = made.turn(made.start(), "go")
    assert [len(body.text) for body in bodies(events, ev.TextDelta)] == [5000]


def test_broken_streams_are_told_and_tried_again(bench):
    broken = {"text": "half", "fail": {"message": "gone", "retryable": True, "retry_after": 0.0}}
    made = bench(broken, broken, {"text": "whole"})
    thread = made.start()
    events = made.turn(thread, "go")
    told = [body.message for body in bodies(events, ev.Reconnecting)]
    assert told == ["Reconnecting... 1/5 (gone)", "Reconnecting... 2/5 (gone)"]
    assert events[-1].body.last_message == "whole"
    same_when_read_again(made, thread)


def test_the_providers_own_limit_of_retries_counts(bench):
    broken = {"fail": {"message": "gone", "retryable": True, "retry_after": 0.0, "code": "x"}}
    made = bench(broken, broken, broken, settings={"model_providers.fake.stream_max_retries": 2})
    events = made.turn(made.start(), "go")
    assert events[-1].body == ev.TurnFailed(events[0].body.turn_id, "gone", "x")
    assert len(made.model.requests) == 3


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ([{"fail": {"message": "bad request", "code": "c"}}], "bad request"),
        ([{"text": "x", "fail": ModelError("quota", code="q")}], "quota"),
        ([], "the script has no turn for request 1"),
    ],
)
def test_what_no_retry_can_help_ends_the_turn(bench, script, told):
    made = bench(*script, {"text": "later"}) if script else bench()
    thread = made.start()
    events = made.turn(thread, "go")
    assert events[-1].body.message == told
    same_when_read_again(made, thread)
    if script:
        assert made.turn(thread, "again")[-1].body.last_message == "later"


def test_a_provider_that_crashes_is_named(bench):
    made = bench({"text": "x", "raw": "only for servers"})
    events = made.turn(made.start(), "go")
    assert isinstance(events[-1].body, ev.TurnFailed)
    assert "fake failed" in events[-1].body.message
    assert any("ValueError" in message.text for message in made.host.messages)


def test_a_provider_without_key_fails_the_turn_and_keeps_the_prompt(bench):
    made = bench({"text": "x"})
    made.model.without_key("set FAKE_KEY")
    thread = made.start()
    events = made.turn(thread, "my words")
    assert events[-1].body == ev.TurnFailed(events[0].body.turn_id, "set FAKE_KEY", "no_credentials")
    assert same_when_read_again(made, thread).turns[-1].entries[0].text() == "my words"


def test_a_provider_there_is_not(bench):
    made = bench()
    with pytest.raises((SettingError, ModelError), match="Model provider `nope` not found"):
        made.start(overrides={"model_provider": "nope"})


def test_an_unknown_model_is_warned_about(bench):
    made = bench({"text": "x"}, settings={"model": "llama"})
    events = made.turn(made.start(), "go")
    assert isinstance(events[0].body.item, Notice) and events[0].body.turn_id == ""
    assert events[0].body.item.message.startswith("Model metadata for `llama` not found.")
    assert made.model.requests[0].effort is None


def test_schema_and_images_go_into_the_request(bench):
    made = bench({"text": "{}"}, {"text": "plain"})
    thread = made.start()
    made.turn(thread, "see", images=("https://a.test/p.png",), schema=b'{"type":"object"}')
    content = json.loads(made.model.requests[0].input[-1])["content"]
    assert [part["type"] for part in content] == ["input_text", "input_image", "input_text", "input_text"]
    assert content[1]["image_url"] == "https://a.test/p.png"
    assert made.model.requests[0].schema == b'{"type":"object"}'
    made.turn(thread, "and now")
    assert made.model.requests[1].schema is None


@pytest.mark.parametrize(("name", "told"), [("none.png", "cannot be read: No such file"), ("a.txt", "is no PNG")])
def test_the_model_is_told_of_images_it_cannot_see(bench, name, told):
    made = bench({"text": "ok"}, plugins=[bundled("images")])
    (made.work / "a.txt").write_text("x")
    thread = made.start()
    watcher = made.port.attach(thread)
    ack = made.submit(thread, ops.Submit("see", images=(name,)))
    assert ack.accepted and told in ack.reason
    made.until(watcher, ev.TurnCompleted)
    content = json.loads(made.model.requests[0].input[-1])["content"]
    assert told in content[1]["text"] and content[-1]["text"] == "see"


def test_rules_are_read_anew_for_each_turn(bench):
    made = bench({"text": "1"}, {"text": "2"}, {"text": "3"})
    (made.home / ".codex/AGENTS.md").write_text("mine\n")
    (made.work / "AGENTS.md").write_text("project one\n")
    thread = made.start()
    made.turn(thread, "a")
    made.turn(thread, "b")
    (made.work / "AGENTS.md").write_text("project two\n")
    made.turn(thread, "c")
    sent = [b"".join(request.input).decode() for request in made.model.requests]
    assert [text.count("project one") for text in sent] == [1, 1, 1]
    assert [text.count("project two") for text in sent] == [0, 0, 1]
    one, two = (request.input for request in made.model.requests[:2])
    assert two[: len(one)] == one


def test_rules_that_are_cut_are_told_once(bench):
    made = bench({"text": "1"}, {"text": "2"})
    (made.work / "AGENTS.md").write_text("x" * 40_000)
    thread = made.start()
    notices = [
        event.body.item.message
        for _ in range(2)
        for event in made.turn(thread, "a")
        if isinstance(event.body, ev.ItemCompleted) and isinstance(event.body.item, Notice)
    ]
    assert len(notices) == 1 and notices[0].startswith("Only 32768 of 40000 bytes of ")


def test_settings_change_between_turns(bench):
    made = bench({"text": "1"}, {"text": "2"})
    thread = made.start()
    made.turn(thread, "a")
    change = ops.Configure(model="gpt-5.4", approval="never", sandbox=SandboxPolicy("workspace-write"))
    assert made.submit(thread, change).accepted
    events = made.turn(thread, "b")
    assert made.model.requests[1].model == "gpt-5.4"
    assert bodies(events, ev.TurnContext)[0].approval == "never"
    assert b"`workspace-write`" in b"".join(made.model.requests[1].input)
    assert not made.submit(thread, ops.Configure()).accepted
    same_when_read_again(made, thread)


def test_queue_steer_and_reject_while_a_turn_runs(bench):
    gate = Gate()
    made = bench({"text": ["a", gate, "b"]}, {"text": "steered"}, {"text": "queued"})
    thread = made.start()
    watcher = made.port.attach(thread)
    running = made.submit(thread, ops.Submit("go")).turn_id
    gate.wait_arrived()
    assert made.submit(thread, ops.Submit("x", busy="reject")) == ops.Ack(False, "a turn is running")
    assert made.submit(thread, ops.Submit("now", busy="steer")) == ops.Ack(True, turn_id=running)
    assert made.submit(thread, ops.Submit("later")) == ops.Ack(True)
    assert made.submit(thread, ops.Submit("oops")).accepted
    assert made.submit(thread, ops.Unqueue()).accepted
    gate.open()
    events = made.until(watcher, ev.TurnCompleted)
    assert bodies(events, ev.Queued)[2] == ev.Queued(("later",), "oops")
    events = made.until(watcher, ev.TurnCompleted)
    assert events[-1].body.last_message == "queued"
    texts = [json.loads(raw)["content"][0]["text"] for raw in made.model.requests[2].input[2:]]
    assert texts == ["go", "ab", "now", "steered", "later"]
    assert not made.submit(thread, ops.Unqueue()).accepted
    assert made.submit(thread, ops.Submit(" ")) == ops.Ack(False, "there is nothing to send")


def test_a_queue_left_by_an_interrupt_starts_with_an_empty_submit(bench):
    made = bench({"hang": True}, {"text": "queued"})
    thread = made.start()
    watcher = made.port.attach(thread)
    made.submit(thread, ops.Submit("go"))
    made.submit(thread, ops.Submit("later"))
    made.submit(thread, ops.Interrupt())
    made.until(watcher, ev.TurnInterrupted)
    assert made.submit(thread, ops.Submit("")).accepted
    assert made.until(watcher, ev.TurnCompleted)[-1].body.last_message == "queued"
