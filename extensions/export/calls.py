"""What the model called, where the log's events do not tell: put into the turns as they are written out.

Does not: find the calls (`csm.api.called`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from csm.api import called, events

from .turns import Numbered


def added(turns: Iterator[Numbered], pairs: Iterable[tuple[str, events.Body]]) -> Iterator[Numbered]:
    """The turns, with calls where the log's events tell of none."""
    known = called.by_turn(pairs)
    number, found = 0, called.NONE
    for one in turns:
        while one.turn.number > number:
            number, found = next(known, (one.turn.number, called.NONE))
        if number == one.turn.number:
            called.insert(one.turn, found)
        yield one
