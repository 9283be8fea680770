"""How a turn ends: by itself, by an error, or by the user.

Does not: wait. An ending begins by cancelling all that runs and is finished when it has stopped, or after `GRACE`.
"""

from __future__ import annotations

import msgspec

from csm.core import response_items, retries, streams, turn_gates
from csm.core.effects import CancelModel, CancelSleep, CancelTools, Sleep
from csm.core.turn_state import Ending, Out, State
from csm.protocol import events

_put = msgspec.structs.replace

#: The timer after which cancelled tools are waited for no longer.
TIMER = "grace"
#: Seconds until then.
GRACE = 1.0
#: What the model reads in its history where the user stopped it.
MARKER = (
    "<turn_aborted>\nThe user stopped the turn here. Commands that were running may have done part of their work: "
    "look before doing them again.\n</turn_aborted>"
)


def begin(state: State, ending: Ending, partial: dict[str, str], out: Out) -> State:
    """Cancel everything, and close what stands half-done on the screen."""
    if state.streaming or state.summarising:
        out.effects.append(CancelModel())
    if state.asleep:
        out.effects.append(CancelSleep(retries.TIMER))
    for ask in state.asks:
        out.events.append(events.Answered(ask, "cancel", by="interrupt"))
    if any(call.output is None for call in state.calls):
        out.effects += [CancelTools(), Sleep(TIMER, GRACE)]
    state = turn_gates.leave(streams.close(state, partial, out, remember=ending.kind == "interrupted"), out)
    return _put(state, ending=ending, streaming=False, summarising=False, retrying=False, asleep=False, asks=())


def finish(state: State, now: int, out: Out) -> None:
    """The last events of a turn."""
    if state.plan is not None:
        out.events.append(events.ItemCompleted(state.turn_id, state.plan))
    ending = state.ending
    if ending is None:
        duration = max(now - state.started, 0)
        out.events.append(events.TurnCompleted(state.turn_id, state.last_message, now, duration))
    elif ending.kind == "failed":
        _stop_grace(state, out)
        out.events.append(events.TurnFailed(state.turn_id, ending.message, ending.code))
    else:
        _stop_grace(state, out)
        if state.marked and state.compacting != "alone" and ending.code is None:
            out.events.append(events.HistoryAppended(msgspec.Raw(response_items.message("user", [MARKER]))))
        out.events.append(events.TurnInterrupted(state.turn_id))


def _stop_grace(state: State, out: Out) -> None:
    if state.calls:
        out.effects.append(CancelSleep(TIMER))
