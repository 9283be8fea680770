"""The turn machine as tables: inputs in, events and effects out. No loop, no socket, no clock."""

import json

import msgspec
import pytest

from csm.core import effects as fx
from csm.core.turn_state import State
from csm.protocol import events as ev
from csm.protocol.items import AgentMessage, Reasoning, UserMessage, WebSearch
from csm.protocol.model import (
    PartCompleted,
    PartCreated,
    PartItemDone,
    PartItemStarted,
    PartReasoning,
    PartText,
    Usage,
)
from csm.protocol.tools import ToolCall


def kinds(bodies):
    return [type(body).__name__ for body in bodies]


def test_a_turn_begins_in_codexs_order(kit):
    events, effects = kit.Machine().begin(appended=(b'{"type":"x"}',))
    assert kinds(events) == [
        "TurnStarted",
        "HistoryAppended",
        "TurnContext",
        "HistoryAppended",
        "ItemCompleted",
    ]
    assert events[0] == ev.TurnStarted("t", 1000, 95)
    assert events[-1].item == UserMessage("t-0", "hi")
    assert effects == [fx.CallModel(1, 0)]


def test_an_answer_without_calls_ends_the_turn(kit):
    machine = kit.Machine(usage=Usage(1, 1, 1, 1, 2))
    machine.begin()
    machine.now = 3500
    events, effects = machine.parts(
        PartCreated("r"),
        PartItemStarted("m1", "message", "final_answer"),
        PartText("m1", "he"),
        PartText("m1", "llo"),
        kit.message("hello", phase="final_answer"),
        kit.DONE,
    )
    assert events == [
        ev.ItemStarted("t", AgentMessage("t-1", "", "final_answer")),
        ev.TextDelta("t-1", "he"),
        ev.TextDelta("t-1", "llo"),
        ev.ItemCompleted("t", AgentMessage("t-1", "hello", "final_answer")),
        events[4],
        ev.UsageReported(Usage(100, 10, 20, 5, 120), Usage(101, 11, 21, 6, 122), 95),
        ev.TurnCompleted("t", "hello", 3500, 2500),
    ]
    assert json.loads(bytes(events[4].raw)) == {
        "type": "message",
        "role": "assistant",
        "content": [{"type": "output_text", "text": "hello"}],
        "phase": "final_answer",
    }
    assert effects == [fx.TurnOver()]
    assert machine.state == State(usage=Usage(101, 11, 21, 6, 122))


def test_reasoning_is_shown_and_kept_encrypted(kit):
    machine = kit.Machine()
    machine.begin()
    raw = {"type": "reasoning", "id": "r1", "encrypted_content": "X", "summary": [{"text": "a"}, {"text": "b"}]}
    events, _ = machine.parts(
        PartItemStarted("r1", "reasoning"),
        PartReasoning("r1", "a"),
        PartReasoning("r1", "b", 1),
        PartItemDone("r1", json.dumps(raw).encode()),
    )
    assert kinds(events) == ["ItemStarted", "ReasoningDelta", "ReasoningDelta", "ItemCompleted", "HistoryAppended"]
    assert events[3].item == Reasoning("t-1", "a\n\nb")
    assert json.loads(bytes(events[4].raw)) == {
        "type": "reasoning",
        "encrypted_content": "X",
        "summary": raw["summary"],
    }


def test_reasoning_without_summary_is_not_shown(kit):
    machine = kit.Machine()
    machine.begin()
    events, _ = machine.parts(PartItemDone("r1", b'{"type":"reasoning","summary":[],"encrypted_content":"X"}'))
    assert kinds(events) == ["HistoryAppended"]


def test_calls_run_at_once_and_are_answered_in_their_order(kit):
    machine = kit.Machine()
    machine.begin()
    _, effects = machine.parts(kit.call("c1", "a"), kit.call("c2", "b", arguments="[1]"))
    assert effects == [
        fx.RunTool(ToolCall("c1", "a", "{}")),
        fx.RunTool(ToolCall("c2", "b", "[1]")),
    ]
    assert machine.feed(fx.ToolDone("c2", 0, "two")) == ([], [])
    machine.parts(kit.DONE)
    events, effects = machine.feed(fx.ToolDone("c1", 0, "one"))
    assert [json.loads(bytes(body.raw)) for body in events] == [
        {"type": "function_call_output", "call_id": "c1", "output": "one"},
        {"type": "function_call_output", "call_id": "c2", "output": "two"},
    ]
    assert effects == [fx.CallModel(2, 0)]
    _, effects = machine.parts(kit.message("done"), kit.DONE)
    assert effects == [fx.TurnOver()]
    assert machine.history() == ["hi", "function_call", "function_call", "one", "two", "done"]


