"""Codex's own databases, told of files that were moved or deleted: else Codex looks for them where they were, finds
nothing, and keeps what was said in a session that its owner deleted.

Only rows of that session change. Codex makes its databases anew from the files where there are none, so nothing here is
needed, and a database that is none, or is of another shape, is left as it is.

Does not: read what they hold, or make one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from csm.api import StoreError

#: Seconds to wait for a Codex that writes.
_PATIENCE = 2.0
_MOVED = "UPDATE threads SET rollout_path = ?, archived = ?, archived_at = ? WHERE id = ?"
#: What a database says where somebody else holds it for too long.
_BUSY = ("locked", "busy")


def moved(folder: Path, thread_id: str, path: Path, *, archived: bool) -> None:
    """Say where the file of a session is now; `folder` is where Codex keeps its databases. Never raises."""
    when = int(time.time()) if archived else None
    for database in sorted(folder.glob("state_*.sqlite")):
        with suppress(StoreError):
            _change(database, lambda made: made.execute(_MOVED, (str(path), int(archived), when, thread_id)))


def forget(folder: Path, thread_id: str) -> None:
    """Take out every row of a session. Raises StoreError where a database is held for too long."""
    for database in sorted(folder.glob("*_[0-9]*.sqlite")):
        _change(database, lambda made: _take_out(made, thread_id))


def _take_out(made: Any, thread_id: str) -> None:
    made.execute("PRAGMA secure_delete = ON")
    tables = [name for (name,) in made.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()]
    for name in tables:
        quoted = '"' + name.replace('"', '""') + '"'
        columns = {row[1] for row in made.execute(f"PRAGMA table_info({quoted})").fetchall()}
        key = "id" if name == "threads" else "thread_id"
        if key in columns:
            made.execute(f"DELETE FROM {quoted} WHERE {key} = ?", (thread_id,))


def _change(database: Path, change: Callable[[Any], Any]) -> None:
    """Make a change, whole or not at all."""
    import sqlite3

    address = f"{database.absolute().as_uri()}?mode=rw"
    try:
        with closing(sqlite3.connect(address, uri=True, timeout=_PATIENCE)) as made, made:
            change(made)
    except sqlite3.Error as error:
        if any(word in str(error) for word in _BUSY):
            raise StoreError(f"Codex's database {database} is in use", "try again when no Codex writes") from error
