"""The turn machine as tables: inputs in, events and effects out. No loop, no socket, no clock."""

import json

import pytest

from csm.core import effects as fx
from csm.core.fold import Thread
from csm.core.response_items import user_message
from csm.core.turn import step
from csm.core.turn_state import State
from csm.protocol import events as ev
from csm.protocol.items import AgentMessage, Plan, PlanStep, Reasoning, UserMessage, WebSearch
from csm.protocol.model import (
    PartCompleted,
    PartCreated,
    PartItemDone,
    PartItemStarted,
    PartReasoning,
    PartText,
    Usage,
)
from csm.protocol.ops import Submit
from csm.protocol.tools import Answer, Ask, SandboxPolicy, ToolCall

CONTEXT = ev.TurnContext("t", "/w", "m", None, None, "on-request", SandboxPolicy())


def said(text, images=()):
    return fx.UserInput(text, user_message(text), images)


def message(text, source="m1", **more):
    return PartItemDone(
        source,
        json.dumps(
            {
                "type": "message",
                "id": source,
                "role": "assistant",
                "status": "completed",
                "content": [{"type": "output_text", "text": text, "annotations": []}],
                **more,
            }
        ).encode(),
    )


def call(call_id="c1", name="ls", source="", **more):
    item = {"type": "function_call", "id": source, "name": name, "arguments": "{}", "call_id": call_id, **more}
    return PartItemDone(source, json.dumps(item).encode())


DONE = PartCompleted("r", Usage(100, 10, 20, 5, 120))


class Machine:
    """Feeds inputs, folds what comes out, and keeps everything."""

    def __init__(self, **state):
        self.state = State(**state)
        self.thread = Thread()
        self.events, self.effects, self.now = [], [], 1000

    def feed(self, *inputs):
        events, effects = [], []
        for given in inputs:
            self.state, more, asked = step(self.state, given)
            for body in more:
                self.thread.take(body)
            events += more
            effects += asked
        self.events += events
        self.effects += effects
        return events, effects

    def begin(self, text="hi", **more):
        return self.feed(fx.Begin("t", self.now, said(text), CONTEXT, window=95, **more))

    def parts(self, *parts):
        return self.feed(*(fx.Part(part, self.now, self.partial()) for part in parts))

    def partial(self):
        return {item.id: self.thread.entries[item.id].text() for item in self.state.opens if item.shown}

    def broke(self, message="gone", **more):
        return self.feed(fx.Broke(message, self.now, partial=self.partial(), **{"retryable": True, **more}))

    def stop(self):
        return self.feed(fx.Stop(self.now, self.partial()))

    def history(self):
        found = []
        for raw in self.thread.history:
            item = json.loads(raw)
            content = item.get("content")
            found.append(content[0]["text"] if content else item.get("output", item["type"]))
        return found

    def items(self):
        return [(type(entry.item).__name__, entry.text()) for entry in self.thread.turn("t").entries]


def kinds(bodies):
    return [type(body).__name__ for body in bodies]


def test_a_turn_begins_in_codexs_order():
    events, effects = Machine().begin(appended=(b'{"type":"x"}',))
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


