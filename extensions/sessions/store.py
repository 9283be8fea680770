"""The store: Codex's rollout files as threads.

Does not: know what the events mean to anybody.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from csm.api import LogWriter, SessionHead, StoreError, Thread, events, fold

from . import places
from .disk import Disk
from .findings import Findings
from .track import Track
from .writer import Writer

if TYPE_CHECKING:
    from csm.api import Recording, Watch

    from .artefacts import RolloutArtefacts
    from .reading import Pair

# What only some commands need is imported where it is used: opening one session is to cost little.
_INTERACTIVE = ("cli", "vscode")


def _listed(source: str, non_interactive: bool) -> bool:
    """Threads that another thread began (their source is a table) are its own affair."""
    return source in _INTERACTIVE or (non_interactive and not source.startswith("{"))


class RolloutStore:
    """Keeps threads below `home`; see `csm.api.Store`."""

    name = "rollout"

    def __init__(
        self, home: Path, state: Path | None = None, *, disk: Disk | None = None, databases: Path | None = None
    ) -> None:
        """`state` is where what can be made anew from the files is kept; without one nothing is.

        `databases` is where Codex keeps its own, if not in its home.
        """
        self._home = home
        self._databases = databases or home
        self._state = state
        self.unreadable: list[str] = []
        self._disk = disk or Disk()
        self._findings: dict[str, Findings] = {}

    @property
    def artefacts(self) -> RolloutArtefacts | None:
        """See `csm.api.artefacts`; none without a place for them."""
        if self._state is None:
            return None
        from .artefacts import RolloutArtefacts

        return RolloutArtefacts(self._home, self._state, self._findings.get)

    def create(self, started: events.Body, time: str) -> Writer:
        """See the contract."""
        if not isinstance(started, events.ThreadStarted):
            raise StoreError("a thread begins with thread_started")
        if self._find(started.thread_id) is not None:
            raise StoreError(f"session {started.thread_id} exists already")
        path = places.new(self._home, started.thread_id, _local(started.created or time))
        writer = Writer(self._home, path, started.thread_id, (time, started), self._disk)
        writer.track = Track(self._home, path, started.thread_id, self._state, whole=True)
        return writer

    def open(self, thread_id: str) -> Writer:
        """See the contract."""
        path = self._known(thread_id)
        writer = Writer(self._home, path, thread_id, disk=self._disk)
        writer.track = Track(self._home, path, thread_id, self._state)
        return writer

    def thread(self, thread_id: str, writer: LogWriter | None = None) -> Thread:
        """See the contract. A log of some size is opened by its index, which is made if need be."""
        path = self._stored(thread_id)
        own = writer.track if isinstance(writer, Writer) else None
        track = own or Track(self._home, path, thread_id, self._state)
        found = Findings(thread_id)
        thread = track.thread(found)
        if thread is None:
            return fold(self.read(thread_id))
        self._findings[thread_id] = found
        return thread

    def index(self, thread_id: str, *, whole: bool = True) -> Path | None:
        """Make the index of a thread anew; where it is, None where there is none. Raises StoreError.

        `whole` adds up all that is shown, so that a bounded thread knows its digest.
        """
        path = self._stored(thread_id)
        return Track(self._home, path, thread_id, self._state, whole=whole).make()

    def read(self, thread_id: str) -> Iterator[Pair]:
        """See the contract. A fork of Codex 0.169 that holds no history is read with the history it points to."""
        path = self._stored(thread_id)
        found = self._findings[thread_id] = Findings(thread_id)
        from . import reading

        return reading.read(self._home, path, found)

    def skipped(self, thread_id: str) -> int:
        """See the contract."""
        found = self._findings.get(thread_id)
        return found.skipped if found is not None else 0

    def findings(self, thread_id: str) -> tuple[str, ...]:
        """See the contract."""
        found = self._findings.get(thread_id)
        return found.texts() if found is not None else ()

    def recording(self, text: str, watch: Watch | None = None) -> Recording:
        """See the contract."""
        from .finding import log
        from .recording import Recording

        path, thread_id = log(self._home, text)
        return Recording(self._home, path, thread_id, None if self._state is None else self._state / "index", watch)

    def find(self, text: str) -> SessionHead:
        """See the contract."""
        from . import finding

        return finding.find(self._home, text)

    def named(self, name: str, *, archived: bool = False) -> list[SessionHead]:
        """See the contract."""
        from . import finding

        return finding.named(self._home, name, archived=archived, packed=True)

    def known(self, thread_id: str, *, archived: bool = False) -> list[SessionHead]:
        """See the contract."""
        from . import finding

        return finding.known(self._home, thread_id, archived=archived, packed=True)

    def list(
        self, *, cwd: str | None = None, non_interactive: bool = False, archived: bool = False
    ) -> Iterator[SessionHead]:
        """See the contract. Only the heads that are asked for are read; `unreadable` tells which files were not."""
        from .listing import Listing

        listing = Listing(self._home, self._state)
        self.unreadable = listing.unreadable
        same: dict[str, bool] = {}
        for head in listing.heads(archived=archived):
            if not _listed(head.source, non_interactive):
                continue
            if cwd is not None and head.cwd not in same:
                same[head.cwd] = _same(head.cwd, cwd)
            if cwd is None or same[head.cwd]:
                yield head

    def tail(self, thread_id: str, *, archived: bool = False) -> list[Pair]:
        """See the contract."""
        from . import heads, packed

        path = (places.find_archived if archived else places.find)(self._home, thread_id)
        path = path or packed.find(self._home, thread_id, archived=archived)
        try:
            return [] if path is None else list(heads.tail(path))
        except OSError as error:
            raise StoreError(f"cannot read the session file {path}: {error.strerror}") from error

    def said(self, heads: Iterable[SessionHead], words: Sequence[str]) -> dict[str, dict[str, str]]:
        """See the contract."""
        from .said import search

        return search(((head.thread_id, Path(head.path)) for head in heads), words)

    def archive(self, thread_id: str) -> None:
        """See the contract."""
        from . import keeping

        self._ready(thread_id)
        keeping.archive(self._home, self._databases, thread_id)

    def unarchive(self, thread_id: str) -> None:
        """See the contract."""
        from . import keeping

        self._ready(thread_id)
        keeping.unarchive(self._home, self._databases, thread_id)

    def delete(self, thread_id: str) -> list[str]:
        """See the contract."""
        from . import keeping

        self._ready(thread_id)
        return keeping.delete(self._home, self._databases, self._state, thread_id, self._every)

    def _every(self) -> Iterator[SessionHead]:
        """All sessions there are, agents and archived ones too."""
        from .listing import Listing

        for archived in (False, True):
            yield from Listing(self._home, self._state).heads(archived=archived)

    def _find(self, thread_id: str) -> Path | None:
        return places.find(self._home, thread_id) or places.find_archived(self._home, thread_id)

    def _stored(self, thread_id: str) -> Path:
        """The file of a session, archived or not; unpacked if it was packed."""
        path = self._find(thread_id) or self._unpacked(thread_id)
        if path is None:
            raise StoreError(f"no rollout found for thread id {thread_id}")
        return path

    def _unpacked(self, thread_id: str) -> Path | None:
        from . import packed

        return packed.restore(self._home, thread_id, self._disk)

    def _ready(self, thread_id: str) -> None:
        if self._find(thread_id) is None:
            self._unpacked(thread_id)

    def _known(self, thread_id: str) -> Path:
        self._ready(thread_id)
        path = places.find(self._home, thread_id)
        if path is None and places.find_archived(self._home, thread_id) is not None:
            from .finding import is_archived

            raise is_archived(thread_id)
        if path is None:
            raise StoreError(f"no rollout found for thread id {thread_id}")
        return path


def _local(created: str) -> datetime:
    try:
        return datetime.fromisoformat(created).astimezone()
    except ValueError:
        return datetime.now()


def _same(one: str, other: str) -> bool:
    return one == other or os.path.realpath(one) == os.path.realpath(other)
