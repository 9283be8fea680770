"""Going back to before an earlier turn: an event says so, nothing that was stored is changed.

Where the history was summarised since, the one that stood before the turn is read from the log and put in place again.

Does not: take turns out of a thread (`csm.core.rewind`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from csm.core import rewind
from csm.core.fold import Thread, fold
from csm.protocol import events, ops
from csm.protocol.errors import CsmError
from csm.protocol.events import Body
from csm.protocol.items import Notice
from csm.protocol.ops import Ack

if TYPE_CHECKING:
    from csm.runtime.session import Session

#: Characters of a prompt that are said again.
_SHOWN = 60
_SUMMARISED = "what came before the summary is not kept in a session that leaves no log"


async def admit(session: Session, op: ops.Rewind) -> Ack:
    """Go back, or say why not."""
    if not session.state.idle:
        return Ack(False, "a turn is running")
    try:
        bodies, prompt = await asyncio.to_thread(_bodies, session, op.turn)
    except CsmError as error:
        return Ack(False, f"{error.message}; {error.hint}" if error.hint else error.message)
    if not session.state.idle:
        return Ack(False, "a turn is running")
    text = f"Went back to before “{_short(prompt)}”. What followed stays in the log and counts no more."
    trouble = session.publish([*bodies, events.ItemCompleted("", Notice(session.clock.new_id(), text, "info"))])
    return Ack(True, "" if trouble is None else trouble.message)


def _short(prompt: str) -> str:
    line = " ".join(prompt.split())
    return line if len(line) <= _SHOWN else line[:_SHOWN] + "…"


def _bodies(session: Session, which: str) -> tuple[list[Body], str]:
    """The events that go back, and the prompt gone back to. Reads the log. Raises CommandError, StoreError."""
    thread = session.thread
    if session.start.ephemeral:
        turn_id = rewind.turn_of(thread, which)
        if thread.compactions:
            raise CsmError(_SUMMARISED)
        return [events.RolledBack(rewind.said(thread, turn_id), turn_id)], rewind.prompt(thread.turn(turn_id))
    store = session.host.store()
    whole = thread if getattr(thread, "past", None) is None else fold(store.read(thread.thread_id))
    turn_id = rewind.turn_of(whole, which)
    prompt = rewind.prompt(whole.turn(turn_id))
    then = _then(store.read(thread.thread_id), turn_id)
    if then.compactions == thread.compactions:
        return [events.RolledBack(rewind.spoken(thread.history) - rewind.spoken(then.history), turn_id)], prompt
    if not then.history:
        return [events.RolledBack(max(1, rewind.spoken(thread.history)), turn_id)], prompt
    replaced = events.HistoryReplaced("", tuple(map(msgspec.Raw, then.history)))
    return [events.RolledBack(max(1, rewind.said(whole, turn_id)), turn_id), replaced], prompt


def _then(pairs: Iterable[rewind.Pair], turn_id: str) -> Thread:
    """The thread as it was before a turn."""
    thread = Thread()
    for _, body in pairs:
        known = len(thread.turns)
        thread.take(body)
        if len(thread.turns) > known and thread.turns[-1].id == turn_id:
            if not isinstance(body, events.TurnStarted):  # an old log's: its first words are in the history already
                thread.history = rewind.cut(thread.history, 1)
            break
    return thread
