"""A goal as a value: what it has used is counted only while it is worked on.

Does not: keep it.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from csm.api import Spent

Status = Literal["active", "paused", "blocked", "usageLimited", "budgetLimited", "complete"]
STATUSES: tuple[Status, ...] = ("active", "paused", "blocked", "usageLimited", "budgetLimited", "complete")
#: The extension and the name by which a goal is kept with its thread.
OWNER, KEPT = "goals", "goal"
#: Characters of an objective at the most.
LONGEST = 4000
_COUNTED = ("active", "budgetLimited")


class Goal(msgspec.Struct, frozen=True):
    """Tokens are those that were not read from a cache. Times are seconds, `created` and `updated` since the epoch.

    `from_tokens` and `from_seconds` are what the thread had used when this was last counted. `turns` were begun for it
    since the person last had a hand in it, and `empty` of those, the last ones, in which nothing was done but talk.
    """

    objective: str
    status: Status = "active"
    budget: int | None = None
    tokens: int = 0
    seconds: float = 0.0
    created: int = 0
    updated: int = 0
    from_tokens: int = 0
    from_seconds: float = 0.0
    turns: int = 0
    empty: int = 0

    @property
    def open(self) -> bool:
        """Whether something is left to be done for it."""
        return self.status != "complete"

    @property
    def remaining(self) -> int | None:
        """Tokens that the budget still allows."""
        return None if self.budget is None else max(0, self.budget - self.tokens)


def begin(objective: str, budget: int | None, spent: Spent) -> Goal:
    """A goal from now on."""
    now = spent.now // 1000
    return Goal(objective, "active", budget, 0, 0.0, now, now, _fresh(spent), spent.seconds)


def fault(objective: str) -> str | None:
    """What is wrong with an objective."""
    if not objective.strip():
        return "goal objective must not be empty"
    return f"goal objective must be at most {LONGEST} characters" if len(objective.strip()) > LONGEST else None


def count(goal: Goal, spent: Spent) -> Goal:
    """The goal with what was used since it was last counted; one that has used up its budget is limited by it."""
    if goal.status not in _COUNTED:
        return goal
    tokens = goal.tokens + max(0, _fresh(spent) - goal.from_tokens)
    seconds = goal.seconds + max(0.0, spent.seconds - goal.from_seconds)
    used_up = goal.budget is not None and tokens >= goal.budget
    changed = tokens > goal.tokens or int(seconds) > int(goal.seconds)
    return msgspec.structs.replace(
        goal,
        status="budgetLimited" if used_up else goal.status,
        tokens=tokens,
        seconds=seconds,
        updated=spent.now // 1000 if changed else goal.updated,
        from_tokens=max(goal.from_tokens, _fresh(spent)),
        from_seconds=max(goal.from_seconds, spent.seconds),
    )


def change(goal: Goal, status: Status, spent: Spent) -> Goal:
    """The goal, counted, with another status; a budget that is used up is not paused."""
    goal = count(goal, spent)
    if goal.status == status or (goal.status == "budgetLimited" and status == "paused"):
        return goal
    return msgspec.structs.replace(goal, status=status, updated=spent.now // 1000)


def again(goal: Goal, spent: Spent, **changes: Any) -> Goal:
    """The goal as the person has it go on from now: what was used while it rested is not its."""
    goal = msgspec.structs.replace(count(goal, spent), **changes)
    used_up = goal.budget is not None and goal.tokens >= goal.budget
    return msgspec.structs.replace(
        goal,
        status="budgetLimited" if used_up else "active",
        updated=spent.now // 1000,
        from_tokens=_fresh(spent),
        from_seconds=spent.seconds,
        turns=0,
        empty=0,
    )


def read(kept: Any) -> Goal | None:
    """The goal of a kept value; None for none, or one that cannot be read."""
    try:
        return None if kept is None else msgspec.convert(kept, Goal)
    except msgspec.ValidationError:
        return None


def told(goal: Goal | None, thread_id: str) -> dict[str, Any] | None:
    """The goal as the model reads it."""
    if goal is None:
        return None
    budget = {} if goal.budget is None else {"tokenBudget": goal.budget}
    return {
        "threadId": thread_id,
        "objective": goal.objective,
        "status": goal.status,
        **budget,
        "tokensUsed": goal.tokens,
        "timeUsedSeconds": int(goal.seconds),
        "createdAt": goal.created,
        "updatedAt": goal.updated,
    }


def _fresh(spent: Spent) -> int:
    tokens = spent.tokens
    return max(0, tokens.input - tokens.cached) + tokens.output
