"""Archiving, bringing back and deleting sessions.

Each moves or removes whole files and nothing else, so that it can be asked for again wherever it was cut short; files
go in the order in which what is left in between is still a session. Who asked is told of success at the end only.

Does not: touch a session that somebody writes, or the names of others.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from csm.api import SessionHead, StoreError

from . import databases as tell_codex
from . import lineage, names, packed, places
from .ends import PAGINATED
from .locks import Lock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def archive(home: Path, databases: Path, thread_id: str) -> None:
    """Move a session to the archive. Raises StoreError: unknown, being written, or the disk says no."""
    files = places.files(home, thread_id)
    if not files:
        raise _unknown(thread_id)
    with _held(home, [thread_id]):
        moves = {path: home / places.ARCHIVED / path.name for path in files}
        _move(moves)  # the newest one is the session: last
        tell_codex.moved(databases, thread_id, moves[files[-1]], archived=True)


def unarchive(home: Path, databases: Path, thread_id: str) -> None:
    """Move a session back to where its date says. Raises StoreError."""
    files = places.files(home, thread_id, archived=True)
    if not files:
        raise _unknown(thread_id)
    with _held(home, [thread_id]):
        moves = {path: places.unarchived(home, path) or path for path in reversed(files)}
        _move(moves)
        tell_codex.moved(databases, thread_id, moves[files[-1]], archived=False)


def delete(
    home: Path,
    databases: Path,
    state: Path | None,
    thread_id: str,
    every: Callable[[], Iterable[SessionHead]],
) -> list[str]:
    """Remove a session for good, and the agents that it began; their ids.

    `every` gives the heads of all sessions there are, archived or not. Raises StoreError: unknown, being written,
    needed by another session whose beginning is read from it, or the disk says no.
    """
    if not _all_files(home, thread_id):
        raise _unknown(thread_id)
    heads = list(every())
    ids = _family(thread_id, heads)
    _refuse_needed(home, ids, heads)
    with _held(home, ids):
        for one in reversed(ids):  # agents first: what is left is a session without them
            tell_codex.forget(databases, one)
            for path in reversed(_all_files(home, one)):
                _remove(path)
            _forget(home, state, one)
    return ids


def _family(thread_id: str, heads: list[SessionHead]) -> list[str]:
    """The session and what it began, the oldest first."""
    ids = [thread_id]
    for one in ids:
        ids += [head.thread_id for head in heads if head.parent == one and head.thread_id not in ids]
    return ids


def _refuse_needed(home: Path, ids: list[str], heads: list[SessionHead]) -> None:
    parts = {places.part_of(path) for one in ids for path in _all_files(home, one)}
    needed = next((head.thread_id for head in heads if head.base in parts and head.thread_id not in ids), None)
    needed = needed or _packed_fork(home, ids, parts)
    if needed is not None:
        hint = f"the session {needed} is a fork that reads its beginning from it: delete that one first"
        raise StoreError(f"session {ids[0]} is needed by another one", hint)


def _packed_fork(home: Path, ids: list[str], parts: set[str]) -> str | None:
    """A packed session that builds on these; only what 0.169 began, in numbered files, is built on."""
    if not any(PAGINATED in lineage.first_line(path) for one in ids for path in _all_files(home, one)):
        return None
    for path, line in packed.first_lines(home):
        base = lineage.base_of(line)
        if base is not None and base.thread_id in parts:
            return places.id_of(path.with_suffix(""))
    return None


def _all_files(home: Path, thread_id: str) -> list[Path]:
    return places.files(home, thread_id) + places.files(home, thread_id, archived=True)


def _held(home: Path, ids: list[str]) -> ExitStack:
    """The locks of all of them, so that nobody writes what goes away."""
    stack = ExitStack()
    try:
        for thread_id in ids:
            stack.callback(Lock(home, thread_id).release)
    except StoreError:
        stack.close()
        raise
    return stack


def _move(moves: dict[Path, Path]) -> None:
    for source, target in moves.items():
        if target.exists():
            raise StoreError(f"cannot move {source}: {target} is there already")
        try:
            places.make(target.parent)
            source.rename(target)
            for folder in {source.parent, target.parent}:
                _sync(folder)
        except OSError as error:
            raise StoreError(f"cannot move {source} to {target.parent}: {error.strerror}") from error


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
        _sync(path.parent)
    except OSError as error:
        raise StoreError(f"cannot delete {path}: {error.strerror}") from error


def _forget(home: Path, state: Path | None, thread_id: str) -> None:
    """Leave neither the name nor what was derived from the session."""
    try:
        names.blank(home, thread_id)
        derived = (state / "index").rglob(f"*{thread_id}*") if state is not None else ()
        for path in [one for one in derived if one.is_file()]:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(f"the session is deleted, but not all traces of it: {error}") from error


def _sync(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    except OSError:
        pass  # some file systems cannot; the move itself was told to have worked
    finally:
        os.close(fd)


def _unknown(thread_id: str) -> StoreError:
    return StoreError(f"no rollout found for thread id {thread_id}")
