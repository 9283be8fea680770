"""Searching a buffer by lines, from a place on and round, laying out no more than needs be.

A buffer may tell where to look (`spans`), as the transcript does, whose blocks know their text before they are laid
out; of any other every line is looked at.

Does not: mark matches or move anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from csm.edit import expressions
from csm.view.lines import StyledLine, overlay, plain, width

_CHUNK = 300


class Hit(NamedTuple):
    """A match: its line, the offset in that line's text, and whether the search went round the end for it."""

    line: int
    column: int
    wrapped: bool = False


def compiled(text: str) -> re.Pattern[str]:
    """A pattern as people type it: small letters stand for both; what is no regular expression is taken literally."""
    flags = re.IGNORECASE if text == text.lower() else 0
    return expressions.lenient(text, flags)


def lengthened(text: str, more: str) -> str:
    """A pattern as people type it, with a text at its end as it is; among small letters its capitals are small."""
    try:
        expressions.compiled(text)
    except expressions.ExpressionError:
        text = literal(text)
    return text + literal(more.lower() if text == text.lower() else more)


def literal(text: str) -> str:
    """A pattern that a text is matched by, with no more signs than needed."""
    return re.sub(r"[\\.^$*+?{}\[\]|()]", r"\\\g<0>", text)


def find(
    buffer: Any, pattern: re.Pattern[str], line: int, column: int, columns: int, *, back: bool = False
) -> Hit | None:
    """The next match after (`back`: before) an offset of a line, in a window of `columns` cells; None if there is none.

    `column` -1 takes one that begins the line too.
    """
    for wrapped in (False, True):
        for start, stop in _spans(buffer, pattern, None if wrapped else line, columns, back):
            rows = [plain(row) for row in buffer.lines(start, stop, columns)]
            for at in reversed(range(len(rows))) if back else range(len(rows)):
                for match in _matches(pattern, rows[at], back):
                    place = (start + at, match)
                    if wrapped or (place < (line, column) if back else place > (line, column)):
                        return Hit(*place, wrapped)
    return None


def _matches(pattern: re.Pattern[str], row: str, back: bool) -> Iterable[int]:
    found = [match.start() for match in pattern.finditer(row) if match.end() > match.start()]
    return reversed(found) if back else found


def _spans(
    buffer: Any, pattern: re.Pattern[str], line: int | None, columns: int, back: bool
) -> Iterator[tuple[int, int]]:
    """Lines to look at, in order: from `line` on, else all."""
    told = getattr(buffer, "spans", None)
    if told is not None:
        yield from told(pattern, line, columns, back)
        return
    total = buffer.line_count(columns)
    if back:
        for stop in range(total if line is None else min(total, line + 1), 0, -_CHUNK):
            yield max(0, stop - _CHUNK), stop
    else:
        for start in range(line or 0, total, _CHUNK):
            yield start, min(total, start + _CHUNK)


def marked(lines: list[StyledLine], pattern: re.Pattern[str], role: str) -> list[StyledLine]:
    """Lines with every match in `role`."""
    made: list[StyledLine] = []
    for line in lines:
        text = plain(line)
        for match in pattern.finditer(text):
            if match.end() > match.start():
                begin = width(text[: match.start()])
                line = overlay(line, begin, begin + width(match.group()), role)
        made.append(line)
    return made
