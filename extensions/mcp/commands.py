"""The command behind `/mcp`: how servers stand, what they have, and starting one anew.

Does not: change settings (`managing.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from csm.api import CommandError, Context, Screen, TextBuffer, command, lines

from .servers import Server, used

if TYPE_CHECKING:
    from .connection import Connection
    from .pool import Pool

_Line = list[tuple[str, str]]
#: How a connection stands: a role, and words.
STATES = {
    "starting": ("dim", "starting…"),
    "ready": ("message.info", "ready"),
    "failed": ("message.error", "failed"),
    "lost": ("message.warning", "gone; the next call starts it anew"),
    "closed": ("dim", "ended"),
}
_TOLD = 72
NOTHING = "no MCP server is configured; `csm mcp add NAME -- COMMAND` adds one"


def names(cx: Context) -> list[str]:
    """The servers of the settings."""
    return sorted(cx.host.settings.raw.get("mcp_servers", {}))


@command("mcp.show", title="MCP servers and their tools", complete={"name": names})
def show(cx: Context, name: str | None = None) -> None:
    """Show how every MCP server stands and which tools it has; with a name, all about one."""
    shown = screen(cx)
    found = pool(cx)
    if found is None or not found.servers:
        shown.message(NOTHING)
        return
    if name is not None and name not in found.servers:
        raise CommandError(f"there is no MCP server {name}", f"there are {', '.join(sorted(found.servers))}")
    servers = [found.servers[name]] if name is not None else list(found.servers.values())
    shown.show(TextBuffer("mcp", "MCP servers", page(found, servers, whole=name is not None)))


@command("mcp.restart", title="Start an MCP server anew", complete={"name": names})
def restart(cx: Context, name: str | None = None) -> None:
    """End a server and start it anew; without a name, take up the servers that the settings have now."""
    shown = screen(cx)
    cx.host.reload_settings()
    servers = used(cx.host.settings)
    if name is not None and name not in servers:
        raise CommandError(f"there is no MCP server {name}", f"there are {', '.join(sorted(servers)) or 'none'}")
    found = pool(cx)
    if found is None:
        shown.message("the servers of the settings start with the next session" if servers else NOTHING)
        return
    found.update(servers, name)
    shown.message(f"starting {name} anew" if name is not None else "the servers are those of the settings now")


def page(pool: Pool, servers: Iterable[Server], *, whole: bool) -> Iterator[_Line]:
    """What is known of servers."""
    for server in servers:
        one = pool.connections.get(server.name)
        role, state = ("dim", "disabled") if one is None else STATES[one.state]
        yield [("help.title", lines.clean(server.name)), ("", "  "), (role, state)]
        where = server.url or " ".join([server.command or "", *server.args])
        yield [("dim", f"  {lines.clean(where)}")]
        if one is not None:
            yield from _problem(pool, one)
            yield from _tools(one, whole=whole)
        yield []


def _problem(pool: Pool, one: Connection) -> Iterator[_Line]:
    if one.problem and one.state != "ready":
        yield [("message.error", f"  {lines.clean(one.problem)}")]
        for text in pool.tail(one.server.name):
            yield [("dim", f"    {lines.clean(text)}")]


def _tools(one: Connection, *, whole: bool) -> Iterator[_Line]:
    if one.state not in ("ready", "lost"):
        return
    told = f"  {len(one.tools)} tool{'' if len(one.tools) == 1 else 's'}"
    version = " ".join(str(one.info[key]) for key in ("name", "version") if one.info.get(key))
    yield [("help.text", told), ("dim", f"  {lines.clean(version)}")]
    size = max((lines.width(tool.name) for tool in one.tools), default=0)
    for tool in one.tools:
        text = " ".join(tool.description.split())
        short = text if whole or len(text) <= _TOLD else f"{text[:_TOLD]}…"
        hints = [word for word, is_so in (("reads", tool.reads_only), ("destroys", tool.destroys)) if is_so]
        name = lines.pad([("help.key", f"    {lines.clean(tool.name)}")], size + 4)
        yield [*name, ("help.text", f"  {lines.clean(short)}"), ("dim", f"  {', '.join(hints)}" if hints else "")]


def pool(cx: Context) -> Any:
    """The session's connections; None before there are any."""
    return cx.host.state.get("mcp", {}).get("pool")


def screen(cx: Context) -> Screen:
    """The screen. Raises CommandError where there is none."""
    if cx.screen is None:
        raise CommandError("this needs the shell; `csm mcp list` shows servers without it")
    return cx.screen
