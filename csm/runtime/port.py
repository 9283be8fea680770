"""The session port: all that a consumer (shell, exec, app-server) holds of a session.

A session runs on a loop of its own in another thread. The port's methods may be called from any thread; futures are
`concurrent.futures.Future`, so a blocking caller waits with `.result(timeout)` and a loop with `asyncio.wrap_future`.

Does not: run anything. `csm.runtime.local` has the in-process port.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Protocol

import msgspec

from csm.core.fold import Thread
from csm.protocol.events import Event
from csm.protocol.items import Notice
from csm.protocol.ops import Ack, Op


class Start(msgspec.Struct, frozen=True):
    """Which thread to open: a new one, or `resume` (id) with its stored history, or a `fork` of one.

    `overrides` are settings as dotted keys (`model`, `sandbox_mode`), above every layer. `headless`: nobody to ask.
    A fork goes up to the end of the turn `fork_at` (its id, or its number from 1), or copies everything.
    `thread_source` is a word kept with a new thread: what had it started. `subagent` says what a thread that the
    thread `parent` began is for (`review`). `cleared`: a new thread takes the place of another one on the screen.
    `bounded`: the thread may come without its earlier turns, which then are the `past` of what is attached to.
    `history` is put in the place of the stored history, or is what a new thread begins with.
    """

    cwd: str
    source: str = "cli"
    originator: str = "csm"
    ephemeral: bool = False
    headless: bool = False
    resume: str | None = None
    fork: str | None = None
    overrides: dict[str, Any] = {}
    thread_source: str = ""
    parent: str | None = None
    subagent: str = ""
    fork_at: str = ""
    cleared: bool = False
    bounded: bool = False
    history: tuple[bytes, ...] = ()


class Attachment(Protocol):
    """A view of a thread from one moment on: a snapshot, then every event after it.

    The queue behind it is bounded: when the consumer is slow, deltas of one item are joined; nothing else is lost.
    """

    #: The folded thread at the moment of attaching; belongs to the consumer, who may fold further events into it.
    snapshot: Thread
    #: Of the snapshot's notices outside turns those made since this process opened the thread, the oldest first.
    told: tuple[Notice, ...]

    def get(self, timeout: float | None = None) -> Event | None:
        """The next event; None after `timeout` seconds, or once the thread is closed and all is read (`closed`)."""
        ...

    def drain(self) -> list[Event]:
        """All events waiting, without blocking."""
        ...

    @property
    def closed(self) -> bool:
        """True once no further event can come and none waits."""
        ...

    def on_ready(self, call: Callable[[], None] | None) -> None:
        """Have `call` called, from the session's thread, when events begin to wait. It must only schedule."""
        ...

    def detach(self) -> None:
        """Stop receiving."""
        ...


class Port(Protocol):
    """A door to threads, in this process or another."""

    def start(self, start: Start) -> Future[str]:
        """Open a thread; its id. Fails with StoreError, SettingError, ModelError."""
        ...

    def attach(self, thread_id: str) -> Attachment:
        """Snapshot and events, mid-turn too. Raises StoreError for a thread that is not open."""
        ...

    def submit(self, thread_id: str, op: Op) -> Future[Ack]:
        """Ask for something."""
        ...

    def query(self, name: str, **arguments: Any) -> Future[Any]:
        """Read something that is no event: `sessions`, `last_words`, `turns`, `past`, `models`, `settings`, `tools`."""
        ...

    def manage(self, act: str, thread_id: str, **arguments: Any) -> Future[Any]:
        """`archive`, `unarchive`, `delete` or `rename` (`name`) a stored thread. Fails with StoreError."""
        ...

    def close(self, timeout: float = 5.0) -> None:
        """Close every thread and stop the session loop."""
        ...
