"""Keeps protected names that do not exist from being created.

A mount needs something to lie on. So while commands run, an empty folder stands for each missing name, read-only in the
sandbox; when the last command of any csm in that folder has ended, it is removed. A shared lock on the writable folder
itself says that a command runs. A folder left behind by a killed process is empty, bears our mark (mode and time), is
taken over by the next command there and goes with it.

Does not: mount.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import time
from collections.abc import Sequence
from pathlib import Path

_MODE = 0o555
#: Modification time of a placeholder, in seconds since the epoch: no real folder has it.
_MARK = 86_400


class Placeholders:
    """The placeholders of one command. `close` may be called twice."""

    def __init__(self) -> None:
        self._held: list[tuple[int, list[Path]]] = []

    def hold(self, root: Path, names: Sequence[str]) -> None:
        """Put placeholders for the missing `names` of `root`, until `close`. A folder we may not write needs none.

        The lock comes before the look, and stays even where nothing is missing: what another csm has just made, and
        not yet marked, looks real, and must not go before our command has mounted it.
        """
        if not os.access(root, os.W_OK):
            return
        fd = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        if not _lock(fd, fcntl.LOCK_SH):
            os.close(fd)
            raise BlockingIOError(errno.EWOULDBLOCK, "locked by another program", str(root))
        missing = [path for name in names if _missing(path := root / name)]
        self._held.append((fd, missing))
        for path in missing:
            _put(path)

    def close(self) -> None:
        """Remove what nobody needs any more."""
        while self._held:
            fd, paths = self._held.pop()
            try:
                if paths and _lock(fd, fcntl.LOCK_EX, tries=1):
                    for path in paths:
                        _remove(path)
            finally:
                os.close(fd)


def _missing(path: Path) -> bool:
    try:
        return _is_placeholder(path)
    except FileNotFoundError:
        return True


def _is_placeholder(path: Path) -> bool:
    about = path.lstat()
    return stat.S_ISDIR(about.st_mode) and stat.S_IMODE(about.st_mode) == _MODE and int(about.st_mtime) == _MARK


def _put(path: Path) -> None:
    try:
        path.mkdir()
    except FileExistsError:
        return
    path.chmod(_MODE)
    os.utime(path, (_MARK, _MARK))


def _remove(path: Path) -> None:
    try:
        if _is_placeholder(path):
            path.rmdir()
    except OSError:
        pass


def _lock(fd: int, kind: int, tries: int = 50) -> bool:
    """Another csm holds the exclusive lock for the few microseconds of a removal only: worth a short wait."""
    for attempt in range(tries):
        try:
            fcntl.flock(fd, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if attempt + 1 < tries:
                time.sleep(0.002)
        except OSError:
            # No locks on this file system: placeholders are put, and removed when we see no reason not to.
            return True
        else:
            return True
    return False
