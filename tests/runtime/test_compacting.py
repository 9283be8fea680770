"""Histories that give way to summaries, through the real runtime: on request, at the limit, where there is no room."""

import json

import pytest

from csm.api import hook
from csm.api.testing import Gate, ResponsesServer
from csm.core import compaction
from csm.core.fold import fold
from csm.protocol import events as ev
from csm.protocol import ops
from csm.protocol.errors import ModelError
from csm.protocol.items import Compaction, UserMessage

ENDS = (ev.TurnCompleted, ev.TurnFailed, ev.TurnInterrupted)
FULL = {"input": 900, "output": 100}
LIMIT = {"model_auto_compact_token_limit": 1000}
NO_ROOM = {"fail": {"message": "no room", "code": "context_length_exceeded"}}


def told(raw):
    value = json.loads(raw)
    content = value.get("content")
    return content[0]["text"].split("\n")[0] if content else value["type"]


def sent(bench, number):
    """What the model read in a request, in a few words, without the context at its beginning."""
    return [told(raw) for raw in bench.model.requests[number].input][2:]


ASK, MARK = compaction.ASK.split("\n")[0], compaction.MARK.split("\n")[0]


def compact(bench, thread):
    watcher = bench.port.attach(thread)
    ack = bench.submit(thread, ops.Compact())
    assert ack.accepted, ack.reason
    found = bench.until(watcher, ENDS)
    assert found[-1].body.turn_id == ack.turn_id
    return [event.body for event in found]


def kinds(bodies):
    return [type(body).__name__ for body in bodies]


def check_stored(bench, thread):
    live = bench.port.attach(thread).snapshot
    assert fold(bench.store.read(thread)).state_hash() == live.state_hash()
    return live


def test_on_request(bench):
    made = bench({"text": "one"}, {"text": "two"}, {"text": "SUMMARY"}, {"text": "three"})
    thread = made.start()
    made.turn(thread, "first")
    made.turn(thread, "second")
    bodies = compact(made, thread)
    assert kinds(bodies) == ["TurnStarted", "HistoryReplaced", "ItemCompleted", "UsageReported", "TurnCompleted"]
    assert isinstance(bodies[2].item, Compaction) and bodies[2].item.summary == "SUMMARY"
    assert bodies[3].total.total == 360, "what the summary cost counts"
    asked = made.model.requests[2]
    assert sent(made, 2) == ["first", "one", "second", "two", ASK]
    assert (asked.tools, asked.schema, asked.cache_key) == ((), None, thread)
    assert asked.input[: len(made.model.requests[1].input)] == made.model.requests[1].input
    made.turn(thread, "third")
    assert sent(made, 3) == ["first", "second", MARK, "third"]
    live = check_stored(made, thread)
    assert live.last_usage.total == 120


def test_the_next_summary_is_made_of_all_since_and_of_the_last_one(bench):
    made = bench({"text": "one"}, {"text": "OLD"}, {"text": "two"}, {"text": "NEW"}, {"text": "three"})
    thread = made.start()
    made.turn(thread, "first")
    compact(made, thread)
    assert not made.submit(thread, ops.Compact()).accepted, "there is nothing new"
    made.turn(thread, "second")
    compact(made, thread)
    assert sent(made, 3) == ["first", MARK, "second", "two", ASK]
    made.turn(thread, "third")
    assert sent(made, 4) == ["first", "second", MARK, "third"]
    assert b"NEW" in made.model.requests[4].input[-2] and b"OLD" not in b"".join(made.model.requests[4].input)
    check_stored(made, thread)


def test_nothing_to_sum_up_and_nothing_while_a_turn_runs(bench):
    gate = Gate()
    made = bench({"text": ["a", gate, "b"]})
    thread = made.start()
    assert made.submit(thread, ops.Compact()).reason == "there is nothing to summarise yet"
    watcher = made.port.attach(thread)
    made.submit(thread, ops.Submit("hi"))
    gate.wait_arrived()
    assert made.submit(thread, ops.Compact()).reason == "a turn is running"
    gate.open()
    made.until(watcher, ev.TurnCompleted)