def test_the_first_output_is_kept_while_a_later_call_runs(kit):
    machine = kit.Machine()
    machine.begin()
    machine.parts(kit.call("c1"), kit.call("c2"), kit.DONE)
    events, effects = machine.feed(fx.ToolDone("c1", 0, "one"))
    assert (kinds(events), effects) == (["HistoryAppended"], [])


@pytest.mark.parametrize("named", ["c", ""])
def test_calls_that_share_an_id_or_have_none_are_told_apart(kit, named):
    machine = kit.Machine()
    machine.begin()
    _, effects = machine.parts(kit.call(named, "a"), kit.call(named, "b"), kit.DONE)
    known = [effect.call.call_id for effect in effects]
    assert [effect.call.name for effect in effects] == ["a", "b"]
    assert len({"", *known}) == 3
    assert machine.feed(fx.ToolDone(known[1], 0, "two"))[1] == []
    events, effects = machine.feed(fx.ToolDone(known[0], 0, "one"))
    assert effects == [fx.CallModel(2, 0)]
    assert [json.loads(bytes(body.raw)) for body in events] == [
        {"type": "function_call_output", "call_id": named, "output": "one"},
        {"type": "function_call_output", "call_id": named, "output": "two"},
    ]


def test_an_id_of_an_earlier_round_is_told_apart_until_the_turn_ends(kit):
    machine = kit.Machine()
    machine.begin()
    machine.parts(kit.call("c"), kit.DONE)
    machine.feed(fx.ToolDone("c", 0, "one"))
    _, effects = machine.parts(kit.call("c"), kit.DONE)
    (again,) = [effect.call.call_id for effect in effects]
    assert again != "c"
    machine.feed(fx.ToolDone("c", 0, "nobody's"))
    machine.feed(fx.ToolDone(again, 0, "two"))
    machine.parts(kit.message("done"), kit.DONE)
    assert machine.history() == ["hi", "function_call", "one", "function_call", "two", "done"]
    machine.begin("next")
    assert machine.parts(kit.call("c"), kit.DONE)[1] == [fx.RunTool(ToolCall("c", "ls", "{}"))]


def test_custom_calls_have_custom_outputs(kit):
    machine = kit.Machine()
    machine.begin()
    item = {"type": "custom_tool_call", "id": "x", "call_id": "c", "name": "apply_patch", "input": "***"}
    _, effects = machine.parts(PartItemDone("x", json.dumps(item).encode()), kit.DONE)
    assert effects == [fx.RunTool(ToolCall("c", "apply_patch", "***", custom=True))]
    events, _ = machine.feed(fx.ToolDone("c", 0, [{"type": "input_text", "text": "ok"}]))
    assert json.loads(bytes(events[0].raw)) == {
        "type": "custom_tool_call_output",
        "call_id": "c",
        "output": [{"type": "input_text", "text": "ok"}],
    }


@pytest.mark.parametrize("retryable", [True, False])
def test_a_response_that_failed_may_have_cost_something(kit, retryable):
    machine = kit.Machine()
    machine.begin()
    machine.parts(kit.call())
    events, _ = machine.feed(fx.Broke("no", machine.now, retryable=retryable, usage=Usage(7, 0, 3, 0, 10)))
    assert events[0] == ev.UsageReported(Usage(7, 0, 3, 0, 10), Usage(7, 0, 3, 0, 10), 95)
    assert (machine.state.usage.total, machine.thread.usage.total) == (10, 10)


def test_a_local_shell_is_refused_in_the_history_and_ends_the_turn(kit):
    machine = kit.Machine()
    machine.begin()
    raw = b'{"type":"local_shell_call","id":"l","call_id":"c","action":{"type":"exec","command":["ls"]}}'
    events, effects = machine.parts(PartItemDone("l", raw), kit.DONE)
    assert kinds(events) == ["HistoryAppended", "HistoryAppended", "UsageReported", "TurnCompleted"]
    assert effects == [fx.TurnOver()]
    assert machine.history()[-1] == "aborted"


