"""A store that keeps threads in memory.

Does not: know rollout lines. What was appended is what is read.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from threading import Lock

from csm.core.fold import Thread, fold
from csm.host.storage import Recording, SessionHead, Watch
from csm.protocol.errors import StoreError
from csm.protocol.events import TRANSIENT, Body, ItemCompleted, ThreadNamed, ThreadStarted
from csm.protocol.ids import is_uuid
from csm.protocol.items import AgentMessage, UserMessage

_INTERACTIVE = ("cli", "vscode")


@dataclass
class _Kept:
    lines: list[tuple[str, Body]] = field(default_factory=list[tuple[str, Body]])
    held: bool = False
    archived: bool = False


class MemoryStore:
    """Keeps threads as long as it lives. `fail` makes the next appends raise StoreError (a full disk)."""

    name = "memory"

    def __init__(self) -> None:
        self.fail: str | None = None
        self._threads: dict[str, _Kept] = {}
        self._lock = Lock()

    def __enter__(self) -> MemoryStore:
        return self

    def __exit__(self, *exc: object) -> None:
        self._threads.clear()

    def create(self, started: Body, time: str) -> _Writer:
        """A writer whose first append also stores `started`. Raises StoreError: no ThreadStarted, or known already."""
        if not isinstance(started, ThreadStarted):
            raise StoreError("a thread begins with thread_started")
        with self._lock:
            if started.thread_id in self._threads:
                raise StoreError(f"session {started.thread_id} exists already")
        return _Writer(self, started.thread_id, _Kept(held=True), (time, started))

    def open(self, thread_id: str) -> _Writer:
        """A writer for a stored thread. Raises StoreError: unknown, or held by another writer."""
        kept = self._known(thread_id)
        with self._lock:
            if kept.held:
                raise StoreError(f"session {thread_id} is open elsewhere", "close it there first")
            kept.held = True
        return _Writer(self, thread_id, kept, None)

    def read(self, thread_id: str) -> Iterator[tuple[str, Body]]:
        """All `(time, body)` pairs in order. Raises StoreError if unknown."""
        return iter(tuple(self._known(thread_id).lines))

    def thread(self, thread_id: str, writer: object = None) -> Thread:
        """The whole thread, folded. Raises StoreError if unknown."""
        return fold(self.read(thread_id))

    def skipped(self, thread_id: str) -> int:
        """Always 0: nothing can be malformed here."""
        self._known(thread_id)
        return 0

    def findings(self, thread_id: str) -> tuple[str, ...]:
        """Nothing can be wrong here."""
        self._known(thread_id)
        return ()

    def find(self, text: str) -> SessionHead:
        """By id or exact name. Raises StoreError for unknown, empty, path-like or archived ones."""
        if not text.strip() or "/" in text or text in (".", ".."):
            raise StoreError(f"no session {text!r}: an id or a name is needed")
        heads = [_head(thread_id, kept) for thread_id, kept in self._threads.items()]
        for head in heads:
            if text in (head.thread_id, head.name):
                if head.archived:
                    raise StoreError(f"session {text} is archived")
                return head
        kind = "id" if is_uuid(text) else "name"
        raise StoreError(f"no session with the {kind} {text}")

    def list(
        self, *, cwd: str | None = None, non_interactive: bool = False, archived: bool = False
    ) -> Iterator[SessionHead]:
        """Stored threads, newest update first; `exec` ones only with `non_interactive`, archived ones on request."""
        heads = [_head(thread_id, kept) for thread_id, kept in self._threads.items()]
        for head in sorted(heads, key=lambda head: head.updated, reverse=True):
            wanted = head.archived == archived and (
                head.source in _INTERACTIVE or (non_interactive and not head.source.startswith("{"))
            )
            if wanted and cwd in (None, head.cwd):
                yield head

    def named(self, name: str, *, archived: bool = False) -> builtins.list[SessionHead]:
        """The threads of a name, the one named last first."""
        heads = [_head(thread_id, kept) for thread_id, kept in self._threads.items()]
        return [head for head in reversed(heads) if head.name == name and head.archived == archived]

    def known(self, thread_id: str, *, archived: bool = False) -> builtins.list[SessionHead]:
        """The thread of an id."""
        kept = self._threads.get(thread_id)
        return [_head(thread_id, kept)] if kept is not None and kept.archived == archived else []

    def tail(self, thread_id: str, *, archived: bool = False) -> builtins.list[tuple[str, Body]]:
        """The last pairs."""
        return self._threads[thread_id].lines[-100:] if self.known(thread_id, archived=archived) else []

    def said(self, heads: Iterable[SessionHead], words: Sequence[str]) -> dict[str, dict[str, str]]:
        """See the contract."""
        made: dict[str, dict[str, str]] = {}
        for head in heads:
            for _, body in self.read(head.thread_id):
                item = body.item if isinstance(body, ItemCompleted) else None
                text = item.text if isinstance(item, UserMessage | AgentMessage) else ""
                for word in words:
                    if word in text.lower():
                        made.setdefault(head.thread_id, {}).setdefault(word, text)
        return made

    def archive(self, thread_id: str) -> None:
        """Hide a thread from `find` and `list`."""
        self._put_away(thread_id, archived=True)

    def unarchive(self, thread_id: str) -> None:
        """Show a thread again."""
        self._put_away(thread_id, archived=False)

    def recording(self, text: str, watch: Watch | None = None) -> Recording:
        """Nothing here can be stepped through. Raises StoreError."""
        del watch
        raise StoreError(f"the session {text} is kept in memory, which cannot be stepped through")

    def delete(self, thread_id: str) -> builtins.list[str]:
        """Forget a thread and those it began."""
        self._put_away(thread_id, archived=True)
        gone = [thread_id]
        for one in gone:
            gone += [other for other, kept in self._threads.items() if _head(other, kept).parent == one]
        for one in gone:
            del self._threads[one]
        return gone

    def _put_away(self, thread_id: str, *, archived: bool) -> None:
        kept = self._known(thread_id)
        if kept.held:
            raise StoreError(f"session {thread_id} is open elsewhere", "close it there first")
        kept.archived = archived

    def _known(self, thread_id: str) -> _Kept:
        if thread_id not in self._threads:
            raise StoreError(f"no session {thread_id}")
        return self._threads[thread_id]

    def keep(self, thread_id: str, kept: _Kept, lines: list[tuple[str, Body]]) -> None:
        """Append for a writer. Raises StoreError while `fail` is set."""
        if self.fail is not None:
            raise StoreError(self.fail)
        with self._lock:
            self._threads.setdefault(thread_id, kept)
            kept.lines.extend(lines)


class _Writer:
    def __init__(self, store: MemoryStore, thread_id: str, kept: _Kept, first: tuple[str, Body] | None) -> None:
        self.path = f"memory:{thread_id}"
        self._store = store
        self._thread_id = thread_id
        self._kept = kept
        self._first = first
        self._last = 0
        self._closed = False

    def append(self, bodies: Iterable[tuple[str, Body]]) -> None:
        if self._closed:
            raise StoreError("the log is closed")
        lines: list[tuple[str, Body]] = [(time, body) for time, body in bodies if not isinstance(body, TRANSIENT)]
        if self._first is not None and self._first not in lines:
            lines.insert(0, self._first)
        self._store.keep(self._thread_id, self._kept, lines)
        self._last = len(lines)
        self._first = None

    def take_back(self) -> None:
        del self._kept.lines[len(self._kept.lines) - self._last :]
        self._last = 0

    def sync(self) -> None:
        if self._closed:
            raise StoreError("the log is closed")

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._kept.held = False


def _head(thread_id: str, kept: _Kept) -> SessionHead:
    bodies = [body for _, body in kept.lines]
    started = next((body for body in bodies if isinstance(body, ThreadStarted)), ThreadStarted(thread_id, ""))
    names = [body.name for body in bodies if isinstance(body, ThreadNamed)]
    prompts = (
        body.item.text for body in bodies if isinstance(body, ItemCompleted) and isinstance(body.item, UserMessage)
    )
    return SessionHead(
        thread_id,
        path=f"memory:{thread_id}",
        cwd=started.cwd,
        source=started.source,
        provider=started.provider,
        created=kept.lines[0][0] if kept.lines else "",
        updated=kept.lines[-1][0] if kept.lines else "",
        name=names[-1] if names else None,
        prompt=next(prompts, ""),
        archived=kept.archived,
        parent=started.parent or "",
        branch=started.git.get("branch", ""),
    )