def test_at_the_limit_before_a_turn(bench):
    made = bench({"text": "one", "usage": FULL}, {"text": "SUMMARY"}, {"text": "two"}, settings=LIMIT)
    thread = made.start()
    made.turn(thread, "first")
    found = made.turn(thread, "second")
    shown = [event.body for event in found if isinstance(event.body, ev.ItemStarted | ev.ItemCompleted)]
    assert [type(body.item).__name__ for body in shown[:3]] == ["UserMessage", "Compaction", "UserMessage"]
    assert sent(made, 1) == ["first", "one", ASK]
    assert sent(made, 2) == ["first", MARK, "second"]
    assert len(made.model.requests) == 3
    live = check_stored(made, thread)
    entries = live.turns[-1].entries
    assert [type(entry.item).__name__ for entry in entries] == ["UserMessage", "Compaction", "AgentMessage"]


def test_at_the_limit_within_a_turn(bench, does):
    made = bench(
        {"call": ("x", {}, "c1"), "usage": FULL},
        {"text": "SUMMARY"},
        {"text": "done"},
        settings=LIMIT,
        tools=[does("x", lambda call, cx: "out")],
    )
    thread = made.start()
    assert made.turn(thread, "first")[-1].body.last_message == "done"
    assert sent(made, 1) == ["first", "function_call", "function_call_output", ASK]
    assert sent(made, 2) == ["first", MARK]
    assert [spec.name for spec in made.model.requests[2].tools] == ["x"]
    check_stored(made, thread)


def test_a_smaller_window_has_an_earlier_limit(bench):
    made = bench({"text": "one", "usage": FULL}, {"text": "two"}, settings={"model_context_window": 1113})
    thread = made.start()
    made.turn(thread, "first")
    made.turn(thread, "second")
    assert sent(made, 1) == ["first", "one", "second"], "1000 of 1113 is not yet 90 %"
    other = bench(
        {"text": "one", "usage": FULL}, {"text": "S"}, {"text": "two"}, settings={"model_context_window": 1111}
    )
    thread = other.start()
    other.turn(thread, "first")
    other.turn(thread, "second")
    assert sent(other, 1)[-1] == ASK


def test_no_room_is_made_room_once(bench):
    made = bench({"text": "one"}, NO_ROOM, {"text": "SUMMARY"}, {"text": "two"})
    thread = made.start()
    made.turn(thread, "first")
    assert made.turn(thread, "second")[-1].body.last_message == "two"
    assert sent(made, 2) == ["first", "one", "second", ASK]
    assert sent(made, 3) == ["first", "second", MARK]
    check_stored(made, thread)


def test_no_room_twice_is_an_error(bench):
    made = bench({"text": "one"}, NO_ROOM, {"text": "SUMMARY"}, NO_ROOM)
    thread = made.start()
    made.turn(thread, "first")
    end = made.turn(thread, "second")[-1].body
    assert (end.message, end.code) == ("no room", "context_length_exceeded")


def test_no_room_for_the_first_words_is_an_error_at_once(bench):
    made = bench(NO_ROOM)
    assert made.turn(made.start(), "first")[-1].body.message == "no room"
    assert len(made.model.requests) == 1


FAILURES = {
    "refused": ({"fail": {"message": "no", "code": "x"}}, "no"),
    "empty": ({"text": " "}, "The model was asked for a summary of this session and gave none."),
    "only calls": ({"call": ("x", {})}, "The model was asked for a summary of this session and gave none."),
    "never room": (NO_ROOM, "no room"),
}


@pytest.mark.parametrize("case", FAILURES)
def test_a_failure_leaves_the_history_as_it_was(bench, case):
    turn, message = FAILURES[case]
    made = bench({"text": "one"}, *[turn] * 5, {"text": "two"})
    thread = made.start()
    made.turn(thread, "first")
    before = made.port.attach(thread).snapshot.history
    assert compact(made, thread)[-1].message == message
    assert made.port.attach(thread).snapshot.history == before
    check_stored(made, thread)
    left = 6 - len(made.model.requests)
    assert left == (0 if case == "never room" else 4), "what does not fit is shortened, nothing else is tried again"


def test_a_broken_stream_is_tried_again(bench):
    broken = ModelError("gone", retryable=True, retry_after=0)
    made = bench({"text": "one"}, {"text": "SUM", "drop": 2}, {"fail": broken}, {"text": "SUMMARY"})
    thread = made.start()
    made.turn(thread, "first")
    bodies = compact(made, thread)
    tries = [body.attempt for body in bodies if isinstance(body, ev.Reconnecting)]
    assert tries == [1, 2]
    assert isinstance(bodies[-1], ev.TurnCompleted)


