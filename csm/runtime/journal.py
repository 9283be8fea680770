"""The log of a running session: what is written when, and what happens when it cannot be.

Lines that cannot be written wait and are tried again with the next ones, so that nothing is lost once there is room.
A new thread's file begins with its first turn: a session in which nothing was said leaves none.

Does not: know the format (the store does).
"""

from __future__ import annotations

from csm.host.storage import LogWriter, Store
from csm.protocol.events import TRANSIENT, Body, ThreadStarted, TurnStarted


class Journal:
    """Writes to `store`, or nowhere if None (ephemeral). `writer` is that of a thread that exists already."""

    def __init__(self, store: Store | None, writer: LogWriter | None = None) -> None:
        self._store = store
        self._writer = writer
        self._begun = writer is not None
        self._waiting: list[tuple[str, Body]] = []
        self._last: list[tuple[str, Body]] = []

    @property
    def path(self) -> str:
        """Where the log is, or will not be."""
        return self._writer.path if self._writer is not None else ""

    def hold(self, bodies: list[tuple[str, Body]]) -> None:
        """Have stored bodies of another thread written before this one's own; a copy in which turns stand is kept."""
        self._waiting += bodies
        self._begun = self._begun or any(isinstance(body, TurnStarted) for _, body in bodies)

    def append(self, bodies: list[tuple[str, Body]]) -> None:
        """Write what is to be stored of `(time, body)` pairs. Raises StoreError; they are kept for the next time."""
        if self._store is None and self._writer is None:
            return
        stored = [pair for pair in bodies if not isinstance(pair[1], TRANSIENT)]
        self._waiting += stored
        self._begun = self._begun or any(isinstance(body, TurnStarted) for _, body in stored)
        if not self._begun or not self._waiting:
            return
        if self._writer is None:
            self._writer = self._create()
        self._writer.append(self._waiting)
        self._last, self._waiting = self._waiting, []

    def take_back(self) -> None:
        """Have what was written last wait again, since it did not reach the disk. Raises StoreError; it stays then."""
        if self._writer is not None and self._last and not self._waiting:
            self._writer.take_back()
            self._last, self._waiting = [], self._last

    def amend(self, body: Body) -> None:
        """Put another body in the place of the last one that could not be written."""
        if self._waiting:
            self._waiting[-1] = (self._waiting[-1][0], body)

    def _create(self) -> LogWriter:
        time, started = next(pair for pair in self._waiting if isinstance(pair[1], ThreadStarted))
        assert self._store is not None
        return self._store.create(started, time)

    def sync(self) -> None:
        """Bring it to the disk. Raises StoreError."""
        if self._writer is not None:
            self._writer.sync()

    def close(self) -> None:
        """Write what still waits if there is room, and close. Raises StoreError after closing."""
        if self._writer is None:
            return
        try:
            if self._waiting:
                self._writer.append(self._waiting)
        finally:
            self._waiting = []
            self._writer.close()
