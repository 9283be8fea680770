"""What a stored session is, and what resuming it would take: looked at, with nothing changed.

Does not: print, or open the session.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from csm.api import SessionHead, StoreError, artefacts, compaction, models, prompts

from . import holders, lineage, places, sections
from . import index as indexes
from .artefacts import RolloutArtefacts
from .findings import Findings
from .track import LEAST
from .tracking import Tracker

if TYPE_CHECKING:
    from csm.api import Settings, Thread

IndexState = Literal["not needed", "missing", "unusable", "behind", "current"]


class IndexSeen(msgspec.Struct):
    """An index file. `checkpoint` is the byte of the log's own file from which a resume reads on."""

    state: IndexState
    bytes: int = 0
    states: int = 0
    checkpoint: int = 0
    path: str = ""


class ArtefactSeen(msgspec.Struct):
    """An artefact in short; `turns`, `events` and `covers` (bytes of the log) say what it was made of."""

    id: str
    kind: artefacts.Kind
    created: str
    by: str
    standing: artefacts.Standing
    bytes: int
    turns: int
    events: int
    covers: int
    latest: bool
    path: str


class History(msgspec.Struct):
    """What the model would be sent of the session. `tokens` is an estimate, instructions included, tools not."""

    items: int
    bytes: int
    tokens: int


class Sizes(msgspec.Struct):
    """Bytes on the disk. `parents` are the files that this one goes on from."""

    log: int
    parents: int = 0
    index: int = 0
    artefacts: int = 0


class Shown(msgspec.Struct):
    """A session. `unfinished` is the id of a turn that has not ended, `open_in` who writes the session now."""

    id: str
    name: str | None
    path: str
    archived: bool
    prompt: str
    cwd: str
    branch: str
    created: str
    updated: str
    source: str
    originator: str
    forked_from: str | None
    parents: list[str]
    turns: int
    unfinished: str | None
    open_in: str
    compactions: int
    model: str
    effort: str | None
    provider: str
    approval: str
    sandbox: str
    mode: str
    usage: dict[str, int]
    context_window: int | None
    history: History
    sizes: Sizes
    index: IndexSeen
    artefacts: list[ArtefactSeen]
    findings: list[str]


class Reads(msgspec.Struct):
    """Bytes that a resume reads: of the index, of the log behind the checkpoint, and the live history before it."""

    index: int
    tail: int
    history: int
    total: int


class Plan(msgspec.Struct):
    """What resuming would do. `percent` is how much of the model's window the history fills."""

    id: str
    path: str
    recorded_model: str
    model: str
    provider: str
    index: IndexSeen
    reads: Reads
    log_bytes: int
    turns: int
    history: History
    context_window: int
    percent: int
    compacts_first: bool
    unfinished: str | None
    warnings: list[str]


class Look:
    """A session's log, read as a resume reads it."""

    def __init__(self, home: Path, state: Path, head: SessionHead) -> None:
        self.head = head
        self.path = Path(head.path)
        self._home, self._index = home, state / "index"
        self.findings = Findings(head.thread_id)
        self.tracker = Tracker(home, self.path, head.thread_id, self._index)
        self.sections = sections.find(home, self.path, head.thread_id)
        self.kept = RolloutArtefacts(home, state, lambda _: self.findings)
        self.file = indexes.file(self._index, head.thread_id)
        self._before = indexes.load(self.file, head.thread_id)
        self.thread: Thread = self._thread()

    def _thread(self) -> Thread:
        thread = self.tracker.thread(self.findings, save=False)
        if thread is not None:
            return thread
        from csm.api import fold

        from . import reading

        return fold(reading.read(self._home, self.path, self.findings))

    def index(self) -> IndexSeen:
        """How the index stands."""
        seen = IndexSeen("missing", path=str(self.file))
        seen.bytes = _size(self.file)
        if _size(self.path) < LEAST:
            seen.state = "not needed"
        elif self._before is None:
            seen.state = "unusable" if seen.bytes else "missing"
        else:
            seen.states = len(self._before.points)
            seen.checkpoint = indexes.own_place(self.tracker.began, self.sections) if self.tracker.began else 0
            covered = self._before.size
            seen.state = "unusable" if not seen.checkpoint else "current" if covered >= _size(self.path) else "behind"
        return seen

    def history(self) -> History:
        """How much the model would be sent."""
        history = self.thread.history
        tokens = compaction.estimate(history, self.thread.instructions or prompts.BASE)
        return History(len(history), sum(map(len, history)), tokens)

    def parents(self) -> int:
        """Bytes of the files that this one goes on from."""
        return sum(_size(path) if end is None else end - start for path, start, end in self.sections.sections[1:-1])

    def artefacts(self) -> list[ArtefactSeen]:
        """Those there are, the oldest first."""
        latest = {kept.artefact.id for kept in self.kept.latest(self.head.thread_id).values()}
        return [
            ArtefactSeen(
                made.id, made.kind, made.created, made.by, self.kept.standing(made), kept.size, made.span.turns,
                made.span.events, made.span.bytes, made.id in latest, kept.path,
            )
            for kept in self.kept.list(self.head.thread_id)
            for made in (kept.artefact,)
        ]  # fmt: skip

    def holder(self) -> str:
        """Who writes the session now."""
        return holders.holder(self._home / "thread-writer-locks" / f"{self.head.thread_id}.lock")


