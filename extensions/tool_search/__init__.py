"""The tool `tool_search`: the model finds tools that are too many to be shown at once.

Does not: say which tools wait to be found. A tool does, by its attribute `deferred`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csm.api import hook

if TYPE_CHECKING:
    from csm.api import Tool


@hook
def tools() -> list[Tool]:
    """`tool_search`."""
    from .tool import ToolSearch

    return [ToolSearch()]
