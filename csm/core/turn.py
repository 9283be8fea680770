"""The turn machine: what a thread does next, as a pure function.

A turn is rounds of one request and the tool calls it brings, until an answer calls none. Between rounds the user's
steering joins the history; a broken stream repeats its round; a history that grew too long gives way to a summary; an
interrupt ends everything at once and leaves a history that is valid for the next request.

Does not: know the clock, ids, files, sockets or loops: they come in as inputs and go out as effects.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from csm.core import calls, endings, retries, streams, turn_compaction, turn_gates, turn_queue
from csm.core.effects import (
    Begin,
    Broke,
    CallModel,
    Condense,
    Effect,
    Enqueue,
    Fail,
    Input,
    Note,
    Part,
    Passed,
    PlanShown,
    Raised,
    Release,
    Requeue,
    Resolve,
    Settled,
    Steer,
    Stop,
    Summarised,
    ToolDone,
    TurnOver,
    Unqueue,
    UserInput,
    Woke,
)
from csm.core.turn_state import Ending, Out, State
from csm.protocol import events, items
from csm.protocol.events import Body

_put = msgspec.structs.replace


def step(state: State, given: Input) -> tuple[State, list[Body], list[Effect]]:
    """The state after an input, the events to record, and the effects to perform, in order."""
    out = Out()
    state = _STEPS[type(given)](state, given, out)
    return state, out.events, out.effects


def _begin(state: State, given: Begin, out: Out) -> State:
    state = _put(_opened(state, given, out), limit=given.limit, items=1, waiting=given, marked=given.marked)
    if not given.user.unseen and (given.compact or "begin" in given.gates):
        shown = items.UserMessage(_first_id(state), given.user.text, given.user.images)
        out.events.append(events.ItemStarted(state.turn_id, shown))
    return turn_compaction.begin(state, "before", out) if given.compact else _enter(state, out)


def _enter(state: State, out: Out) -> State:
    """The first round, once extensions let what the user said pass."""
    return turn_gates.at(state, "begin", out) or _send(_say_first(state, out), out)


def _opened(state: State, given: Begin | Condense, out: Out) -> State:
    out.events.append(events.TurnStarted(given.turn_id, given.now, given.window, given.collaboration))
    return State(
        turn_id=given.turn_id,
        started=given.now,
        window=given.window,
        queue=state.queue,
        usage=state.usage,
        prefix=state.prefix,
        round=1,
        gates=given.gates,
    )


def _say_first(state: State, out: Out, passed: Passed | None = None) -> State:
    """Put what a turn begins with into the history: context, and what the user said, unless that did not pass."""
    given = state.waiting
    if given is None:
        return state
    turn_gates.note(given.appended, out)
    out.events.append(given.context)
    turn_gates.note(passed.before if passed is not None else (), out)
    if passed is not None and passed.stopped:
        return turn_gates.untaken(state, out)
    _say(state, _first_id(state), given.user, out)
    turn_gates.note(passed.after if passed is not None else (), out)
    return _put(state, waiting=None)


def _first_id(state: State) -> str:
    return f"{state.turn_id}-0"


def _say(state: State, item_id: str, user: UserInput, out: Out, *, steer: bool = False) -> None:
    """Put what the user said into the history and on the screen."""
    out.events.append(events.HistoryAppended(msgspec.Raw(user.raw)))
    if user.unseen:
        return
    item = items.UserMessage(item_id, user.text, user.images, steer=steer)
    out.events.append(events.ItemCompleted(state.turn_id, item))


def _condense(state: State, given: Condense, out: Out) -> State:
    return turn_compaction.begin(_opened(state, given, out), "alone", out)


def _summarised(state: State, given: Summarised, out: Out) -> State:
    if not state.summarising:
        return state
    state = turn_compaction.done(state, given, out)
    return turn_gates.at(state, "compacted", out) or _after_summary(state, given.now, out)


def _after_summary(state: State, now: int, out: Out) -> State:
    stage, state = state.compacting, _put(state, compacting="")
    if stage == "alone":
        return _advance(state, now, out)
    if stage == "before" and state.waiting is not None:
        # The new history has the context in force already.
        return _enter(_put(state, waiting=_put(state.waiting, appended=())), out)
    return _send(state, out)


def _passed(state: State, given: Passed, out: Out) -> State:
    if not state.gate or given.gate != state.gate:
        return state
    return _GATES[given.gate](_put(state, gate=""), given, out)


def _passed_begin(state: State, given: Passed, out: Out) -> State:
    state = _say_first(state, out, given)
    if given.stopped and not state.steers:
        return _finish(state, given.now, out)
    return _send(state, out)


def _passed_steer(state: State, given: Passed, out: Out) -> State:
    state = turn_gates.steered(state, given, out)
    idle = given.stopped and not (state.calls or state.again or state.steers)
    return _advance(state, given.now, out) if idle else _send(state, out)


def _passed_compact(state: State, given: Passed, out: Out) -> State:
    turn_gates.note(given.before, out)
    if given.stopped:
        return _advance(turn_gates.stopped(state, out), given.now, out)
    return turn_compaction.ask(state, out)


def _passed_compacted(state: State, given: Passed, out: Out) -> State:
    turn_gates.note(given.before, out)
    if given.stopped and state.compacting != "alone":
        return _advance(turn_gates.stopped(state, out), given.now, out)
    return _after_summary(state, given.now, out)


def _passed_stop(state: State, given: Passed, out: Out) -> State:
    turn_gates.note((*given.before, *given.again), out)
    if given.again or state.steers:
        sent_back = state.sent_back or bool(given.again)
        return _next_round(_put(state, round=state.round + 1, sent_back=sent_back), out)
    return _finish(state, given.now, out)


def _send(state: State, out: Out) -> State:
    """The next request, with what the user said meanwhile, once extensions let that pass."""
    return turn_gates.steer(state, out) or _call_model(_deliver_steers(state, out), out)


def _call_model(state: State, out: Out) -> State:
    out.effects.append(CallModel(state.round, state.attempt))
    return _put(state, streaming=True, retrying=False, again=False, calls=(), told=0)


def _steer(state: State, given: Steer, out: Out) -> State:
    item_id = state.next_id()
    shown = items.UserMessage(item_id, given.user.text, given.user.images, steer=True)
    out.events.append(events.ItemStarted(state.turn_id, shown))
    return _put(state, items=state.items + 1, steers=(*state.steers, (item_id, given.user)))


def _note(state: State, given: Note, out: Out) -> State:
    if state.idle:
        out.events.append(events.HistoryAppended(msgspec.Raw(given.raw)))
        return state
    return _put(state, steers=(*state.steers, ("", UserInput("", given.raw))))


def _deliver_steers(state: State, out: Out) -> State:
    for item_id, user in state.steers:
        if item_id:
            _say(state, item_id, user, out, steer=True)
        else:
            out.events.append(events.HistoryAppended(msgspec.Raw(user.raw)))
    return _put(state, steers=(), judged=0)


def _part(state: State, given: Part, out: Out) -> State:
    return _advance(streams.part(state, given, out), given.now, out)


def _broke(state: State, given: Broke, out: Out) -> State:
    if not (state.streaming or state.summarising) or state.ending is not None:
        return state
    if given.usage is not None:
        total = state.usage + given.usage
        out.events.append(events.UsageReported(given.usage, total, state.window))
        state = _put(state, usage=total, tokens=given.usage.total)
    if state.summarising:
        tried = turn_compaction.broke(state, given, out)
        if tried is not None:
            return _advance(tried, given.now, out)
    elif retries.worth_it(state, given) or turn_compaction.recovers(state, given):
        return _advance(retries.note(state, given), given.now, out)
    state = _put(state, streaming=False, summarising=False)
    return _end(state, Ending("failed", given.message, given.code), given.now, given.partial, out)


def _tool_done(state: State, given: ToolDone, out: Out) -> State:
    return _advance(calls.answer(state, given), given.now, out)


def _plan_shown(state: State, given: PlanShown, out: Out) -> State:
    if state.idle:
        return state
    known = state.plan is not None
    body = events.ItemUpdated if known else events.ItemStarted
    out.events.append(body(state.turn_id, given.plan))
    return _put(state, plan=given.plan)


def _raised(state: State, given: Raised, out: Out) -> State:
    out.events.append(events.Asked(state.turn_id, given.ask))
    return _put(state, asks=(*state.asks, given.ask.id))


def _settled(state: State, given: Settled, out: Out) -> State:
    answer = given.answer
    if answer.ask_id not in state.asks:
        return state
    given_by = (answer.decision, answer.text, given.by, answer.answers, answer.edited, answer.pieces)
    out.events.append(events.Answered(answer.ask_id, *given_by))
    state = _put(state, asks=tuple(ask for ask in state.asks if ask != answer.ask_id))
    if answer.decision == "cancel":
        return _end(state, Ending("interrupted"), given.now, given.partial, out)
    out.effects.append(Resolve(answer))
    return state


def _stop(state: State, given: Stop, out: Out) -> State:
    return _end(state, Ending("interrupted"), given.now, given.partial, out)


def _fail(state: State, given: Fail, out: Out) -> State:
    return _end(state, Ending("failed", given.message, given.code), given.now, given.partial, out)


def _end(state: State, ending: Ending, now: int, partial: dict[str, str], out: Out) -> State:
    if state.idle or state.ending is not None:
        return state
    return _advance(endings.begin(state, ending, partial, out), now, out)


def _woke(state: State, given: Woke, out: Out) -> State:
    if given.timer == retries.TIMER and state.asleep:
        return _advance(_put(state, asleep=False), given.now, out)
    if given.timer == endings.TIMER and state.ending is not None:
        return _finish(calls.abandon(state, given.now), given.now, out)
    return state


def _advance(state: State, now: int, out: Out) -> State:
    """Go on as far as possible: answer calls, repeat or begin a round, end the turn."""
    if state.idle or state.streaming or state.summarising or state.gate:
        return state
    state = calls.tell(state, out)
    if state.told < len(state.calls) or state.asleep:
        return state
    if state.ending is not None:
        return _finish(state, now, out)
    if state.broken is not None:
        return _try_again(state, state.broken, out)
    if state.retrying:
        return turn_compaction.ask(state, out) if state.compacting else _call_model(state, out)
    if state.calls or state.again or state.steers:
        return _next_round(_put(state, round=state.round + 1), out)
    return turn_gates.at(state, "stop", out) or _finish(state, now, out)


def _try_again(state: State, broken: Broke, out: Out) -> State:
    if not state.compacting and turn_compaction.recovers(state, broken):
        return turn_compaction.begin(state, "within", out, level=1)
    return retries.wait(state, broken, out)


def _next_round(state: State, out: Out) -> State:
    if turn_compaction.due(state):
        return turn_compaction.begin(state, "within", out)
    return _send(state, out)


def _finish(state: State, now: int, out: Out) -> State:
    state = _say_first(state, out)
    state = _deliver_steers(calls.tell(state, out), out)
    endings.finish(state, now, out)
    out.effects.append(TurnOver())
    held = state.ending is not None
    state = State(queue=state.queue, usage=state.usage)
    return state if held else turn_queue.release(state, None, out)


_GATES: dict[str, Callable[[State, Passed, Out], State]] = {
    "begin": _passed_begin,
    "steer": _passed_steer,
    "compact": _passed_compact,
    "compacted": _passed_compacted,
    "stop": _passed_stop,
}
_STEPS: dict[type, Callable[[State, Any, Out], State]] = {
    Begin: _begin,
    Condense: _condense,
    Summarised: _summarised,
    Passed: _passed,
    Steer: _steer,
    Note: _note,
    Enqueue: turn_queue.enqueue,
    Unqueue: turn_queue.unqueue,
    Requeue: turn_queue.requeue,
    Release: turn_queue.release,
    Part: _part,
    Broke: _broke,
    ToolDone: _tool_done,
    PlanShown: _plan_shown,
    Raised: _raised,
    Settled: _settled,
    Stop: _stop,
    Fail: _fail,
    Woke: _woke,
}
