"""The tools `get_goal`, `create_goal` and `update_goal`: what a thread is after, kept with it, and what it took.

Does not: make the model go on by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from csm.api import hook

if TYPE_CHECKING:
    from csm.api import Tool


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
