"""One writer a session, among csm and Codex: the locks that Codex 0.169 takes.

`thread-writer-locks/ID.lock` is held while a session is open and removed after it; `.coordination.lock` is held while
such a file is made or removed, so that nobody locks a file that is on its way out.

Does not: work on file systems without flock; there, sessions are written unlocked, as Codex 0.132 does.
"""

from __future__ import annotations

import errno
import fcntl
import os
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from csm.api import StoreError

from . import places
from .holders import holder

if TYPE_CHECKING:
    from collections.abc import Generator

#: Seconds to wait for somebody who makes or removes a lock.
_PATIENCE = 2.0
_POLL = 0.01
_UNSUPPORTED = (errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP)


class Lock:
    """The lock of one session, held from creation to `release`. Raises StoreError where somebody else has it."""

    def __init__(self, home: Path, thread_id: str) -> None:
        self._folder = home / "thread-writer-locks"
        self._path = self._folder / f"{thread_id}.lock"
        self._fd: int | None = None
        try:
            places.make(self._folder)
            with _coordination(self._folder):
                self._fd = _locked(self._path, thread_id)
        except OSError as error:
            raise StoreError(f"cannot lock the session {thread_id}: {error.strerror}") from error

    def release(self) -> None:
        """Let others write. May be called twice."""
        fd, self._fd = self._fd, None
        if fd is None:
            return
        try:
            with _coordination(self._folder):
                self._path.unlink(missing_ok=True)
                os.close(fd)
        except (OSError, StoreError):
            os.close(fd)


def _locked(path: Path, thread_id: str) -> int:
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(fd)
        hint = f"it is open in {holder(path) or 'another csm or Codex'}: close it there first"
        raise StoreError(f"thread {thread_id} already has an active writer", hint) from error
    except OSError as error:
        if error.errno not in _UNSUPPORTED:
            os.close(fd)
            raise
    return fd


@contextmanager
def _coordination(folder: Path) -> Generator[None]:
    fd = os.open(folder / ".coordination.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _wait(fd)
        yield
    finally:
        os.close(fd)


def _wait(fd: int) -> None:
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            return fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > until:
                raise StoreError("another program has held the lock of all sessions for too long") from error
            time.sleep(_POLL)
        except OSError as error:
            if error.errno in _UNSUPPORTED:
                return None
            raise
