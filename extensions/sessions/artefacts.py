"""The artefacts of the sessions below one home: made of their logs, compared with them, used in their place.

Does not: write files (`artefact_files`), or ask a model.
"""

from __future__ import annotations

import os
import time
from array import array
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from csm.api import StoreError, __version__, artefacts, compaction, ids, seed

from . import artefact_files as files
from . import finding, places, sections, spans
from .history import Places
from .tracking import Tracker

if TYPE_CHECKING:
    from csm.api import Thread

    from .findings import Findings
    from .tracking import Cut

_SEED, _SUMMARY = artefacts.KINDS
#: The fewest characters of an id that name it.
_LEAST = 8


class RolloutArtefacts:
    """See `csm.api.artefacts.Artefacts`. `findings` says what was wrong with the log of a session that was read."""

    def __init__(self, home: Path, state: Path, findings: Callable[[str], Findings | None]) -> None:
        self._home = home
        self._index = state / "index"
        self._folder = self._index / files.FOLDER
        self._findings = findings
        self.unreadable: list[str] = []

    def list(self, thread_id: str = "") -> Iterator[artefacts.Kept]:
        """See the contract."""
        self.unreadable = []
        for name in files.names(self._folder, thread_id):
            found = self._read(files.path_of(self._folder, *name))
            if found is not None:
                yield found

    def _read(self, path: Path) -> artefacts.Kept | None:
        try:
            return files.read(path)
        except StoreError as error:
            self.unreadable.append(error.message)
            return None

    def find(self, text: str) -> artefacts.Kept:
        """See the contract."""
        if "/" in text or text.endswith(".json"):
            return files.read(Path(text))
        wanted = text.strip().lower()
        found = [name for name in files.names(self._folder) if len(wanted) >= _LEAST and name[2].startswith(wanted)]
        if len(found) > 1:
            raise StoreError(f"several artefacts are called {finding.shown(text)}…", "give more of its id")
        if not found:
            raise StoreError(
                f"there is no artefact {finding.shown(repr(text))}",
                "`csm session show SESSION` lists those of a session; their id is needed, or a file",
            )
        return files.read(files.path_of(self._folder, *found[0]))

    def latest(self, thread_id: str) -> dict[artefacts.Kind, artefacts.Kept]:
        """See the contract. Where the latest one cannot be read, the one before it counts."""
        found: dict[artefacts.Kind, artefacts.Kept] = {}
        known = files.latest(self._folder, thread_id)
        for kind in artefacts.KINDS:
            if kind in known:
                kept = self._read(files.path_of(self._folder, thread_id, kind, known[kind]))
                older = (one for one in self.list(thread_id) if one.artefact.kind == kind)
                kept = kept if kept is not None else max(older, key=lambda one: one.artefact.id, default=None)
                if kept is not None:
                    found[kind] = kept
        return found

    def standing(self, artefact: artefacts.Artefact) -> artefacts.Standing:
        """See the contract."""
        path = self._log(artefact.thread_id)
        if path is None:
            return "gone"
        tracker = Tracker(self._home, path, artefact.thread_id, self._index)
        try:
            if spans.holds(artefact.span, tracker, self._home, path):
                return "current"
            return "lost" if self._lost(artefact, tracker) else "stale"
        except OSError as error:
            raise StoreError(f"cannot read the session file {path}: {error.strerror}") from error
        except ValueError:
            return "stale"

    def _lost(self, artefact: artefacts.Artefact, tracker: Tracker) -> bool:
        from .findings import Findings

        found = Findings(artefact.thread_id)
        thread = tracker.thread(found, save=False)
        return thread is not None and _damaged(found) and _beyond(artefact, thread)

    def material(self, thread_id: str) -> artefacts.Material:
        """See the contract."""
        path = self._known(thread_id)
        tracker = Tracker(self._home, path, thread_id, self._index, dense=True)
        cut = spans.cut(tracker, path)
        span, thread = _taken(cut, path)
        last = self.latest(thread_id).get(_SUMMARY)
        if last is None:
            return artefacts.Material(thread_id, span, tuple(thread.history))
        whole = artefacts.Material(thread_id, span, tuple(thread.history), ignored=last.artefact.id)
        if not self._holds(last.artefact, tracker, path):
            return whole
        # Where the log holds a summary of its own by now, that one counts: it was made of the whole, as this one was.
        if not spans.goes_on(thread.history, last.artefact.span):
            return msgspec.structs.replace(whole, ignored="")
        known = last.artefact.span.history_items
        history = compaction.continued(thread.history[:known], last.artefact.text, thread.history[known:])
        return artefacts.Material(thread_id, span, history, after=last.artefact.id)

    def _holds(self, artefact: artefacts.Artefact, tracker: Tracker, path: Path) -> bool:
        try:
            return spans.holds(artefact.span, tracker, self._home, path)
        except (OSError, ValueError):
            return False

    def keep_summary(self, material: artefacts.Material, text: str, by: str) -> artefacts.Kept:
        """See the contract."""
        text = text.strip()
        if not text:
            raise StoreError("an empty text is no summary")
        if len(text.encode("utf-8", "surrogatepass")) > files.MOST:
            raise StoreError(f"a summary has at most {files.MOST >> 20} MB")
        made = _new(_SUMMARY, material.thread_id, material.span, by)
        return files.write(self._folder, msgspec.structs.replace(made, text=text, after=material.after))

    def keep_seed(self, thread_id: str) -> artefacts.Kept:
        """See the contract."""
        path = self._known(thread_id)
        cut = spans.cut(Tracker(self._home, path, thread_id, self._index, dense=True), path)
        span, _ = _taken(cut, path)
        made = _new(_SEED, thread_id, span, "csm")
        spots = tuple(zip(cut.history.starts, cut.history.lengths, strict=True))
        return files.write(
            self._folder,
            msgspec.structs.replace(
                made,
                seed=cut.point.seed.decode("utf-8", "surrogatepass"),
                seed_version=seed.VERSION,
                places=spots,
                inline=tuple(raw.decode("utf-8", "surrogatepass") for raw in cut.history.inline),
            ),
        )

    def history(self, artefact: artefacts.Artefact) -> tuple[bytes, ...]:
        """See the contract."""
        standing = self.standing(artefact)
        if artefact.kind == _SUMMARY:
            if standing == "stale":
                raise _stale(artefact)
            return (compaction.taken_over(artefact.text),)
        if standing != "current":
            raise _stale(artefact) if standing == "stale" else _empty(artefact)
        if artefact.seed_version != seed.VERSION:
            raise StoreError(f"the replay seed {artefact.id} is of another version of csm", _again(artefact))
        path = self._known(artefact.thread_id)
        inline = [text.encode("utf-8", "surrogatepass") for text in artefact.inline]
        spots = Places(
            array("Q", (at for at, _ in artefact.places)), array("I", (size for _, size in artefact.places)), inline
        )
        try:
            return tuple(spots.load(sections.find(self._home, path, artefact.thread_id)))
        except (OSError, ValueError, IndexError) as error:
            raise _stale(artefact) from error

    def recovered(self, thread: Thread) -> tuple[bytes, str] | None:
        """See the contract. What is told once stands in the log from then on."""
        found = self._findings(thread.thread_id)
        if found is None or not _damaged(found):
            return None
        last = self.latest(thread.thread_id).get(_SUMMARY)
        if last is None or not _beyond(last.artefact, thread):
            return None
        item = compaction.lost(last.artefact.text)
        if item in thread.history:
            return None
        made = last.artefact
        text = (
            f"The log of this session has lost its beginning. The model is given the summary that was made of it on "
            f"{made.created[:10]} by {made.by} instead ({made.id})."
        )
        return item, text

    def remove(self, kept: artefacts.Kept) -> None:
        """See the contract."""
        files.remove(self._folder, Path(kept.path))

    def _log(self, thread_id: str) -> Path | None:
        return places.find(self._home, thread_id) or places.find_archived(self._home, thread_id)

    def _known(self, thread_id: str) -> Path:
        path = self._log(thread_id)
        if path is None:
            raise StoreError(f"no rollout found for thread id {thread_id}")
        return path