def test_calls_nobody_can_answer_end_the_turn_in_silence(kit):
    machine = kit.Machine()
    machine.begin()
    events, effects = machine.parts(PartItemDone("x", b'{"type":"computer_call","call_id":"c"}'), kit.DONE)
    assert kinds(events) == ["UsageReported", "TurnCompleted"]
    assert effects == [fx.TurnOver()]


def test_items_of_unknown_kinds_stay_in_the_history_to_the_byte(kit):
    machine = kit.Machine()
    machine.begin()
    raw = b'{"type":"hologram", "id":"h", "x":1.50}'
    machine.parts(PartItemDone("h", raw))
    assert machine.thread.history[-1] == raw


def test_a_web_search_is_an_item(kit):
    machine = kit.Machine()
    machine.begin()
    raw = b'{"type":"web_search_call","id":"ws1","status":"completed","action":{"type":"search","query":"q"}}'
    events, _ = machine.parts(PartItemDone("ws1", raw))
    item = events[0].item
    assert isinstance(item, WebSearch)
    assert (item.call_id, item.query, json.loads(bytes(item.action))["type"]) == ("ws1", "q", "search")


SEARCH = {"type": "web_search_call", "id": "w", "action": {"type": "search", "query": "q"}}
SEARCHING = PartItemStarted("w", "web_search_call", raw=json.dumps({**SEARCH, "status": "in_progress"}).encode())


def searches(bodies):
    return [
        (type(body).__name__, body.item.id, body.item.query, body.item.status)
        for body in bodies
        if isinstance(getattr(body, "item", None), WebSearch)
    ]


def test_a_web_search_shows_while_it_lasts(kit):
    machine = kit.Machine()
    machine.begin()
    begun, _ = machine.parts(SEARCHING)
    done, _ = machine.parts(PartItemDone("w", json.dumps({**SEARCH, "status": "completed"}).encode()), kit.DONE)
    assert searches(begun) == [("ItemStarted", "t-1", "q", "in_progress")]
    assert searches(done) == [("ItemCompleted", "t-1", "q", "completed")]


@pytest.mark.parametrize("raw", [b"", b"[]", b'{"action":5}'])
def test_a_web_search_of_which_nothing_is_known_yet(kit, raw):
    machine = kit.Machine()
    machine.begin()
    begun, _ = machine.parts(PartItemStarted("w", "web_search_call", raw=raw))
    assert searches(begun) == [("ItemStarted", "t-1", "", "in_progress")]


def test_a_web_search_whose_stream_breaks_is_shown_once(kit):
    machine = kit.Machine()
    machine.begin()
    machine.parts(SEARCHING)
    machine.feed(fx.Broke("gone", machine.now, retryable=True))
    machine.feed(fx.Woke("retry", machine.now))
    again, _ = machine.parts(msgspec.structs.replace(SEARCHING, item_id="w2"), kit.DONE)
    assert searches(again) == [("ItemUpdated", "t-1", "q", "in_progress"), ("ItemCompleted", "t-1", "q", "failed")]


def test_end_turn_false_asks_again(kit):
    machine = kit.Machine()
    machine.begin()
    _, effects = machine.parts(kit.message("wait"), PartCompleted("r", None, end_turn=False))
    assert effects == [fx.CallModel(2, 0)]
    _, effects = machine.parts(kit.message("done", "m2"), PartCompleted("r", None, end_turn=True))
    assert effects == [fx.TurnOver()]


@pytest.mark.parametrize(
    ("attempt", "jitter", "retry_after", "seconds"),
    [
        (0, 0, None, 0.2),
        (1, 0, None, 0.4),
        (2, 1, None, 0.88),
        (3, -1, None, 1.44),
        (4, 0, None, 3.2),
        (2, 1, 7.5, 7.5),
    ],
)
def test_backoff(kit, attempt, jitter, retry_after, seconds):
    machine = kit.Machine()
    machine.begin()
    for _ in range(attempt):
        machine.broke()
        machine.feed(fx.Woke("retry", 0))
    events, effects = machine.broke("gone", jitter=jitter, retry_after=retry_after)
    assert events == [ev.Reconnecting("t", f"Reconnecting... {attempt + 1}/5 (gone)", attempt + 1, 5)]
    assert effects == [fx.Sleep("retry", pytest.approx(seconds))]
    assert machine.feed(fx.Woke("retry", 0)) == ([], [fx.CallModel(1, attempt + 1)])


