"""The goal in the status line.

Does not: count: what it shows is what was last kept.
"""

from __future__ import annotations

from csm.api import Thread, codec

from .goal import KEPT, OWNER, Goal, read

_LONGEST = 32
_STATES = {
    "active": "",
    "paused": " (paused)",
    "blocked": " (blocked)",
    "budgetLimited": " (budget used)",
    "usageLimited": " (limit reached)",
}


def segment(thread: Thread) -> str:
    """`goal: ship it`, and what keeps it from being worked on; nothing where there is none left to reach."""
    goal = of(thread)
    if goal is None or not goal.open:
        return ""
    stands = _STATES[goal.status]
    return f"goal: {short(goal.objective, _LONGEST - len(stands))}{stands}"


def of(thread: Thread) -> Goal | None:
    """The goal that a thread keeps."""
    kept = thread.kept.get(OWNER, {}).get(KEPT)
    return None if kept is None else read(codec.decode(kept))


def short(text: str, columns: int) -> str:
    """A text in one line of so many characters."""
    line = " ".join(text.split())
    return line if len(line) <= columns else f"{line[: columns - 1]}…"
