"""The tool calls of a round: run together as they come, answered in their order.

Does not: run tools, or judge whether they may.
"""

from __future__ import annotations

from typing import Any

import msgspec

from csm.core import response_items
from csm.core.effects import RunTool, ToolDone
from csm.core.turn_state import Call, Out, State, noted
from csm.protocol.events import HistoryAppended
from csm.protocol.tools import ToolCall

_put = msgspec.structs.replace
#: Tools whose answers begin with the time they took.
_COMMANDS = ("exec_command", "shell_command")


def start(state: State, call: ToolCall, now: int, out: Out) -> State:
    """Run a call, under an id that no other call of the turn has: some servers give none, or the same ones again."""
    known = call.call_id
    if not known or any(known in names for names in state.named):
        known = state.next_id()
        state = _put(state, items=state.items + 1)
    out.effects.append(RunTool(call if known == call.call_id else _put(call, call_id=known)))
    return _put(state, calls=(*state.calls, Call(call, now, known)), named=noted(state.named, known))


def answer(state: State, given: ToolDone) -> State:
    """Keep a tool's output until its turn comes. Outputs of calls given up earlier are ignored."""
    for at, call in enumerate(state.calls):
        if call.id == given.call_id and call.output is None:
            output = _aborted(state, call, given.now) if given.output is None else given.output
            answered = _put(call, output=response_items.call_output(call.call, output))
            return _put(state, calls=(*state.calls[:at], answered, *state.calls[at + 1 :]))
    return state


def tell(state: State, out: Out) -> State:
    """Put outputs into the history, in the order of the calls, up to the first that is missing."""
    told = state.told
    while told < len(state.calls):
        output = state.calls[told].output
        if output is None:
            break
        out.events.append(HistoryAppended(msgspec.Raw(output)))
        told += 1
    return state if told == state.told else _put(state, told=told)


def abandon(state: State, now: int) -> State:
    """Answer every call that is still open in its tool's place."""
    for call in state.calls:
        state = answer(state, ToolDone(call.id, now, None))
    return state


def closing(call: ToolCall) -> bytes:
    """The output of a call whose session ended before its tool did."""
    return response_items.call_output(call, "aborted: the session ended before this call was done")


def _aborted(state: State, call: Call, now: int) -> str | list[dict[str, Any]]:
    seconds = max(now - call.started, 0) / 1000
    by = "" if state.ending is not None and state.ending.kind == "failed" else " by user"
    if call.call.name in _COMMANDS:
        return f"Wall time: {seconds:.1f} seconds\naborted{by}"
    return f"aborted{by} after {seconds:.1f}s"
