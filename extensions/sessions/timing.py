"""How quickly a log is opened and written: everything folded, by its index, and lines appended to a file of its own.

Does not: write to the log, or keep an index.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import msgspec

from csm.api import events, items

from .findings import Findings
from .replaying import Watch
from .tracking import Tracker
from .writer import Writer

#: Lines appended in a round.
_LINES = 2000
_ID = "00000000-0000-7000-8000-000000000000"
_TIME = "2026-01-02T03:04:05.678Z"


class Timing(msgspec.Struct):
    """Medians of the rounds, in milliseconds unless a name says otherwise; `open_bytes` may be unknown."""

    path: str
    bytes: int
    rounds: int
    full_ms: float = 0.0
    index_ms: float = 0.0
    open_ms: float = 0.0
    open_bytes: int | None = None
    #: How many times quicker it is opened by its index than folded whole, and whether both come to the same history.
    quicker: float = 0.0
    same: bool = True
    append_us: float = 0.0
    synced_us: float = 0.0


def measure(home: Path, path: Path, thread_id: str, rounds: int, watch: Watch | None = None) -> Timing:
    """Measure the log at `path`. Raises StoreError; OSError where nothing can be written to a temporary folder."""
    made = Timing(str(path), path.stat().st_size, rounds)
    with tempfile.TemporaryDirectory(prefix="csm-log-") as name:
        folder = Path(name)
        trackers: list[Tracker] = []
        if watch is not None:
            watch(made.bytes * rounds * 2, lambda: sum(one.covered for one in trackers))

        def tracker(keep: bool, *, whole: bool = False) -> Tracker:
            trackers.append(Tracker(home, path, thread_id, folder if keep else None, whole=whole))
            return trackers[-1]

        made.full_ms, full = _timed(rounds, lambda: _history(tracker(False, whole=True)))
        made.index_ms, _ = _timed(rounds, lambda: tracker(True).make())
        trackers.clear()
        before = _read()
        made.open_ms, quick = _timed(rounds, lambda: _history(tracker(True)))
        after = _read()
        made.open_bytes = None if before is None or after is None else (after - before) // rounds
        made.same = full == quick
        made.quicker = round(made.full_ms / made.open_ms, 1) if made.open_ms else 0.0
        made.append_us, made.synced_us = _appended(folder / "append", rounds)
    return made


def _history(tracker: Tracker) -> int:
    thread = tracker.thread(Findings(""))
    return hash(tuple(thread.history)) if thread is not None else 0


def _timed(rounds: int, call: Callable[[], object]) -> tuple[float, object]:
    times: list[float] = []
    found: object = None
    for _ in range(rounds):
        begun = time.perf_counter()
        found = call()
        times.append((time.perf_counter() - begun) * 1000)
    return round(median(times), 3), found


def _appended(home: Path, rounds: int) -> tuple[float, float]:
    """Microseconds for a line, and for one that is brought to the disk at once."""
    writer = Writer(home, home / "sessions" / "log", _ID, (_TIME, events.ThreadStarted(_ID, "/")))
    line = [(_TIME, events.ItemCompleted("turn", items.AgentMessage("item", "as long as lines are " * 4), 3))]
    try:
        plain = [_each(lambda: writer.append(line), _LINES) for _ in range(rounds)]
        synced = [_each(lambda: (writer.append(line), writer.sync()), 50) for _ in range(rounds)]
    finally:
        writer.close()
    return round(median(plain), 2), round(median(synced), 2)


def _each(call: Callable[[], object], count: int) -> float:
    begun = time.perf_counter()
    for _ in range(count):
        call()
    return (time.perf_counter() - begun) / count * 1e6


def _read() -> int | None:
    """Bytes this process has read so far."""
    try:
        lines = Path(f"/proc/{os.getpid()}/io").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("rchar")).split()[1])
    except (OSError, StopIteration, ValueError):
        return None
