"""A log folded twice, whole and from every checkpoint, side by side: states and screens compared where turns end.

Each line is read once and given to both. The whole fold lets go of turns of long ago, as the other one does, so that
both take as much memory as the live history and the turns in sight.

Does not: use a clock, a theme or the size of a terminal: screens are lines with the names of their roles.
"""

from __future__ import annotations

import hashlib
from array import array
from typing import TYPE_CHECKING

from csm.api import Proof, StoreError, Thread, Transcript, digest, events, seed

from .scanning import MARK_EVERY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from csm.api import Event, Step, Watch

    from .recording import Checkpoint, Recording
    from .scanning import Point

#: The size of the screens that are compared.
COLUMNS, ROWS = 80, 24
#: Turns at hand at which the whole fold lets go of those before the last few.
_MOST, _FEW = 200, 20
#: Differences that are told.
_TOLD = 20
_ENDS = (events.TurnCompleted, events.TurnFailed, events.TurnInterrupted, events.RolledBack)


def prove(recording: Recording, watch: Watch | None = None) -> Proof:
    """See `csm.api.Recording`."""
    return _Proving(recording, watch).run()


class _Side:
    """One of the two folds: thread, screen, and the history added up as it grows."""

    def __init__(self, recording: Recording, thread: Thread, marks: array[int] | None = None) -> None:
        self.recording, self.thread, self._marks = recording, thread, marks
        #: Where the turns at hand begin, by their number.
        self._begun: dict[int, tuple[int, int]] = {}
        self._history = hashlib.sha256()
        self._add_up()
        self.show()

    def show(self) -> None:
        """Make the screen anew, with as many turns as fill it."""
        thread, turns = self.thread, 4
        while True:
            self.transcript = Transcript(thread)
            if thread.past is None or self.transcript.line_count(COLUMNS) > 2 * ROWS:
                return
            thread.recall(turns)
            turns *= 4

    def take(self, at: int, step: Step, event: Event) -> None:
        """The next event."""
        thread, body, begun = self.thread, step.body, self.thread.begun
        past = thread.past
        thread.take(body)
        if isinstance(body, events.HistoryAppended):
            self._history.update(bytes(body.raw) + b"\n")
        elif isinstance(body, events.HistoryReplaced | events.RolledBack):
            self._add_up()
        if past is not None and (thread.past is not past or isinstance(body, events.RolledBack)):
            self.show()
        else:
            self.transcript.update(event)
        if thread.begun > begun:
            self._begun[thread.begun] = (at, thread.seq)
        thread.seq += 1

    def trim(self) -> None:
        """Let go of the turns of long ago."""
        thread = self.thread
        begun = [index for index, turn in enumerate(thread.turns) if turn.begun and turn.number in self._begun]
        if len(thread.turns) < _MOST or len(begun) <= _FEW or not seed.sound(thread):
            return
        first = thread.turns[begun[-_FEW]]
        at, seq = self._begun[first.number]
        thread.summed = digest.settle(thread, thread.summed)
        gone, thread.turns = thread.turns[: begun[-_FEW]], thread.turns[begun[-_FEW] :]
        for entry in (entry for turn in gone for entry in turn.entries):
            if thread.entries.get(entry.item.id) is entry:
                del thread.entries[entry.item.id]
        thread.past = self.recording.past(at, seq, first.number - 1, self._marks)
        self._begun = {number: place for number, place in self._begun.items() if number >= first.number}
        self.show()

    def history(self) -> bytes:
        """The digest of the history."""
        return self._history.digest()

    def state(self, total: int | None = None) -> str:
        """The digest of all that is stored; `total` takes the place of what was shown."""
        found = digest.total(self.thread) if total is None else total
        made = hashlib.sha256(digest.facts(self.thread) + b"\n%x\n" % found + self.history())
        return made.hexdigest()

    def screen(self) -> list[list[tuple[str, str]]]:
        """The last lines."""
        return self.transcript.end(ROWS, COLUMNS)

    def _add_up(self) -> None:
        self._history = hashlib.sha256()
        for raw in self.thread.history:
            self._history.update(raw + b"\n")


