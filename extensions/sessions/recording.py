"""A log to step through: the thread as it was after any of its events, from the nearest state that is known.

States come from the index, and are kept while reading, so that going back costs what lies behind the nearest one, not
the way from the beginning. Threads are bounded: what was long ago is their `past`.

Does not: show anything, or write an index.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from csm.api import Proof, Step, StoreError, Thread, TurnSpan, digest, events, seed

from . import scanning
from .findings import Findings
from .past import Known, LogPast
from .reading import pair
from .tracking import Tracker

if TYPE_CHECKING:
    from csm.api import Watch

    from .sections import Sections

#: Events between two states that are kept while reading.
EVERY = 1000
#: Events of one turn, in which no such state can be made, between two copies of the thread; and so many are kept.
_COPY_EVERY = 5000
_COPIES = 3
_ENDS = (events.TurnCompleted, events.TurnFailed, events.TurnInterrupted)
_LINES = (events.HistoryAppended, events.UnknownLine)


class Checkpoint(NamedTuple):
    """A state between two events: `seq` were before, what follows stands from the address `at` on."""

    seq: int
    at: int
    seed: bytes
    point: scanning.Point | None = None


class _Copy(NamedTuple):
    seq: int
    at: int
    thread: Thread


class Recording:
    """See `csm.api.Recording`."""

    def __init__(self, home: Path, path: Path, thread_id: str, index: Path | None, watch: Watch | None = None) -> None:
        """`index` is the folder of indexes. Raises StoreError."""
        self.path, self.thread_id = str(path), thread_id
        tracker = Tracker(home, path, thread_id, index)
        if watch is not None:
            watch(path.stat().st_size, lambda: tracker.covered)
        self._scanner, self._next = tracker.scanned()
        self.sections: Sections = self._scanner.sections
        self._inode = path.stat().st_ino
        #: States of the index that cannot be read, in sentences.
        self.unread: list[str] = []
        self.points: list[Checkpoint] = []
        for number, point in enumerate(self._scanner.points, 1):
            known = _checkpoint(point)
            if known is not None:
                self.points.append(known)
            else:
                self.unread.append(f"checkpoint {number} of {len(self._scanner.points)} cannot be read")
        self._kept = list(self.points)
        self._copies: list[_Copy] = []
        findings = Findings(thread_id)
        tail = sum(pair(line, findings) is not None for _, line in self.sections.lines(self._next))
        self.events = self._scanner.thread.seq + tail
        self.turns = self._scanner.thread.begun if not tail else self.thread(self.events).begun

    @property
    def marks(self) -> array[int]:
        """Where turns begin: see `index.Index`."""
        return self._scanner.marks

    @property
    def instructions(self) -> str | None:
        """What the model was told to be."""
        return self._scanner.thread.instructions

    def findings(self) -> tuple[str, ...]:
        """See the contract."""
        found, known = Findings(self.thread_id), self._scanner
        found.skipped, found.salvaged, found.strange = known.skipped, known.salvaged, known.strange
        found.headless = self.sections.headless
        found.missing += [self.sections.missing] if self.sections.missing else []
        return found.texts()

    def steps(self, after: int) -> Iterator[Step]:
        """See the contract."""
        known = self._nearest(after)
        for step, _ in self._read(known.at if known else 0, known.seq if known else 0):
            if step.number > after:
                yield step

    def thread(self, number: int, *, history: bool = False) -> Thread:
        """See the contract."""
        if not 0 <= number <= self.events:
            raise StoreError(f"there is no event {number}: the log has {self.events}")
        start = self._whole(number) if history else self._nearest(number)
        thread, at = self._from(start, history=history)
        last = thread.seq
        if thread.seq >= number:
            return thread
        for step, end in self._read(at, thread.seq):
            if history or not isinstance(step.body, _LINES):
                thread.take(step.body)
            thread.seq += 1
            if thread.seq >= number:
                break
            if thread.seq - last >= EVERY and seed.sound(thread):
                thread, last = self._left(thread, end, history=history), thread.seq
            elif thread.seq - last >= _COPY_EVERY and not history:
                self._copy(thread, end)
                last = thread.seq
        return thread

    def turn(self, number: int) -> TurnSpan:
        """See the contract."""
        if not 1 <= number <= self.turns:
            raise StoreError(f"there is no turn {number}: the session has {self.turns}")
        thread, at = self._before(number)
        first = 0
        for step, _ in self._read(at, thread.seq):
            if not isinstance(step.body, events.HistoryAppended | events.HistoryReplaced | events.RolledBack):
                thread.take(step.body)
            thread.seq += 1
            if thread.begun > number:
                return TurnSpan(number, first, step.number - 1)
            first = first or (step.number if thread.begun == number else 0)
            if first and isinstance(step.body, _ENDS):
                return TurnSpan(number, first, step.number)
        return TurnSpan(number, first, self.events)

    def find(self, pattern: re.Pattern[str], number: int, *, back: bool = False) -> int | None:
        """See the contract."""
        from . import seeking

        return seeking.find(self, pattern, number, back=back)

    def prove(self, watch: Watch | None = None) -> Proof:
        """See the contract."""
        from . import proving

        return proving.prove(self, watch)

    def past(self, at: int, seq: int, turns: int, marks: array[int] | None = None) -> LogPast:
        """The turns before an address as they were then: what was taken back later is among them."""
        dead = self._scanner.dead
        spans = [dead[index : index + 2] for index in range(0, len(dead), 2)]
        then = [number for span in spans if span[1] < seq for number in span]
        return LogPast(Known(self.sections, at, self.marks if marks is None else marks, then, self._inode), turns)

    def history(self, point: scanning.Point) -> list[bytes] | None:
        """The history at a state of the index; None where only reading everything tells it. Raises StoreError."""
        try:
            if point is self._scanner.points[-1]:
                return self._scanner.history_at_point()
            places = scanning.history_at(self.sections, point)
            return None if places is None else places.load(self.sections)
        except (OSError, ValueError) as error:
            raise StoreError(f"cannot read the session file {self.path}: {error}") from error

    def read(self, at: int = 0, number: int = 0) -> Iterator[tuple[int, Step, int]]:
        """The events behind so many, each with the addresses of its line and of the next. Raises StoreError."""
        findings = Findings(self.thread_id)
        try:
            if self.sections.headless and not (at or number):
                number = 1
                yield -1, Step(1, "", events.ThreadStarted(self.thread_id, "", originator="")), 0
            for place, line in self.sections.lines(at):
                found = pair(line, findings)
                if found is None or (isinstance(found[1], events.ThreadStarted) and self.sections.within(place)):
                    continue
                yield place, Step(number + 1, found[0], _named(found[1], number), line), place + len(line)
                number += 1
                if number >= self.events > 0:
                    return
        except OSError as error:
            raise StoreError(f"cannot read the session file {self.path}: {error.strerror}") from error

    def _read(self, at: int, number: int) -> Iterator[tuple[Step, int]]:
        for _, step, end in self.read(at, number):
            yield step, end

    @property
    def known(self) -> list[Checkpoint]:
        """The states that are known so far, in order."""
        return self._kept

    def _nearest(self, number: int) -> Checkpoint | _Copy | None:
        """The last state that is known at or before an event."""
        index = bisect_right(self._kept, number, key=attrgetter("seq"))
        found: Checkpoint | _Copy | None = self._kept[index - 1] if index else None
        for copy in self._copies:
            if copy.seq <= number and (found is None or copy.seq > found.seq):
                found = copy
        return found

    def _whole(self, number: int) -> Checkpoint | None:
        """The last state of the index from which the history and the digest can be told too."""
        for known in reversed(self.points):
            if known.seq <= number and known.point is not None and seed.decode(known.seed, None, [])[1] is not None:
                return known
        return None

    def _from(self, start: Checkpoint | _Copy | None, *, history: bool) -> tuple[Thread, int]:
        if start is None:
            return Thread(), 0
        if isinstance(start, _Copy):
            return start.thread.copy(), start.at
        held = self.history(start.point) if history and start.point is not None else []
        if held is None:
            return Thread(), 0
        thread, total = seed.decode(start.seed, self.instructions, held)
        seed.leave(thread, self.past(start.at, thread.seq, thread.begun), total)
        return thread, start.at

    def _left(self, thread: Thread, at: int, *, history: bool) -> Thread:
        """The thread without the turns at hand, which are its past from now on; the state is kept."""
        total = digest.settle(thread, thread.summed) if history else None
        known = Checkpoint(thread.seq, at, seed.encode(thread, total))
        index = bisect_right(self._kept, known.seq, key=attrgetter("seq"))
        if not index or self._kept[index - 1].seq != known.seq:
            self._kept.insert(index, known)
        left, _ = seed.decode(known.seed, self.instructions, thread.history)
        seed.leave(left, self.past(at, left.seq, left.begun), total)
        return left

    def _copy(self, thread: Thread, at: int) -> None:
        if all(copy.seq != thread.seq for copy in self._copies):
            self._copies = [*self._copies, _Copy(thread.seq, at, thread.copy())][-_COPIES:]

    def _before(self, turn: int) -> tuple[Thread, int]:
        """A thread as it was before a turn, as far as that matters to where turns begin; and where it was."""
        thread, at, marks = Thread(), 0, self.marks
        for index in range(0, len(marks), 4):
            if marks[index + 1] >= turn:
                break
            at, thread.begun, thread.unnamed, thread.seq = marks[index : index + 4]
        return thread, at


def _named(body: events.Body, before: int) -> events.Body:
    """An item without an id has the one that the fold gives it, so that a screen can be told of it."""
    if not isinstance(body, events.ItemCompleted) or body.item.id:
        return body
    item = msgspec.structs.replace(body.item, id=f"item-{before}")
    return msgspec.structs.replace(body, item=item)


def _checkpoint(point: scanning.Point) -> Checkpoint | None:
    """A state of the index; None for one that cannot be read."""
    try:
        thread, _ = seed.decode(point.seed, None, [])
    except (msgspec.MsgspecError, ValueError):
        return None
    return Checkpoint(thread.seq, point.at, point.seed, point)
