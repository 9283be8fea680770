"""The turn machine: interrupts, failures, steering, the queue, questions, plans."""

import json

import pytest

from csm.core import effects as fx
from csm.protocol import events as ev
from csm.protocol.items import AgentMessage, Plan, PlanStep, UserMessage
from csm.protocol.model import (
    PartItemStarted,
    PartText,
)
from csm.protocol.ops import Submit
from csm.protocol.tools import Answer, Ask


def kinds(bodies):
    return [type(body).__name__ for body in bodies]


def test_an_interrupt_while_text_streams_keeps_the_text(kit):
    machine = kit.Machine()
    machine.begin()
    machine.parts(PartItemStarted("m1", "message"), PartText("m1", "so fa"))
    events, effects = machine.stop()
    assert kinds(events) == ["ItemCompleted", "HistoryAppended", "HistoryAppended", "TurnInterrupted"]
    assert events[0].item == AgentMessage("t-1", "so fa", partial=True)
    assert effects == [fx.CancelModel(), fx.TurnOver()]
    assert machine.history()[:2] == ["hi", "so fa"]
    assert machine.history()[2].startswith("<turn_aborted>")
    assert machine.parts(PartText("m1", "r"), kit.DONE) == ([], [])


def test_an_interrupt_waits_for_its_tools_and_answers_in_their_place(kit):
    machine = kit.Machine()
    machine.begin()
    machine.parts(kit.call("c1"), kit.call("c2"), kit.call("c3"), kit.DONE)
    machine.feed(fx.ToolDone("c1", 0, "one"))
    machine.now = 3300
    events, effects = machine.stop()
    assert (events, effects) == ([], [fx.CancelTools(), fx.Sleep("grace", 1.0)])
    assert machine.feed(fx.ToolDone("c3", 3350, "three")) == ([], [])
    events, effects = machine.feed(fx.ToolDone("c2", 3350, None))
    assert kinds(events)[-1] == "TurnInterrupted"
    assert effects == [fx.CancelSleep("grace"), fx.TurnOver()]
    assert machine.history()[4:7] == ["one", "aborted by user after 2.4s", "three"]


@pytest.mark.parametrize("name", ["exec_command", "shell_command"])
def test_a_stopped_command_is_answered_as_commands_are(kit, name):
    machine = kit.Machine()
    machine.begin()
    machine.parts(kit.call("c1", name), kit.DONE)
    machine.now = 3300
    machine.stop()
    machine.feed(fx.ToolDone("c1", 3350, None))
    assert machine.history()[2] == "Wall time: 2.4 seconds\naborted by user"


def test_tools_that_will_not_stop_are_left_behind(kit):
    machine = kit.Machine()
    machine.begin()
    machine.parts(kit.call("c1"), kit.DONE)
    machine.stop()
    events, _ = machine.feed(fx.Woke("grace", 4000))
    assert kinds(events) == ["HistoryAppended", "HistoryAppended", "TurnInterrupted"]
    assert machine.history()[2] == "aborted by user after 3.0s"
    assert machine.feed(fx.ToolDone("c1", 5000, "too late")) == ([], [])


def test_an_interrupt_between_two_tries(kit):
    machine = kit.Machine()
    machine.begin()
    machine.broke()
    events, effects = machine.stop()
    assert kinds(events) == ["HistoryAppended", "TurnInterrupted"]
    assert effects == [fx.CancelSleep("retry"), fx.TurnOver()]
    assert machine.feed(fx.Woke("retry", 0)) == ([], [])


def test_interrupting_nothing_or_twice_does_nothing(kit):
    machine = kit.Machine()
    assert machine.stop() == ([], [])
    machine.begin()
    machine.parts(kit.call(), kit.DONE)
    machine.stop()
    assert machine.stop() == ([], [])


def test_a_failure_of_ours_cancels_tools_and_says_so(kit):
    machine = kit.Machine()
    machine.begin()
    machine.parts(kit.call(), kit.DONE)
    _, effects = machine.feed(fx.Fail("disk full", 2000, "store"))
    assert effects == [fx.CancelTools(), fx.Sleep("grace", 1.0)]
    events, _ = machine.feed(fx.ToolDone("c1", 2500, None))
    assert events[-1] == ev.TurnFailed("t", "disk full", "store")
    assert machine.history()[-1] == "aborted after 1.5s"


def test_steering_joins_after_the_round(kit):
    machine = kit.Machine()
    machine.begin()
    machine.parts(PartText("m1", "thin"))
    events, effects = machine.feed(fx.Steer(kit.said("faster")))
    assert (events, effects) == ([ev.ItemStarted("t", UserMessage("t-2", "faster", steer=True))], [])
    events, effects = machine.parts(PartText("m1", "king"), kit.message("thinking"), kit.DONE)
    assert effects == [fx.CallModel(2, 0)]
    assert events[-1] == ev.ItemCompleted("t", UserMessage("t-2", "faster", steer=True))
    assert machine.history() == ["hi", "thinking", "faster"]
    _, effects = machine.parts(kit.message("ok", "m2"), kit.DONE)
    assert effects == [fx.TurnOver()]


def test_steering_comes_after_the_outputs_of_the_round(kit):
    machine = kit.Machine()
    machine.begin()
    machine.parts(kit.call(), kit.DONE)
    machine.feed(fx.Steer(kit.said("and")))
    machine.feed(fx.ToolDone("c1", 0, "out"))
    assert machine.history() == ["hi", "function_call", "out", "and"]


