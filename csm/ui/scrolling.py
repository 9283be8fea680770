"""Finding that rows of the screen only moved, so that the terminal can move them: a few bytes instead of a screenful.

Does not: write, or know what rows are. They are compared by identity.
"""

from __future__ import annotations

from collections.abc import Mapping, Sized
from typing import NamedTuple

#: Rows that must have moved for it to be worth while, and the longest way they are looked for.
_LEAST = 5
_FARTHEST = 20


class Scroll(NamedTuple):
    """Rows from `top` up to `bottom` move up by `by` rows (down, if negative); the rows that come free are blank."""

    top: int
    bottom: int
    by: int


def find(old: Mapping[int, Sized], new: Mapping[int, Sized]) -> Scroll | None:
    """The scroll that brings most rows of `old` to where `new` has them; None if none brings enough."""
    changed = [y for y, row in new.items() if len(row) and old.get(y) is not row]
    if len(changed) < _LEAST:
        return None
    best: list[int] = []
    by = 0
    for step in range(1, _FARTHEST + 1):
        for way in (step, -step):
            moved = [y for y in changed if old.get(y + way) is new[y]]
            if len(moved) > len(best):
                best, by = moved, way
    if len(best) < max(_LEAST, len(changed) // 2):
        return None
    ends = [*best, *(y + by for y in best)]
    return Scroll(min(ends), max(ends) + 1, by)


def escape(scroll: Scroll) -> str:
    """What makes a terminal do so: line feeds at the lower margin, or reverse ones at the upper. The cursor stays."""
    margins = f"\x1b[{scroll.top + 1};{scroll.bottom}r"
    if scroll.by > 0:
        move = f"\x1b[{scroll.bottom};1H" + "\n" * scroll.by
    else:
        move = f"\x1b[{scroll.top + 1};1H" + "\x1bM" * -scroll.by
    return f"\x1b7\x1b[0m{margins}{move}\x1b[r\x1b8"