def test_an_answer_without_calls_ends_the_turn():
    machine = Machine(usage=Usage(1, 1, 1, 1, 2))
    machine.begin()
    machine.now = 3500
    events, effects = machine.parts(
        PartCreated("r"),
        PartItemStarted("m1", "message", "final_answer"),
        PartText("m1", "he"),
        PartText("m1", "llo"),
        message("hello", phase="final_answer"),
        DONE,
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


def test_reasoning_is_shown_and_kept_encrypted():
    machine = Machine()
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


def test_reasoning_without_summary_is_not_shown():
    machine = Machine()
    machine.begin()
    events, _ = machine.parts(PartItemDone("r1", b'{"type":"reasoning","summary":[],"encrypted_content":"X"}'))
    assert kinds(events) == ["HistoryAppended"]


def test_calls_run_at_once_and_are_answered_in_their_order():
    machine = Machine()
    machine.begin()
    _, effects = machine.parts(call("c1", "a"), call("c2", "b", arguments="[1]"))
    assert effects == [
        fx.RunTool(ToolCall("c1", "a", "{}")),
        fx.RunTool(ToolCall("c2", "b", "[1]")),
    ]
    assert machine.feed(fx.ToolDone("c2", 0, "two")) == ([], [])
    machine.parts(DONE)
    events, effects = machine.feed(fx.ToolDone("c1", 0, "one"))
    assert [json.loads(bytes(body.raw)) for body in events] == [
        {"type": "function_call_output", "call_id": "c1", "output": "one"},
        {"type": "function_call_output", "call_id": "c2", "output": "two"},
    ]
    assert effects == [fx.CallModel(2, 0)]
    _, effects = machine.parts(message("done"), DONE)
    assert effects == [fx.TurnOver()]
    assert machine.history() == ["hi", "function_call", "function_call", "one", "two", "done"]


def test_the_first_output_is_kept_while_a_later_call_runs():
    machine = Machine()
    machine.begin()
    machine.parts(call("c1"), call("c2"), DONE)
    events, effects = machine.feed(fx.ToolDone("c1", 0, "one"))
    assert (kinds(events), effects) == (["HistoryAppended"], [])


def test_custom_calls_have_custom_outputs():
    machine = Machine()
    machine.begin()
    item = {"type": "custom_tool_call", "id": "x", "call_id": "c", "name": "apply_patch", "input": "***"}
    _, effects = machine.parts(PartItemDone("x", json.dumps(item).encode()), DONE)
    assert effects == [fx.RunTool(ToolCall("c", "apply_patch", "***", custom=True))]
    events, _ = machine.feed(fx.ToolDone("c", 0, [{"type": "input_text", "text": "ok"}]))
    assert json.loads(bytes(events[0].raw)) == {
        "type": "custom_tool_call_output",
        "call_id": "c",
        "output": [{"type": "input_text", "text": "ok"}],
    }


def test_calls_nobody_can_answer_end_the_turn_in_silence():
    machine = Machine()
    machine.begin()
    events, effects = machine.parts(PartItemDone("x", b'{"type":"local_shell_call","call_id":"c","action":{}}'), DONE)
    assert kinds(events) == ["UsageReported", "TurnCompleted"]
    assert effects == [fx.TurnOver()]


def test_items_of_unknown_kinds_stay_in_the_history_to_the_byte():
    machine = Machine()
    machine.begin()
    raw = b'{"type":"hologram", "id":"h", "x":1.50}'
    machine.parts(PartItemDone("h", raw))
    assert machine.thread.history[-1] == raw


def test_a_web_search_is_an_item():
    machine = Machine()
    machine.begin()
    raw = b'{"type":"web_search_call","id":"ws1","status":"completed","action":{"type":"search","query":"q"}}'
    events, _ = machine.parts(PartItemDone("ws1", raw))
    item = events[0].item
    assert isinstance(item, WebSearch)
    assert (item.call_id, item.query, json.loads(bytes(item.action))["type"]) == ("ws1", "q", "search")


def test_end_turn_false_asks_again():
    machine = Machine()
    machine.begin()
    _, effects = machine.parts(message("wait"), PartCompleted("r", None, end_turn=False))
    assert effects == [fx.CallModel(2, 0)]
    _, effects = machine.parts(message("done", "m2"), PartCompleted("r", None, end_turn=True))
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
def test_backoff(attempt, jitter, retry_after, seconds):
    machine = Machine()
    machine.begin()
    for _ in range(attempt):
        machine.broke()
        machine.feed(fx.Woke("retry", 0))
    events, effects = machine.broke("gone", jitter=jitter, retry_after=retry_after)
    assert events == [ev.Reconnecting("t", f"Reconnecting... {attempt + 1}/5 (gone)", attempt + 1, 5)]
    assert effects == [fx.Sleep("retry", pytest.approx(seconds))]
    assert machine.feed(fx.Woke("retry", 0)) == ([], [fx.CallModel(1, attempt + 1)])


def test_retries_run_out_with_the_last_message():
    machine = Machine()
    machine.begin()
    for _ in range(2):
        machine.broke(limit=2)
        machine.feed(fx.Woke("retry", 0))
    events, effects = machine.broke("the end", limit=2, code="x")
    assert events == [ev.TurnFailed("t", "the end", "x")]
    assert effects == [fx.TurnOver()]
    assert machine.state.idle


def test_what_cannot_be_retried_fails_at_once():
    machine = Machine()
    machine.begin()
    events, _ = machine.broke("bad request", retryable=False, code="400")
    assert events == [ev.TurnFailed("t", "bad request", "400")]


def test_a_whole_answer_resets_the_count_of_retries():
    machine = Machine()
    machine.begin()
    machine.broke()
    machine.feed(fx.Woke("retry", 0))
    machine.parts(call(), DONE)
    machine.feed(fx.ToolDone("c1", 0, "x"))
    events, _ = machine.broke()
    assert events[0].attempt == 1


def test_items_that_came_whole_before_a_drop_stay_and_are_not_shown_twice():
    machine = Machine()
    machine.begin()
    machine.parts(message("first", "m1"), PartItemStarted("m2", "message"), PartText("m2", "par"))
    machine.broke()
    _, effects = machine.feed(fx.Woke("retry", 0))
    assert effects == [fx.CallModel(1, 1)]
    machine.parts(
        PartItemStarted("m1", "message"),
        PartText("m1", "first"),
        message("first", "m1"),
        PartItemStarted("m3", "message"),
        PartText("m3", "part"),
        PartText("m3", "ial"),
        message("partial", "m3"),
        DONE,
    )
    assert machine.items() == [("UserMessage", "hi"), ("AgentMessage", "first"), ("AgentMessage", "partial")]
    assert machine.history() == ["hi", "first", "partial"]


def test_text_cut_by_a_drop_and_never_said_again_is_kept_as_partial():
    machine = Machine()
    machine.begin()
    machine.parts(PartText("m1", "half"))
    machine.broke()
    machine.feed(fx.Woke("retry", 0))
    events, _ = machine.parts(call(), DONE)
    assert ev.ItemCompleted("t", AgentMessage("t-1", "half", partial=True)) in events
    assert machine.history() == ["hi", "function_call"]


def test_a_message_that_comes_whole_takes_the_place_of_its_cut_beginning():
    machine = Machine()
    machine.begin()
    machine.parts(PartText("m1", "half"))
    machine.broke()
    machine.feed(fx.Woke("retry", 0))
    machine.parts(message("whole", "m9"), DONE)
    assert machine.items() == [("UserMessage", "hi"), ("AgentMessage", "whole")]


def test_calls_of_a_broken_stream_are_answered_before_the_next_request():
    machine = Machine()
    machine.begin()
    machine.parts(call("c1", source="fc1"))
    machine.broke()
    assert machine.feed(fx.Woke("retry", 0)) == ([], [])
    events, effects = machine.feed(fx.ToolDone("c1", 0, "late"))
    assert (kinds(events), effects) == (["HistoryAppended"], [fx.CallModel(1, 1)])
    _, effects = machine.parts(call("c1", source="fc1"), message("done"), DONE)
    assert effects == [fx.TurnOver()]
    assert machine.history() == ["hi", "function_call", "late", "done"]


def test_an_answer_to_a_broken_stream_may_come_before_the_wait_is_over():
    machine = Machine()
    machine.begin()
    machine.parts(call())
    machine.broke()
    assert machine.feed(fx.ToolDone("c1", 0, "x"))[1] == []
    assert machine.feed(fx.Woke("retry", 0))[1] == [fx.CallModel(1, 1)]


def test_an_interrupt_while_text_streams_keeps_the_text():
    machine = Machine()
    machine.begin()
    machine.parts(PartItemStarted("m1", "message"), PartText("m1", "so fa"))
    events, effects = machine.stop()
    assert kinds(events) == ["ItemCompleted", "HistoryAppended", "HistoryAppended", "TurnInterrupted"]
    assert events[0].item == AgentMessage("t-1", "so fa", partial=True)
    assert effects == [fx.CancelModel(), fx.TurnOver()]
    assert machine.history()[:2] == ["hi", "so fa"]
    assert machine.history()[2].startswith("<turn_aborted>")
    assert machine.parts(PartText("m1", "r"), DONE) == ([], [])


def test_an_interrupt_waits_for_its_tools_and_answers_in_their_place():
    machine = Machine()
    machine.begin()
    machine.parts(call("c1"), call("c2"), call("c3"), DONE)
    machine.feed(fx.ToolDone("c1", 0, "one"))
    machine.now = 3300
    events, effects = machine.stop()
    assert (events, effects) == ([], [fx.CancelTools(), fx.Sleep("grace", 1.0)])
    assert machine.feed(fx.ToolDone("c3", 3350, "three")) == ([], [])
    events, effects = machine.feed(fx.ToolDone("c2", 3350, None))
    assert kinds(events)[-1] == "TurnInterrupted"
    assert effects == [fx.CancelSleep("grace"), fx.TurnOver()]
    assert machine.history()[4:7] == ["one", "aborted by user after 2.4s", "three"]


def test_tools_that_will_not_stop_are_left_behind():
    machine = Machine()
    machine.begin()
    machine.parts(call("c1"), DONE)
    machine.stop()
    events, _ = machine.feed(fx.Woke("grace", 4000))
    assert kinds(events) == ["HistoryAppended", "HistoryAppended", "TurnInterrupted"]
    assert machine.history()[2] == "aborted by user after 3.0s"
    assert machine.feed(fx.ToolDone("c1", 5000, "too late")) == ([], [])


def test_an_interrupt_between_two_tries():
    machine = Machine()
    machine.begin()
    machine.broke()
    events, effects = machine.stop()
    assert kinds(events) == ["HistoryAppended", "TurnInterrupted"]
    assert effects == [fx.CancelSleep("retry"), fx.TurnOver()]
    assert machine.feed(fx.Woke("retry", 0)) == ([], [])


def test_interrupting_nothing_or_twice_does_nothing():
    machine = Machine()
    assert machine.stop() == ([], [])
    machine.begin()
    machine.parts(call(), DONE)
    machine.stop()
    assert machine.stop() == ([], [])


def test_a_failure_of_ours_cancels_tools_and_says_so():
    machine = Machine()
    machine.begin()
    machine.parts(call(), DONE)
    _, effects = machine.feed(fx.Fail("disk full", 2000, "store"))
    assert effects == [fx.CancelTools(), fx.Sleep("grace", 1.0)]
    events, _ = machine.feed(fx.ToolDone("c1", 2500, None))
    assert events[-1] == ev.TurnFailed("t", "disk full", "store")
    assert machine.history()[-1] == "aborted after 1.5s"


def test_steering_joins_after_the_round():
    machine = Machine()
    machine.begin()
    machine.parts(PartText("m1", "thin"))
    events, effects = machine.feed(fx.Steer(said("faster")))
    assert (events, effects) == ([ev.ItemStarted("t", UserMessage("t-2", "faster", steer=True))], [])
    events, effects = machine.parts(PartText("m1", "king"), message("thinking"), DONE)
    assert effects == [fx.CallModel(2, 0)]
    assert events[-1] == ev.ItemCompleted("t", UserMessage("t-2", "faster", steer=True))
    assert machine.history() == ["hi", "thinking", "faster"]
    _, effects = machine.parts(message("ok", "m2"), DONE)
    assert effects == [fx.TurnOver()]


def test_steering_comes_after_the_outputs_of_the_round():
    machine = Machine()
    machine.begin()
    machine.parts(call(), DONE)
    machine.feed(fx.Steer(said("and")))
    machine.feed(fx.ToolDone("c1", 0, "out"))
    assert machine.history() == ["hi", "function_call", "out", "and"]


@pytest.mark.parametrize("end", ["stop", "broke"])
def test_steering_is_kept_when_the_turn_ends_before_it_was_read(end):
    machine = Machine()
    machine.begin()
    machine.feed(fx.Steer(said("lost?")))
    machine.stop() if end == "stop" else machine.broke(retryable=False)
    assert "lost?" in machine.history()
    assert machine.thread.entries["t-1"].done


def test_the_queue_goes_on_after_a_turn_that_ended_well():
    machine = Machine()
    machine.begin()
    one, two = Submit("one"), Submit("two")
    assert machine.feed(fx.Enqueue(one))[0] == [ev.Queued(("one",))]
    machine.feed(fx.Enqueue(two))
    events, effects = machine.parts(message("ok"), DONE)
    assert events[-1] == ev.Queued(("two",))
    assert effects == [fx.TurnOver(), fx.StartNext(one)]


@pytest.mark.parametrize("end", ["stop", "broke"])
def test_the_queue_waits_after_a_turn_that_did_not(end):
    machine = Machine()
    machine.begin()
    machine.feed(fx.Enqueue(Submit("one")))
    _, effects = machine.stop() if end == "stop" else machine.broke(retryable=False)
    assert fx.StartNext(Submit("one")) not in effects
    assert machine.state.queue == (Submit("one"),)
    assert machine.feed(fx.Release()) == ([ev.Queued(())], [fx.StartNext(Submit("one"))])


def test_the_last_queued_text_can_be_taken_back():
    machine = Machine()
    machine.begin()
    machine.feed(fx.Enqueue(Submit("one")), fx.Enqueue(Submit("two")))
    assert machine.feed(fx.Unqueue())[0] == [ev.Queued(("one",), "two")]
    machine.feed(fx.Unqueue())
    assert machine.feed(fx.Unqueue()) == ([], [])


ASK = Ask("q", "c1", "command", "Run?")


def asking():
    machine = Machine()
    machine.begin()
    machine.parts(call(), DONE)
    assert machine.feed(fx.Raised(ASK)) == ([ev.Asked("t", ASK)], [])
    return machine


@pytest.mark.parametrize("decision", ["accept", "accept_session", "accept_rule", "decline"])
def test_an_answer_goes_to_the_tool_that_asked(decision):
    machine = asking()
    answer = Answer("q", decision, "why")
    events, effects = machine.feed(fx.Settled(answer, 0))
    assert events == [ev.Answered("q", decision, "why", "user")]
    assert effects == [fx.Resolve(answer)]
    assert machine.feed(fx.Settled(answer, 0)) == ([], [])


def test_cancel_interrupts_the_turn():
    machine = asking()
    events, effects = machine.feed(fx.Settled(Answer("q", "cancel"), 1100))
    assert events == [ev.Answered("q", "cancel")]
    assert effects == [fx.CancelTools(), fx.Sleep("grace", 1.0)]
    events, _ = machine.feed(fx.ToolDone("c1", 1100, None))
    assert events[-1] == ev.TurnInterrupted("t")
    assert machine.history()[2] == "aborted by user after 0.1s"


def test_an_interrupt_settles_open_questions():
    machine = asking()
    events, _ = machine.stop()
    assert events == [ev.Answered("q", "cancel", by="interrupt")]
    assert machine.thread.asks == {}


def test_a_plan_is_one_item_and_ends_with_the_turn():
    machine = Machine()
    machine.begin()
    one, two = Plan("p", (PlanStep("a"),)), Plan("p", (PlanStep("a", "completed"),))
    assert machine.feed(fx.PlanShown(one))[0] == [ev.ItemStarted("t", one)]
    assert machine.feed(fx.PlanShown(two))[0] == [ev.ItemUpdated("t", two)]
    events, _ = machine.parts(message("ok"), DONE)
    assert events[-2:] == [ev.ItemCompleted("t", two), ev.TurnCompleted("t", "ok", 1000, 0)]


def test_every_history_is_valid_wherever_an_interrupt_falls():
    """Each call has exactly one output after it, whatever was going on."""
    script = [
        lambda m: m.begin(),
        lambda m: m.parts(PartText("m1", "x")),
        lambda m: m.parts(message("x")),
        lambda m: m.parts(call("c1")),
        lambda m: m.parts(call("c2")),
        lambda m: m.broke(),
        lambda m: m.feed(fx.ToolDone("c1", 0, "1")),
        lambda m: m.feed(fx.Woke("retry", 0)),
        lambda m: m.feed(fx.Steer(said("s"))),
        lambda m: m.feed(fx.ToolDone("c2", 0, "2")),
        lambda m: m.parts(call("c3"), DONE),
        lambda m: m.feed(fx.Raised(ASK)),
    ]
    for cut in range(1, len(script) + 1):
        machine = Machine()
        for act in script[:cut]:
            act(machine)
        machine.stop()
        machine.feed(fx.Woke("grace", 0))
        assert machine.state.idle, cut
        items = [json.loads(raw) for raw in machine.thread.history]
        made = [item["call_id"] for item in items if item["type"] == "function_call"]
        answered = [item["call_id"] for item in items if item["type"] == "function_call_output"]
        assert made == answered, cut