def _new(kind: artefacts.Kind, thread_id: str, span: artefacts.Span, by: str) -> artefacts.Artefact:
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    own = ids.uuid7(time.time_ns() // 1_000_000, os.urandom(10))
    return artefacts.Artefact(own, kind, thread_id, now, by, __version__, span)


def _taken(cut: Cut, path: Path) -> tuple[artefacts.Span, Thread]:
    try:
        return spans.taken(cut, path)
    except (OSError, ValueError, msgspec.MsgspecError) as error:
        raise StoreError(f"the session file {path} changed while it was read") from error


def _damaged(found: Findings) -> bool:
    return bool(found.headless or found.missing or found.skipped or found.salvaged)


def _beyond(artefact: artefacts.Artefact, thread: Thread) -> bool:
    """Whether what an artefact was made of is not what the thread begins with any more."""
    if not artefact.span.first or thread.compactions > artefact.span.compactions:
        return False
    return not spans.begins(thread.history, artefact.span.first)


def _stale(artefact: artefacts.Artefact) -> StoreError:
    return StoreError(f"the {artefact.kind} {artefact.id} is stale: the log says something else now", _again(artefact))


def _empty(artefact: artefacts.Artefact) -> StoreError:
    return StoreError(
        f"the {artefact.kind} {artefact.id} points into a log that has lost what it points to",
        "a semantic summary holds a text of its own",
    )


def _again(artefact: artefacts.Artefact) -> str:
    option = "--seed" if artefact.kind == _SEED else "--summary"
    return f"`csm session compact {artefact.thread_id} {option}` makes a new one"
