"""What each kind of event does to a thread.

The beginning and the end of a turn close all before them: a finished item changes no more, and what comes late for a
turn that is over stands in a turn of its own where it came. So a thread goes on the same way whether its earlier turns
are at hand or not. (An item that still runs stays where it began, which a log cannot tell.)

Does not: keep the state (`csm.core.fold.Thread`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from csm.core.turns import Entry, Turn, TurnStatus
from csm.protocol import events, items
from csm.protocol.events import Body
from csm.protocol.items import Item, Notice, UserMessage

if TYPE_CHECKING:
    from csm.core.fold import Thread

#: How the ids of turns begin that a rollout tells only by their messages.
_UNNAMED = "turn-"


def take(thread: Thread, body: Body) -> None:
    """Change the thread as a body says."""
    handler = _HANDLERS.get(type(body))
    if handler is not None:
        handler(thread, body)


def place(thread: Thread, turn_id: str, item_id: str) -> int:
    """Where an item of this turn stands, or would stand if it began now."""
    entry = thread.entries.get(item_id)
    if entry is not None and (not entry.done or (entry.epoch == thread.epoch and entry.turn_id == turn_id)):
        return entry.place
    turn = _standing(thread, turn_id)
    return turn.next_place() if turn is not None else 0


def _thread_started(thread: Thread, body: events.ThreadStarted) -> None:
    if thread.thread_id:
        return  # a fork made by Codex repeats its parent's
    thread.thread_id = body.thread_id
    thread.cwd = body.cwd
    thread.source = body.source
    thread.originator = body.originator
    thread.provider = body.provider
    thread.created = body.created
    thread.forked_from = body.forked_from
    thread.instructions = body.instructions


def _thread_spawned(thread: Thread, body: events.ThreadSpawned) -> None:
    thread.spawned[body.thread_id] = body


def _thread_named(thread: Thread, body: events.ThreadNamed) -> None:
    thread.name = body.name or None


def _turn_started(thread: Thread, body: events.TurnStarted) -> None:
    if thread.running is not None:
        _end(thread, thread.running, "interrupted")
    turn = _begin(thread, body.turn_id)
    turn.started = body.started
    thread.running = body.turn_id
    thread.collaboration = body.collaboration
    if body.context_window is not None:
        thread.context_window = body.context_window


def _begin(thread: Thread, turn_id: str) -> Turn:
    thread.epoch += 1
    thread.begun += 1
    turn = _append(thread, turn_id)
    turn.begun = turn.told = True
    turn.status = "running"
    thread.current = turn
    return turn


def _append(thread: Thread, turn_id: str) -> Turn:
    turn = Turn(turn_id)
    turn.status = "completed"
    turn.number = thread.begun
    turn.epoch = thread.epoch
    turn.seq = thread.seq
    thread.turns.append(turn)
    return turn


def _turn_context(thread: Thread, body: events.TurnContext) -> None:
    thread.cwd = body.cwd
    thread.model = body.model
    thread.effort = body.effort
    thread.approval = body.approval
    thread.sandbox = body.sandbox


def _history_appended(thread: Thread, body: events.HistoryAppended) -> None:
    thread.history.append(bytes(body.raw))


def _history_replaced(thread: Thread, body: events.HistoryReplaced) -> None:
    thread.history = [bytes(raw) for raw in body.history] or _summarised(thread.history, body.message)
    thread.compactions += 1


def _summarised(history: list[bytes], summary: str) -> list[bytes]:
    from csm.core import compaction

    return list(compaction.replacement(history, (), summary))


def _rolled_back(thread: Thread, body: events.RolledBack) -> None:
    from csm.core import rewind

    rewind.roll_back(thread, body)


def _item_started(thread: Thread, body: events.ItemStarted) -> None:
    entry = thread.entries.get(body.item.id)
    _put(thread, body.turn_id, body.item, done=False, new=entry is not None and entry.done)


def _item_updated(thread: Thread, body: events.ItemUpdated) -> None:
    _put(thread, body.turn_id, body.item, done=False)


def _item_completed(thread: Thread, body: events.ItemCompleted) -> None:
    entry = thread.entries.get(body.item.id)
    new = entry is not None and entry.done and body.place not in (None, entry.place)
    _put(thread, body.turn_id, items.stored(body.item), done=True, at=body.place, new=new)


def _put(thread: Thread, turn_id: str, item: Item, *, done: bool, at: int | None = None, new: bool = False) -> None:
    """Make or change an entry. An id that a model uses again for something `new` makes another entry."""
    entry = thread.entries.get(item.id) if item.id and not new else None
    if entry is not None and not entry.done:
        _change(thread, entry, item, done=done)
        return
    turn = _home(thread, turn_id, item)
    if entry is not None and entry.epoch == thread.epoch and entry.turn_id == turn.id:
        _change(thread, entry, item, done=done)
        return
    if not item.id:
        item = msgspec.structs.replace(item, id=f"item-{thread.seq}")
    entry = Entry(item, turn.id, turn.next_place() if at is None else at, done=done)
    entry.epoch = thread.epoch
    thread.entries[item.id] = entry
    turn.insert(entry)


def _change(thread: Thread, entry: Entry, item: Item, *, done: bool) -> None:
    entry.put(item, done=done)
    entry.epoch = thread.epoch
    if thread.settled:
        for turn in thread.turns:
            if turn.settled and turn.id == entry.turn_id:
                turn.settled = False


def _home(thread: Thread, turn_id: str, item: Item) -> Turn:
    """The turn of an item. Old rollouts name none: it is the running one, else a user's message begins one."""
    current = thread.current
    taken = thread.running is not None or not isinstance(item, Notice | UserMessage)
    if not turn_id and current is not None and taken:
        return current
    if not turn_id and isinstance(item, UserMessage):
        turn = _begin(thread, f"{_UNNAMED}{thread.unnamed}")
        turn.status = "completed"
        thread.unnamed += 1
        return turn
    return _standing(thread, turn_id) or _append(thread, turn_id)