@pytest.mark.parametrize("end", ["stop", "broke"])
def test_steering_is_kept_when_the_turn_ends_before_it_was_read(kit, end):
    machine = kit.Machine()
    machine.begin()
    machine.feed(fx.Steer(kit.said("lost?")))
    machine.stop() if end == "stop" else machine.broke(retryable=False)
    assert "lost?" in machine.history()
    assert machine.thread.entries["t-1"].done


def test_the_queue_goes_on_after_a_turn_that_ended_well(kit):
    machine = kit.Machine()
    machine.begin()
    one, two = Submit("one"), Submit("two")
    assert machine.feed(fx.Enqueue(one))[0] == [ev.Queued(("one",))]
    machine.feed(fx.Enqueue(two))
    events, effects = machine.parts(kit.message("ok"), kit.DONE)
    assert events[-1] == ev.Queued(("two",))
    assert effects == [fx.TurnOver(), fx.StartNext(one)]


@pytest.mark.parametrize("end", ["stop", "broke"])
def test_the_queue_waits_after_a_turn_that_did_not(kit, end):
    machine = kit.Machine()
    machine.begin()
    machine.feed(fx.Enqueue(Submit("one")))
    _, effects = machine.stop() if end == "stop" else machine.broke(retryable=False)
    assert fx.StartNext(Submit("one")) not in effects
    assert machine.state.queue == (Submit("one"),)
    assert machine.feed(fx.Release()) == ([ev.Queued(())], [fx.StartNext(Submit("one"))])


def test_the_last_queued_text_can_be_taken_back(kit):
    machine = kit.Machine()
    machine.begin()
    machine.feed(fx.Enqueue(Submit("one")), fx.Enqueue(Submit("two")))
    assert machine.feed(fx.Unqueue())[0] == [ev.Queued(("one",), "two")]
    machine.feed(fx.Unqueue())
    assert machine.feed(fx.Unqueue()) == ([], [])


ASK = Ask("q", "c1", "command", "Run?")


def asking(kit):
    machine = kit.Machine()
    machine.begin()
    machine.parts(kit.call(), kit.DONE)
    assert machine.feed(fx.Raised(ASK)) == ([ev.Asked("t", ASK)], [])
    return machine


@pytest.mark.parametrize("decision", ["accept", "accept_session", "accept_rule", "decline"])
def test_an_answer_goes_to_the_tool_that_asked(kit, decision):
    machine = asking(kit)
    answer = Answer("q", decision, "why")
    events, effects = machine.feed(fx.Settled(answer, 0))
    assert events == [ev.Answered("q", decision, "why", "user")]
    assert effects == [fx.Resolve(answer)]
    assert machine.feed(fx.Settled(answer, 0)) == ([], [])


def test_cancel_interrupts_the_turn(kit):
    machine = asking(kit)
    events, effects = machine.feed(fx.Settled(Answer("q", "cancel"), 1100))
    assert events == [ev.Answered("q", "cancel")]
    assert effects == [fx.CancelTools(), fx.Sleep("grace", 1.0)]
    events, _ = machine.feed(fx.ToolDone("c1", 1100, None))
    assert events[-1] == ev.TurnInterrupted("t")
    assert machine.history()[2] == "aborted by user after 0.1s"


def test_an_interrupt_settles_open_questions(kit):
    machine = asking(kit)
    events, _ = machine.stop()
    assert events == [ev.Answered("q", "cancel", by="interrupt")]
    assert machine.thread.asks == {}


def test_a_plan_is_one_item_and_ends_with_the_turn(kit):
    machine = kit.Machine()
    machine.begin()
    one, two = Plan("p", (PlanStep("a"),)), Plan("p", (PlanStep("a", "completed"),))
    assert machine.feed(fx.PlanShown(one))[0] == [ev.ItemStarted("t", one)]
    assert machine.feed(fx.PlanShown(two))[0] == [ev.ItemUpdated("t", two)]
    events, _ = machine.parts(kit.message("ok"), kit.DONE)
    assert events[-2:] == [ev.ItemCompleted("t", two), ev.TurnCompleted("t", "ok", 1000, 0)]


def test_every_history_is_valid_wherever_an_interrupt_falls(kit):
    """Each call has exactly one output after it, whatever was going on."""
    script = [
        lambda m: m.begin(),
        lambda m: m.parts(PartText("m1", "x")),
        lambda m: m.parts(kit.message("x")),
        lambda m: m.parts(kit.call("c1")),
        lambda m: m.parts(kit.call("c2")),
        lambda m: m.broke(),
        lambda m: m.feed(fx.ToolDone("c1", 0, "1")),
        lambda m: m.feed(fx.Woke("retry", 0)),
        lambda m: m.feed(fx.Steer(kit.said("s"))),
        lambda m: m.feed(fx.ToolDone("c2", 0, "2")),
        lambda m: m.parts(kit.call("c3"), kit.DONE),
        lambda m: m.feed(fx.Raised(ASK)),
    ]
    for cut in range(1, len(script) + 1):
        machine = kit.Machine()
        for act in script[:cut]:
            act(machine)
        machine.stop()
        machine.feed(fx.Woke("grace", 0))
        assert machine.state.idle, cut
        items = [json.loads(raw) for raw in machine.thread.history]
        made = [item["call_id"] for item in items if item["type"] == "function_call"]
        answered = [item["call_id"] for item in items if item["type"] == "function_call_output"]
        assert made == answered, cut
