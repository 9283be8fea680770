"""Agents: the tools by which a model has parts of its work done by others, each in a thread of its own.

Does not: run the threads. The session does (`csm.api.Agents`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csm.api import hook

if TYPE_CHECKING:
    from csm.api import Tool


@hook
def tools() -> list[Tool]:
    """The five tools in both forms: as models that csm knows have them, and in a namespace for all others."""
    from .five import NAMES, AgentTool

    return [AgentTool(name, spaced=spaced) for spaced in (False, True) for name in NAMES]
