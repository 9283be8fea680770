"""The turn machine: histories that give way to summaries."""

import pytest

from csm.core import effects as fx
from csm.core.compaction import LEVELS
from csm.core.fullness import Limit
from csm.core.response_items import message
from csm.protocol import events as ev
from csm.protocol.items import Compaction, UserMessage
from csm.protocol.model import PartCompleted, PartItemStarted, PartText, Usage

NEW = (message("user", ["one"]), message("user", ["summary"]))
FULL = PartCompleted("r", Usage(900, 0, 100, 0, 1000))


def kinds(bodies):
    return [type(body).__name__ for body in bodies]


def summarised(machine, history=NEW):
    return machine.feed(fx.Summarised(machine.now, "what was", history, 30, Usage(50, 0, 10, 0, 60)))


def overflow(machine, **more):
    return machine.broke("no room", code="context_length_exceeded", retryable=False, room=True, **more)


def test_a_turn_that_begins_too_full_is_compacted_before_the_user_is_heard(kit):
    machine = kit.Machine(usage=Usage(5, 0, 5, 0, 10))
    events, effects = machine.begin(compact=True, appended=(message("developer", ["old rules"]),))
    assert events == [ev.TurnStarted("t", 1000, 95), ev.ItemStarted("t", UserMessage("t-0", "hi"))]
    assert effects == [fx.Summarise(0, 0)]
    events, effects = summarised(machine)
    assert kinds(events) == [
        "HistoryReplaced", "ItemCompleted", "UsageReported", "TurnContext", "HistoryAppended", "ItemCompleted",
    ]  # fmt: skip
    assert events[1].item == Compaction("t-1", "what was")
    assert events[2] == ev.UsageReported(Usage(input=30, total=30), Usage(55, 0, 15, 0, 70), 95)
    assert events[5].item == UserMessage("t-0", "hi")
    assert effects == [fx.CallModel(1, 0)]
    assert machine.history() == ["one", "summary", "hi"]
    events, _ = machine.parts(kit.message("done"), kit.DONE)
    assert events[-1].last_message == "done"
    assert machine.items() == [("UserMessage", "hi"), ("Compaction", ""), ("AgentMessage", "done")]


def test_a_full_context_is_compacted_before_the_next_request_of_the_turn(kit):
    machine = kit.Machine()
    machine.begin(limit=Limit(1000))
    _, effects = machine.parts(kit.call(), FULL)
    assert effects == [fx.RunTool(machine.state.calls[0].call)]
    machine.feed(fx.Steer(kit.said("faster")))
    _, effects = machine.feed(fx.ToolDone("c1", 0, "out"))
    assert effects == [fx.Summarise(0, 0)]
    assert machine.history()[-1] == "out"
    events, effects = summarised(machine)
    assert kinds(events) == ["HistoryReplaced", "ItemCompleted", "UsageReported", "HistoryAppended", "ItemCompleted"]
    assert effects == [fx.CallModel(2, 0)]
    assert machine.history() == ["one", "summary", "faster"]
    _, effects = machine.parts(kit.call("c2"), kit.DONE)
    _, effects = machine.feed(fx.ToolDone("c2", 0, "out"))
    assert effects == [fx.CallModel(3, 0)], "what was full is no longer"


@pytest.mark.parametrize(("limit", "asks"), [(None, False), (1001, False), (1000, True)])
def test_the_limit_decides(kit, limit, asks):
    machine = kit.Machine()
    machine.begin(limit=limit if limit is None else Limit(limit))
    machine.parts(kit.call(), FULL)
    _, (effect,) = machine.feed(fx.ToolDone("c1", 0, "out"))
    assert isinstance(effect, fx.Summarise) is asks


def test_what_a_window_begins_with_need_not_count(kit):
    machine = kit.Machine()
    machine.begin(limit=Limit(5000, 150))

    def round_of(call_id, given, made):
        machine.parts(kit.call(call_id), PartCompleted("r", Usage(given, 0, made, 0, given + made)))
        return machine.feed(fx.ToolDone(call_id, 0, "out"))[1][0]

    assert round_of("c1", 900, 100) == fx.CallModel(2, 0), "100 after the first 900"
    assert round_of("c2", 1020, 30) == fx.Summarise(0, 0), "150 after them"
    summarised(machine)
    assert round_of("c3", 800, 100) == fx.CallModel(4, 0), "the new beginning is 800"
    assert round_of("c4", 930, 30) == fx.Summarise(0, 0)


def test_the_window_bounds_what_began_full(kit):
    machine = kit.Machine()
    machine.begin(limit=Limit(1000, 150))
    machine.parts(kit.call(), FULL)
    assert machine.feed(fx.ToolDone("c1", 0, "out"))[1] == [fx.Summarise(0, 0)]


def test_the_last_answer_of_a_turn_needs_no_room(kit):
    machine = kit.Machine()
    machine.begin(limit=Limit(1000))
    _, effects = machine.parts(kit.message("done"), FULL)
    assert effects == [fx.TurnOver()]


