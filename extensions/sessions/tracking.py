"""Opening a log by its index, and keeping the index up with the log.

A thread is opened from the last state that still holds and the lines behind it. Where the index is missing, or tells
of another file, or covers bytes that changed, one pass over the log makes it anew.

Does not: hold a lock. The writer of a log does, and tells when it has grown.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from csm.api import CsmError, StoreError, events, seed

from . import index as indexes
from . import lineage, sections
from .findings import Findings
from .history import Places
from .past import Known, LogPast
from .reading import pair
from .scanning import Scanner, Unfit, history_at
from .sums import Sums

if TYPE_CHECKING:
    from csm.api import Thread

    from .index import Index, Point
    from .sections import Sections


class Cut(NamedTuple):
    """A state between two turns: where it is, the addresses of its history, and sums of all bytes up to it."""

    point: Point
    history: Places
    sums: Sums
    sections: Sections
    instructions: str | None


class Tracker:
    """One log and its index. `folder` is where indexes are kept, None for nowhere.

    With `whole`, everything shown is added up too, which takes several times as long: a thread then knows its digest
    without its earlier turns being read. With `dense`, the last turn that has ended is where the last state is.
    """

    def __init__(
        self, home: Path, path: Path, thread_id: str, folder: Path | None, *, whole: bool = False, dense: bool = False
    ) -> None:
        self._home = home
        self._path = path
        self._thread_id = thread_id
        self._file = None if folder is None else indexes.file(folder, thread_id)
        self._whole = whole
        self._dense = dense
        self._scanner: Scanner | None = None
        self._sums = Sums()
        self._next = 0
        self._saved = -1
        self._written = 0
        self._sections: Sections | None = None
        #: The address from which the log was read, or would have been: before it, the index was believed.
        self.began = 0

    @property
    def covered(self) -> int:
        """How many bytes of the log are known by now. May be asked from another thread."""
        return self._sums.size

    def thread(self, findings: Findings, *, save: bool = True) -> Thread | None:
        """The thread, without the turns before the last state; None where there is none. Raises StoreError."""
        try:
            self.catch_up()
            if save and self._sums.size - max(self._saved, 0) >= indexes.POINT_EVERY:
                self.save()
            return self._opened(findings)
        except OSError as error:
            raise StoreError(
                f"cannot read the session file {error.filename or self._path}: {error.strerror}"
            ) from error
        except (ValueError, msgspec.MsgspecError):
            return None

    def cut(self) -> Cut | None:
        """The last state between two turns; None where there is none. Raises OSError, ValueError."""
        self.catch_up()
        scanner = self._scanner
        if scanner is None or not scanner.points:
            return None
        point = scanner.points[-1]
        known = scanner.history.until(point.history) if scanner.stands() else history_at(scanner.sections, point)
        if known is None:
            return None
        covered = min(indexes.own_place(point.until, scanner.sections), self._sums.size)
        sums = self._sums.cut(self._path, covered)
        return Cut(point, known, sums, scanner.sections, scanner.thread.instructions)

    def summed(self, size: int) -> Sums | None:
        """The sums of the own file's first `size` bytes; None where it has fewer. Raises OSError, ValueError."""
        self.catch_up()
        return self._sums.cut(self._path, size) if size <= self._sums.size else None

    def scanned(self) -> tuple[Scanner, int]:
        """What is known of the log as it is now, and the address up to which. Raises StoreError.

        The index is written where it says much that is new, and the log is one of the home's own.
        """
        try:
            self.catch_up()
            new = self._sums.size - max(self._saved, 0)
            if new >= indexes.POINT_EVERY and self._path.is_relative_to(self._home):
                self.save()
        except (OSError, ValueError) as error:
            raise StoreError(f"cannot read the session file {self._path}: {error}") from error
        assert self._scanner is not None
        return self._scanner, self._next

    def make(self) -> Path | None:
        """Make the index anew; where it is. Raises StoreError."""
        try:
            self._anew(keep=False)
            self.catch_up()
            self.save()
        except OSError as error:
            raise StoreError(
                f"cannot read the session file {error.filename or self._path}: {error.strerror}"
            ) from error
        return self._file if self._saved >= 0 else None

    def catch_up(self) -> None:
        """Have the index tell of the log as it is now. Raises OSError, ValueError."""
        if self._scanner is None:
            self._begin()
            self.began = self._next
        scanner = self._scanner
        assert scanner is not None
        try:
            self._next = scanner.scan(self._next, self._sums)
        except Unfit:
            scanner = self._anew(keep=True)
            self.began = 0
            self._next = scanner.scan(0, self._sums)
        if not scanner.points or scanner.points[-1].at != self._next:
            scanner.point(self._next, self._next)

    def grown(self, size: int, *, last: bool) -> None:
        """The log is this long now, for good if it is the `last` time: see whether the index is to tell so."""
        # A large index (of a long history that is all live) is not written for every little growth.
        enough = max(indexes.POINT_EVERY, 2 * self._written)
        if size != self._saved if last else size - max(self._saved, 0) >= enough:
            self._update()

    def _update(self) -> None:
        try:
            self.catch_up()
            self.save()
        except (OSError, ValueError, CsmError, msgspec.MsgspecError):
            self._scanner = None

    def save(self) -> None:
        """Write the index. Raises OSError where the log cannot be looked at."""
        scanner = self._scanner
        if self._file is None or scanner is None or not scanner.points:
            return
        files = indexes.parts(scanner.sections)
        point = scanner.points[-1]
        known = scanner.history.until(point.history) if scanner.stands() else Places()
        self._written = indexes.save(
            self._file,
            indexes.Index(
                indexes.VERSION, seed.VERSION, self._thread_id, files, scanner.sections.missing,
                scanner.sections.headless, self._sums.sums.tobytes(), self._sums.last, self._sums.size,
                scanner.thread.instructions, scanner.points, scanner.point_every, scanner.marks.tobytes(),
                scanner.mark_every, scanner.dead, known.starts.tobytes(), known.lengths.tobytes(), known.inline,
            ),
        )  # fmt: skip
        self._saved = self._sums.size

    def _begin(self) -> None:
        """Find the state to go on from."""
        found = indexes.load(self._file, self._thread_id) if self._file is not None else None
        if found is None or not self._resumed(found):
            self._anew(keep=False)

    def _anew(self, *, keep: bool) -> Scanner:
        self._sections = sections.find(self._home, self._path, self._thread_id)
        self._scanner = Scanner(self._sections, whole=self._whole, keep=keep)
        self._scanner.dense = self._dense
        self._sums, self._next = Sums(), 0
        return self._scanner

    def _resumed(self, found: Index) -> bool:
        """Go on from the last state that holds; False where none does."""
        others, missing = lineage.chain(self._home, self._path)
        known = found.sections(self._path, [part.path for part in others], missing)
        if known is None:
            return False
        sound = found.sound(known)
        for number in range(len(found.points) - 1, -1, -1):
            point = found.points[number]
            if indexes.own_place(point.until, known) <= sound and self._from(found, known, number):
                return True
        return False

    def _from(self, found: Index, known: Sections, number: int) -> bool:
        point = found.points[number]
        places = self._places(found, known, point, last=number == len(found.points) - 1)
        if places is None:
            return False
        try:
            thread, total = seed.decode(point.seed, found.instructions, [])
        except (msgspec.MsgspecError, ValueError):
            return False
        if self._whole and total is None:
            return False
        thread.summed = total or 0
        scanner = Scanner(known)
        scanner.dense = self._dense
        scanner.resume(point, thread, total, places)
        scanner.points, scanner.point_every = found.points[: number + 1], found.point_every
        marks = indexes.numbers("Q", found.marks)
        count = sum(marks[at] < point.at for at in range(0, len(marks), 4))
        scanner.marks, scanner.mark_every, scanner.dead = marks[: 4 * count], found.mark_every, found.dead
        self._sections, self._scanner, self._next = known, scanner, point.at
        self._sums = found.covered().cut(self._path, indexes.own_place(point.at, known))
        if indexes.parts(known) == found.parts:
            self._saved = found.size
        return True

    def _places(self, found: Index, known: Sections, point: Point, *, last: bool) -> Places | None:
        if last and len(found.starts) // 8 == point.history:
            return Places(indexes.numbers("Q", found.starts), indexes.numbers("I", found.lengths), found.inline)
        return history_at(known, point)

    def _opened(self, findings: Findings) -> Thread | None:
        scanner = self._scanner
        if scanner is None or not scanner.points:
            return None
        point = scanner.points[-1]
        history = scanner.history_at_point()
        if history is None:
            return None
        thread, total = seed.decode(point.seed, scanner.thread.instructions, history)
        inode = self._path.stat().st_ino
        known = Known(scanner.sections, point.at, scanner.marks, list(scanner.dead), inode)
        seed.leave(thread, LogPast(known, point.begun), total)
        findings.skipped, findings.salvaged, findings.strange = point.skipped, point.salvaged, point.strange
        findings.headless = scanner.sections.headless
        findings.missing += [scanner.sections.missing] if scanner.sections.missing else []
        for at, line in scanner.sections.lines(point.at):
            found = pair(line, findings)
            if found is None or (isinstance(found[1], events.ThreadStarted) and scanner.sections.within(at)):
                continue
            thread.take(found[1])
            thread.seq += 1
        return thread
