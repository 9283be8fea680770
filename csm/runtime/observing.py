"""Extensions that watch: `on_event` hooks, called in a worker so that none can hold the session up.

Does not: wait for them, except a moment at the end.
"""

from __future__ import annotations

import queue
import threading
from typing import Any

from csm.protocol.events import Event

#: Seconds that observers have to finish when the session closes.
_GRACE = 1.0


class Observers:
    """The observers of one session; the worker starts with the first event that somebody wants."""

    def __init__(self, host: Any) -> None:
        self._host = host
        self._events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self._worker: threading.Thread | None = None

    def show(self, events: list[Event]) -> None:
        """Show events, in order."""
        if not self._host.hooks.any("on_event"):
            return
        if self._worker is None:
            self._worker = threading.Thread(target=self._run, name="csm-observers", daemon=True)
            self._worker.start()
        for event in events:
            self._events.put(event)

    def close(self) -> None:
        """No more events; wait a moment for those on the way."""
        if self._worker is not None:
            self._events.put(None)
            self._worker.join(_GRACE)

    def _run(self) -> None:
        while (event := self._events.get()) is not None:
            self._host.hooks.observe(event, host=self._host)
