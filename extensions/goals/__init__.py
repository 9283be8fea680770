"""Goals: what a thread is after, kept with it, and what it took. The thread goes on with its goal by itself.

The model has `get_goal`, `create_goal` and `update_goal`; the user has `/goal`.

Does not: begin turns (the session does), or let agents go on by themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from csm.api import hook

if TYPE_CHECKING:
    from csm.api import Moment, Thread, Tool


@hook
def tools() -> list[Tool]:
    """All three."""
    from .tool import CreateGoal, GetGoal, UpdateGoal

    return [GetGoal(), CreateGoal(), UpdateGoal()]


@hook
def status() -> list[Any]:
    """The goal in the status line, while there is one to reach."""
    from .segment import segment

    return [("goal", segment)]


@hook
async def idle(thread: Thread, ended: str, code: str | None, cx: Moment) -> str | None:
    """What the model goes on with, while there is a goal to reach."""
    if "goals" not in thread.kept:
        return None
    from . import going

    return await going.go_on(thread, ended, code, cx)


@hook
async def after_tool(thread: Thread, cx: Moment) -> None:
    """Count what a goal with a budget uses."""
    if "goals" in thread.kept:
        from . import going

        await going.after_tool(thread, cx)
