"""MCP servers as a list with a look at each: shown whole, started anew, turned on and off, logged in and out.

Does not: hold connections (`pool.py`), or know what a login takes (`managing.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from csm.api import CommandError, Context, Row, command, config_file, lines

from . import browsing, commands, tokens
from .servers import Server, used

Line = list[tuple[str, str]]


@command("mcp.choose", title="MCP servers", slash="mcp", complete={"name": commands.names})
async def choose(cx: Context, name: str | None = None) -> None:
    """Look through the MCP servers and their tools; with a name, show all about one. Enter shows all about the chosen
    one, other keys start it anew, turn it on or off, log in and out.
    """
    if name is not None:
        commands.show(cx, name)
        return
    wanted: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    _list(cx, None, wanted)
    if chosen := await wanted:
        await sign(cx, chosen)


def _list(cx: Context, current: str | None, wanted: asyncio.Future[str]) -> None:
    """List them; `wanted` gets the one to log in at or out of, nothing where the list is closed."""
    shown = commands.screen(cx)
    known = _known(cx)
    if not known:
        shown.message(commands.NOTHING)
        wanted.set_result("")
        return

    def done(doing: Callable[[], object]) -> None:
        wanted.set_result("")
        doing()

    rows = [Row(server.name, server.name, _detail(cx, server)) for server in known.values()]
    shown.pick(
        "MCP servers",
        rows,
        lambda chosen: done(lambda: commands.show(cx, chosen)),
        lambda: wanted.set_result(""),
        preview=lambda chosen, columns, height: _look(cx, known[chosen], columns),
        sorts={"state": lambda row: (row.detail, row.label)},
        current=current,
        actions={
            "reset": ("restart", lambda chosen: done(lambda: commands.restart(cx, chosen))),
            "toggle": ("on or off", lambda chosen: _toggle(cx, known[chosen], wanted)),
            "login": ("log in or out", wanted.set_result),
        },
    )


def _known(cx: Context) -> dict[str, Server]:
    """The servers of the session; those of the settings before there is one."""
    pool = commands.pool(cx)
    return dict(pool.servers) if pool is not None else dict(used(cx.host.settings))


def _state(cx: Context, server: Server) -> tuple[str, str]:
    pool = commands.pool(cx)
    one = pool.connections.get(server.name) if pool is not None else None
    if not server.enabled:
        return "dim", "off" if server.refused is None else "not allowed on this machine"
    return ("dim", "starts with the session") if one is None else commands.STATES[one.state]


def _detail(cx: Context, server: Server) -> str:
    pool = commands.pool(cx)
    one = pool.connections.get(server.name) if pool is not None else None
    count = len(one.tools) if one is not None and one.state == "ready" else 0
    tools = f"{count} tool{'s' * (count != 1)}" if count else ""
    signed = "logged in" if server.url and tokens.find(cx.host.settings.codex_home, server) is not None else ""
    return " · ".join(filter(None, (_state(cx, server)[1], tools, signed)))


def _look(cx: Context, server: Server, columns: int) -> list[Line]:
    pool = commands.pool(cx)
    if pool is not None:
        made = list(commands.page(pool, [server], whole=True))
    else:
        where = server.url or " ".join([server.command or "", *server.args])
        made: list[Line] = [[("help.title", lines.clean(server.name)), ("", "  "), _state(cx, server)]]
        made.append([("dim", f"  {lines.clean(where)}")])
    return [row for line in made for row in (lines.wrap(line, columns) if line else [[]])]


def _toggle(cx: Context, server: Server, wanted: asyncio.Future[str]) -> None:
    if server.refused is not None:
        commands.screen(cx).message(f"{server.name} stays off: {server.refused}", "message.warning")
        return
    file = config_file.put(cx.host.settings.codex_home, ("mcp_servers", server.name, "enabled"), not server.enabled)
    cx.host.reload_settings()
    pool = commands.pool(cx)
    if pool is not None:
        pool.update(used(cx.host.settings), None)
    _list(cx, server.name, wanted)
    commands.screen(cx).message(f"{server.name} {'off' if server.enabled else 'on'}; kept in {file}")


@command("mcp.sign", title="Log in at an MCP server, or out", complete={"name": commands.names})
async def sign(cx: Context, name: str) -> None:
    """Have the browser ask whether csm may use a server, and keep the token; where there is one, forget it."""
    from . import managing

    shown = commands.screen(cx)
    server = _known(cx).get(name)
    if server is None:
        raise CommandError(f"there is no MCP server {name}", f"there are {', '.join(sorted(_known(cx))) or 'none'}")
    if server.url is None:
        raise CommandError(f"{name} is a program: there is nothing to log in at")
    if tokens.find(cx.host.settings.codex_home, server) is not None:
        managing.log_out(cx, name)
        shown.message(f"logged out of {name}")
    else:
        loop = asyncio.get_running_loop()

        def tell(address: str) -> None:
            loop.call_soon_threadsafe(_authorize, cx, name, address, browsing.browse(address))

        await asyncio.to_thread(managing.sign_in, cx, server, None, tell)
        shown.message(f"logged in at {name}")
    pool: Any = commands.pool(cx)
    if pool is not None:
        pool.update(used(cx.host.settings), name)


def _authorize(cx: Context, name: str, address: str, opened: bool) -> None:
    """Say where the user is to go."""
    how = "your browser asks" if opened else "open it in a browser"
    cx.host.report("info", f"logging in at {name}, {how}: {address}")
    commands.screen(cx).popup(f"{how}:\n{address}", 60.0, f"Logging in at {name}")
