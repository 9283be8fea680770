"""Carrying out a verified patch: every file is looked at before the first is written.

Does not: ask, or write a file itself (`write`).
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

import msgspec

from csm.api import items

from . import roots, write
from .changes import Change


def anything(path: str) -> bool:
    """The judge where everything may be written."""
    return True


class Judge:
    """Allows what is in the roots, and just those files outside that the user has seen and accepted."""

    def __init__(self, real: roots.Roots, allowed: tuple[str, ...]) -> None:
        self._real = real
        self._allowed = allowed

    def __call__(self, path: str) -> bool:
        """Whether an absolute path without symlinks may be written, or made as a folder on the way there."""
        return self._real.allow(path) or any(f"{one}/".startswith(f"{path}/") for one in self._allowed)


def landing(change: Change) -> items.PatchChange:
    """The change as it is shown to who decides: with the paths where it really takes place."""
    path = write.lands(change.path, follow=change.replaced)
    move = None if change.move is None else write.lands(change.move, follow=True)
    return msgspec.structs.replace(change.item, path=path, move_path=move)


def check_all(changes: Sequence[Change], judge: write.Judge) -> tuple[Change | None, OSError | None]:
    """The first change that could not be written, and why."""
    for change in changes:
        try:
            if not change.replaced:
                write.check_remove(change.path, judge)
            if change.content is not None:
                write.check_put(change.move or change.path, judge)
        except OSError as error:
            return change, error
    return None, None


def apply(changes: Sequence[Change], judge: write.Judge, stop: threading.Event) -> tuple[list[Change], str]:
    """Write all, having looked at each first; what was done, and what stopped it, if anything did."""
    failed, _ = check_all(changes, judge)
    if failed is not None:
        return [], _failure(failed)
    done: list[Change] = []
    for change in changes:
        if stop.is_set():
            return done, "interrupted\n"
        try:
            _apply_one(change, judge)
        except OSError:
            return done, _failure(change)
        done.append(change)
    return done, ""


def _apply_one(change: Change, judge: write.Judge) -> None:
    if change.content is None:
        return write.remove(change.path, judge)
    mode = write.mode_of(change.path) if change.move is not None else None
    write.put(change.move or change.path, change.content.encode("utf-8", "replace"), judge, mode)
    if change.move is not None:
        write.remove(change.path, judge)
    return None


def _failure(change: Change) -> str:
    return f"Failed to {'delete' if change.content is None else 'write'} file {change.move or change.path}\n"
