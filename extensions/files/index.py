"""The files below a folder: what git knows or would take, else what a bounded walk finds.

Does not: rank them (`ranking.py`), or follow changes by itself: who asks says how old the answer may be.
"""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections import deque
from collections.abc import Iterable, Mapping
from pathlib import Path

#: How many files are listed, and how long a walk outside git may take, in seconds.
MOST, PATIENCE = 200_000, 3.0
_GIT_PATIENCE = 20.0
#: Folders that nobody looks for anything in, where no .gitignore says so.
_SKIPPED = frozenset({".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv", "venv", ".tox", ".mypy_cache"})


class Listing:
    """Paths relative to the folder, the shortest first, folders with a slash at their end.

    `changed` are files that differ from the last commit.
    """

    def __init__(self, files: Iterable[str], changed: Iterable[str] = ()) -> None:
        self.files = list(dict.fromkeys(files))[:MOST]
        self.paths = sorted([*self.files, *_folders(self.files)], key=len)
        self.lower = [path.lower() for path in self.paths]
        self.changed = frozenset(changed)


class Index:
    """The listing of one folder, made anew in the background once it is `old` seconds old."""

    def __init__(self, folder: Path, env: Mapping[str, str], *, old: float = 5.0) -> None:
        self._folder, self._env, self._old = folder, dict(env), old
        self._lock = threading.Lock()
        self._listing: Listing | None = None
        self._made = 0.0
        self._making: threading.Thread | None = None

    def listing(self) -> Listing:
        """The listing as it last was; the first one is waited for."""
        with self._lock:
            found = self._listing
            if found is not None:
                if time.monotonic() - self._made > self._old and self._making is None:
                    self._making = threading.Thread(target=self._make, name="csm-files", daemon=True)
                    self._making.start()
                return found
        return self._make()

    def settle(self) -> None:
        """Wait for a listing that is being made."""
        making = self._making
        if making is not None:
            making.join()

    def _make(self) -> Listing:
        try:
            found = listed(self._folder, self._env)
        except OSError:
            found = self._listing or Listing(())
        with self._lock:
            self._listing, self._made, self._making = found, time.monotonic(), None
        return found


def listed(folder: Path, env: Mapping[str, str]) -> Listing:
    """Read the files of a folder now."""
    found = _git(folder, env, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    if found is None:
        return Listing(_walked(folder))
    deleted = set(_git(folder, env, "ls-files", "-z", "--deleted") or ())
    changed = _git(folder, env, "ls-files", "-z", "--modified", "--others", "--exclude-standard") or ()
    return Listing((path for path in found if path not in deleted), changed)


def _git(folder: Path, env: Mapping[str, str], *words: str) -> list[str] | None:
    """Paths that git tells; None where it is not there, or the folder is no work tree."""
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *words],
            env={**env, "GIT_OPTIONAL_LOCKS": "0"},
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=_GIT_PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    if done.returncode != 0:
        return None
    return [os.fsdecode(path) for path in done.stdout.split(b"\0") if path]


def _walked(folder: Path) -> Iterable[str]:
    """Files below a folder, the nearest first, up to a number and a time."""
    until = time.monotonic() + PATIENCE
    waiting, count = deque([""]), 0
    while waiting and count < MOST and time.monotonic() < until:
        base = waiting.popleft()
        try:
            with os.scandir(folder / base) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in found:
            path = f"{base}{entry.name}"
            if not entry.is_dir(follow_symlinks=False):
                count += 1
                yield path
            elif entry.name not in _SKIPPED:
                waiting.append(f"{path}/")


def _folders(files: Iterable[str]) -> list[str]:
    found: dict[str, None] = {}
    for path in files:
        at = path.rfind("/")
        while at > 0 and (folder := path[: at + 1]) not in found:
            found[folder] = None
            at = path.rfind("/", 0, at)
    return list(found)
