"""The fold: a thread's state as the sum of its events, kept by one owner who applies them in order.

Folding what is stored gives the same `state_hash` as folding what was live, at every turn end: deltas and items
that never ended leave no trace in it, and a command's output is as short as in a log.

Does not: store, send or make events; know rollouts or the screen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from typing import Any, Literal

import msgspec

from csm.core.digest import parts
from csm.protocol import codec, events, items
from csm.protocol.events import Body, Event
from csm.protocol.items import Item, Notice, UserMessage
from csm.protocol.model import Usage
from csm.protocol.tools import ApprovalPolicy, Ask, Collaboration, SandboxPolicy

#: How the ids of turns begin that a rollout tells only by their messages.
_UNNAMED = "turn-"

TurnStatus = Literal["running", "completed", "failed", "interrupted"]


class Entry:
    """An item in its turn. `version` grows on each change; `place` orders the entries of a turn by their beginning."""

    __slots__ = ("_index", "_parts", "done", "item", "place", "turn_id", "version")

    def __init__(self, item: Item, turn_id: str, place: int, *, done: bool = False) -> None:
        self.item = item
        self.turn_id = turn_id
        self.place = place
        self.done = done
        self.version = 0
        self._parts: list[str] = [_base(item)]
        self._index = 0

    def text(self) -> str:
        """The item's text or output so far. Joined once, however many deltas came before."""
        if len(self._parts) > 1:
            self._parts = ["".join(self._parts)]
        return self._parts[0]

    def add(self, text: str, index: int | None = None) -> None:
        """Take a delta. A new `index` begins a new paragraph. A finished item takes none."""
        if self.done:
            return
        if index is not None and index != self._index:
            self._index = index
            text = "\n\n" + text if self.text() else text
        self._parts.append(text)
        self.version += 1

    def put(self, item: Item, *, done: bool) -> None:
        """Take a whole new version of the item."""
        self.item = item
        self.done = done
        self.version += 1
        self._parts = [_base(item)]
        self._index = 0

    def copy(self) -> Entry:
        """An entry of its own with the same content."""
        twin = Entry(self.item, self.turn_id, self.place, done=self.done)
        twin.version = self.version
        twin._parts = [self.text()]
        twin._index = self._index
        return twin


class Turn:
    """A turn and its entries. `started` and `ended` are milliseconds since the epoch. Turn "" holds what had none."""

    __slots__ = ("duration_ms", "ended", "entries", "error", "id", "last_message", "started", "status")

    def __init__(self, turn_id: str, started: int = 0) -> None:
        self.id = turn_id
        self.status: TurnStatus = "running" if turn_id else "completed"
        self.entries: list[Entry] = []
        self.error: str | None = None
        self.started = started
        self.ended: int = 0
        self.duration_ms: int = 0
        self.last_message: str | None = None

    def insert(self, entry: Entry) -> None:
        """Put an entry where its place says; nearly always the end."""
        at = len(self.entries)
        while at and self.entries[at - 1].place > entry.place:
            at -= 1
        self.entries.insert(at, entry)

    def next_place(self) -> int:
        """The place of an entry that begins now."""
        return self.entries[-1].place + 1 if self.entries else 0


class Thread:
    """A thread's state. `apply` every event in order; read the attributes."""

    def __init__(self) -> None:
        self.thread_id = ""
        self.cwd = ""
        self.name: str | None = None
        self.source = ""
        self.originator = ""
        self.provider = ""
        self.model = ""
        self.effort: str | None = None
        self.approval: ApprovalPolicy = "on-request"
        self.sandbox = SandboxPolicy()
        self.collaboration: Collaboration = "default"
        self.kept: dict[str, dict[str, bytes]] = {}
        self.forked_from: str | None = None
        self.created = ""
        self.instructions: str | None = None
        self.seq = 0
        self.turns: list[Turn] = []
        self.entries: dict[str, Entry] = {}
        self.history: list[bytes] = []
        self.compactions = 0
        self.usage = Usage()
        self.last_usage: Usage | None = None
        self.context_window: int | None = None
        self.asks: dict[str, Ask] = {}
        self.queued: tuple[str, ...] = ()
        self.running: str | None = None
        #: The agents this thread has begun, by thread id, open or not.
        self.spawned: dict[str, events.ThreadSpawned] = {}

    def apply(self, event: Event) -> None:
        """Take the next event."""
        self.seq = event.seq
        self.take(event.body)

    def take(self, body: Body) -> None:
        """Take the next body, where events have no numbers (stored ones)."""
        handler = _HANDLERS.get(type(body))
        if handler is not None:
            handler(self, body)

    def turn(self, turn_id: str) -> Turn:
        """The turn of this id, made if there was none."""
        for turn in reversed(self.turns):
            if turn.id == turn_id:
                return turn
        turn = Turn(turn_id)
        self.turns.append(turn)
        return turn

    def place(self, turn_id: str, item_id: str) -> int:
        """Where an item of this turn stands, or would stand if it began now."""
        entry = self.entries.get(item_id)
        return entry.place if entry is not None else self.turn(turn_id).next_place()

    def copy(self) -> Thread:
        """A thread of its own with the same state. Items and history bytes are shared, being immutable."""
        twin = Thread()
        twin.__dict__.update(self.__dict__)
        twin.history = list(self.history)
        twin.asks = dict(self.asks)
        twin.spawned = dict(self.spawned)
        twin.kept = {owner: dict(values) for owner, values in self.kept.items()}
        twin.turns = []
        twin.entries = {}
        for turn in self.turns:
            twin.turns.append(_copy_turn(turn, twin.entries))
        return twin

    def state_hash(self) -> str:
        """A digest of all that is stored: not of what still runs, waits or is queued, nor of `seq`."""
        digest = hashlib.sha256()
        for part in parts(self):
            digest.update(codec.encode(part))
            digest.update(b"\n")
        for raw in self.history:
            digest.update(raw)
            digest.update(b"\n")
        return digest.hexdigest()


