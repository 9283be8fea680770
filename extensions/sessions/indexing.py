"""The index of a log made anew on request, and what it is then.

Does not: know how an index is made (`tracking`) or kept (`index`).
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from . import index as indexes
from . import sections
from .replaying import Watch
from .track import LEAST
from .tracking import Tracker


class Indexed(msgspec.Struct):
    """What was made; `index` is empty where a log is too short to have one. `last` is where the last state is.

    `turns` and `history` count what that state knows.
    """

    path: str
    bytes: int
    index: str = ""
    index_bytes: int = 0
    states: int = 0
    last: int = 0
    turns: int = 0
    history: int = 0


def make(home: Path, path: Path, thread_id: str, folder: Path, watch: Watch | None = None) -> Indexed:
    """Make the index of the log at `path` in `folder`. Raises StoreError."""
    made = Indexed(str(path), path.stat().st_size)
    if made.bytes < LEAST:
        return made
    tracker = Tracker(home, path, thread_id, folder, whole=True)
    if watch is not None:
        watch(made.bytes, lambda: tracker.covered)
    file = tracker.make()
    found = indexes.load(file, thread_id) if file is not None else None
    if file is None or found is None or not found.points:
        return made
    last = found.points[-1]
    made.index, made.index_bytes, made.states = str(file), file.stat().st_size, len(found.points)
    made.last, made.turns, made.history = (
        indexes.own_place(last.at, sections.find(home, path)),
        last.begun,
        last.history,
    )
    return made
