"""Puts protected files back after a command.

Commands that overlap share the state from before the first of them, or one could pass off the other's change as given.
What a command left in place of a protected file is kept in a folder for temporary files, so that nothing of the user's
own is lost if he changed it meanwhile.

Does not: keep a command from reading its own change while it runs.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import threading
from pathlib import Path

from .snapshot import Entry, Snapshot, lost_objects, signature, walk


class Guards:
    """The snapshots in use, by what they cover. Used from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._used: dict[tuple[Path, ...], tuple[Snapshot, int]] = {}

    def enter(self, paths: list[Path]) -> None:
        """A command that could write `paths` is about to start."""
        with self._lock:
            snapshot, users = self._used.get(key := tuple(paths), (None, 0))
            self._used[key] = (snapshot or Snapshot(paths), users + 1)

    def leave(self, paths: list[Path]) -> list[str]:
        """It has ended: put back what changed; a warning for each path of `paths` that had to be."""
        with self._lock:
            snapshot, users = self._used.pop(key := tuple(paths))
            warnings = _Repair(snapshot).run()
            if users > 1:
                self._used[key] = (Snapshot(paths), users - 1)
            return warnings


class _Repair:
    def __init__(self, before: Snapshot) -> None:
        self._before = before
        self._kept: Path | None = None
        self._undone: list[Path] = []
        self._failed: list[Path] = []

    def run(self) -> list[str]:
        now = {path: signature(about) for path, about in walk(self._before.paths)}
        for path in reversed([path for path in now if path not in self._before.entries]):
            self._attempt(path, None)
        for path, entry in self._before.entries.items():
            if now.get(path) != entry.signature:
                self._attempt(path, entry)
        lost = [path for path, names in self._before.objects.items() if lost_objects(path, names)]
        return [*self._told(), *(f"objects were removed from {path}; they cannot be put back" for path in lost)]

    def _attempt(self, path: Path, entry: Entry | None) -> None:
        try:
            if os.path.lexists(path) and not (entry and _same_folder(path, entry)):
                self._set_aside(path)
            if entry is not None:
                _put_back(path, entry)
        except (OSError, ValueError):
            self._failed.append(path)
        else:
            self._undone.append(path)

    def _set_aside(self, path: Path) -> None:
        if self._kept is None:
            self._kept = Path(tempfile.mkdtemp(prefix="csm-kept-"))
        target = self._kept / str(path).lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir() and not path.is_symlink() and target.is_dir():
            path.rmdir()  # Its contents went before.
        else:
            shutil.move(path, target)

    def _told(self) -> list[str]:
        told: list[str] = []
        if self._undone:
            kept = f"; what was found there is kept in {self._kept}" if self._kept else ""
            told.append(f"a command changed {_listed(self._undone)}, which is protected: put back{kept}")
        if self._failed:
            told.append(f"a command changed {_listed(self._failed)}, which is protected and could not be put back")
        return told


def _same_folder(path: Path, entry: Entry) -> bool:
    return stat.S_ISDIR(entry.kind) and path.is_dir() and not path.is_symlink()


def _put_back(path: Path, entry: Entry) -> None:
    """Raises ValueError where the content was too large to keep."""
    mode = stat.S_IMODE(entry.signature[0])
    if stat.S_ISDIR(entry.kind):
        path.mkdir(exist_ok=True)
        path.chmod(mode)
        return
    if entry.content is None:
        raise ValueError(f"no copy of {path}")
    if stat.S_ISLNK(entry.kind):
        path.symlink_to(os.fsdecode(entry.content))
        return
    path.write_bytes(entry.content)
    path.chmod(mode)
    os.utime(path, ns=(entry.signature[4], entry.signature[4]))


def _listed(paths: list[Path]) -> str:
    names = ", ".join(str(path) for path in paths[:3])
    return f"{names} and {len(paths) - 3} more" if len(paths) > 3 else names
