"""What is right and wrong with a log, and whether Codex opens it: one pass over the file, in bounded memory.

Does not: change anything, or fold what the log says.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from csm.api import events, rollout

from . import lineage, places
from .ends import PAGINATED
from .wholeness import KNOWN, Fault, Seen, lines

#: How many faults are listed one by one.
_LISTED = 50
_TEXTS: dict[Fault, str] = {
    "broken": "cannot be read",
    "buried": "begins with bytes that are no part of it",
    "bytes": "holds bytes that are no UTF-8",
    "escapes": "holds halves of characters",
    "torn": "is torn: the last line, without its end",
}


class Place(msgspec.Struct, frozen=True):
    """One line that is not as it should be. Lines count from 1."""

    line: int
    offset: int
    bytes: int
    what: str


class Check(msgspec.Struct):
    """What was found. Figures are counts of lines unless they say otherwise."""

    path: str
    thread_id: str
    bytes: int = 0
    lines: int = 0
    #: Lines by type, as the file names them.
    types: dict[str, int] = {}
    #: What is wrong, by kind, and the first of them one by one.
    faults: dict[str, int] = {}
    listed: list[Place] = []
    #: Whether lines have numbers, and what is wrong with these.
    numbered: bool = False
    unnumbered: int = 0
    repeated: int = 0
    last_number: int = -1
    #: Where the last line with a number stands, in bytes.
    last_numbered: int = -1
    #: The type of the first line that can be read.
    first: str = ""
    #: Turns begun and ended; one that was begun and not ended.
    turns: int = 0
    unfinished: str = ""
    #: The sessions this one goes on from, the nearest last, and one that is missing.
    parents: list[str] = []
    missing: str = ""
    #: Why Codex would not open the file, by version.
    refused: dict[str, str] = {}

    @property
    def sound(self) -> bool:
        """Whether nothing is lost, and Codex opens it. Odd numbers harm nobody."""
        return not (self.faults or self.missing or self.refused)


def check(home: Path, path: Path, progress: Callable[[int], object] | None = None) -> Check:
    """Look at a whole log. Raises OSError."""
    checker = _Checker(Check(str(path), places.id_of(path) or ""))
    for seen in lines(path, progress):
        checker.see(seen)
    return checker.end(home, path)


class _Checker:
    """The pass over one file."""

    def __init__(self, made: Check) -> None:
        self.made = made
        #: The type of the first line that Codex knows.
        self._first_known = ""
        self._last_numbered = True

    def see(self, seen: Seen) -> None:
        made = self.made
        made.lines += 1
        made.bytes = seen.at + len(seen.line)
        if seen.fault and seen.fault != "empty":
            self._fault(seen)
        if seen.found is None:
            return
        found = seen.found
        made.types[found.type] = made.types.get(found.type, 0) + 1
        made.first = made.first or found.type
        if found.type in KNOWN:
            self._known(found, seen.at)
        if found.type == "event_msg":
            self._turn(seen)

    def _fault(self, seen: Seen) -> None:
        made = self.made
        made.faults[seen.fault] = made.faults.get(seen.fault, 0) + 1
        if len(made.listed) < _LISTED:
            made.listed.append(Place(made.lines, seen.at, len(seen.line), _TEXTS[seen.fault]))

    def _known(self, found: rollout.Line, at: int) -> None:
        made = self.made
        if not self._first_known:
            self._first_known = found.type
            made.thread_id = made.thread_id or _thread(found)
            lost = found.type != "session_meta"
            made.numbered = lost or found.ordinal is not None or PAGINATED in bytes(found.payload)
        if found.ordinal is None:
            made.unnumbered += 1
            self._last_numbered = False
            return
        self._last_numbered = True
        made.repeated += found.ordinal <= made.last_number
        made.last_number, made.last_numbered = found.ordinal, at

    def _turn(self, seen: Seen) -> None:
        found = seen.found
        if found is None or not any(word in seen.line for word in (b'"task_', b'"turn_aborted"')):
            return
        body = rollout.body_of(found, seen.line)
        if isinstance(body, events.TurnStarted):
            self.made.turns += 1
            self.made.unfinished = body.turn_id
        elif isinstance(body, events.TurnCompleted | events.TurnFailed | events.TurnInterrupted):
            self.made.unfinished = ""

    def end(self, home: Path, path: Path) -> Check:
        made = self.made
        made.numbered = made.numbered and (self._first_known == "session_meta" or made.last_number >= 0)
        if not made.numbered:
            made.unnumbered = made.repeated = 0
        parts, made.missing = lineage.chain(home, path)
        made.parents = [places.part_of(part.path) for part in parts]
        both = self._refused()
        newer = both or self._refused_by_169(parts)
        made.refused = {version: why for version, why in (("0.132", both), ("0.169", newer)) if why}
        return made

    def _refused(self) -> str:
        if self.made.bytes == 0 or not self.made.first:
            return "it holds no line" if self.made.bytes else "it is empty"
        if self._first_known != "session_meta":
            return "its first line, which tells where the session began, is lost"
        return "it holds bytes that are no UTF-8" if "bytes" in self.made.faults and not self.made.numbered else ""

    def _refused_by_169(self, parts: list[lineage.Part]) -> str:
        if self.made.first != "session_meta":
            return f"it begins with a line of a type that Codex does not know: {self.made.first}"
        if self.made.numbered and not self._last_numbered:
            return "its last line has no number"
        if self.made.missing:
            return f"the session {self.made.missing}, of which it is a fork, cannot be found"
        short = [part for part in parts if part.offset is not None and part.path.stat().st_size < part.offset]
        return f"the session it goes on from is shorter than it was: {short[0].path}" if short else ""


def _thread(found: rollout.Line) -> str:
    body = rollout.body_of(found, b"")
    return body.thread_id if isinstance(body, events.ThreadStarted) else ""
