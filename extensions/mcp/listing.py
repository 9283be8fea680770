"""Servers as tables, as lines and as JSON, in the shape that scripts know from Codex.

Does not: start servers; where one may need a login, its address is asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from csm.api import CsmError

from . import oauth, tokens
from .servers import Server

#: What a login stands at: as JSON says it, and as people read it.
STANDINGS = {
    "unsupported": "Unsupported",
    "unknown": "Unknown",
    "not_logged_in": "Not logged in",
    "bearer_token": "Bearer token",
    "o_auth": "OAuth",
}
_SECONDS = 5.0


def standings(servers: Iterable[Server], home: Path) -> dict[str, str]:
    """How it stands with logins, by server; all addresses are asked together."""
    known = {server.name: _known(server, home) for server in servers}
    asked = [server for server in servers if known[server.name] is None]
    if asked:
        found = asyncio.run(_asked(asked))
        known |= {server.name: standing for server, standing in zip(asked, found, strict=True)}
    return {name: standing or "unknown" for name, standing in known.items()}


def _known(server: Server, home: Path) -> str | None:
    if server.url is None or not server.enabled:
        return "unsupported"
    if server.bearer_token_env_var is not None:
        return "bearer_token"
    return "o_auth" if tokens.find(home, server) is not None else None


async def _asked(servers: Sequence[Server]) -> list[str]:
    return list(await asyncio.gather(*map(_ask, servers)))


async def _ask(server: Server) -> str:
    if any(name.lower() == "authorization" for name in (*server.http_headers, *server.env_http_headers)):
        return "bearer_token"
    try:
        async with oauth.client() as web, asyncio.timeout(_SECONDS):
            return "unsupported" if await oauth.discover(server, web) is None else "not_logged_in"
    except (CsmError, TimeoutError):
        return "unknown"


def listed(servers: Sequence[Server], standing: Mapping[str, str]) -> list[dict[str, Any]]:
    """All servers for `--json`."""
    return [{**_head(one), **_times(one), "auth_status": standing[one.name]} for one in servers]


def detailed(server: Server) -> dict[str, Any]:
    """One server for `--json`."""
    some = {"enabled_tools": _list(server.enabled_tools), "disabled_tools": _list(server.disabled_tools)}
    return {**_head(server), **some, **_times(server)}


def _head(server: Server) -> dict[str, Any]:
    return {
        "name": server.name,
        "enabled": server.enabled,
        "disabled_reason": server.refused,
        "transport": _stdio(server) if server.command is not None else _http(server),
    }


def _stdio(server: Server) -> dict[str, Any]:
    return {
        "type": "stdio",
        "command": server.command,
        "args": list(server.args),
        "env": dict(server.env) or None,
        "env_vars": list(server.env_vars),
        "cwd": server.cwd,
    }


def _http(server: Server) -> dict[str, Any]:
    return {
        "type": "streamable_http",
        "url": server.url,
        "bearer_token_env_var": server.bearer_token_env_var,
        "http_headers": dict(server.http_headers) or None,
        "env_http_headers": dict(server.env_http_headers) or None,
        "http_headers_helper": None,
    }


def _times(server: Server) -> dict[str, Any]:
    return {"startup_timeout_sec": server.startup, "tool_timeout_sec": server.call}


def _list(names: tuple[str, ...] | None) -> list[str] | None:
    return None if names is None else list(names)


def tables(servers: Sequence[Server], standing: Mapping[str, str]) -> str:
    """All servers for people: those that are programs, and those at addresses."""
    programs = [
        (one.name, one.command, " ".join(one.args) or "-", _env(one), one.cwd or "-", *_state(one, standing))
        for one in servers
        if one.command is not None
    ]
    addresses = [
        (one.name, one.url or "", one.bearer_token_env_var or "-", *_state(one, standing))
        for one in servers
        if one.command is None
    ]
    made = [
        _table(("Name", "Command", "Args", "Env", "Cwd", "Status", "Auth"), programs),
        _table(("Name", "Url", "Bearer Token Env Var", "Status", "Auth"), addresses),
    ]
    return "\n".join(table for table in made if table)


def _state(server: Server, standing: Mapping[str, str]) -> tuple[str, str]:
    return "enabled" if server.enabled else _off(server), STANDINGS[standing[server.name]]


def _off(server: Server) -> str:
    return f"disabled: {server.refused}" if server.refused else "disabled"


def _table(names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return ""
    widths = [max(len(row[at]) for row in (names, *rows)) for at in range(len(names))]
    padded = [[f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)] for row in (names, *rows)]
    return "".join("  ".join(cells) + "\n" for cells in padded)


def _env(server: Server) -> str:
    """Names, not values."""
    return _hidden([*sorted(server.env), *server.env_vars])


def _hidden(names: Iterable[str]) -> str:
    return ", ".join(f"{name}=*****" for name in names) or "-"


def lines(server: Server) -> str:
    """One server for people."""
    if not server.enabled:
        return f"{server.name} ({_off(server)})\n"
    rows: list[tuple[str, str]] = [("enabled", "true")]
    for name, names in (("enabled_tools", server.enabled_tools), ("disabled_tools", server.disabled_tools)):
        if names is not None:
            rows.append((name, ", ".join(names) or "[]"))
    rows += _program(server) if server.command is not None else _address(server)
    for name, seconds in _times(server).items():
        if seconds is not None:
            rows.append((name, f"{seconds:g}"))
    if server.mode != "auto" or "default_tools_approval_mode" in server.source:
        rows.append(("default_tools_approval_mode", server.mode))
    rows.append(("remove", f"csm mcp remove {server.name}"))
    return f"{server.name}\n" + "".join(f"  {name}: {value}\n" for name, value in rows)


def _program(server: Server) -> list[tuple[str, str]]:
    return [
        ("transport", "stdio"),
        ("command", server.command or ""),
        ("args", " ".join(server.args) or "-"),
        ("cwd", server.cwd or "-"),
        ("env", _env(server)),
    ]


def _address(server: Server) -> list[tuple[str, str]]:
    variables = sorted(server.env_http_headers.items())
    return [
        ("transport", "streamable_http"),
        ("url", server.url or ""),
        ("bearer_token_env_var", server.bearer_token_env_var or "-"),
        ("http_headers", _hidden(sorted(server.http_headers))),
        ("env_http_headers", ", ".join(f"{name}={key}" for name, key in variables) or "-"),
        ("http_headers_helper", "-"),
    ]
