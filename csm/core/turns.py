"""Turns and their entries: what a screen shows of a thread.

Does not: fold events (`csm.core.folding`).
"""

from __future__ import annotations

from typing import Literal

from csm.protocol.items import Item

TurnStatus = Literal["running", "completed", "failed", "interrupted"]


class Entry:
    """An item in its turn. `version` grows on each change; `place` orders the entries of a turn by their beginning.

    `epoch` is the thread's when the entry last changed; `counted` says that the thread's sum has it.
    """

    __slots__ = ("_index", "_parts", "counted", "done", "epoch", "item", "place", "turn_id", "version")

    def __init__(self, item: Item, turn_id: str, place: int, *, done: bool = False) -> None:
        self.item = item
        self.turn_id = turn_id
        self.place = place
        self.done = done
        self.version = 0
        self.epoch = 0
        self.counted = False
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
        twin.version, twin.epoch, twin.counted = self.version, self.epoch, self.counted
        twin._parts = [self.text()]
        twin._index = self._index
        return twin


class Turn:
    """A turn and its entries. `started` and `ended` are milliseconds since the epoch. Turn "" holds what had none.

    `number` counts the turns that had begun when this one was made, itself included if it has `begun`; what else comes
    for a turn that is over stands where it came, in one that has its id and has not. `epoch` and `seq` are the
    thread's when it was made; `told` says that it began or ended by an event; `counted` that the sum of the thread has
    this, `settled` that it has all of the turn.
    """

    __slots__ = (
        "begun", "counted", "duration_ms", "ended", "entries", "epoch", "error", "id", "last_message", "number",
        "seq", "settled", "started", "status", "told",
    )  # fmt: skip

    def __init__(self, turn_id: str, started: int = 0) -> None:
        self.id = turn_id
        self.status: TurnStatus = "running" if turn_id else "completed"
        self.entries: list[Entry] = []
        self.error: str | None = None
        self.started = started
        self.ended: int = 0
        self.duration_ms: int = 0
        self.last_message: str | None = None
        self.number = 0
        self.epoch = 0
        self.seq = 0
        self.begun = self.told = self.counted = self.settled = False

    def insert(self, entry: Entry) -> None:
        """Put an entry where its place says; nearly always the end."""
        at = len(self.entries)
        while at and self.entries[at - 1].place > entry.place:
            at -= 1
        self.entries.insert(at, entry)

    def next_place(self) -> int:
        """The place of an entry that begins now."""
        return self.entries[-1].place + 1 if self.entries else 0

    def copy(self) -> Turn:
        """A turn of its own with the same content."""
        twin = Turn(self.id)
        for name in Turn.__slots__:
            setattr(twin, name, getattr(self, name))
        twin.entries = [entry.copy() for entry in self.entries]
        return twin


def _base(item: Item) -> str:
    return getattr(item, "text", None) or getattr(item, "output", None) or ""
