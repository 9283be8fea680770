"""Appending to a session's file: whole lines or nothing, in the shape the file has.

Does not: rewrite anything, but for a torn last line, which is cut before the first new one.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from csm.api import StoreError, events, rollout

from . import ends, names, places
from .disk import Disk
from .locks import Lock

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .track import Track

_MODE = os.O_RDWR | os.O_APPEND


class Writer:
    """The writer of one file; see `csm.api.LogWriter`.

    `repaired` says what was cut off the end, in one line, or nothing. With `first`, the file is made at the first
    append. What could not be written whole is taken back, so that the same may be given again once there is room.
    """

    def __init__(
        self,
        home: Path,
        path: Path,
        thread_id: str,
        first: tuple[str, events.Body] | None = None,
        disk: Disk | None = None,
    ) -> None:
        self.path = str(path)
        self.repaired = ""
        self._home = home
        self._file = path
        self._thread_id = thread_id
        self._first = first
        self._disk = disk or Disk()
        self._fd: int | None = None
        self._ordinal: int | None = None
        self._size = 0
        #: How things stood before the last lines: size, number, and what the file begins with.
        self._before: tuple[int, int | None, tuple[str, events.Body] | None] = (0, None, first)
        #: Whether bytes may stand behind `_size` that are no part of the log.
        self._dirty = False
        #: Folders that are to reach the disk with the file.
        self._made: list[Path] = []
        self._closed = False
        #: Told how long the log is after each sync, and whether that was the last one.
        self.track: Track | None = None
        self._lock = Lock(home, thread_id)
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
        self._name(pairs)
        lines, ordinal = self._lines(pairs)
        before = self._size, self._ordinal, self._first
        if lines:
            self._write(b"\n".join(lines) + b"\n")
            self._first = None
        self._ordinal = ordinal
        self._before = before

    def take_back(self) -> None:
        """See the contract."""
        if self._fd is None:
            return
        try:
            if os.fstat(self._fd).st_size != self._size:
                raise StoreError(f"somebody else writes to the session file {self.path}")
            self._disk.truncate(self._fd, self._before[0])
        except OSError as error:
            raise self._failed("write", error) from error
        self._size, self._ordinal, self._first = self._before

    def sync(self) -> None:
        """See the contract. A new file's folders reach the disk too. Tools side by side may each ask for it."""
        if self._fd is None:
            return
        try:
            self._disk.sync(self._fd)
            if not os.fstat(self._fd).st_nlink:
                raise StoreError(f"the session file {self.path} was removed while it was open")
            for folder in reversed(self._made):
                self._disk.sync_folder(folder)
            self._made = []
        except OSError as error:
            raise self._failed("write", error) from error
        if self.track is not None:
            self.track.grown(self._size, self._closed)

    def close(self) -> None:
        """See the contract. A file into which nothing could be written is removed."""
        if self._closed:
            return
        self._closed = True
        try:
            self.sync()
        finally:
            if self._fd is not None:
                os.close(self._fd)
                self._clear()
            self._lock.release()

    def _clear(self) -> None:
        if self._size or self._first is None:
            return
        try:
            self._disk.remove(self._file)
        except OSError:
            pass  # an empty file is no session, and harms none

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
            if self._dirty:
                self._disk.truncate(self._fd, self._size)
            self._dirty = True
            self._disk.write_all(self._fd, data)
        except OSError as error:
            self._clean(len(data))
            raise self._failed("write", error) from error
        self._dirty = False
        self._size = os.lseek(self._fd, 0, os.SEEK_CUR)

    def _clean(self, tried: int) -> None:
        """Leave no half line behind; where even that fails, it is tried again before the next line."""
        assert self._fd is not None
        size = os.fstat(self._fd).st_size
        if size > self._size + tried:  # an older Codex, which knows no locks, writes too: nothing of that may be cut
            self._size, self._dirty = size, False
            return
        try:
            self._disk.truncate(self._fd, self._size)
        except OSError:
            return
        self._dirty = False

    def _create(self) -> None:
        folder = self._file.parent
        new: list[Path] = []
        while not folder.is_dir() and folder != self._home:
            folder = folder.parent
            new.append(folder)
        try:
            places.make(self._file.parent)
            self._fd = self._disk.open(self._file, _MODE | os.O_CREAT | os.O_EXCL)
        except OSError as error:
            raise self._failed("make", error) from error
        self._made = [*reversed(new), self._file.parent]

    def _open(self) -> None:
        try:
            self._fd = self._disk.open(self._file, _MODE)
            self._mend(self._fd)
            self._size = os.fstat(self._fd).st_size
            self._ordinal = ends.last_ordinal(self._fd, self._size)
            self._before = self._size, self._ordinal, None
        except OSError as error:
            if self._fd is not None:
                os.close(self._fd)
            raise self._failed("open", error) from error

    def _mend(self, fd: int) -> None:
        """End the last line, or cut it off if it is no whole line."""
        size = os.fstat(fd).st_size
        torn = ends.after_last_newline(fd, size)
        if not torn:
            return
        whole = torn.rstrip(b"\0")
        keep = len(whole) if rollout.decode(whole) is not None else 0
        if keep < len(torn):
            self._disk.truncate(fd, size - len(torn) + keep)
            cut = len(torn) - keep
            self.repaired = f"the last {cut} bytes of this session's log were a broken line and have been cut off"
        if keep:
            self._disk.write_all(fd, b"\n")

    def _name(self, pairs: list[tuple[str, events.Body]]) -> None:
        """Before the line that holds it: what fails is given again, and a name may stand in the index twice."""
        for time, body in pairs:
            if isinstance(body, events.ThreadNamed):
                try:
                    names.add(self._home, self._thread_id, body.name, time)
                except OSError as error:
                    raise self._failed("index", error) from error

    def _failed(self, what: str, error: OSError) -> StoreError:
        return StoreError(f"cannot {what} the session file {self.path}: {error.strerror}")