def test_an_interrupt_leaves_the_history_as_it_was(bench):
    gate = Gate()
    made = bench({"text": "one"}, {"text": ["SUM", gate, "MARY"]}, {"text": "two"})
    thread = made.start()
    made.turn(thread, "first")
    before = made.port.attach(thread).snapshot.history
    watcher = made.port.attach(thread)
    made.submit(thread, ops.Compact())
    gate.wait_arrived()
    made.submit(thread, ops.Interrupt())
    made.until(watcher, ev.TurnInterrupted)
    gate.open()
    assert check_stored(made, thread).history == before
    made.turn(thread, "second")
    assert sent(made, 2) == ["first", "one", "second"]


def test_closing_in_the_middle_keeps_what_the_user_said(bench):
    gate = Gate()
    made = bench({"text": "one", "usage": FULL}, {"text": ["SUM", gate]}, settings=LIMIT)
    thread = made.start()
    made.turn(thread, "first")
    made.submit(thread, ops.Submit("second"))
    gate.wait_arrived()
    made.port.close()
    stored = fold(made.store.read(thread))
    assert [entry.item.text for entry in stored.turns[-1].entries if isinstance(entry.item, UserMessage)] == ["second"]
    gate.open()


class Sums:
    """An extension that sums up."""

    def __init__(self, answer):
        self.answer = answer

    @hook
    async def compact(self, thread):
        return self.answer and f"{self.answer} {len(thread.history)}"


@pytest.mark.parametrize(("answer", "requests"), [("mine", 1), (None, 2)])
def test_an_extension_may_write_the_summary(bench, answer, requests):
    made = bench({"text": "one"}, {"text": "the model's"}, plugins=[Sums(answer)])
    thread = made.start()
    made.turn(thread, "first")
    bodies = compact(made, thread)
    assert bodies[2].item.summary == ("mine 4" if answer else "the model's")
    assert len(made.model.requests) == requests


def test_the_words_that_ask_can_be_set(bench):
    made = bench({"text": "one"}, {"text": "S"}, settings={"compact_prompt": "Sum up."})
    thread = made.start()
    made.turn(thread, "first")
    compact(made, thread)
    assert sent(made, 1)[-1] == "Sum up."


def test_a_thread_goes_on_from_its_summary_after_resume_and_fork(bench):
    made = bench({"text": "one"}, {"text": "SUMMARY"}, {"text": "two"}, {"text": "three"}, {"text": "four"})
    thread = made.start()
    made.turn(thread, "first")
    compact(made, thread)
    fork = made.start(fork=thread)
    made.turn(fork, "there")
    made.turn(thread, "here")
    assert sent(made, 2) == ["first", MARK, "there"]
    assert sent(made, 3) == ["first", MARK, "here"]
    check_stored(made, fork)
    made.port.close()
    again = bench({"text": "four"}, store=made.store)
    again.start(resume=thread, cwd=str(made.work))
    again.turn(thread, "more")
    assert sent(again, 0) == ["first", MARK, "here", "three", "more"]


def test_over_http(bench):
    body = {"error": {"code": "context_length_exceeded", "message": "too long"}}
    turns = [{"text": "one"}, {"http": 400, "body": body}, {"http": 400, "body": body}, {"text": "S"}, {"text": "two"}]
    from csm.api.testing import bundled

    with ResponsesServer(turns) as server:
        settings = server.overrides("scripted")
        provider = bundled("responses", "provider")
        made = bench(settings=settings)
        entry = made.host.settings.model_providers["scripted"]
        made.host.hooks.register(_Models(provider.ResponsesProvider(entry, made.host.settings, made.env)), "http")
        thread = made.start(overrides={"model_provider": "scripted"})
        made.turn(thread, "first")
        assert made.turn(thread, "second")[-1].body.last_message == "two"
        assert len(server.requests) == 5
        asked = server.requests[3].json
        assert asked["tools"] == [] and asked["input"][-1]["content"][0]["text"] == compaction.ASK


class _Models:
    def __init__(self, provider):
        self.provider = provider

    @hook
    def models(self):
        return [self.provider]


def test_a_provider_that_gives_no_figures_is_estimated(bench):
    words = "word " * 1000
    made = bench(
        *({"text": text, "usage": None} for text in ("one", "SUMMARY", "two")), settings={"model_context_window": 2500}
    )
    thread = made.start()
    made.turn(thread, words)
    made.turn(thread, "second")
    assert sent(made, 1)[-1] == ASK
