"""The moments of a thread at which extensions are heard, and what they can make of them."""

import asyncio
import os
import threading
import time
from types import SimpleNamespace

import msgspec
import pytest

from csm.api import StoreError, codec, events, hook, items, ops
from csm.api.testing import Bench
from csm.protocol.tools import ToolResult, ToolSpec


class Echo:
    """Answers with its arguments."""

    spec = ToolSpec("echo", msgspec.Raw(b'{"type":"function","name":"echo","parameters":{"type":"object"}}'))

    def __init__(self):
        self.ran = []

    async def run(self, call, cx):
        self.ran.append(call.arguments)
        return ToolResult(f"said {call.arguments}")


def texts(request, *roles):
    found = [codec.decode(raw) for raw in request.input]
    said = [(one["role"], one["content"][0]["text"]) for one in found if one.get("type") == "message"]
    return [text for role, text in said if role in roles and not text.startswith(("<", "#"))]


def bodies(found, kind):
    return [event.body for event in found if isinstance(event.body, kind)]


def notices(found):
    return [b.item.message for b in bodies(found, events.ItemCompleted) if isinstance(b.item, items.Notice)]


def plugin(**hooks):
    """An extension of these hooks."""
    made = SimpleNamespace()
    for name, function in hooks.items():
        function.__name__ = name
        setattr(made, name, hook(function))
    return made


