"""Broken model streams: whether and when to try again.

Does not: retry what a provider retries by itself before the first byte.
"""

from __future__ import annotations

import msgspec

from csm.core.effects import Broke, Sleep
from csm.core.turn_state import Out, State
from csm.protocol.events import Reconnecting

_put = msgspec.structs.replace

#: The timer between two tries.
TIMER = "retry"
#: Seconds before the first new try; each further one waits twice as long.
FIRST = 0.2
#: How much of a delay the jitter may add or take.
JITTER = 0.1


def worth_it(state: State, given: Broke) -> bool:
    """Whether another stream may help."""
    return given.retryable and state.attempt < given.limit


def delay(given: Broke, attempt: int) -> float:
    """Seconds to wait after `attempt` earlier tries; what the server asks for is kept to the letter."""
    if given.retry_after is not None:
        return given.retry_after
    return FIRST * 2**attempt * (1 + JITTER * given.jitter)


def note(state: State, given: Broke) -> State:
    """The stream is gone. Items that came whole stay; those cut short are shown anew by the next stream."""
    opens = tuple(_put(item, stale=True) for item in state.opens if item.shown)
    state = _put(state, opens=opens, finished=state.finished.union(*state.done), done=())
    return _put(state, streaming=False, retrying=True, broken=given)


def wait(state: State, given: Broke, out: Out) -> State:
    """Say so, and sleep. The calls of the broken stream are answered by now."""
    attempt = state.attempt + 1
    message = f"Reconnecting... {attempt}/{given.limit}"
    if given.message:
        message += f" ({given.message})"
    out.events.append(Reconnecting(state.turn_id, message, attempt, given.limit))
    out.effects.append(Sleep(TIMER, delay(given, state.attempt)))
    return _put(state, broken=None, asleep=True, attempt=attempt)
