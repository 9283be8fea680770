"""The tool `update_plan`: the model says what it is going to do and how far it is.

Does not: import anything heavy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csm.api import hook

if TYPE_CHECKING:
    from csm.api import Tool


@hook
def tools() -> list[Tool]:
    """`update_plan`."""
    from .tool import UpdatePlan

    return [UpdatePlan()]