class _Proving:
    def __init__(self, recording: Recording, watch: Watch | None) -> None:
        self._recording, self._watch = recording, watch
        #: Where the whole fold has seen turns begin: as the marks of an index.
        self._seen = array("Q")
        self._whole = _Side(recording, Thread(), self._seen)
        self._other: _Side | None = _Side(recording, Thread())
        self._from = "the beginning"
        self._marks = {recording.marks[at]: at for at in range(0, len(recording.marks), 4)}
        self._points = list(recording.points)
        self._made = not self._points or recording.events < 1000
        self._proof = Proof(recording.path, recording.events, recording.turns, 0, self._made, 0, 0, "")

    def run(self) -> Proof:
        proof = self._proof
        for unread in self._recording.unread:
            self._differ(unread)
        ended = True
        for at, step, end in self._steps():
            begun = self._whole.thread.begun
            self._mark(at)
            self._reach(at)
            self._take(at, step)
            untold, ended = not ended and self._whole.thread.begun > begun, isinstance(step.body, _ENDS)
            if ended or untold:
                self._compare(step)
                self._whole.trim()
                if self._made and seed.sound(self._whole.thread):
                    self._again(end)
        self._reach(None)
        if self._other is not None:
            self._compare(None)
        proof.state = self._whole.thread.state_hash() if self._whole.thread.past is None else self._whole.state()
        return proof

    def _steps(self) -> Iterator[tuple[int, Step, int]]:
        size, done = 0, 0
        sections = self._recording.sections
        for section in sections.sections:
            size += (section.end if section.end is not None else section.path.stat().st_size) - section.start
        if self._watch is not None:
            self._watch(size, lambda: done)
        for at, step, end in self._recording.read():
            done += len(step.raw)
            yield at, step, end

    def _take(self, at: int, step: Step) -> None:
        from csm.api import events

        whole = self._whole.thread
        begun, unnamed, seq = whole.begun, whole.unnamed, whole.seq
        event = events.Event(step.number, step.time, step.body)
        self._whole.take(at, step, event)
        if self._other is not None:
            self._other.take(at, step, event)
        if whole.begun > begun and (not self._seen or at - self._seen[-4] >= MARK_EVERY):
            self._seen.extend((at, begun, unnamed, seq))

    def _mark(self, at: int) -> None:
        """What the index says of a turn's beginning."""
        index = self._marks.pop(at, None)
        if index is None:
            return
        said, thread = tuple(self._recording.marks[index + 1 : index + 4]), self._whole.thread
        if said != (thread.begun, thread.unnamed, thread.seq):
            is_so = f"{thread.begun} turns and {thread.seq} events"
            self._differ(
                f"the index says that {said[0]} turns and {said[2]} events are before a turn where {is_so} are"
            )

    def _reach(self, at: int | None) -> None:
        """Go on from a checkpoint where there is one."""
        while self._points and (at is None or self._points[0].at <= at):
            self._begin(self._points.pop(0), at)

    def _begin(self, known: Checkpoint, at: int | None) -> None:
        proof, whole, point = self._proof, self._whole, known.point
        proof.checkpoints += 1
        name = f"checkpoint {proof.checkpoints} (event {known.seq})"
        if point is None:
            return
        try:
            history = self._recording.history(point)
        except StoreError as error:
            self._differ(f"{name}: {error.message}")
            return
        thread, total = seed.decode(known.seed, self._recording.instructions, history or list(whole.thread.history))
        seed.leave(thread, self._recording.past(known.at, thread.seq, thread.begun), total)
        if total is None:  # nobody has added up what was shown
            thread.summed, thread.origin = digest.total(whole.thread), None
        self._other, self._from = _Side(self._recording, thread), name
        self._check(point, thread, name)

    def _check(self, point: Point, thread: Thread, name: str) -> None:
        """A checkpoint as it is, against the whole fold at the same event."""
        whole = self._whole
        assert self._other is not None
        names = ("seq", "begun", "unnamed", "worked_ms", "compactions", "name", "cwd", "model", "usage")
        wrong = [name for name in names if getattr(thread, name) != getattr(whole.thread, name)]
        if point.begun != whole.thread.begun:
            wrong.append("turns")
        if point.history != len(whole.thread.history) or self._other.history() != whole.history():
            wrong.append("history")
        if not wrong and self._other.state() != whole.state():
            wrong.append("state")
        if wrong:
            self._differ(f"{name} is wrong: {', '.join(wrong)}")
            self._other = None

    def _again(self, end: int) -> None:
        """Have a checkpoint made here, and the second fold go on from it."""
        whole = self._whole
        total = digest.total(whole.thread)
        data = seed.encode(whole.thread, total)
        thread, total = seed.decode(data, whole.thread.instructions, list(whole.thread.history))
        self._proof.checkpoints += 1
        seed.leave(thread, self._recording.past(end, thread.seq, thread.begun), total)
        self._other = _Side(self._recording, thread)
        self._from = f"checkpoint {self._proof.checkpoints} (event {thread.seq})"

    def _compare(self, step: Step | None) -> None:
        """States and screens."""
        if self._other is None:
            return
        proof, where = self._proof, f"after event {step.number}" if step else "at the end"
        where += f", turn {self._whole.thread.begun}"
        proof.compared += 1
        proof.screens += 1
        if self._whole.state() != self._other.state():
            self._differ(f"from {self._from}, the state {where} is another than that of the whole fold")
            self._other = None
            return
        one, other = self._whole.screen(), self._other.screen()
        if one != other:
            row = next(row for row in range(ROWS) if one[row : row + 1] != other[row : row + 1])
            shown = [_plain(lines[row]) if row < len(lines) else "nothing" for lines in (one, other)]
            self._differ(f"from {self._from}, row {row + 1} of the screen {where} is {shown[1]}, not {shown[0]}")
            self._other = None

    def _differ(self, text: str) -> None:
        if len(self._proof.differs) < _TOLD:
            self._proof.differs.append(text)


def _plain(line: list[tuple[str, str]]) -> str:
    return repr("".join(text for _, text in line))
