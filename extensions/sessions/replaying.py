"""A log folded twice, whole and from its index, and what came of it: the state, its digest, and whether both agree.

Neither holds the log in memory: what only shows is added up as it passes.

Does not: show turns (`csm replay`), or keep an index.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from csm.api import StoreError

from .findings import Findings
from .tracking import Tracker

if TYPE_CHECKING:
    from csm.api import Thread

#: Is told how many bytes there are, and what tells how many were read.
Watch = Callable[[int, Callable[[], int]], object]


class State(msgspec.Struct):
    """What a thread is, in figures and words. `digest` covers all that is stored."""

    thread_id: str
    name: str | None
    cwd: str
    model: str
    effort: str | None
    approval: str
    sandbox: str
    provider: str
    created: str
    turns: int
    running: str | None
    asks: int
    compactions: int
    tokens: int
    history_items: int
    history_bytes: int
    history_digest: str
    digest: str


class Replay(msgspec.Struct):
    """The state, and where the index leads elsewhere: names of fields; none where it agrees."""

    path: str
    state: State
    findings: tuple[str, ...] = ()
    differs: list[str] = []


def replay(home: Path, path: Path, thread_id: str, index: Path, watch: Watch | None = None) -> Replay:
    """Fold the log at `path`, whole and by its index in the folder `index`. Raises StoreError."""
    whole = Tracker(home, path, thread_id, None, whole=True)
    if watch is not None:
        watch(path.stat().st_size, lambda: whole.covered)
    findings = Findings(thread_id)
    made = Replay(str(path), _folded(whole, findings, digest=True), findings.texts())
    found = _folded(Tracker(home, path, thread_id, index), Findings(thread_id), digest=False)
    fields = [name for name in State.__struct_fields__ if name != "digest"]
    made.differs = [name for name in fields if getattr(found, name) != getattr(made.state, name)]
    return made


def _folded(tracker: Tracker, findings: Findings, *, digest: bool) -> State:
    thread = tracker.thread(findings)
    if thread is None:
        raise StoreError("the log could not be read in one pass: it goes back to turns that are not in it")
    return _state(thread, digest=digest)


def _state(thread: Thread, *, digest: bool) -> State:
    history = hashlib.sha256()
    for raw in thread.history:
        history.update(raw + b"\n")
    return State(
        thread.thread_id, thread.name, thread.cwd, thread.model, thread.effort, thread.approval, thread.sandbox.mode,
        thread.provider, thread.created, thread.begun, thread.running, len(thread.asks), thread.compactions,
        thread.usage.total, len(thread.history), sum(map(len, thread.history)), history.hexdigest(),
        thread.state_hash() if digest else "",
    )  # fmt: skip
