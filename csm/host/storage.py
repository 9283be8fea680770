"""What an extension provides that keeps threads: a store and its writers. Structural types.

Does not: keep anything. The bundled extension `sessions` does.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

import msgspec

from csm.core.fold import Thread
from csm.protocol.events import Body

#: Is told how much there is to read, and what tells how much was.
Watch = Callable[[int, Callable[[], int]], object]


class SessionHead(msgspec.Struct, frozen=True):
    """What a list shows of a stored thread. Times are RFC 3339, UTC.

    `size` is in bytes; `turns` is None where counting them would cost too much. `parent` is the thread that began this
    one, `base` names what its beginning is read from, where that is not its own log.
    """

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
    branch: str = ""
    size: int = 0
    turns: int | None = None
    parent: str = ""
    base: str = ""
    #: What its user calls it by besides: csm's own, in no log.
    tags: tuple[str, ...] = ()


class TurnHead(msgspec.Struct, frozen=True):
    """What a list shows of a turn. `number` counts from 1; `started` is milliseconds since the epoch."""

    turn_id: str
    number: int
    prompt: str = ""
    started: int = 0


class Step(msgspec.Struct, frozen=True):
    """An event of a log: its number from 1, its time as it was written, and the line that keeps it, if one does."""

    number: int
    time: str
    body: Body
    raw: bytes = b""


class TurnSpan(NamedTuple):
    """The events, by number, with which a turn begins and ends; `number` counts turns from 1, in the log's order."""

    number: int
    first: int
    last: int


class Proof(msgspec.Struct):
    """What came of folding a log twice: whole, and from each of its `checkpoints`, compared at the end of each turn.

    `made`: there was no index to have any, and so each turn's end was one. `differs` are sentences, none if all agree.
    """

    path: str
    events: int
    turns: int
    checkpoints: int
    made: bool
    compared: int
    screens: int
    state: str
    differs: builtins.list[str] = []


class Recording(Protocol):
    """A stored log, as it was when it was opened, to step through. What cannot be read raises StoreError."""

    path: str
    thread_id: str
    events: int
    #: How many turns began; what was taken back counts too.
    turns: int

    def thread(self, number: int, *, history: bool = False) -> Thread:
        """The thread after so many events; bounded. Without `history` it has none, nor a digest."""
        ...

    def steps(self, after: int) -> Iterator[Step]:
        """The events behind number `after`, in order."""
        ...

    def turn(self, number: int) -> TurnSpan:
        """Where a turn stands."""
        ...

    def findings(self) -> tuple[str, ...]:
        """What is wrong with the log, in sentences."""
        ...

    def find(self, pattern: re.Pattern[str], number: int, *, back: bool = False) -> int | None:
        """The next event behind `number` that shows a text which matches, or the last before it; None for none."""
        ...

    def prove(self, watch: Watch | None = None) -> Proof:
        """Fold the log twice, and compare. It takes as much memory as opening it does."""
        ...


class LogWriter(Protocol):
    """The one writer of a thread's log. Holds its lock until closed."""

    path: str

    def append(self, bodies: Iterable[tuple[str, Body]]) -> None:
        """Write `(time, body)` pairs, whole lines or nothing. Raises StoreError (disk full, read-only)."""
        ...

    def take_back(self) -> None:
        """Remove what the last `append` wrote, which did not reach the disk. Raises StoreError; it stays then."""
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

    def thread(self, thread_id: str, writer: LogWriter | None = None) -> Thread:
        """The folded thread; it may be bounded, without its earlier turns, which then are its `past`.

        The same as folding what `read` gives, to the digest. With the thread's `writer`, what the store learns on the
        way is kept up by that. Raises StoreError if unknown.
        """
        ...

    def skipped(self, thread_id: str) -> int:
        """How many lines the last `read` or `thread` of this thread skipped."""
        ...

    def findings(self, thread_id: str) -> tuple[str, ...]:
        """What the last `read` or `thread` of this thread found wrong, in sentences for its user; nothing if sound."""
        ...

    def recording(self, text: str, watch: Watch | None = None) -> Recording:
        """The log of a session to step through, by id, name or path, archived ones too. Raises StoreError."""
        ...

    def find(self, text: str) -> SessionHead:
        """By id or exact name. Raises StoreError for unknown, empty, path-like or archived ones."""
        ...

    def list(
        self, *, cwd: str | None = None, non_interactive: bool = False, archived: bool = False
    ) -> Iterator[SessionHead]:
        """Stored threads, newest update first; only those of `cwd` if given. Heads may cut long prompts."""
        ...

    def named(self, name: str, *, archived: bool = False) -> builtins.list[SessionHead]:
        """The threads of a name, the one named last first; none if there is none."""
        ...

    def known(self, thread_id: str, *, archived: bool = False) -> builtins.list[SessionHead]:
        """The thread of an id, whatever began it; none if there is none."""
        ...

    def tail(self, thread_id: str, *, archived: bool = False) -> builtins.list[tuple[str, Body]]:
        """The last `(time, body)` pairs, as far as they are quickly read; none for a thread there is not."""
        ...

    def said(self, heads: Iterable[SessionHead], words: Sequence[str]) -> dict[str, dict[str, str]]:
        """By id, which words (in small letters) were said in these threads, each with the text around its first place.

        Threads in which none was are not among them. Optional: lists then know names and beginnings alone.
        """
        ...

    def archive(self, thread_id: str) -> None:
        """Put a thread away, so that it is listed on request only. Raises StoreError: unknown, or being written."""
        ...

    def unarchive(self, thread_id: str) -> None:
        """Bring a thread back. Raises StoreError."""
        ...

    def delete(self, thread_id: str) -> builtins.list[str]:
        """Remove a thread and the agents it began for good; the ids that are gone.

        Raises StoreError: unknown, being written, or needed by a thread that is not among them.
        """
        ...
