"""Agents: the tools by which a model has parts of its work done by others, each in a thread of its own.

Does not: run the threads. The session does (`csm.api.Agents`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csm.api import hook

if TYPE_CHECKING:
    from csm.api import Settings, Tool


@hook
def tools() -> list[Tool]:
    """The five tools in both forms: in a namespace, as they are shown, and without, as they can be called too."""
    from .five import NAMES, AgentTool

    return [AgentTool(name, plain=plain) for plain in (True, False) for name in NAMES]


@hook
def remarks(settings: Settings) -> list[str | tuple[str, str]]:
    """Roles that cannot be used."""
    from . import roles

    return [("warning", fault) for fault in roles.roles(settings).faults]
