"""Which artefacts may go, and removing them.

Does not: choose by what they say, or touch logs and indexes.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from csm.api import artefacts

from . import artefact_files as files
from .artefacts import RolloutArtefacts


class Going(msgspec.Struct):
    """One that goes."""

    id: str
    kind: artefacts.Kind
    thread_id: str
    created: str
    bytes: int
    path: str


class Pruned(msgspec.Struct):
    """What goes, or went if it was `applied`; how much stays."""

    applied: bool
    artefacts: list[Going]
    bytes: int
    kept: int
    kept_bytes: int
    #: Files that are no sound artefacts; they stay, for somebody to look at.
    unreadable: list[str] = []


def prune(
    kept: RolloutArtefacts, folder: Path, thread_id: str, *, keep_latest: bool, before: str, apply: bool
) -> Pruned:
    """See `Pruned`. Raises StoreError where one cannot be removed."""
    every = list(kept.list(thread_id))
    unreadable = list(kept.unreadable)
    latest = {(one.artefact.thread_id, one.artefact.kind): one.artefact.id for one in every} if keep_latest else {}
    going = [one for one in every if _goes(one.artefact, latest, before)]
    told = Pruned(apply, [_told(one) for one in going], sum(one.size for one in going), 0, 0, unreadable)
    told.kept = len(every) - len(going)
    told.kept_bytes = sum(one.size for one in every) - told.bytes
    if apply:
        for one in going:
            kept.remove(one)
        for path in files.leftovers(folder):
            files.remove(folder, path)
    return told


def _goes(made: artefacts.Artefact, latest: dict[tuple[str, str], str], before: str) -> bool:
    return latest.get((made.thread_id, made.kind)) != made.id and (not before or made.created < before)


def _told(one: artefacts.Kept) -> Going:
    made = one.artefact
    return Going(made.id, made.kind, made.thread_id, made.created, one.size, one.path)
