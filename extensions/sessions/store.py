"""The store: Codex's rollout files as threads.

Does not: know what the events mean to anybody.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from csm.api import SessionHead, StoreError, codec, events, rollout

from . import heads, names, places
from .writer import Writer

_INTERACTIVE = ("cli", "vscode")
#: How many forks may stand on each other.
_DEPTH = 64
Pair = tuple[str, events.Body]


def _listed(source: str, non_interactive: bool) -> bool:
    """Threads that another thread began (their source is a table) are its own affair."""
    return source in _INTERACTIVE or (non_interactive and not source.startswith("{"))


class RolloutStore:
    """Keeps threads below `home`; see `csm.api.Store`."""

    name = "rollout"

    def __init__(self, home: Path) -> None:
        self._home = home
        self._skipped: dict[str, int] = {}

    def create(self, started: events.Body, time: str) -> Writer:
        """See the contract."""
        if not isinstance(started, events.ThreadStarted):
            raise StoreError("a thread begins with thread_started")
        if self._find(started.thread_id) is not None:
            raise StoreError(f"session {started.thread_id} exists already")
        path = places.new(self._home, started.thread_id, _local(started.created or time))
        return Writer(self._home, path, started.thread_id, (time, started))

    def open(self, thread_id: str) -> Writer:
        """See the contract."""
        return Writer(self._home, self._known(thread_id), thread_id)

    def read(self, thread_id: str) -> Iterator[Pair]:
        """See the contract. A fork of Codex 0.169 that holds no history is read with the history it points to."""
        path = self._find(thread_id)
        if path is None:
            raise StoreError(f"no rollout found for thread id {thread_id}")
        self._skipped[thread_id] = 0
        return self._pairs(thread_id, path, None, 0)

    def skipped(self, thread_id: str) -> int:
        """See the contract."""
        return self._skipped.get(thread_id, 0)

    def find(self, text: str) -> SessionHead:
        """See the contract."""
        if not text.strip() or "/" in text or text in (".", ".."):
            raise StoreError(f"no session {text!r}: an id or a name is needed")
        named = names.read(self._home)
        path = places.find(self._home, text.lower())
        if path is None and self._archived(text.lower()):
            raise self._is_archived(text.lower())
        if path is not None:
            return self._head(path, named.get(text.lower()), text)
        owners = [thread_id for thread_id, name in named.items() if name == text]
        for thread_id in reversed(owners):
            path = places.find(self._home, thread_id)
            if path is not None:
                return self._head(path, text, thread_id)
        if any(self._archived(thread_id) for thread_id in owners):
            raise self._is_archived(text)
        raise StoreError(f"no session with the id or name {text}")

    def list(
        self, *, cwd: str | None = None, non_interactive: bool = False, archived: bool = False
    ) -> Iterator[SessionHead]:
        """See the contract. Only the heads that are asked for are read."""
        dated = [(_changed(path), str(path), path) for path in places.every(self._home, archived=archived)]
        named = names.read(self._home)
        for _, _, path in sorted(dated, reverse=True):
            head = heads.read(path, named.get(places.id_of(path) or ""), archived=archived)
            if head is None or not _listed(head.source, non_interactive):
                continue
            if cwd is None or _same(head.cwd, cwd):
                yield head

    def _pairs(self, thread_id: str, path: Path, end: int | None, depth: int) -> Iterator[Pair]:
        at = 0
        try:
            with path.open("rb") as file:
                for line in file:
                    if end is not None and at >= end:
                        return
                    at += len(line)
                    found = rollout.decode(line)
                    if found is None:
                        self._skipped[thread_id] += bool(line.strip())
                        continue
                    yield found
                    if isinstance(found[1], events.ThreadStarted):
                        yield from self._base(thread_id, line, depth)
        except OSError as error:
            raise StoreError(f"cannot read the session file {path}: {error.strerror}") from error

    def _base(self, thread_id: str, line: bytes, depth: int) -> Iterator[Pair]:
        """The history that a fork points to."""
        if b'"history_base"' not in line:
            return
        base = codec.decode(line)["payload"].get("history_base")
        if not isinstance(base, dict):
            return
        path = self._find(str(base.get("thread_id")))
        if path is None or depth >= _DEPTH:
            raise StoreError(f"the session {base.get('thread_id')}, of which {thread_id} is a fork, cannot be found")
        for pair in self._pairs(thread_id, path, int(base.get("end_byte_offset") or 0), depth + 1):
            if not isinstance(pair[1], events.ThreadStarted):
                yield pair

    def _find(self, thread_id: str) -> Path | None:
        return places.find(self._home, thread_id) or places.find_archived(self._home, thread_id)

    def _known(self, thread_id: str) -> Path:
        path = places.find(self._home, thread_id)
        if path is None and self._archived(thread_id):
            raise self._is_archived(thread_id)
        if path is None:
            raise StoreError(f"no rollout found for thread id {thread_id}")
        return path

    def _archived(self, thread_id: str) -> bool:
        return places.find_archived(self._home, thread_id) is not None

    def _is_archived(self, text: str) -> StoreError:
        return StoreError(f"session {text} is archived. Run `csm unarchive {text}` to unarchive it first.")

    def _head(self, path: Path, name: str | None, text: str) -> SessionHead:
        head = heads.read(path, name)
        if head is None:
            raise StoreError(f"the file of session {text} holds no session: {path}")
        return head


def _local(created: str) -> datetime:
    try:
        return datetime.fromisoformat(created).astimezone()
    except ValueError:
        return datetime.now()


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _same(one: str, other: str) -> bool:
    return one == other or os.path.realpath(one) == os.path.realpath(other)
