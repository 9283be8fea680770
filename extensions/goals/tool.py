"""The tools. A goal is kept with its thread, so that a resumed or forked one has it.

Reading tells what was used up to the response that reads; setting a status counts that response too.

Does not: count (`goal`).
"""

from __future__ import annotations

from typing import Any

import msgspec

from csm.api import Offer, ToolContext, ToolError, arguments, codec, features, tools

from . import specs
from .goal import KEPT, STATUSES, Goal, begin, change, count, fault, read, told

_CREATE = {"objective": arguments.Field(required=True, nullable=False), "token_budget": arguments.Field("i64")}
_UPDATE = {"status": arguments.Field(arguments.Words(STATUSES), required=True, nullable=False)}
_CREATED, _UPDATED = arguments.Struct("CreateGoalRequest", 2), arguments.Struct("UpdateGoalArgs", 1)
_REPORT = (
    "The goal is complete. Tell the person in a sentence what it took, from `goal` above: the tokens of the budget, if"
    " there was one, and the time, if any is noted."
)


class _Tool:
    """What the three have in common."""

    spec: tools.ToolSpec

    def offered(self, offer: Offer) -> tools.ToolSpec | None:
        """Unless the feature is switched off."""
        return self.spec if features.on(offer.settings.raw, "goals") else None


class GetGoal(_Tool):
    """`get_goal`."""

    def __init__(self) -> None:
        self.spec = specs.get()

    async def run(self, call: tools.ToolCall, cx: ToolContext) -> tools.ToolResult:
        """The goal, or that there is none. Whatever the arguments are: there are none to give."""
        goal = _kept(cx)
        return _answer(goal and count(goal, await cx.spent(whole=False)), cx)


class CreateGoal(_Tool):
    """`create_goal`."""

    def __init__(self) -> None:
        self.spec = specs.create()

    async def run(self, call: tools.ToolCall, cx: ToolContext) -> tools.ToolResult:
        """Set a goal. Raises ToolError where one is not complete, and for what cannot be one."""
        given = arguments.read(call.arguments, _CREATE, name=_CREATED, prefix="")
        objective = _objective(given["objective"])
        budget = _budget(given.get("token_budget"), cx.settings.raw.get("goals", {}).get("max_goal_token_budget"))
        spent = await cx.spent()
        goal = _kept(cx)
        if goal is not None and goal.open:
            raise ToolError(
                "cannot create a new goal because this thread has an unfinished goal; complete the existing goal first"
            )
        goal = begin(objective, budget, spent)
        _keep(cx, goal)
        return _answer(goal, cx)


class UpdateGoal(_Tool):
    """`update_goal`."""

    def __init__(self) -> None:
        self.spec = specs.update()

    async def run(self, call: tools.ToolCall, cx: ToolContext) -> tools.ToolResult:
        """Set the status. Raises ToolError without a goal, and for a status that is not the model's to set."""
        status = arguments.read(call.arguments, _UPDATE, name=_UPDATED, prefix="")["status"]
        if status not in ("complete", "blocked", "paused"):
            raise ToolError(
                "update_goal can only mark the existing goal complete, blocked, or paused at the user's explicit"
                " request; resume, budget-limited, and usage-limited status changes are controlled by the user or"
                " system"
            )
        spent = await cx.spent()
        goal = _kept(cx)
        if goal is None:
            raise ToolError("cannot update goal because this thread has no goal")
        goal = change(goal, status, spent)
        _keep(cx, goal)
        telling = status == "complete" and (goal.budget is not None or goal.seconds >= 1)
        return _answer(goal, cx, _REPORT if telling else None)


def _objective(text: str) -> str:
    wrong = fault(text)
    if wrong is not None:
        raise ToolError(wrong)
    return text.strip()


def _budget(given: int | None, most: int | None) -> int | None:
    if given is not None and given <= 0:
        raise ToolError("goal budgets must be positive when provided")
    if given is not None and most is not None and given > most:
        raise ToolError(f"goal token budget {given} exceeds the maximum allowed goal token budget of {most}")
    return most if given is None else given


def _kept(cx: ToolContext) -> Goal | None:
    return read(cx.kept(KEPT))


def _keep(cx: ToolContext, goal: Goal) -> None:
    cx.keep(KEPT, msgspec.to_builtins(goal))


def _answer(goal: Goal | None, cx: ToolContext, report: str | None = None) -> tools.ToolResult:
    said: dict[str, Any] = {
        "goal": told(goal, cx.thread_id),
        "remainingTokens": None if goal is None else goal.remaining,
        "completionBudgetReport": report,
    }
    return tools.ToolResult(codec.encode(said).decode())
