"""What an artefact covers of a log, told by a digest of the bytes: taken now, and compared later.

Does not: keep artefacts (`artefact_files`), or say what they are for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from csm.api import StoreError, artefacts, compaction, seed

from . import sections
from .sums import Sums

if TYPE_CHECKING:
    from csm.api import Thread

    from .sections import Section
    from .tracking import Cut, Tracker

_BLOCK = 1 << 20


def taken(cut: Cut, path: Path) -> tuple[artefacts.Span, Thread]:
    """The span up to a cut, and the thread as it was there. Raises OSError, ValueError."""
    point = cut.point
    thread, _ = seed.decode(point.seed, cut.instructions, cut.history.load(cut.sections))
    digest = _digest(cut.sums, cut.sections.sections[1:-1])
    return (
        artefacts.Span(
            thread.seq, cut.sums.size, digest, thread.begun, len(thread.history), sum(map(len, thread.history)),
            _together(thread.history), thread.compactions, first(thread.history),
        ),
        thread,
    )  # fmt: skip


def holds(span: artefacts.Span, tracker: Tracker, home: Path, path: Path) -> bool:
    """Whether the log still begins with the bytes of a span. Raises OSError, ValueError."""
    sums = tracker.summed(span.bytes)
    return sums is not None and _digest(sums, sections.find(home, path).sections[1:-1]) == span.digest


def first(history: Sequence[bytes]) -> str:
    """What tells a history by its beginning: the first thing the user said in it, else its first item."""
    found = next((raw for raw in history if compaction.is_said(raw)), history[0] if history else b"")
    return hashlib.sha256(found).hexdigest()[:32] if found else ""


def begins(history: Sequence[bytes], mark: str) -> bool:
    """Whether what `first` told stands in a history, and so what was said then."""
    return any(hashlib.sha256(raw).hexdigest()[:32] == mark for raw in history)


def goes_on(history: Sequence[bytes], span: artefacts.Span) -> bool:
    """Whether a history is that of a span, and what came after it."""
    return _together(history[: span.history_items]) == span.history


def _together(history: Sequence[bytes]) -> str:
    digest = hashlib.sha256()
    for raw in history:
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return digest.hexdigest()


def _digest(own: Sums, parents: Sequence[Section]) -> str:
    """Of all bytes: the own file's by their sums, those of the files below it read anew. Raises OSError."""
    digest = hashlib.sha256(own.sums.tobytes() + own.last.to_bytes(4, "big") + own.size.to_bytes(8, "big"))
    for path, start, end in parents:
        sums = Sums()
        with path.open("rb", buffering=0) as file:
            file.seek(start)
            while data := file.read(_BLOCK if end is None else min(_BLOCK, end - start - sums.size)):
                sums.feed(data)
        digest.update(sums.sums.tobytes() + sums.last.to_bytes(4, "big") + sums.size.to_bytes(8, "big"))
    return digest.hexdigest()


def cut(tracker: Tracker, path: Path) -> Cut:
    """The last cut of a log. Raises StoreError where there is none, or the log cannot be read."""
    try:
        found = tracker.cut()
    except OSError as error:
        raise StoreError(f"cannot read the session file {error.filename or path}: {error.strerror}") from error
    except ValueError:
        found = None
    if found is None:
        raise StoreError("there is no place between two turns from which this session could go on")
    return found
