"""The tools of all servers as csm's tools.

Does not: run them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csm.api import Tool

from . import names
from .resources import resource_tools
from .tool import McpTool

if TYPE_CHECKING:
    from .pool import Pool


def offered(pool: Pool) -> list[Tool]:
    """Every tool of every server that is ready or may come back, and those for resources where there is any server."""
    found: list[Tool] = []
    for name, one in pool.connections.items():
        if one.state not in ("ready", "lost"):
            continue
        namespace = pool.namespaces[name]
        words = names.tools([tool.name for tool in one.tools], namespace)
        found += [McpTool(pool, one, tool, namespace, words[tool.name]) for tool in one.tools]
    return [*found, *resource_tools(pool)] if pool.connections else found
