"""The fold: a thread's state as the sum of its events, kept by one owner who applies them in order.

Folding what is stored gives the same `state_hash` as folding what was live, at every turn end: deltas and items
that never ended leave no trace in it, and a command's output is as short as in a log.

A thread may be bounded: opened from a checkpoint, without the turns before it, which then are its `past`.

Does not: say what an event does (`csm.core.folding`); store, send or make events; know rollouts or the screen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from csm.core import digest, folding
from csm.core.turns import Entry as Entry
from csm.core.turns import Turn as Turn
from csm.core.turns import TurnStatus as TurnStatus
from csm.protocol import events
from csm.protocol.events import Body, Event
from csm.protocol.model import Usage
from csm.protocol.tools import ApprovalPolicy, Ask, Collaboration, SandboxPolicy


class Past(Protocol):
    """The turns that a bounded thread was opened without; immutable. Reading them raises StoreError."""

    #: How many turns began there.
    turns: int

    def load(self, start: int, stop: int) -> list[Turn]:
        """The turns from number `start` (from 0) up to `stop`, and what stands between and after them."""
        ...

    def until(self, turns: int) -> Past | None:
        """The same without the turns from number `turns` on; None where none are left."""
        ...

    def total(self) -> int:
        """What those turns add to the digest. It may mean reading all of them."""
        ...

    def bodies(self, start: int) -> tuple[Thread, Iterator[Body]]:
        """A thread as it was before turn `start` (from 0) or earlier, and all that followed to the end of the log."""
        ...


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
        #: The turns at hand, in the order of the log; those before them are the `past`.
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
        #: How many turns have begun, and how many of them a rollout tells only by their messages.
        self.begun = 0
        self.unnamed = 0
        #: Milliseconds that completed turns took.
        self.worked_ms = 0
        self.past: Past | None = None
        #: The turn that takes items of no turn; it runs, or was begun by an old rollout's message.
        self.current: Turn | None = None
        #: Grows where a turn begins or ends.
        self.epoch = 0
        #: Whether turns at hand are in the sum already: then `origin`, or `summed`, has them.
        self.settled = False
        self.summed = 0
        self.origin: Past | None = None

    def apply(self, event: Event) -> None:
        """Take the next event."""
        self.seq = event.seq
        folding.take(self, event.body)

    def take(self, body: Body) -> None:
        """Take the next body, where events have no numbers (stored ones)."""
        folding.take(self, body)

    def turn(self, turn_id: str) -> Turn:
        """The last turn at hand of this id; an empty one that is not the thread's if there is none."""
        for turn in reversed(self.turns):
            if turn.id == turn_id:
                return turn
        return Turn(turn_id)

    def place(self, turn_id: str, item_id: str) -> int:
        """Where an item of this turn stands, or would stand if it began now."""
        return folding.place(self, turn_id, item_id)

    def recall(self, turns: int | None = None) -> list[Turn]:
        """Bring back the last so many turns of the past, or all: what now stands before `turns`. Raises StoreError."""
        if self.past is None:
            return []
        start = 0 if turns is None else max(0, self.past.turns - turns)
        found = self.past.load(start, self.past.turns)
        self.put_back(found, start)
        return found

    def put_back(self, found: list[Turn], start: int) -> None:
        """Take turns that `past.load(start, past.turns)` gave: they now stand before `turns`."""
        assert self.past is not None
        for turn in found:
            turn.counted = turn.settled = True
            turn.epoch = -1
            for entry in turn.entries:
                entry.counted, entry.epoch = True, -1
                self.entries.setdefault(entry.item.id, entry)
        self.turns[:0] = found
        self.settled = True
        self.past = self.past.until(start)

    def whole(self) -> list[Turn]:
        """All turns, those of the past read anew. Raises StoreError."""
        return [*(self.past.load(0, self.past.turns) if self.past is not None else ()), *self.turns]

    def sum_before(self) -> int:
        """What the settled turns and those of the past add to the digest."""
        return self.summed if self.origin is None else self.summed + self.origin.total()

    def copy(self) -> Thread:
        """A thread of its own with the same state. Items and history bytes are shared, being immutable."""
        twin = Thread()
        twin.__dict__.update(self.__dict__)
        twin.history = list(self.history)
        twin.asks = dict(self.asks)
        twin.spawned = dict(self.spawned)
        twin.kept = {owner: dict(values) for owner, values in self.kept.items()}
        twin.turns = [turn.copy() for turn in self.turns]
        twin.entries = {entry.item.id: entry for turn in twin.turns for entry in turn.entries}
        if self.current is not None:
            twin.current = next(two for one, two in zip(self.turns, twin.turns, strict=True) if one is self.current)
        return twin

    def state_hash(self) -> str:
        """A digest of all that is stored: not of what still runs, waits or is queued, nor of `seq`."""
        return digest.state_hash(self)


def fold(bodies: Iterable[tuple[str, Body]]) -> Thread:
    """The thread that an iterable of `(time, body)` pairs adds up to."""
    thread = Thread()
    for _, body in bodies:
        thread.take(body)
        thread.seq += 1
    return thread
