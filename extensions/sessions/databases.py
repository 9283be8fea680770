"""Codex's own database, told of files that were moved: else Codex looks for them where they were, and finds nothing.

Only the row of that session changes, and only in what says where its file is. Codex makes its database anew from the
files where there is none; so nothing here is needed, and whatever goes wrong here is no failure of the move.

Does not: read anything from it, or make one.
"""

from __future__ import annotations

import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

#: Seconds to wait for a Codex that writes.
_PATIENCE = 2.0
_MOVED = "UPDATE threads SET rollout_path = ?, archived = ?, archived_at = ? WHERE id = ?"


def moved(folder: Path, thread_id: str, path: Path, *, archived: bool) -> None:
    """Say where the file of a session is now; `folder` is where Codex keeps its databases."""
    for database in sorted(folder.glob("state_*.sqlite")):
        import sqlite3

        when = int(time.time()) if archived else None
        with suppress(sqlite3.Error), closing(_open(sqlite3, database)) as connection, connection:
            connection.execute(_MOVED, (str(path), int(archived), when, thread_id))


def _open(sqlite3: Any, database: Path) -> Any:
    """A connection that makes no file."""
    return sqlite3.connect(f"{database.absolute().as_uri()}?mode=rw", uri=True, timeout=_PATIENCE)