def closed(bench, thread):
    """Wait until a thread can be opened again."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            bench.port.attach(thread).detach()
        except StoreError:
            return
        os.sched_yield()
    raise AssertionError("it never closed")


def test_what_begins_is_told_once_and_may_add_to_the_history(tmp_path):
    sources = []

    async def thread_started(source, cx):
        sources.append(source)
        cx.tell(f"begun by {source}")

    def before_prompt(prompt, cx):
        cx.tell(f"about {prompt}")

    with Bench(
        tmp_path,
        [{"text": "a"}, {"text": "b"}],
        plugins=[plugin(thread_started=thread_started), plugin(before_prompt=before_prompt)],
    ) as bench:
        thread = bench.start()
        bench.turn(thread, "one")
        bench.turn(thread, "two")
        assert sources == ["startup"]
        assert texts(bench.model.requests[-1], "developer", "user")[-5:] == [
            "begun by startup", "one", "about one", "two", "about two",
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "source"), [({"resume": True}, "resume"), ({"fork": True}, "fork"), ({"cleared": True}, "clear")]
)
def test_why_a_thread_begins(tmp_path, fields, source):
    seen = []

    def thread_started(source):
        seen.append(source)

    with Bench(tmp_path, [{"text": "a"}, {"text": "b"}], plugins=[plugin(thread_started=thread_started)]) as bench:
        thread = bench.start()
        bench.turn(thread, "one")
        if "cleared" not in fields:
            bench.submit(thread, ops.Shutdown())
            closed(bench, thread)
            fields = dict.fromkeys(fields, thread)
        bench.turn(bench.start(**fields), "two")
        assert seen == ["startup", source]


def test_a_prompt_that_is_refused_reaches_neither_model_nor_log(tmp_path):
    def before_prompt(prompt):
        return "not that word" if "bad" in prompt else None

    with Bench(tmp_path, [{"text": "a"}], plugins=[plugin(before_prompt=before_prompt)]) as bench:
        thread = bench.start()
        found = bench.turn(thread, "a bad word")
        assert notices(found) == ["not that word"]
        assert [body.taken for body in bodies(found, events.Queued)] == ["a bad word"]
        assert isinstance(found[-1].body, events.TurnCompleted)
        assert bench.model.requests == []
        assert b"a bad word" not in b"".join(codec.encode(body) for _, body in bench.store.read(thread))
        bench.turn(thread, "fine")
        assert texts(bench.model.requests[0], "user") == ["fine"]


def test_an_empty_refusal_says_nothing(tmp_path):
    with Bench(tmp_path, [], plugins=[plugin(thread_started=lambda: "")]) as bench:
        found = bench.turn(bench.start(), "one")
        assert notices(found) == []
        assert isinstance(found[-1].body, events.TurnCompleted)
        assert bench.model.requests == []


def test_the_model_is_sent_back(tmp_path):
    seen = []

    def before_stop(message, again):
        seen.append((message, again))
        return None if again else ["one more thing"]

    with Bench(tmp_path, [{"text": "a"}, {"text": "b"}], plugins=[plugin(before_stop=before_stop)]) as bench:
        found = bench.turn(bench.start(), "go")
        assert seen == [("a", False), ("b", True)]
        assert found[-1].body.last_message == "b"
        assert texts(bench.model.requests[-1], "user") == ["go", "one more thing"]


def test_a_call_is_changed_before_it_is_judged(tmp_path):
    echo, judged = Echo(), []

    def before_call(call):
        return msgspec.structs.replace(call, arguments='{"b":2}', call_id="other")

    def before_tool(call):
        judged.append(call.arguments)

    script = [{"call": ("echo", {"a": 1}, "c1")}, {"text": "done"}]
    with Bench(
        tmp_path, script, tools=[echo], plugins=[plugin(before_call=before_call), plugin(before_tool=before_tool)]
    ) as bench:
        bench.turn(bench.start(), "go")
        assert echo.ran == judged == ['{"b":2}']
        assert bench.outputs() == ['said {"b":2}']


def test_a_call_is_answered_in_the_tools_place(tmp_path):
    echo, later = Echo(), []

    def before_call(cx):
        cx.tell("by the way")
        return ToolResult("no", success=False)

    script = [{"call": ("echo", {}, "c1")}, {"text": "done"}]
    with Bench(
        tmp_path,
        script,
        tools=[echo],
        plugins=[plugin(before_call=before_call), plugin(before_call=lambda call: later.append(call))],
    ) as bench:
        bench.turn(bench.start(), "go")
        assert (echo.ran, later, bench.outputs()) == ([], [], ["no"])
        kinds = [codec.decode(raw)["type"] for raw in bench.model.requests[-1].input][-3:]
        assert kinds == ["function_call", "message", "function_call_output"]


def test_nonsense_in_place_of_a_call_changes_nothing(tmp_path):
    echo = Echo()
    script = [{"call": ("echo", {}, "c1")}, {"text": "done"}]
    with Bench(tmp_path, script, tools=[echo], plugins=[plugin(before_call=lambda call: "no")]) as bench:
        bench.turn(bench.start(), "go")
        assert len(echo.ran) == 1
        assert any("before_call failed" in message.text for message in bench.host.messages)


def test_requests_are_told_of(tmp_path):
    seen, held = [], threading.Event()

    def request_begins(cx):
        seen.append("begins" if cx.turn_id else "no turn")

    def request_ends(status, error, usage, cx):
        seen.append((status, error, usage.total if usage else None, bool(cx.turn_id)))
        held.set()

    script = [{"text": "a"}, {"fail": {"message": "broken", "code": "bad"}}, {"text": ["b", threading.Event()]}]
    both = plugin(request_begins=request_begins, request_ends=request_ends)
    with Bench(tmp_path, script, plugins=[both]) as bench:
        thread = bench.start()
        bench.turn(thread, "one")
        bench.turn(thread, "two")
        assert seen == ["begins", ("completed", None, 120, True), "begins", ("failed", "broken", None, True)]
        held.clear()
        watcher = bench.port.attach(thread)
        bench.submit(thread, ops.Submit("three"))
        bench.until(watcher, events.TextDelta)
        bench.submit(thread, ops.Interrupt())
        assert held.wait(10)
        assert seen[4:] == ["begins", ("cancelled", None, None, True)]


def test_an_interrupt_is_told_with_the_turn_it_stopped(tmp_path):
    told, held = threading.Event(), threading.Event()
    seen = []

    async def before_prompt(cx):
        held.set()
        await asyncio.Event().wait()

    def interrupted(cx):
        seen.append(cx.turn_id)
        told.set()

    with Bench(
        tmp_path, [{"text": "a"}], plugins=[plugin(before_prompt=before_prompt), plugin(interrupted=interrupted)]
    ) as bench:
        thread = bench.start()
        watcher = bench.port.attach(thread)
        ack = bench.submit(thread, ops.Submit("go"))
        assert held.wait(10)
        bench.submit(thread, ops.Interrupt())
        bench.until(watcher, events.TurnInterrupted)
        assert told.wait(10)
        assert seen == [ack.turn_id]


def test_the_end_of_a_thread_is_told_if_there_was_a_turn(tmp_path):
    seen = []

    def thread_ended(cx):
        seen.append(cx.thread_id)

    with Bench(tmp_path, [{"text": "a"}], plugins=[plugin(thread_ended=thread_ended)]) as bench:
        one, _two = bench.start(), bench.start()
        bench.turn(one, "go")
    assert seen == [one]


def test_summaries_are_asked_about(tmp_path):
    seen = []

    def before_compact(trigger):
        seen.append(("before", trigger))

    def after_compact(trigger):
        seen.append(("after", trigger))

    def thread_started(source, cx):
        seen.append(source)
        cx.tell(f"anew after {source}")

    script = [{"text": "a"}, {"text": "short"}, {"text": "b"}]
    parts = [
        plugin(before_compact=before_compact),
        plugin(after_compact=after_compact),
        plugin(thread_started=thread_started),
    ]
    with Bench(tmp_path, script, plugins=parts) as bench:
        thread = bench.start()
        bench.turn(thread, "one")
        watcher = bench.port.attach(thread)
        bench.submit(thread, ops.Compact())
        bench.until(watcher, events.TurnCompleted)
        assert seen == ["startup", ("before", "manual"), ("after", "manual")]
        bench.turn(thread, "two")
        assert seen[-1] == "compact"
        assert texts(bench.model.requests[-1], "developer", "user")[-2:] == ["anew after compact", "two"]


def test_a_summary_that_is_refused_is_not_made(tmp_path):
    with Bench(tmp_path, [{"text": "a"}], plugins=[plugin(before_compact=lambda: "keep it")]) as bench:
        thread = bench.start()
        bench.turn(thread, "one")
        watcher = bench.port.attach(thread)
        bench.submit(thread, ops.Compact())
        found = bench.until(watcher, events.TurnInterrupted)
        assert notices(found) == ["keep it"]
        assert len(bench.model.requests) == 1


def test_remarks_are_told_when_a_thread_opens(tmp_path):
    def remarks(settings):
        return ["mind the gap", ("info", settings.model_provider)]

    with Bench(tmp_path, plugins=[plugin(remarks=remarks)]) as bench:
        told = bench.port.attach(bench.start()).told
        assert [(one.level, one.message) for one in told] == [("warning", "mind the gap"), ("info", "fake")]


def test_a_note_from_any_thread_is_read_with_the_next_request(tmp_path):
    noted = threading.Event()

    def before_prompt(prompt, cx):
        if prompt == "one":
            threading.Thread(target=lambda: (cx.note("from afar"), noted.set())).start()

    with Bench(tmp_path, [{"text": "a"}, {"text": "b"}], plugins=[plugin(before_prompt=before_prompt)]) as bench:
        thread = bench.start()
        bench.turn(thread, "one")
        assert noted.wait(10)
        bench.turn(thread, "two")
        assert "from afar" in texts(bench.model.requests[-1], "developer")


def test_what_a_moment_knows(tmp_path):
    seen = {}

    def before_prompt(cx):
        cx.state["kept"] = True
        names = ("thread_id", "cwd", "model", "approval", "headless", "log", "lineage", "call", "collaboration")
        seen.update({name: getattr(cx, name) for name in names}, secret=cx.env.get("A_KEY"), home=cx.env["HOME"])

    def before_stop(cx):
        seen["kept"] = cx.state.get("kept")

    both = plugin(before_prompt=before_prompt, before_stop=before_stop)
    with Bench(tmp_path, [{"text": "a"}], plugins=[both], settings={"model": "m"}) as bench:
        thread = bench.start(headless=True)
        bench.turn(thread, "one")
    assert seen["thread_id"] == thread
    assert seen["cwd"] == bench.work
    assert (seen["model"], seen["approval"], seen["headless"], seen["kept"]) == ("m", "never", True, True)
    assert (seen["lineage"], seen["call"], seen["collaboration"]) == (None, None, "default")


def test_who_fails_is_named_and_holds_nothing_up(tmp_path):
    def before_stop():
        raise RuntimeError("oh")

    with Bench(tmp_path, [{"text": "a"}], plugins=[plugin(before_stop=before_stop)]) as bench:
        found = bench.turn(bench.start(), "go")
        assert isinstance(found[-1].body, events.TurnCompleted)
        assert any("before_stop failed: RuntimeError: oh" in message.text for message in bench.host.messages)