def show(home: Path, state: Path, head: SessionHead) -> Shown:
    """All there is to tell. Raises StoreError, OSError."""
    look = _look(home, state, head)
    thread, seen, made = look.thread, look.index(), look.artefacts()
    sizes = Sizes(_size(look.path), look.parents(), seen.bytes, sum(one.bytes for one in made))
    return Shown(
        head.thread_id, thread.name or head.name, head.path, head.archived, head.prompt, thread.cwd or head.cwd,
        head.branch, head.created, head.updated, head.source, thread.originator, thread.forked_from,
        [places.part_of(part.path) for part in lineage.chain(home, look.path)[0]], thread.begun, thread.running,
        look.holder(), thread.compactions, thread.model, thread.effort, thread.provider, thread.approval,
        thread.sandbox.mode, thread.collaboration, msgspec.to_builtins(thread.usage), thread.context_window,
        look.history(), sizes, seen, made, [*look.findings.texts(), *look.kept.unreadable],
    )  # fmt: skip


def plan(home: Path, settings: Settings, head: SessionHead, catalog: Any) -> Plan:
    """What resuming would do with these settings. Raises StoreError, OSError."""
    look = _look(home, settings.state_dir, head)
    thread, seen, history = look.thread, look.index(), look.history()
    window = settings.context_window or models.info(settings.model, catalog).context_window
    usable = models.usable(window)
    size = _size(look.path)
    tail = max(0, size - seen.checkpoint) + (0 if seen.checkpoint else look.parents())
    stored = history.bytes if seen.checkpoint else 0
    index = seen.bytes if seen.checkpoint else 0
    compacts = _compacts(thread, settings, window, history.tokens)
    return Plan(
        head.thread_id, head.path, thread.model, settings.model, settings.model_provider, seen,
        Reads(index, tail, stored, index + tail + stored), size, thread.begun, history, window,
        round(100 * history.tokens / max(1, usable)), compacts, thread.running,
        _warnings(look, settings, history.tokens, usable),
    )  # fmt: skip


def _compacts(thread: Thread, settings: Settings, window: int, estimated: int) -> bool:
    """Whether the next turn would begin by summing up: as full as the last response was, else as is estimated."""
    limit = compaction.limit(window, settings.auto_compact_limit)
    if settings.auto_compact_scope == "body_after_prefix":
        limit = models.usable(window)
    last = thread.last_usage.total if thread.last_usage is not None else 0
    return (last or estimated) >= limit and compaction.worthwhile(thread.history)


def _warnings(look: Look, settings: Settings, tokens: int, usable: int) -> list[str]:
    thread, head = look.thread, look.head
    found = [*look.findings.texts()]
    if head.archived:
        found.append(f"it is archived: `csm unarchive {head.thread_id}` brings it back")
    if holder := look.holder():
        found.append(f"it is open in {holder}: a second one cannot write it")
    if thread.running is not None:
        found.append("its last turn has not ended: resuming closes it as interrupted")
    if thread.model and thread.model != settings.model:
        found.append(f"it was recorded with model {thread.model} and would go on with {settings.model}")
    if thread.provider and thread.provider != settings.model_provider:
        found.append(f"it was recorded with provider {thread.provider} and would go on with {settings.model_provider}")
    if tokens > usable:
        found.append("its history does not fit into the model's window: it is summed up first")
    if (recovered := look.kept.recovered(thread)) is not None:
        found.append(recovered[1])
    if thread.cwd and not Path(thread.cwd).is_dir():
        found.append(f"its folder {thread.cwd} is not there any more")
    return found


def _look(home: Path, state: Path, head: SessionHead) -> Look:
    try:
        return Look(home, state, head)
    except OSError as error:
        raise StoreError(f"cannot read {error.filename or head.path}: {error.strerror}") from error


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
