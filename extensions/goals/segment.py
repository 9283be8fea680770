"""The goal in the status line.

Does not: count: what it shows is what was last kept.
"""

from __future__ import annotations

import msgspec

from csm.api import Thread

from .goal import Goal

_LONGEST = 32


def segment(thread: Thread) -> str:
    """`goal: ship it`, and what keeps it from being worked on; nothing where there is none left to reach."""
    kept = thread.kept.get("goals", {}).get("goal")
    goal = None if kept is None else msgspec.json.decode(kept, type=Goal)
    if goal is None or not goal.open:
        return ""
    objective = " ".join(goal.objective.split())
    short = objective if len(objective) <= _LONGEST else f"{objective[: _LONGEST - 1]}…"
    state = {"active": "", "budgetLimited": " (budget used)", "usageLimited": " (limit reached)"}
    return f"goal: {short}{state.get(goal.status, f' ({goal.status})')}"