def _standing(thread: Thread, turn_id: str) -> Turn | None:
    """The turn of this id that can take something: the one that runs, or the last one while it is open."""
    if thread.current is not None and thread.current.id == (turn_id or thread.running):
        return thread.current
    last = thread.turns[-1] if thread.turns else None
    return last if last is not None and last.id == turn_id and last.epoch == thread.epoch else None


def _delta(thread: Thread, body: events.TextDelta | events.OutputDelta) -> None:
    entry = thread.entries.get(body.item_id)
    if entry is not None:
        entry.add(body.text)


def _reasoning_delta(thread: Thread, body: events.ReasoningDelta) -> None:
    entry = thread.entries.get(body.item_id)
    if entry is not None:
        entry.add(body.text, body.index)


def _asked(thread: Thread, body: events.Asked) -> None:
    thread.asks[body.ask.id] = body.ask


def _answered(thread: Thread, body: events.Answered) -> None:
    thread.asks.pop(body.ask_id, None)


def _usage_reported(thread: Thread, body: events.UsageReported) -> None:
    thread.usage = body.total
    thread.last_usage = body.last
    if body.context_window is not None:
        thread.context_window = body.context_window


def _queued(thread: Thread, body: events.Queued) -> None:
    thread.queued = body.texts


def _configured(thread: Thread, body: events.Configured) -> None:
    thread.model = body.model or thread.model
    thread.effort = body.effort or thread.effort
    thread.approval = body.approval or thread.approval
    thread.sandbox = body.sandbox or thread.sandbox
    thread.collaboration = body.collaboration or thread.collaboration


def _kept(thread: Thread, body: events.Kept) -> None:
    thread.kept.setdefault(body.owner, {})[body.name] = bytes(body.value)


def _turn_completed(thread: Thread, body: events.TurnCompleted) -> None:
    turn = _end(thread, body.turn_id, "completed")
    if turn is not None:
        turn.last_message = body.last_message
        turn.ended = body.ended
        turn.duration_ms = body.duration_ms
        thread.worked_ms += body.duration_ms


def _turn_failed(thread: Thread, body: events.TurnFailed) -> None:
    turn = _end(thread, body.turn_id, "failed")
    if turn is not None:
        turn.error = body.message


def _turn_interrupted(thread: Thread, body: events.TurnInterrupted) -> None:
    _end(thread, body.turn_id, "interrupted")


def _end(thread: Thread, turn_id: str, status: TurnStatus) -> Turn | None:
    """End the turn that runs, or the last one while it is open. None for another, which has ended already."""
    thread.asks.clear()
    turn = _standing(thread, turn_id)
    if turn is None or (turn is not thread.current and (thread.running is not None or not turn.id)):
        return None
    if turn is thread.current:
        thread.running = thread.current = None
    turn.status = status
    turn.told = True
    thread.epoch += 1
    return turn


_HANDLERS: dict[type, Callable[[Thread, Any], None]] = {
    events.ThreadStarted: _thread_started,
    events.ThreadSpawned: _thread_spawned,
    events.ThreadNamed: _thread_named,
    events.TurnStarted: _turn_started,
    events.TurnContext: _turn_context,
    events.HistoryAppended: _history_appended,
    events.HistoryReplaced: _history_replaced,
    events.RolledBack: _rolled_back,
    events.ItemStarted: _item_started,
    events.ItemUpdated: _item_updated,
    events.ItemCompleted: _item_completed,
    events.TextDelta: _delta,
    events.OutputDelta: _delta,
    events.ReasoningDelta: _reasoning_delta,
    events.Asked: _asked,
    events.Answered: _answered,
    events.UsageReported: _usage_reported,
    events.Queued: _queued,
    events.Configured: _configured,
    events.Kept: _kept,
    events.TurnCompleted: _turn_completed,
    events.TurnFailed: _turn_failed,
    events.TurnInterrupted: _turn_interrupted,
}
