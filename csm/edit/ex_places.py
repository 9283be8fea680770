"""Places in a text for Vim's `:` commands: lines that are visited while they change, matches, an order to sort by.

Does not: change anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from csm.edit import chars
from csm.edit.undo import Edit


class Tracker:
    """Starts of lines that are still to be visited, while the text changes under them. A deleted line is dropped."""

    def __init__(self, places: list[int]) -> None:
        self._places = places

    def next(self) -> int | None:
        """The next one; None at the end."""
        return self._places.pop(0) if self._places else None

    def __call__(self, edit: Edit) -> None:
        end, by = edit.at + len(edit.removed), len(edit.inserted) - len(edit.removed)
        kept: list[int] = []
        for place in self._places:
            if edit.at <= place < end and "\n" in edit.removed:
                continue
            pushed = not edit.removed and place == edit.at and edit.inserted.endswith("\n")
            moves = pushed or (place >= end and place > edit.at)
            kept.append(place + by if moves else min(place, edit.at) if place >= edit.at else place)
        self._places = kept


def starts(rows: list[str]) -> list[int]:
    """The offset of each line."""
    found: list[int] = []
    at = 0
    for row in rows:
        found.append(at)
        at += len(row) + 1
    return found


def matches(text: str, pattern: re.Pattern[str], first: int, last: int, *, everywhere: bool) -> list[re.Match[str]]:
    """The matches that `:s` replaces: in each line the first, or every one."""
    found: list[re.Match[str]] = []
    at, text = chars.line_at(text, first), text + "\n"
    for _ in range(last - first + 1):
        end, place, before = text.index("\n", at), at, -1
        while place <= end and (match := pattern.search(text, place)) and match.start() <= end:
            if match.group() or (match.start() != before and (match.start() < end or end == at or not everywhere)):
                found.append(match)
                before = match.end()
                if not everywhere:
                    break
            place = match.end() if match.group() else match.end() + 1
        at = max(end + 1, place if everywhere else before)
        if at >= len(text):
            break
    return found


def sorting(flags: str) -> Callable[[str], tuple[int, int, str]]:
    """The key by which `:sort` orders lines: `n` by the first number, `i` with capitals as small letters."""

    def key(row: str) -> tuple[int, int, str]:
        if "n" in flags:
            number = re.search(r"-?\d+", row)
            return (1, int(number.group()), "") if number else (0, 0, "")
        return (0, 0, row.lower() if "i" in flags else row)

    return key