def test_retries_run_out_with_the_last_message(kit):
    machine = kit.Machine()
    machine.begin()
    for _ in range(2):
        machine.broke(limit=2)
        machine.feed(fx.Woke("retry", 0))
    events, effects = machine.broke("the end", limit=2, code="x")
    assert events == [ev.TurnFailed("t", "the end", "x")]
    assert effects == [fx.TurnOver()]
    assert machine.state.idle


def test_what_cannot_be_retried_fails_at_once(kit):
    machine = kit.Machine()
    machine.begin()
    events, _ = machine.broke("bad request", retryable=False, code="400")
    assert events == [ev.TurnFailed("t", "bad request", "400")]


def test_a_whole_answer_resets_the_count_of_retries(kit):
    machine = kit.Machine()
    machine.begin()
    machine.broke()
    machine.feed(fx.Woke("retry", 0))
    machine.parts(kit.call(), kit.DONE)
    machine.feed(fx.ToolDone("c1", 0, "x"))
    events, _ = machine.broke()
    assert events[0].attempt == 1


def test_items_that_came_whole_before_a_drop_stay_and_are_not_shown_twice(kit):
    machine = kit.Machine()
    machine.begin()
    machine.parts(kit.message("first", "m1"), PartItemStarted("m2", "message"), PartText("m2", "par"))
    machine.broke()
    _, effects = machine.feed(fx.Woke("retry", 0))
    assert effects == [fx.CallModel(1, 1)]
    machine.parts(
        PartItemStarted("m1", "message"),
        PartText("m1", "first"),
        kit.message("first", "m1"),
        PartItemStarted("m3", "message"),
        PartText("m3", "part"),
        PartText("m3", "ial"),
        kit.message("partial", "m3"),
        kit.DONE,
    )
    assert machine.items() == [("UserMessage", "hi"), ("AgentMessage", "first"), ("AgentMessage", "partial")]
    assert machine.history() == ["hi", "first", "partial"]


def test_many_items_of_a_broken_stream_are_all_known_again(kit):
    machine = kit.Machine()
    machine.begin()
    many = [kit.message(f"text {n}", f"m{n}") for n in range(300)]
    machine.parts(*many)
    assert len(machine.state.done) < 12  # of 300 sets, or of one of 300, each item would cost more than the last
    machine.broke()
    machine.feed(fx.Woke("retry", 0))
    machine.parts(*many, kit.message("new", "new"), kit.DONE)
    assert machine.history() == ["hi", *(f"text {n}" for n in range(300)), "new"]


def test_text_cut_by_a_drop_and_never_said_again_is_kept_as_partial(kit):
    machine = kit.Machine()
    machine.begin()
    machine.parts(PartText("m1", "half"))
    machine.broke()
    machine.feed(fx.Woke("retry", 0))
    events, _ = machine.parts(kit.call(), kit.DONE)
    assert ev.ItemCompleted("t", AgentMessage("t-1", "half", partial=True)) in events
    assert machine.history() == ["hi", "function_call"]


def test_a_message_that_comes_whole_takes_the_place_of_its_cut_beginning(kit):
    machine = kit.Machine()
    machine.begin()
    machine.parts(PartText("m1", "half"))
    machine.broke()
    machine.feed(fx.Woke("retry", 0))
    machine.parts(kit.message("whole", "m9"), kit.DONE)
    assert machine.items() == [("UserMessage", "hi"), ("AgentMessage", "whole")]


def test_calls_of_a_broken_stream_are_answered_before_the_next_request(kit):
    machine = kit.Machine()
    machine.begin()
    machine.parts(kit.call("c1", source="fc1"))
    assert machine.broke() == ([], [])
    events, effects = machine.feed(fx.ToolDone("c1", 0, "late"))
    assert (kinds(events), effects) == (["HistoryAppended", "Reconnecting"], [fx.Sleep("retry", 0.2)])
    assert machine.feed(fx.Woke("retry", 0))[1] == [fx.CallModel(1, 1)]
    _, effects = machine.parts(kit.call("c1", source="fc1"), kit.message("done"), kit.DONE)
    assert effects == [fx.TurnOver()]
    assert machine.history() == ["hi", "function_call", "late", "done"]
