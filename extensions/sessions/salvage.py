"""What is still sound in a line that is none: garbage of a crash before a line that somebody appended to it.

Does not: guess. A line is found whole or not at all.
"""

from __future__ import annotations

from csm.api import events, rollout

_BEGINNING = b'{"timestamp":"'
_EMPTY = b"\0 \t\r\n"


def salvage(line: bytes) -> tuple[int, tuple[str, events.Body]] | None:
    """Where a whole line begins inside a broken one, and what it says."""
    bare = line.strip(_EMPTY)
    if len(bare) < len(line) and (found := rollout.decode(bare)) is not None:
        return line.find(bare), found
    # Inside strings quotes are escaped, so this begins an object.
    at = line.rfind(_BEGINNING, 1)
    if at < 0 or (found := rollout.decode(line[at:].rstrip(_EMPTY))) is None:
        return None
    return at, found


def empty(line: bytes) -> bool:
    """Whether a line holds nothing at all: no loss, and nothing to tell."""
    return not line or line.isspace()
