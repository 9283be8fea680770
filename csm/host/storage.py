"""What an extension provides that keeps threads: a store and its writers. Structural types.

Does not: keep anything. The bundled extension `sessions` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

import msgspec

from csm.protocol.events import Body


class SessionHead(msgspec.Struct, frozen=True):
    """What a list shows of a stored thread. Times are RFC 3339, UTC."""

    thread_id: str
    path: str = ""
    cwd: str = ""
    source: str = "cli"
    provider: str = ""
    created: str = ""
    updated: str = ""
    name: str | None = None
    prompt: str = ""
    archived: bool = False


class LogWriter(Protocol):
    """The one writer of a thread's log. Holds its lock until closed."""

    path: str

    def append(self, bodies: Iterable[tuple[str, Body]]) -> None:
        """Write `(time, body)` pairs, whole lines or nothing. Raises StoreError (disk full, read-only)."""
        ...

    def sync(self) -> None:
        """Bring what was written to the disk (fdatasync)."""
        ...

    def close(self) -> None:
        """Sync, unlock, close. May be called twice."""
        ...


class Store(Protocol):
    """Keeps threads."""

    name: str

    def create(self, started: Body, time: str) -> LogWriter:
        """A writer for a new thread (`ThreadStarted`). The file is made at the first append. Raises StoreError."""
        ...

    def open(self, thread_id: str) -> LogWriter:
        """A writer for an existing thread, its torn tail cut. Raises StoreError: unknown, or who holds it."""
        ...

    def read(self, thread_id: str) -> Iterator[tuple[str, Body]]:
        """All `(time, body)` pairs; bad lines skipped and counted in `skipped`. Raises StoreError if unknown."""
        ...

    def skipped(self, thread_id: str) -> int:
        """How many lines the last `read` of this thread skipped."""
        ...

    def find(self, text: str) -> SessionHead:
        """By id or exact name. Raises StoreError for unknown, empty, path-like or archived ones."""
        ...

    def list(
        self, *, cwd: str | None = None, non_interactive: bool = False, archived: bool = False
    ) -> Iterator[SessionHead]:
        """Stored threads, newest update first; only those of `cwd` if given."""
        ...
