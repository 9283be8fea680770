"""Gates: where a turn waits until extensions were heard.

Before what the user says is taken (`begin`, `steer`), around a summary (`compact`, `compacted`), and when the model is
done (`stop`). A turn has only the gates at which somebody wants to be heard.

Does not: hear anybody, or go on with the turn (`csm.core.turn`).
"""

from __future__ import annotations

import msgspec

from csm.core.effects import CancelGate, Gate, Passed, UserInput
from csm.core.turn_state import Ending, Out, State
from csm.protocol import events

_put = msgspec.structs.replace


def at(state: State, name: str, out: Out) -> State | None:
    """The state at a gate; None where nobody wants to be heard there."""
    if name not in state.gates:
        return None
    unseen = name == "begin" and state.waiting is not None and state.waiting.user.unseen
    out.effects.append(Gate(name, _said(state, name), state.compacting == "alone", state.sent_back, unseen))
    return _put(state, gate=name)


def _said(state: State, name: str) -> str:
    if name == "begin":
        return state.waiting.user.text if state.waiting is not None else ""
    if name == "steer":
        return state.steers[state.judged][1].text
    return (state.last_message or "") if name == "stop" else ""


def steer(state: State, out: Out) -> State | None:
    """The state at the gate of the next thing said into the turn; None once all were judged."""
    if "steer" not in state.gates:
        return None
    judged = state.judged
    while judged < len(state.steers) and not state.steers[judged][0]:
        judged += 1  # a note, not the user's
    state = _put(state, judged=judged)
    return at(state, "steer", out) if judged < len(state.steers) else None


def steered(state: State, given: Passed, out: Out) -> State:
    """What was said into the turn is taken, with what extensions add, or given back."""
    at = state.judged
    said = state.steers[at]
    kept = () if given.stopped else (said,)
    among = (*_notes(given.before), *kept, *_notes(given.after))
    if given.stopped:
        _give_back(state, (said[1].text,), out)
    return _put(state, steers=(*state.steers[:at], *among, *state.steers[at + 1 :]), judged=at + len(among))


def _notes(raws: tuple[bytes, ...]) -> tuple[tuple[str, UserInput], ...]:
    return tuple(("", UserInput("", raw)) for raw in raws)


def leave(state: State, out: Out) -> State:
    """Hear nobody any more: the turn ends before its time. What nobody has judged is given back."""
    if state.gate:
        out.effects.append(CancelGate())
    if state.gate == "begin":
        state = untaken(state, out)
    state = _put(state, gate="")
    if "steer" not in state.gates:
        return state
    late = tuple(one for one in state.steers[state.judged :] if one[0])
    if late:
        _give_back(state, tuple(user.text for _, user in late), out)
    return _put(state, steers=tuple(one for one in state.steers if one not in late))


def untaken(state: State, out: Out) -> State:
    """Give back what the turn was to begin with."""
    if state.waiting is None:
        return state
    if state.waiting.user.unseen:
        return _put(state, waiting=None)
    _give_back(state, (state.waiting.user.text,), out)
    return _put(state, waiting=None)


def _give_back(state: State, texts: tuple[str, ...], out: Out) -> None:
    out.events.append(events.Queued(tuple(submit.text for submit in state.queue), "\n".join(texts), refused=True))


def note(raws: tuple[bytes, ...], out: Out) -> None:
    """Put response items into the history."""
    out.events += [events.HistoryAppended(msgspec.Raw(raw)) for raw in raws]


def stopped(state: State, out: Out) -> State:
    """The state of a turn that an extension ends at a summary."""
    return _put(untaken(state, out), ending=Ending("interrupted", code="extension"))
