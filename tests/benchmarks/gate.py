"""Opening 60,000 events by the index, held to reading them whole; and appending: `python -m tests.benchmarks.gate`

Prints how long both take, how much of the log is read, and whether both find the same thread; ends with status 1 where
that is not so, or where the index does not earn its keep, or a line takes too long to append. Times count only where
median and minimum agree.
"""

from __future__ import annotations

import gc
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from csm.api.testing import bundled
from csm.core.fold import fold
from csm.protocol import events, items

EVENTS = 60_000
ROUNDS = 7
#: At least so many times as quick, and at most this part of the log's bytes.
QUICKER = 8.0
PART = 0.05
#: Microseconds that a line may take to be made and appended, without bringing it to the disk; and lines a round.
APPEND = 10.0
LINES = 5_000


def main() -> int:
    """Measure both shapes; 0 if all is well."""
    with tempfile.TemporaryDirectory(prefix="csm-gate-") as folder:
        found = [hold(Path(folder) / shape, shape) for shape in ("paginated", "legacy")]
        found += [append(Path(folder) / f"append {shape}", shape) for shape in ("paginated", "legacy")]
    return 0 if all(found) else 1


def hold(home: Path, shape: str) -> bool:
    """Measure one log, and say what came out."""
    fixture, stores = bundled("sessions", "fixture"), bundled("sessions", "store")
    wish = fixture.Wish(EVENTS, shape=shape)
    name = fixture.thread_id(wish)
    path = home / "sessions" / fixture.folder() / fixture.name(wish)
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        file.writelines(fixture.lines(wish))
    store = stores.RolloutStore(home, home / "state")
    first = _clock(lambda: store.thread(name))
    store.index(name, whole=True)
    whole = _several(lambda: fold(store.read(name)))
    before = _read()
    store.thread(name)
    read = (_read() - before) / path.stat().st_size
    quick = _several(lambda: store.thread(name))
    one, other = store.thread(name), fold(store.read(name))
    same = one.state_hash() == other.state_hash() and one.history == other.history
    ratios = [statistics.median(whole) / statistics.median(quick), min(whole) / min(quick)]
    print(
        f"{shape}, {EVENTS} events, {path.stat().st_size / 1e6:.1f} MB: by the index {_figures(quick)}, whole"
        f" {_figures(whole)}, {ratios[0]:.0f} ({ratios[1]:.0f}) times as quick; read {read:.1%} of the log; first sight"
        f" {first * 1e3:.0f} ms; state hash {one.state_hash()[:16]} {'the same' if same else 'NOT THE SAME'}"
    )
    return same and read <= PART and max(ratios) >= QUICKER


def append(home: Path, shape: str) -> bool:
    """Append lines of the two kinds there are most of to a log of this shape, one by one, and say how long it takes."""
    fixture, stores = bundled("sessions", "fixture"), bundled("sessions", "store")
    wish = fixture.Wish(1000, shape=shape)
    path = home / "sessions" / fixture.folder() / fixture.name(wish)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"".join(fixture.lines(wish)))
    raw = msgspec.Raw(b'{"type":"function_call_output","call_id":"call_0001","output":"%b"}' % (b"x" * 60))
    said = events.ItemCompleted("turn", items.AgentMessage("item", "x" * 60), 3)
    pairs = [("2026-01-02T03:04:05.678Z", body) for body in (events.HistoryAppended(raw), said)]
    writer = stores.RolloutStore(home).open(fixture.thread_id(wish))

    def work() -> None:
        for number in range(LINES):
            writer.append([pairs[number & 1]])

    times = [took / LINES * 1e6 for took in _several(work)]
    began = time.perf_counter()
    writer.sync()
    synced = (time.perf_counter() - began) * 1e3
    writer.close()
    print(
        f"{shape}: a line appended in {statistics.median(times):.1f} \u00b5s (least {min(times):.1f}), then"
        f" {ROUNDS * LINES} of them brought to the disk in {synced:.1f} ms"
    )
    return min(times) <= APPEND or statistics.median(times) <= APPEND


def _several(work: Callable[[], Any]) -> list[float]:
    return [_clock(work) for _ in range(ROUNDS)]


def _clock(work: Callable[[], Any]) -> float:
    """Seconds, without the collector, which csm does without until it has asked the model."""
    gc.collect()
    gc.disable()
    start = time.perf_counter()
    work()
    took = time.perf_counter() - start
    gc.enable()
    return took


def _read() -> int:
    """Bytes that this process asked to read so far; 0 where the system does not count them."""
    try:
        lines = Path("/proc/self/io").read_text().splitlines()
    except OSError:
        return 0
    return next(int(line.split()[1]) for line in lines if line.startswith("rchar"))


def _figures(times: list[float]) -> str:
    return f"{statistics.median(times) * 1e3:.1f} ms (least {min(times) * 1e3:.1f})"


if __name__ == "__main__":
    sys.exit(main())
