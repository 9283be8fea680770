"""One pass over a log that finds what a thread needs to go on, without making sense of most lines.

What only shows (messages, outputs) is passed over, unless all is to be added up; of the history only the addresses are
taken. Everything else goes through the same fold as always, so that there is one meaning of a log.

Does not: read files (`sections`), or say where the result is kept (`index`).
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

import msgspec

from csm.api import Thread, digest, events, ids, items, rewind, rollout, seed

from .history import Places
from .index import MARK_EVERY, MARKS, POINT_EVERY, POINTS, Point
from .salvage import empty, salvage
from .sections import section_of
from .wholeness import decodable

if TYPE_CHECKING:
    from .sections import Sections
    from .sums import Sums

_ENDS = (events.TurnCompleted, events.TurnFailed, events.TurnInterrupted)


class Unfit(Exception):
    """Turns were taken back that are not known here: only a reading of everything tells which."""


def _beginnings(names: str) -> tuple[bytes, ...]:
    return tuple(b'{"type":"%b"' % name.encode() for name in names.split())


#: How payloads begin that only show something, by the type of their lines; the first `type` of a payload counts.
_ONLY_SHOWN = {
    "event_msg": _beginnings(
        "user_message agent_message agent_reasoning item_completed patch_apply_end mcp_tool_call_end web_search_end "
        "context_compacted"
    ),
    rollout.CSM_EVENT: _beginnings("item_completed unknown_line"),
    "session_meta": (),
    "turn_context": (),
    "compacted": (),
}


class Scanner:
    """Takes a log's lines in order. `whole`: everything is added up; `total` is None where that is not known.

    `keep`: the turns stay, so that any of them can be rolled back.
    """

    def __init__(self, sections: Sections, *, whole: bool = False, keep: bool = False) -> None:
        self.sections = sections
        self.thread = Thread()
        self.total: int | None = 0 if whole or keep else None
        self.keep = keep
        self.history = Places()
        self.since = 0
        #: Whether the history can be read again from `since` by what lines bring and nothing else.
        self.plain = True
        self.skipped = self.salvaged = self.strange = 0
        self.points: list[Point] = []
        self.point_every = POINT_EVERY
        self.marks = array("Q")
        self.mark_every = MARK_EVERY
        self.dead: list[int] = []
        #: Whether the end of each turn is worth a state; the one before it then goes where the two are too near.
        self.dense = False
        #: Where the turns began that were seen: numbers of pairs, by id.
        self._begun: dict[str, int] = {}
        self._next = 0
        #: Grows where the history does anything but grow; and what it was at the last point.
        self._shape = self._point_shape = 0
        if sections.headless:
            self.thread.take(events.ThreadStarted(sections.thread_id, "", originator=""))
            self.thread.seq = 1

    def resume(self, point: Point, thread: Thread, total: int | None, history: Places) -> None:
        """Go on from a state found before."""
        self.thread, self.total, self.history = thread, total, history
        self.since, self.plain = point.since, point.plain
        self.skipped, self.salvaged, self.strange = point.skipped, point.salvaged, point.strange

    def scan(self, start: int, sums: Sums) -> int:
        """Take all whole lines from an address on; the address behind them. Raises OSError, ValueError, Unfit."""
        self._next = start
        for at, lines in self.sections.blocks(start, sums.feed):
            if not lines[-1].endswith(b"\n") and self.sections.is_own(at):
                return at
            self._take_all(at, lines)
        return self._next

    def _take_all(self, at: int, lines: list[bytes]) -> None:
        """As `take` for each, but quickly where a line is as most are: strict, and an item of the history."""
        decode, history, thread = rollout.LINES.decode, self.history, self.thread
        start, length, wrong = history.starts.append, history.lengths.append, (msgspec.MsgspecError, UnicodeDecodeError)
        for line in lines:
            self._next = at + len(line)
            try:
                found = decode(line) if line.isascii() else None
            except wrong:
                found = None
            if found is None:
                self.take(at, line)
            elif found.type == "response_item":
                raw = bytes(found.payload)
                place = line.find(b'"payload":', 30) + 10
                if place > 30 and line.startswith(raw, place):
                    start(at + place)
                    length(len(raw))
                else:
                    history.add(at, line, raw)
                thread.seq += 1
            else:
                self._told(at, line, found)
            at = self._next

    def take(self, at: int, line: bytes) -> None:
        """Take a line. Raises Unfit."""
        text = line if line.isascii() else decodable(line)
        found = rollout.envelope(text)
        if found is None:
            self._broken(at, line)
            return
        self.strange += text is not line
        if found.type == "response_item":
            self.history.add(at, line, bytes(found.payload))
            self.thread.seq += 1
        else:
            self._told(at, line, found)

    def _told(self, at: int, line: bytes, found: rollout.Line) -> None:
        kind = found.type
        if kind in _ONLY_SHOWN:
            if (
                self.total is None
                and self.thread.running is not None
                and bytes(found.payload).startswith(_ONLY_SHOWN[kind])
            ):
                self.thread.seq += 1
                return
            self._body(at, line, rollout.body_of(found, line))
            return
        self.thread.seq += 1

    def bring(self, at: int, line: bytes) -> None:
        """Take a line only for what it does to the history."""
        found = rollout.envelope(line if line.isascii() else decodable(line))
        if found is None:
            salvaged = None if empty(line) else salvage(line)
            body = salvaged[1][1] if salvaged is not None else None
        elif found.type in ("response_item", "compacted"):
            body = rollout.body_of(found, line)
        else:
            return
        if isinstance(body, events.HistoryAppended):
            self.history.add(at, line, bytes(body.raw))
        elif isinstance(body, events.HistoryReplaced):
            self.history.put(at, line, map(bytes, body.history))

    def _broken(self, at: int, line: bytes) -> None:
        if empty(line):
            return
        salvaged = salvage(line)
        if salvaged is None:
            self.skipped += 1
            return
        self.salvaged += 1
        self._body(at, line, salvaged[1][1])

    def _body(self, at: int, line: bytes, body: events.Body) -> None:
        thread = self.thread
        if isinstance(body, events.HistoryAppended):
            self.history.add(at, line, bytes(body.raw))
        elif isinstance(body, events.HistoryReplaced):
            self._replaced(at, line, body)
        elif isinstance(body, events.RolledBack):
            self._rolled_back(body)
            thread.seq += 1
            self._sealed(self._next, self._next)
            return
        elif isinstance(body, events.ThreadStarted):
            if self.sections.within(at):
                return  # of a thread that this one goes on from
            thread.take(body)
        elif isinstance(body, _ENDS):
            thread.take(body)
            thread.seq += 1
            self._sealed(self._next, self._next)
            return
        else:
            self._shown(at, body)
        thread.seq += 1

    def _shown(self, at: int, body: events.Body) -> None:
        thread = self.thread
        begun = thread.begun
        if begun and thread.running is None and _begins(body):
            thread.current = None
            thread.epoch += 1
            self._sealed(at, self._next)
        before = (begun, thread.unnamed)
        thread.take(body)
        if thread.begun > begun:
            self._mark(at, *before)
            self._begun[thread.turns[-1].id] = thread.seq

    def _replaced(self, at: int, line: bytes, body: events.HistoryReplaced) -> None:
        self._shape += 1
        if body.history:
            self.history.put(at, line, map(bytes, body.history))
            self.since, self.plain = at, True
        else:
            self.thread.history = self.history.load(self.sections)
            self.thread.take(body)
            self.thread.compactions -= 1
            self.history.clear()
            for raw in self.thread.history:
                self.history.add(0, b"", raw)
            self.thread.history = []
            self.plain = False
        self.thread.compactions += 1

    def _rolled_back(self, body: events.RolledBack) -> None:
        """Take turns back: those from one on whose beginning is known, else all must be at hand. Raises Unfit."""
        thread = self.thread
        first = self._begun.get(body.turn_id, -1) if ids.is_uuid(body.turn_id) else -1
        if not self.keep and (first < 0 or within(first, self.dead)):
            raise Unfit
        self._shape += 1
        thread.history = self.history.load(self.sections)
        if self.keep:
            before = {turn.seq for turn in thread.turns}
            thread.take(body)
            self.total = thread.summed
            first = min(before - {turn.seq for turn in thread.turns}, default=-1)
        else:
            thread.history = rewind.cut(thread.history, body.said)
            thread.asks.clear()
            thread.running = thread.current = None
            thread.epoch += 1
        self.history.cut(len(thread.history))
        thread.history = []
        self.plain = False
        self.points.clear()
        if first >= 0:
            self.dead += [first, thread.seq]

    def _sealed(self, at: int, until: int) -> None:
        """What comes from `at` on changes nothing of what was before."""
        thread = self.thread
        if not seed.sound(thread):
            return
        if self.total is not None:
            self.total = thread.summed = digest.settle(thread, self.total)
        if not self.keep:
            thread.turns.clear()
            thread.entries.clear()
        if (
            self.dense
            or not self.points
            or at - self.points[-1].at >= POINT_EVERY // 2
            or section_of(at) != section_of(self.points[-1].at)
        ):
            self.point(at, until)

    def point(self, at: int, until: int) -> None:
        """Keep the state of now, if it is one from which a thread can go on."""
        thread = self.thread
        if not seed.sound(thread) or not thread.thread_id:
            return
        if len(self.points) > 1 and 0 <= self.points[-1].at - self.points[-2].at < self.point_every:
            self.points.pop()
        state = seed.encode(thread, self.total)
        self._point_shape = self._shape
        known = (self.since, len(self.history), self.plain, thread.begun, self.skipped, self.salvaged, self.strange)
        self.points.append(Point(at, until, *known, state))
        if len(self.points) > POINTS:
            self.points = self.points[-1::-2][::-1]
            self.point_every *= 2

    def history_at_point(self) -> list[bytes] | None:
        """The history at the last point; None where only reading everything tells it. Raises OSError, ValueError."""
        point = self.points[-1]
        places = self.history.until(point.history) if self.stands() else history_at(self.sections, point)
        return None if places is None else places.load(self.sections)

    def stands(self) -> bool:
        """Whether the history only grew since the last point."""
        return self._point_shape == self._shape

    def _mark(self, at: int, begun: int, unnamed: int) -> None:
        if self.marks and 0 <= at - self.marks[-4] < self.mark_every:
            return
        self.marks.extend((at, begun, unnamed, self.thread.seq))
        if len(self.marks) > 4 * MARKS:
            self.marks = array("Q", (self.marks[at] for at in range(len(self.marks)) if at // 4 % 2 == 0))
            self.mark_every *= 2


def _begins(body: events.Body) -> bool:
    """Whether a body begins a turn where none runs, as old rollouts tell turns."""
    return isinstance(body, events.ItemCompleted) and not body.turn_id and isinstance(body.item, items.UserMessage)


def history_at(sections: Sections, point: Point) -> Places | None:
    """The history at a point, from the log; None where the lines do not bring it as it was. Raises OSError."""
    if not point.plain:
        return None
    scanner = Scanner(sections)
    scanner.total = None
    for at, line in sections.lines(point.since):
        if at >= point.at:
            break
        scanner.bring(at, line)
    return scanner.history if len(scanner.history) == point.history else None


def within(number: int, spans: list[int]) -> bool:
    """Whether a number is in one of the spans: each from its first number up to its last."""
    return any(first <= number < last for first, last in zip(spans[::2], spans[1::2], strict=True))
