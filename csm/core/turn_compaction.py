"""Compaction within the turn machine: when a summary is due, and what goes on once it is there.

It comes `before` the user's message joins the history, `within` a turn before its next request, or `alone` in a turn
of its own. Streams that break are tried again as all others; a request that does not fit is shortened.

Does not: know the history (`csm.core.compaction`); it comes made, as an input.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from csm.core import compaction, retries, turn_gates
from csm.core.effects import Broke, Summarise, Summarised
from csm.core.turn_state import Out, State
from csm.protocol import events, items
from csm.protocol.model import Usage

_put = msgspec.structs.replace

#: The code of a stream that failed because the history does not fit.
OVERFLOW = "context_length_exceeded"


def due(state: State) -> bool:
    """Whether the last response filled the context so far that the next request needs a shorter history."""
    return state.limit is not None and state.limit.reached(state.tokens, state.prefix)


def recovers(state: State, given: Broke) -> bool:
    """Whether a stream that failed for want of room can be tried once more with a shorter history."""
    return given.room and not state.recovered


def begin(state: State, stage: Literal["before", "within", "alone"], out: Out, level: int = 0) -> State:
    """Ask for a summary, once extensions let it come."""
    state = _put(state, compacting=stage, level=level, attempt=0, retrying=False, broken=None)
    state = _put(state, recovered=state.recovered or level > 0)
    return turn_gates.at(state, "compact", out) or ask(state, out)


def ask(state: State, out: Out) -> State:
    """Ask, or ask again."""
    out.effects.append(Summarise(state.level, state.attempt))
    return _put(state, summarising=True, retrying=False)


def broke(state: State, given: Broke, out: Out) -> State | None:
    """The stream of a summary failed. None where nothing more can be tried."""
    if given.code == OVERFLOW and state.level < compaction.LEVELS:
        return ask(_put(state, level=state.level + 1), out)
    if retries.worth_it(state, given):
        return _put(retries.note(state, given), summarising=False)
    return None


def done(state: State, given: Summarised, out: Out) -> State:
    """Put the new history in the place of the old one, and show that."""
    history = tuple(msgspec.Raw(raw) for raw in given.history)
    out.events.append(events.HistoryReplaced(compaction.marked(given.summary), history))
    out.events.append(events.ItemCompleted(state.turn_id, items.Compaction(state.next_id(), given.summary)))
    total = state.usage + (given.usage or Usage())
    estimated = Usage(input=given.tokens, total=given.tokens)
    out.events.append(events.UsageReported(estimated, total, state.window))
    state = _put(state, usage=total, tokens=0, prefix=None)
    return _put(state, items=state.items + 1, summarising=False, attempt=0)
