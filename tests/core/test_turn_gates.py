"""Gates of a turn: extensions are heard before words are taken, around summaries and when the model is done."""

import msgspec
import pytest

from csm.core import effects as fx
from csm.core.fullness import Limit
from csm.core.response_items import message
from csm.protocol import events as ev

ALL = frozenset({"begin", "steer", "compact", "compacted", "stop"})


def raw(text, role="developer"):
    return message(role, [text])


def passed(gate, machine, **more):
    return machine.feed(fx.Passed(gate, machine.now, **more))


def gates(effects):
    return [effect.name for effect in effects if isinstance(effect, fx.Gate)]


def ends(events):
    return [type(body).__name__ for body in events if type(body).__name__ in ("TurnCompleted", "TurnInterrupted")]


def given_back(events):
    return [body.taken for body in events if isinstance(body, ev.Queued) and body.taken is not None]


def test_a_turn_without_gates_asks_nobody(kit):
    machine = kit.Machine()
    _, effects = machine.begin()
    assert effects == [fx.CallModel(1, 0)]
    _, effects = machine.parts(kit.message("done"), kit.DONE)
    assert gates(effects) == []
    assert machine.state.idle


def test_what_extensions_add_stands_around_the_users_words(kit):
    machine = kit.Machine()
    events, effects = machine.begin("hi", gates=ALL, appended=(raw("context"),))
    assert effects == [fx.Gate("begin", "hi")]
    assert machine.history() == []
    assert [type(body).__name__ for body in events] == ["TurnStarted", "ItemStarted"]
    _, effects = passed("begin", machine, before=(raw("first"),), after=(raw("last"),))
    assert machine.history() == ["context", "first", "hi", "last"]
    assert effects == [fx.CallModel(1, 0)]


def test_words_that_do_not_pass_end_the_turn_and_are_given_back(kit):
    machine = kit.Machine()
    machine.begin("secret", gates=ALL, appended=(raw("context"),))
    events, effects = passed("begin", machine, before=(raw("first"),), stopped=True)
    assert machine.history() == ["context", "first"]
    assert ends(events) == ["TurnCompleted"]
    assert given_back(events) == ["secret"]
    assert effects == [fx.TurnOver()]
    assert "secret" not in machine.thread.state_hash()
    assert [entry for entry in machine.thread.turn("t").entries if entry.done] == []


def test_an_interrupt_at_the_first_gate_takes_nothing(kit):
    machine = kit.Machine()
    machine.begin("hi", gates=ALL)
    events, effects = machine.stop()
    assert fx.CancelGate() in effects
    assert ends(events) == ["TurnInterrupted"]
    assert given_back(events) == ["hi"]
    assert "hi" not in machine.history()
    before = machine.state
    assert passed("begin", machine, after=(raw("late"),)) == ([], [])
    assert machine.state == before


def test_what_is_said_into_the_turn_is_judged_before_it_is_sent(kit):
    machine = kit.Machine()
    machine.begin("hi", gates=ALL)
    passed("begin", machine)
    machine.feed(fx.Steer(kit.said("one")), fx.Note(raw("note")), fx.Steer(kit.said("two")))
    _, effects = machine.parts(kit.message("busy"), kit.DONE)
    assert [effect for effect in effects if isinstance(effect, fx.Gate)] == [fx.Gate("steer", "one")]
    _, effects = passed("steer", machine, after=(raw("of one"),))
    assert gates(effects) == ["steer"]
    events, effects = passed("steer", machine, stopped=True)
    assert given_back(events) == ["two"]
    assert effects == [fx.CallModel(2, 0)]
    assert machine.history() == ["hi", "busy", "one", "of one", "note"]


def test_a_turn_goes_on_to_its_end_where_all_that_was_said_into_it_is_refused(kit):
    machine = kit.Machine()
    machine.begin("hi", gates=ALL)
    passed("begin", machine)
    machine.feed(fx.Steer(kit.said("one")))
    machine.parts(kit.message("done"), kit.DONE)
    _, effects = passed("steer", machine, stopped=True)
    assert gates(effects) == ["stop"]
    events, _ = passed("stop", machine)
    assert ends(events) == ["TurnCompleted"]