def fold(bodies: Iterable[tuple[str, Body]]) -> Thread:
    """The thread that an iterable of `(time, body)` pairs adds up to."""
    thread = Thread()
    for _, body in bodies:
        thread.take(body)
        thread.seq += 1
    return thread


def _base(item: Item) -> str:
    return getattr(item, "text", None) or getattr(item, "output", None) or ""


def _copy_turn(turn: Turn, entries: dict[str, Entry]) -> Turn:
    twin = Turn(turn.id, turn.started)
    for name in ("status", "error", "ended", "duration_ms", "last_message"):
        setattr(twin, name, getattr(turn, name))
    for entry in turn.entries:
        copied = entry.copy()
        twin.entries.append(copied)
        entries[copied.item.id] = copied
    return twin


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
    turn = Turn(body.turn_id, body.started)
    thread.turns.append(turn)
    thread.running = body.turn_id
    thread.collaboration = body.collaboration
    if body.context_window is not None:
        thread.context_window = body.context_window


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


def _item_started(thread: Thread, body: events.ItemStarted) -> None:
    entry = thread.entries.get(body.item.id)
    _put(thread, body.turn_id, body.item, done=False, new=entry is not None and entry.done)


def _item_updated(thread: Thread, body: events.ItemUpdated) -> None:
    _put(thread, body.turn_id, body.item, done=False)


def _item_completed(thread: Thread, body: events.ItemCompleted) -> None:
    entry = thread.entries.get(body.item.id)
    new = entry is not None and entry.done and body.place not in (None, entry.place)
    _put(thread, body.turn_id, items.stored(body.item), done=True, place=body.place, new=new)


def _put(thread: Thread, turn_id: str, item: Item, *, done: bool, place: int | None = None, new: bool = False) -> None:
    """Make or change an entry. An id that a model uses again for something `new` makes another entry."""
    turn = _home(thread, turn_id, item)
    if not item.id:
        item = msgspec.structs.replace(item, id=f"item-{len(thread.entries)}")
    entry = thread.entries.get(item.id)
    if entry is not None and not new and (entry.turn_id == turn.id or not entry.done):
        entry.put(item, done=done)
        return
    entry = Entry(item, turn.id, turn.next_place() if place is None else place, done=done)
    thread.entries[item.id] = entry
    turn.insert(entry)


def _home(thread: Thread, turn_id: str, item: Item) -> Turn:
    """The turn of an item. Old rollouts name none: it is the running one, else a user's message begins one."""
    if turn_id or thread.running:
        return thread.turn(turn_id or thread.running or "")
    unnamed = thread.turns[-1].id.startswith(_UNNAMED) if thread.turns else False
    if isinstance(item, UserMessage) or (unnamed and not isinstance(item, Notice)):
        number = len(thread.turns) - (unnamed and not isinstance(item, UserMessage))
        turn = thread.turn(f"{_UNNAMED}{number}")
        turn.status = "completed"
        return turn
    return thread.turn("")


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
    turn.last_message = body.last_message
    turn.ended = body.ended
    turn.duration_ms = body.duration_ms


def _turn_failed(thread: Thread, body: events.TurnFailed) -> None:
    turn = _end(thread, body.turn_id, "failed")  # it may have been logged as done before the disk failed
    turn.error, turn.last_message, turn.ended, turn.duration_ms = body.message, None, 0, 0


def _turn_interrupted(thread: Thread, body: events.TurnInterrupted) -> None:
    _end(thread, body.turn_id, "interrupted")


def _end(thread: Thread, turn_id: str, status: TurnStatus) -> Turn:
    turn = thread.turn(turn_id)
    turn.status = status
    thread.asks.clear()
    if thread.running == turn_id:
        thread.running = None
    return turn


_HANDLERS: dict[type, Callable[[Thread, Any], None]] = {
    events.ThreadStarted: _thread_started,
    events.ThreadSpawned: _thread_spawned,
    events.ThreadNamed: _thread_named,
    events.TurnStarted: _turn_started,
    events.TurnContext: _turn_context,
    events.HistoryAppended: _history_appended,
    events.HistoryReplaced: _history_replaced,
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
