"""The turn machine: what a thread does next, as a pure function.

A turn is rounds of one request and the tool calls it brings, until an answer calls none. Between rounds the user's
steering joins the history; a broken stream repeats its round; an interrupt ends everything at once and leaves a
history that is valid for the next request.

Does not: know the clock, ids, files, sockets or loops: they come in as inputs and go out as effects.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from csm.core import calls, endings, retries, streams
from csm.core.effects import (
    Begin,
    Broke,
    CallModel,
    Effect,
    Enqueue,
    Fail,
    Input,
    Note,
    Part,
    PlanShown,
    Raised,
    Release,
    Resolve,
    Settled,
    StartNext,
    Steer,
    Stop,
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
    out.events.append(events.TurnStarted(given.turn_id, given.now, given.window, given.collaboration))
    out.events += [events.HistoryAppended(msgspec.Raw(raw)) for raw in given.appended]
    out.events.append(given.context)
    state = State(
        turn_id=given.turn_id, started=given.now, window=given.window, queue=state.queue, usage=state.usage, round=1
    )
    state = _say(state, given.user, out)
    return _call_model(state, out)


def _say(state: State, user: UserInput, out: Out, item_id: str = "") -> State:
    """Put what the user said into the history and on the screen."""
    out.events.append(events.HistoryAppended(msgspec.Raw(user.raw)))
    item = items.UserMessage(item_id or state.next_id(), user.text, user.images, steer=bool(item_id))
    out.events.append(events.ItemCompleted(state.turn_id, item))
    return state if item_id else _put(state, items=state.items + 1)


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
            state = _say(state, user, out, item_id)
        else:
            out.events.append(events.HistoryAppended(msgspec.Raw(user.raw)))
    return _put(state, steers=())


def _enqueue(state: State, given: Enqueue, out: Out) -> State:
    return _requeue(state, (*state.queue, given.submit), out)


def _unqueue(state: State, given: Unqueue, out: Out) -> State:
    if not state.queue:
        return state
    return _requeue(state, state.queue[:-1], out, taken=state.queue[-1].text)


def _requeue(state: State, queue: tuple[Any, ...], out: Out, taken: str | None = None) -> State:
    out.events.append(events.Queued(tuple(submit.text for submit in queue), taken))
    return _put(state, queue=queue)


def _release(state: State, given: Release | None, out: Out) -> State:
    if not state.queue:
        return state
    out.effects.append(StartNext(state.queue[0]))
    return _requeue(state, state.queue[1:], out)


def _part(state: State, given: Part, out: Out) -> State:
    return _advance(streams.part(state, given, out), given.now, out)


def _broke(state: State, given: Broke, out: Out) -> State:
    if not state.streaming or state.ending is not None:
        return state
    if retries.worth_it(state, given):
        return _advance(retries.note(state, given), given.now, out)
    state = _put(state, streaming=False)
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
    out.events.append(events.Answered(answer.ask_id, answer.decision, answer.text, given.by, answer.answers))
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
    if state.idle or state.streaming:
        return state
    state = calls.tell(state, out)
    if state.told < len(state.calls) or state.asleep:
        return state
    if state.ending is not None:
        return _finish(state, now, out)
    if state.broken is not None:
        return retries.wait(state, state.broken, out)
    if state.retrying:
        return _call_model(state, out)
    if state.calls or state.again or state.steers:
        state = _deliver_steers(_put(state, round=state.round + 1), out)
        return _call_model(state, out)
    return _finish(state, now, out)


def _finish(state: State, now: int, out: Out) -> State:
    state = _deliver_steers(calls.tell(state, out), out)
    endings.finish(state, now, out)
    out.effects.append(TurnOver())
    held = state.ending is not None
    state = State(queue=state.queue, usage=state.usage)
    return state if held else _release(state, None, out)


_STEPS: dict[type, Callable[[State, Any, Out], State]] = {
    Begin: _begin,
    Steer: _steer,
    Note: _note,
    Enqueue: _enqueue,
    Unqueue: _unqueue,
    Release: _release,
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
