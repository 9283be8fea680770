"""What the user said for after the turn, in its order.

Does not: begin turns; an effect says which submit is next.
"""

from __future__ import annotations

import msgspec

from csm.core.effects import Enqueue, Release, Requeue, StartNext, Unqueue
from csm.core.turn_state import Out, State
from csm.protocol import events
from csm.protocol.ops import Submit


def enqueue(state: State, given: Enqueue, out: Out) -> State:
    """One more, at the end."""
    return _put(state, (*state.queue, given.submit), out)


def unqueue(state: State, given: Unqueue, out: Out) -> State:
    """One less."""
    queue = list(state.queue)
    if not -len(queue) <= given.at < len(queue):
        return state
    taken = queue.pop(given.at)
    return _put(state, tuple(queue), out, taken=taken.text)


def requeue(state: State, given: Requeue, out: Out) -> State:
    """One elsewhere."""
    queue = list(state.queue)
    if not 0 <= given.at < len(queue):
        return state
    queue.insert(given.to, queue.pop(given.at))
    return _put(state, tuple(queue), out)


def release(state: State, given: Release | None, out: Out) -> State:
    """Begin with the first one, if there is one."""
    del given
    if not state.queue:
        return state
    out.effects.append(StartNext(state.queue[0]))
    return _put(state, state.queue[1:], out)


def _put(state: State, queue: tuple[Submit, ...], out: Out, taken: str | None = None) -> State:
    out.events.append(events.Queued(tuple(submit.text for submit in queue), taken))
    return msgspec.structs.replace(state, queue=queue)
