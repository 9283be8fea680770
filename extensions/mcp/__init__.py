"""Servers of the Model Context Protocol: their tools and resources for the model, and the commands about them.

Does not: cost anything where no server is configured.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from csm.api import hook

if TYPE_CHECKING:
    from csm.api import Host, Settings, Tool

    from .pool import Pool

#: Nothing of this is imported where no server is configured.
ONLY_WITH = ("mcp_servers",)
_POOL = "pool"


@hook
async def open_thread(host: Host, settings: Settings) -> None:
    """Start the servers; wait for those that are required."""
    if settings.raw.get("mcp_servers"):
        await _pool(host, settings).opened()


@hook
async def begin_turn(host: Host) -> None:
    """Wait a little for servers that are still starting."""
    found = host.state["mcp"].get(_POOL)
    if found is not None:
        await found.settled()


@hook
def tools(host: Host) -> list[Tool]:
    """Those of the servers that are ready."""
    found = host.state["mcp"].get(_POOL)
    return [] if found is None else found.tools()


@hook
def deactivate(host: Host) -> None:
    """End every server."""
    found = host.state["mcp"].pop(_POOL, None)
    if found is not None:
        found.close()


def _pool(host: Host, settings: Settings) -> Pool:
    """The servers of a host, started with its first thread."""
    state: dict[str, Any] = host.state["mcp"]
    if _POOL not in state:
        from .pool import Pool
        from .servers import used

        state[_POOL] = Pool(host, used(settings))
    return state[_POOL]
