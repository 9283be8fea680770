"""When a thread goes on with its goal by itself, and when not.

It goes on after a turn that ended well, while the goal is active. It stops where the person does, where a turn fails,
where the budget is used, after too many turns, and where several turns in a row did nothing but talk.

Does not: begin turns. The session does with what `go_on` answers (the hook `idle`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from csm.api import features, items

from . import steering
from .goal import KEPT, Goal, Status, change, count, read

if TYPE_CHECKING:
    from csm.api import Moment, Thread, Turn

#: Turns in a row that nobody asked for, unless `goals.max_turns` says another number.
TURNS = 100
#: Turns in a row in which the model calls nothing.
EMPTY = 3
_TALK = (items.UserMessage, items.AgentMessage, items.Reasoning, items.Notice, items.HookRun, items.Compaction)


def wanted(cx: Moment) -> bool:
    """Whether goals count here: agents and reviewers go on when they are told to, and planning is no work."""
    return cx.lineage is None and cx.collaboration == "default" and features.on(cx.settings.raw, "goals")


async def go_on(thread: Thread, ended: str, code: str | None, cx: Moment) -> str | None:
    """What the model goes on with; None where the thread rests. `ended` and `code` say how its last turn ended."""
    goal = read(cx.kept(KEPT))
    if goal is None or goal.status != "active" or not wanted(cx):
        return None
    spent = await cx.spent()
    if ended in ("failed", "interrupted"):
        _keep(cx, change(goal, _after(ended, code), spent))
        return None
    goal = count(goal, spent)
    why = _halt(goal := _looked_at(goal, thread, ended), cx)
    if why is not None:
        goal = change(goal, "paused", spent)
        cx.warn(why)
    if goal.status != "active":
        _keep(cx, goal)
        return None
    _keep(cx, msgspec.structs.replace(goal, turns=goal.turns + 1))
    return steering.go_on(goal)


async def after_tool(thread: Thread, cx: Moment) -> None:
    """Count what was used, and tell the model once that the budget is."""
    goal = read(cx.kept(KEPT))
    if goal is None or goal.status != "active" or goal.budget is None or not wanted(cx):
        return
    spent = await cx.spent()
    # Calls that ran side by side wait together: the first one counts for all.
    goal = read(cx.kept(KEPT))
    counted = None if goal is None or goal.status != "active" else count(goal, spent)
    if counted is not None and counted.status == "budgetLimited":
        _keep(cx, counted)
        cx.note(steering.used_up(counted), "user")


def _after(ended: str, code: str | None) -> Status:
    """How a goal stands after a turn that did not end by itself."""
    if ended == "interrupted":
        return "paused"
    return "usageLimited" if code == "usage_limit_reached" else "blocked"


def _looked_at(goal: Goal, thread: Thread, ended: str) -> Goal:
    """The goal with its turns without work counted; a turn that the person began lets it begin anew."""
    turn = thread.turns[-1] if thread.turns else None
    if not ended or turn is None:
        return goal
    if any(isinstance(entry.item, items.UserMessage) for entry in turn.entries):
        return msgspec.structs.replace(goal, turns=0, empty=0)
    return msgspec.structs.replace(goal, empty=0 if _worked(turn) else goal.empty + 1)


def _worked(turn: Turn) -> bool:
    return not all(isinstance(entry.item, _TALK) for entry in turn.entries)


def _halt(goal: Goal, cx: Moment) -> str | None:
    """Why it should not go on by itself any more."""
    if goal.empty >= EMPTY:
        return f"The goal is paused: {EMPTY} turns in a row did nothing but talk. /goal resume goes on."
    most = _most(cx.settings.raw)
    if goal.turns >= most:
        return f"The goal is paused after {most} turns by itself. /goal resume goes on."
    return None


def _most(raw: dict[str, Any]) -> int:
    table = raw.get("goals")
    value = table.get("max_turns") if isinstance(table, dict) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else TURNS


def _keep(cx: Moment, goal: Goal) -> None:
    cx.keep(KEPT, msgspec.to_builtins(goal))