def test_the_first_words_are_refused_but_later_ones_are_not(kit):
    machine = kit.Machine()
    machine.begin("bad", gates=ALL)
    machine.feed(fx.Steer(kit.said("good")))
    _, effects = passed("begin", machine, stopped=True)
    assert gates(effects) == ["steer"]
    _, effects = passed("steer", machine)
    assert effects == [fx.CallModel(1, 0)]
    assert machine.history() == ["good"]


def test_an_interrupt_gives_back_what_nobody_has_judged(kit):
    machine = kit.Machine()
    machine.begin("hi", gates=ALL)
    passed("begin", machine)
    machine.feed(fx.Steer(kit.said("one")))
    events, _ = machine.stop()
    assert given_back(events) == ["one"]
    assert "one" not in machine.history()


def test_the_model_goes_on_with_what_it_is_sent_back_with(kit):
    machine = kit.Machine()
    machine.begin("hi", gates=ALL)
    passed("begin", machine)
    _, effects = machine.parts(kit.message("done"), kit.DONE)
    assert effects == [fx.Gate("stop", "done")]
    _, effects = passed("stop", machine, again=(raw("more", "user"),))
    assert effects == [fx.CallModel(2, 0)]
    _, effects = machine.parts(kit.message("now", "m2"), kit.DONE)
    assert effects == [fx.Gate("stop", "now", again=True)]
    events, _ = passed("stop", machine)
    assert ends(events) == ["TurnCompleted"]
    assert machine.history() == ["hi", "done", "more", "now"]


def test_a_failed_turn_is_not_asked_whether_it_may_end(kit):
    machine = kit.Machine()
    machine.begin("hi", gates=ALL)
    passed("begin", machine)
    _, effects = machine.broke(retryable=False)
    assert gates(effects) == []
    assert machine.state.idle


def summary(machine):
    return fx.Summarised(machine.now, "short", (raw("short", "user"),))


@pytest.mark.parametrize("gate", ["compact", "compacted"])
def test_extensions_may_end_the_turn_at_a_summary(kit, gate):
    machine = kit.Machine()
    machine.begin("hi", gates=ALL, limit=Limit(50))
    passed("begin", machine)
    machine.parts(kit.call(), kit.DONE)
    _, effects = machine.feed(fx.ToolDone("c1", machine.now, "ok"))
    assert effects == [fx.Gate("compact")]
    if gate == "compacted":
        _, effects = passed("compact", machine)
        assert effects == [fx.Summarise(0, 0)]
        _, effects = machine.feed(summary(machine))
        assert effects == [fx.Gate("compacted")]
    events, effects = passed(gate, machine, stopped=True)
    assert ends(events) == ["TurnInterrupted"]
    assert fx.CallModel(2, 0) not in effects
    assert machine.history()[-1] in ("ok", "short")


def test_a_summary_before_the_turn_comes_before_the_words_are_judged(kit):
    machine = kit.Machine()
    _, effects = machine.begin("hi", gates=ALL, compact=True)
    assert gates(effects) == ["compact"]
    passed("compact", machine)
    _, effects = machine.feed(summary(machine))
    assert gates(effects) == ["compacted"]
    _, effects = passed("compacted", machine, before=(raw("anew"),))
    assert gates(effects) == ["begin"]
    passed("begin", machine)
    assert machine.history() == ["short", "anew", "hi"]


def test_a_summary_alone_says_that_it_is(kit):
    machine = kit.Machine()
    _, effects = machine.feed(fx.Condense("t", machine.now, gates=ALL - {"stop"}))
    assert effects == [fx.Gate("compact", alone=True)]
    passed("compact", machine)
    _, effects = machine.feed(summary(machine))
    assert effects == [fx.Gate("compacted", alone=True)]
    events, _ = passed("compacted", machine, stopped=True)
    assert ends(events) == ["TurnCompleted"]


def test_an_answer_of_another_gate_is_ignored(kit):
    machine = kit.Machine()
    machine.begin("hi", gates=ALL)
    before = machine.state
    assert passed("stop", machine) == ([], [])
    assert machine.state == before
    assert msgspec.structs.asdict(machine.state)["gate"] == "begin"
