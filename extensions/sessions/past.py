"""The turns that a thread was opened without, read from its log when somebody looks for them.

Does not: keep what it read.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from csm.api import StoreError, Thread, digest, events, rollout

from .findings import Findings
from .reading import pair
from .scanning import within

if TYPE_CHECKING:
    from collections.abc import Iterator

    from csm.api import Turn

    from .sections import Sections

_HISTORY = (events.HistoryAppended, events.HistoryReplaced)


class Known(NamedTuple):
    """What an index knows: see `index.Index`. `end` is where the past ends, `inode` the own file as it was."""

    sections: Sections
    end: int
    marks: array[int]
    dead: list[int]
    inode: int


class LogPast:
    """See `csm.core.fold.Past`."""

    def __init__(self, known: Known, turns: int) -> None:
        self.turns = turns
        self._known = known

    def until(self, turns: int) -> LogPast | None:
        """See the contract."""
        return LogPast(self._known, turns) if turns > 0 else None

    def load(self, start: int, stop: int) -> list[Turn]:
        """See the contract."""
        thread, at = self._mark(start)
        for here, body in self._bodies(at):
            if here >= self._known.end or thread.begun > stop:
                break
            if isinstance(body, events.RolledBack):
                thread.asks.clear()
                thread.running = thread.current = None
                thread.epoch += 1
            elif body is not None and not isinstance(body, _HISTORY):
                thread.take(body)
            thread.seq += 1
        alive = (turn for turn in thread.turns if not turn.id or not within(turn.seq, self._known.dead))
        return [turn for turn in alive if (turn.number > start or not start) and turn.number <= stop]

    def total(self) -> int:
        """See the contract: everything is read."""
        thread = Thread()
        for here, body in self._bodies(0, history=True):
            if here >= self._known.end:
                break
            if body is not None:
                thread.take(body)
            thread.seq += 1
        return digest.total(thread)

    def bodies(self, start: int) -> tuple[Thread, Iterator[events.Body]]:
        """See the contract."""
        thread, at = self._mark(start)
        return thread, (body for _, body in self._bodies(at, history=True) if body is not None)

    def _mark(self, start: int) -> tuple[Thread, int]:
        """A thread as it was before a turn began, as far as that matters to what is shown; and where it was."""
        thread, at, marks = Thread(), 0, self._known.marks
        for index in range(0, len(marks), 4):
            if not start or marks[index + 1] > start or marks[index] >= self._known.end:
                break
            at, thread.begun, thread.unnamed, thread.seq = marks[index : index + 4]
        return thread, at

    def _bodies(self, start: int, *, history: bool = False) -> Iterator[tuple[int, events.Body | None]]:
        """The bodies from an address on, each with that of its line; None for items of the history not asked for.

        Raises StoreError.
        """
        sections = self._known.sections
        findings = Findings("")
        try:
            if sections.path.stat().st_ino != self._known.inode:
                raise StoreError(f"the session file {sections.path} was replaced while it was open")
            if sections.headless and not start:
                yield 0, events.ThreadStarted(sections.thread_id, "", originator="")
            for at, line in sections.lines(start):
                if not history and _is_history(line):
                    yield at, None
                    continue
                found = pair(line, findings)
                if found is not None and not (isinstance(found[1], events.ThreadStarted) and sections.within(at)):
                    yield at, found[1]
        except OSError as error:
            raise StoreError(f"cannot read the session file {sections.path}: {error.strerror}") from error


def _is_history(line: bytes) -> bool:
    """Whether a line is an item of the history, told at little cost; some are not told."""
    if not line.isascii():
        return False
    try:
        return rollout.LINES.decode(line).type == "response_item"
    except msgspec.MsgspecError:
        return False