def test_a_compaction_alone_is_a_turn_of_its_own(kit):
    machine = kit.Machine()
    events, effects = machine.feed(fx.Condense("t", 1000, 95))
    assert (events, effects) == ([ev.TurnStarted("t", 1000, 95)], [fx.Summarise(0, 0)])
    machine.now = 1500
    events, effects = summarised(machine)
    assert kinds(events) == ["HistoryReplaced", "ItemCompleted", "UsageReported", "TurnCompleted"]
    assert events[-1] == ev.TurnCompleted("t", None, 1500, 500)
    assert effects == [fx.TurnOver()]


def test_words_said_meanwhile_are_heard_after_it(kit):
    machine = kit.Machine()
    machine.feed(fx.Condense("t", 1000))
    machine.feed(fx.Steer(kit.said("and now?")))
    _, effects = summarised(machine)
    assert effects == [fx.CallModel(2, 0)]
    assert machine.history() == ["one", "summary", "and now?"]


def test_an_overflow_is_recovered_from_once(kit):
    machine = kit.Machine()
    machine.begin()
    machine.parts(kit.call(), kit.DONE)
    machine.feed(fx.ToolDone("c1", 0, "out"))
    events, effects = overflow(machine)
    assert (events, effects) == ([], [fx.Summarise(1, 0)])
    _, effects = summarised(machine)
    assert effects == [fx.CallModel(2, 0)]
    events, _ = overflow(machine)
    assert events[-1] == ev.TurnFailed("t", "no room", "context_length_exceeded")


def test_an_overflow_after_half_an_answer(kit):
    machine = kit.Machine()
    machine.begin()
    machine.parts(kit.message("first"), kit.call("c1"), PartItemStarted("m2", "message"), PartText("m2", "ha"))
    assert overflow(machine) == ([], []), "the call is answered first"
    _, effects = machine.feed(fx.ToolDone("c1", 0, "out"))
    assert effects == [fx.Summarise(1, 0)]
    assert machine.history() == ["hi", "first", "function_call", "out"]
    _, effects = summarised(machine)
    assert effects == [fx.CallModel(1, 0)]
    machine.parts(kit.message("half", "m3"), kit.DONE)
    shown = [text for kind, text in machine.items() if kind == "AgentMessage"]
    assert shown == ["first", "half"]


def test_nothing_to_sum_up_is_no_way_out(kit):
    machine = kit.Machine()
    machine.begin()
    events, effects = machine.broke("no room", code="context_length_exceeded", retryable=False)
    assert events == [ev.TurnFailed("t", "no room", "context_length_exceeded")]
    assert effects == [fx.TurnOver()]


def test_a_request_for_a_summary_that_does_not_fit_is_shortened(kit):
    machine = kit.Machine()
    machine.feed(fx.Condense("t", 1000))
    for level in range(1, LEVELS + 1):
        _, effects = overflow(machine)
        assert effects == [fx.Summarise(level, 0)]
    events, _ = overflow(machine)
    assert events == [ev.TurnFailed("t", "no room", "context_length_exceeded")]
    assert machine.history() == []


def test_a_broken_summary_is_tried_again(kit):
    machine = kit.Machine()
    machine.begin(compact=True)
    for attempt in (1, 2):
        events, effects = machine.broke("gone", limit=2)
        assert events == [ev.Reconnecting("t", f"Reconnecting... {attempt}/2 (gone)", attempt, 2)]
        _, effects = machine.feed(fx.Woke("retry", 0))
        assert effects == [fx.Summarise(0, attempt)]
    events, effects = machine.broke("gone", limit=2)
    assert kinds(events) == ["TurnContext", "HistoryAppended", "ItemCompleted", "TurnFailed"]
    assert effects == [fx.TurnOver()]
    assert machine.history() == ["hi"], "what the user said is not lost, and nothing else has changed"


@pytest.mark.parametrize("asleep", [False, True])
def test_an_interrupt_leaves_the_history_as_it_was(kit, asleep):
    machine = kit.Machine()
    machine.feed(fx.Condense("t", 1000))
    if asleep:
        machine.broke("gone")
    events, effects = machine.stop()
    assert events == [ev.TurnInterrupted("t")]
    assert effects == [fx.CancelSleep("retry") if asleep else fx.CancelModel(), fx.TurnOver()]
    assert machine.history() == []
    assert summarised(machine) == ([], [])
    assert machine.broke() == ([], [])


def test_an_interrupt_before_the_user_was_heard(kit):
    machine = kit.Machine()
    machine.begin(compact=True, appended=(message("developer", ["rules"]),))
    events, effects = machine.stop()
    assert kinds(events)[-1] == "TurnInterrupted"
    assert effects == [fx.CancelModel(), fx.TurnOver()]
    assert machine.history()[:2] == ["rules", "hi"]
