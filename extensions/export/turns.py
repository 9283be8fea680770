"""The turns of a stored session, a few at a time, however many there are.

Does not: say what they look like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from csm.api import CommandError, Thread

if TYPE_CHECKING:
    from csm.api import Turn

#: Turns that are read at once.
_AT_ONCE = 16
_RANGE = re.compile(r"(?P<first>\d{1,9})?(?P<to>\.\.)?(?P<last>\d{1,9})?")


class Range(NamedTuple):
    """The turns wanted, counted from 1; `last` is None for all there are."""

    first: int = 1
    last: int | None = None

    @property
    def all(self) -> bool:
        """Whether nothing is left out."""
        return self == Range()


class Numbered(NamedTuple):
    """A turn and its number: 0 for what stands outside any turn."""

    number: int
    turn: Turn


def parse(text: str) -> Range:
    """`3`, `3..5`, `3..` or `..5`. Raises CommandError."""
    found = _RANGE.fullmatch(text.strip())
    if found is None or not text.strip():
        raise CommandError(f"{text[:80]!r} names no turns", "3, 3..5, 3.. or ..5")
    first = int(found["first"] or 1)
    last = int(found["last"]) if found["last"] else None if found["to"] else first
    if first < 1 or (last is not None and last < first):
        raise CommandError(f"{text[:80]!r} names no turns", "turns are counted from 1, and the first one comes first")
    return Range(first, last)


def turns(thread: Thread, wanted: Range) -> Iterator[Numbered]:
    """The wanted turns of a thread that may be bounded. Raises StoreError where its past cannot be read.

    Turns that were taken back are none; what came late for a turn that was over stands where it came.
    """
    number = 0
    for turn in _all(thread):
        if turn.id and turn.begun:
            number += 1
        if wanted.last is not None and number > wanted.last:
            return
        if number >= wanted.first or (not number and wanted.all):
            yield Numbered(number if turn.begun else 0, turn)


def _all(thread: Thread) -> Iterator[Turn]:
    past = thread.past
    for start in range(0, past.turns if past is not None else 0, _AT_ONCE):
        assert past is not None
        yield from past.load(start, min(start + _AT_ONCE, past.turns))
    yield from thread.turns
