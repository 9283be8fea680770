"""From one session to its watchers: bounded queues that join deltas instead of growing or losing anything.

Does not: make events, or run anything in the watcher's place.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator

import msgspec

from csm.core.fold import Thread
from csm.protocol.events import Event, ItemCompleted, OutputDelta, ReasoningDelta, TextDelta
from csm.protocol.items import Notice

#: Events that may wait for a watcher before deltas of one item are joined.
LIMIT = 512
_DELTAS = (TextDelta, ReasoningDelta, OutputDelta)


class _Slot:
    """A waiting event; `texts` holds the deltas joined into it."""

    __slots__ = ("event", "texts")

    def __init__(self, event: Event) -> None:
        self.event = event
        self.texts: list[str] = []

    def take(self) -> Event:
        body = self.event.body
        if not self.texts or not isinstance(body, _DELTAS):
            return self.event
        text = "".join([body.text, *self.texts])
        return msgspec.structs.replace(self.event, body=msgspec.structs.replace(body, text=text))


class Watcher:
    """An attachment in this process: see `csm.runtime.port.Attachment`."""

    def __init__(
        self, snapshot: Thread, leave: Callable[[Watcher], None], limit: int = LIMIT, told: tuple[Notice, ...] = ()
    ) -> None:
        self.snapshot = snapshot
        self.told = told
        self._leave = leave
        self._limit = limit
        self._queue: deque[_Slot] = deque()
        self._joinable: dict[tuple[type, str, int], _Slot] = {}
        self._changed = threading.Condition()
        self._ready: Callable[[], None] | None = None
        self._done = False

    def put(self, event: Event) -> None:
        """Have an event wait. Called by the session."""
        with self._changed:
            if self._done or self._join(event):
                return
            slot = _Slot(event)
            self._queue.append(slot)
            self._remember(event, slot)
            first = len(self._queue) == 1
            ready = self._ready if first else None
            self._changed.notify()
        if ready is not None:
            ready()

    def _join(self, event: Event) -> bool:
        if len(self._queue) < self._limit or not isinstance(event.body, _DELTAS):
            return False
        slot = self._joinable.get(_key(event.body))
        if slot is None:
            return False
        slot.texts.append(event.body.text)
        return True

    def _remember(self, event: Event, slot: _Slot) -> None:
        """Only the last delta of an item may grow, and only until something else happens to that item."""
        body = event.body
        if isinstance(body, _DELTAS):
            self._joinable[_key(body)] = slot
            return
        item = getattr(body, "item", None)
        if item is not None:
            for key in [key for key in self._joinable if key[1] == item.id]:
                del self._joinable[key]

    def get(self, timeout: float | None = None) -> Event | None:
        """See the port."""
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._done, timeout)
            return self._pop() if self._queue else None

    def drain(self) -> list[Event]:
        """See the port."""
        with self._changed:
            found = [slot.take() for slot in self._queue]
            self._queue.clear()
            self._joinable.clear()
            return found

    def _pop(self) -> Event:
        slot = self._queue.popleft()
        for key, other in self._joinable.items():
            if other is slot:
                del self._joinable[key]
                break
        return slot.take()

    @property
    def closed(self) -> bool:
        """See the port."""
        with self._changed:
            return self._done and not self._queue

    def on_ready(self, call: Callable[[], None] | None) -> None:
        """See the port. Called at once if events wait already, or none will ever come."""
        with self._changed:
            self._ready = call
            now = bool(self._queue) or self._done
        if now and call is not None:
            call()

    def detach(self) -> None:
        """See the port."""
        self._leave(self)
        self.finish()

    def finish(self) -> None:
        """No more events will come. Called by the session."""
        with self._changed:
            self._done = True
            ready = self._ready
            self._changed.notify_all()
        if ready is not None:
            ready()


class Hub:
    """The watchers of one session. `lock` is held while an event is folded and handed out."""

    def __init__(self, thread: Thread) -> None:
        self.thread = thread
        self.lock = threading.RLock()
        self._watchers: list[Watcher] = []
        self._told: list[Notice] = []
        self._closed = False

    def attach(self, limit: int = LIMIT) -> Watcher:
        """A new watcher: the state of this moment, and all that follows."""
        with self.lock:
            watcher = Watcher(self.thread.copy(), self._leave, limit, tuple(self._told))
            if self._closed:
                watcher.finish()
            else:
                self._watchers.append(watcher)
            return watcher

    def send(self, events: list[Event]) -> None:
        """Hand out events that the thread has folded, in order."""
        with self.lock:
            self._told += _notices(events)
            for watcher in self._watchers:
                for event in events:
                    watcher.put(event)

    def close(self) -> None:
        """The last event was sent."""
        with self.lock:
            self._closed = True
            watchers, self._watchers = self._watchers, []
        for watcher in watchers:
            watcher.finish()

    def _leave(self, watcher: Watcher) -> None:
        with self.lock:
            if watcher in self._watchers:
                self._watchers.remove(watcher)


def _notices(events: list[Event]) -> Iterator[Notice]:
    for event in events:
        body = event.body
        if isinstance(body, ItemCompleted) and not body.turn_id and isinstance(body.item, Notice):
            yield body.item


def _key(body: TextDelta | ReasoningDelta | OutputDelta) -> tuple[type, str, int]:
    return type(body), body.item_id, getattr(body, "index", 0)
