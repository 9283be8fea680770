"""The end of a session's file: what follows its last line end, and the last number given.

Does not: read the file from its beginning, or change it.
"""

from __future__ import annotations

import os

from csm.api import rollout

_TAIL = 1 << 16
#: How far from the end a number is looked for where the first line cannot be read.
_FAR = 1 << 20
#: What the first line of a numbered file says.
PAGINATED = b'"history_mode":"paginated"'


def after_last_newline(fd: int, size: int) -> bytes:
    """What follows the last line end."""
    start = size
    while start > 0:
        step = min(start, _TAIL)
        at = os.pread(fd, step, start - step).rfind(b"\n")
        if at >= 0:
            start = start - step + at + 1
            break
        start -= step
    return os.pread(fd, size - start, start)


def last_ordinal(fd: int, size: int) -> int | None:
    """The number of the last numbered line; None for a file without numbers, which its first line tells."""
    with os.fdopen(os.dup(fd), "rb") as file:
        file.seek(0)
        first = next((line for line in file if not line.isspace()), b"")
    known = rollout.envelope(first)
    paginated = PAGINATED in first
    if known is not None and known.ordinal is None and not paginated:
        return None
    least = 0 if known is not None else max(0, size - _FAR)
    start, step = size, _TAIL
    while start > least:
        start, step = max(0, start - step), step * 4
        lines = os.pread(fd, size - start, start).split(b"\n")
        for line in reversed(lines[1:] if start else lines):
            number = ordinal(line)
            if number is not None:
                return number
    return -1 if paginated else None


def ordinal(line: bytes) -> int | None:
    """The number a line has."""
    found = rollout.envelope(line) if b'"ordinal"' in line else None
    return found.ordinal if found is not None else None
