"""Appending to a session's file: whole lines or nothing, in the shape the file has.

Does not: rewrite anything, but for a torn last line, which is cut before the first new one.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from csm.api import StoreError, events, rollout

from . import names, places
from .locks import Lock

if TYPE_CHECKING:
    from collections.abc import Iterable

_TAIL = 1 << 16


class Writer:
    """The writer of one file; see `csm.api.LogWriter`.

    `repaired` says what was cut off the end, in one line, or nothing. With `first`, the file is made at the first
    append.
    """

    def __init__(self, home: Path, path: Path, thread_id: str, first: tuple[str, events.Body] | None = None) -> None:
        self.path = str(path)
        self.repaired = ""
        self._home = home
        self._file = path
        self._thread_id = thread_id
        self._first = first
        self._fd: int | None = None
        self._ordinal: int | None = None
        self._size = 0
        self._lock = Lock(home, thread_id)
        self._closed = False
        if first is None:
            try:
                self._open()
            except BaseException:
                self._lock.release()
                raise

    def append(self, bodies: Iterable[tuple[str, events.Body]]) -> None:
        """See the contract."""
        if self._closed:
            raise StoreError("the log is closed")
        pairs = list(bodies)
        if self._fd is None:
            self._create()
        if self._first is not None and not any(isinstance(body, events.ThreadStarted) for _, body in pairs):
            pairs.insert(0, self._first)
        lines, ordinal = self._lines(pairs)
        if lines:
            self._write(b"\n".join(lines) + b"\n")
        self._first = None
        self._ordinal = ordinal
        self._name(pairs)

    def sync(self) -> None:
        """See the contract."""
        if self._fd is None:
            return
        try:
            getattr(os, "fdatasync", os.fsync)(self._fd)
        except OSError as error:
            raise self._failed("write", error) from error

    def close(self) -> None:
        """See the contract."""
        if self._closed:
            return
        self._closed = True
        try:
            self.sync()
        finally:
            if self._fd is not None:
                os.close(self._fd)
            self._lock.release()

    def _lines(self, pairs: list[tuple[str, events.Body]]) -> tuple[list[bytes], int | None]:
        lines: list[bytes] = []
        ordinal = self._ordinal
        for time, body in pairs:
            number = ordinal + 1 if ordinal is not None and rollout.numbered(body) else None
            ordinal = ordinal if number is None else number
            lines += rollout.encode(time, body, thread_id=self._thread_id, ordinal=number)
        return lines, ordinal

    def _write(self, data: bytes) -> None:
        assert self._fd is not None
        try:
            written = os.write(self._fd, data)
            while written < len(data):
                written += os.write(self._fd, data[written:])
        except OSError as error:
            self._take_back()
            raise self._failed("write", error) from error
        self._size += len(data)

    def _take_back(self) -> None:
        """Leave no half line behind."""
        assert self._fd is not None
        try:
            os.ftruncate(self._fd, self._size)
        except OSError:
            pass  # the next writer cuts it

    def _create(self) -> None:
        try:
            places.make(self._file.parent)
            self._fd = os.open(self._file, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise self._failed("make", error) from error

    def _open(self) -> None:
        try:
            self._fd = os.open(self._file, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
            self._mend(self._fd)
            self._size = os.fstat(self._fd).st_size
            self._ordinal = _last_ordinal(self._fd, self._size)
        except OSError as error:
            if self._fd is not None:
                os.close(self._fd)
            raise self._failed("open", error) from error

    def _mend(self, fd: int) -> None:
        """End the last line, or cut it off if it is no whole line."""
        size = os.fstat(fd).st_size
        torn = _after_last_newline(fd, size)
        if not torn:
            return
        if rollout.decode(torn) is not None:
            os.write(fd, b"\n")
            return
        os.ftruncate(fd, size - len(torn))
        self.repaired = f"the last {len(torn)} bytes of this session's log were a broken line and have been cut off"

    def _name(self, pairs: list[tuple[str, events.Body]]) -> None:
        for time, body in pairs:
            if isinstance(body, events.ThreadNamed):
                try:
                    names.add(self._home, self._thread_id, body.name, time)
                except OSError as error:
                    raise self._failed("index", error) from error

    def _failed(self, what: str, error: OSError) -> StoreError:
        return StoreError(f"cannot {what} the session file {self.path}: {error.strerror}")


def _after_last_newline(fd: int, size: int) -> bytes:
    """What follows the last line end."""
    tail = b""
    while size > 0:
        start = max(0, size - _TAIL)
        chunk = os.pread(fd, size - start, start)
        at = chunk.rfind(b"\n")
        if at >= 0:
            return chunk[at + 1 :] + tail
        tail = chunk + tail
        size = start
    return tail


def _last_ordinal(fd: int, size: int) -> int | None:
    """The number of the last numbered line; None for a file without numbers, which its first line tells."""
    with os.fdopen(os.dup(fd), "rb") as file:
        file.seek(0)
        if _ordinal(file.readline()) is None:
            return None
    start, step = size, _TAIL
    while start > 0:
        start, step = max(0, start - step), step * 4
        lines = os.pread(fd, size - start, start).split(b"\n")
        for line in reversed(lines[1:] if start else lines):
            number = _ordinal(line)
            if number is not None:
                return number
    return None


def _ordinal(line: bytes) -> int | None:
    found = rollout.envelope(line) if b'"ordinal"' in line else None
    return found.ordinal if found is not None else None
