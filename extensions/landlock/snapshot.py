"""What protected files look like, cheaply enough to do before every command.

A file is taken as unchanged if its inode, size, mode and both times are: the time of change cannot be set by a program.
Contents are kept up to a limit; beyond it a change is still noticed, but not undone. Of git's object stores only the
names are noted.

Does not: write.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

#: Bytes of one file, and of all files of one snapshot, that are kept; and how many entries are looked at.
FILE_BYTES = 32 << 20
ALL_BYTES = 64 << 20
ENTRIES = 50_000
_OBJECTS = "objects"


class Entry(NamedTuple):
    """One path. `content` is a file's bytes or a link's target; None for folders and for what was too large."""

    signature: tuple[int, ...]
    content: bytes | None

    @property
    def kind(self) -> int:
        """The file type bits."""
        return stat.S_IFMT(self.signature[0])


class Snapshot:
    """The state of some paths and all below them. `entries` is ordered parents first; a missing path has none."""

    def __init__(self, paths: list[Path]) -> None:
        self.paths = paths
        self.left = ALL_BYTES
        self.entries = {path: self._entry(path, about) for path, about in walk(paths)}
        self.objects = {path: _names(path) for path in self.entries if _is_store(path, self.entries[path])}

    def _entry(self, path: Path, about: os.stat_result) -> Entry:
        return Entry(signature(about), self._content(path, about))

    def _content(self, path: Path, about: os.stat_result) -> bytes | None:
        try:
            if stat.S_ISLNK(about.st_mode):
                return os.fsencode(path.readlink())
            if not stat.S_ISREG(about.st_mode) or about.st_size > min(FILE_BYTES, self.left):
                return None
            self.left -= about.st_size
            return path.read_bytes()
        except OSError:
            return None


def signature(about: os.stat_result) -> tuple[int, ...]:
    """What changes when a path changes. Of a folder: its mode and owner; what is in it is looked at by itself."""
    if stat.S_ISDIR(about.st_mode):
        return (about.st_mode, about.st_uid)
    return (about.st_mode, about.st_uid, about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns)


def walk(paths: list[Path]) -> Iterator[tuple[Path, os.stat_result]]:
    """The paths that exist and all below them, links not followed, object stores not entered."""
    left = ENTRIES
    waiting = list(reversed(paths))
    while waiting and left > 0:
        path = waiting.pop()
        try:
            about = path.lstat()
            yield path, about
            left -= 1
            if stat.S_ISDIR(about.st_mode) and path.name != _OBJECTS:
                waiting += sorted(path.iterdir(), reverse=True)
        except OSError:
            continue


def lost_objects(path: Path, names: frozenset[str]) -> bool:
    """Whether something is gone from an object store."""
    return not names <= _names(path)


def _is_store(path: Path, entry: Entry) -> bool:
    return path.name == _OBJECTS and stat.S_ISDIR(entry.signature[0])


def _names(store: Path) -> frozenset[str]:
    found: list[str] = []
    for folder, _, files in os.walk(store):
        found += [f"{folder}/{file}" for file in files]
        if len(found) > ENTRIES:
            break
    return frozenset(found)
