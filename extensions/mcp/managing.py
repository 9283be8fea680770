"""`csm mcp`: servers listed, shown, added, removed, logged in at and out of. Only config.toml and logins change.

What a command is asked beyond names comes in `cx.state["asked"]`, since options may be repeated there.

Does not: start servers.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

from csm.api import CommandError, Context, CsmError, command, config_file

from . import listing, oauth, tokens
from .browsing import browse
from .login import Wish, login
from .servers import Server, read, used

_NAME = re.compile(r"[A-Za-z0-9_:@/.-]+")


class Told(NamedTuple):
    """What came of a command: text for people, or a value for JSON where that was asked for."""

    text: str
    value: Any = None


@command("mcp.list", title="List MCP servers", hidden=True)
def list_servers(cx: Context) -> Told:
    """Show every server of the settings, and how it stands with logins."""
    servers = sorted(_servers(cx).values(), key=lambda one: one.name)
    if not servers:
        return Told("No MCP servers configured yet. Try `csm mcp add my-tool -- my-command`.\n", [])
    standing = listing.standings(servers, cx.host.settings.codex_home)
    return Told(listing.tables(servers, standing), listing.listed(servers, standing))


@command("mcp.get", title="Show an MCP server", hidden=True)
def get(cx: Context, name: str) -> Told:
    """Show the settings of one server."""
    server = _server(cx, name)
    return Told(listing.lines(server), listing.detailed(server))


@command("mcp.add", title="Add an MCP server", hidden=True)
def add(cx: Context, name: str) -> Told:
    """Write a server to config.toml, in the place of one of the same name."""
    _check(name)
    asked: dict[str, Any] = cx.state.get("asked", {})
    table = _remote(asked) if asked.get("url") else _local(asked)
    server = read({"mcp_servers": {name: table}})[name]
    config_file.put(cx.host.settings.codex_home, ("mcp_servers", name), table)
    said = [f"Added global MCP server '{name}'."]
    callback = table.get("oauth", {}).get("callback_url")
    said += [f"OAuth callback URL: {callback}"] if callback else []
    if server.url is None or server.bearer_token_env_var is not None:
        return Told("\n".join(said) + "\n")
    sys.stdout.write("\n".join(said) + "\n")
    return Told(_offer(cx, server))


def _offer(cx: Context, server: Server) -> str:
    """Log in at once where the server is known to want it."""

    async def wants() -> bool:
        async with oauth.client() as web:
            return await oauth.discover(server, web) is not None

    try:
        if not asyncio.run(wants()):
            return ""
    except CsmError:
        return f"MCP server may or may not require login. Run `csm mcp login {server.name}` to login.\n"
    sys.stdout.write("Detected OAuth support. Starting OAuth flow…\n")
    _log_in(cx, server, None)
    return "Successfully logged in.\n"


def _local(asked: dict[str, Any]) -> dict[str, Any]:
    words = list(asked.get("command") or ())
    if not words:
        raise CommandError("command is required")
    table: dict[str, Any] = {"command": words[0]}
    if words[1:]:
        table["args"] = words[1:]
    if asked.get("env"):
        table["env"] = dict(asked["env"])
    return table


def _remote(asked: dict[str, Any]) -> dict[str, Any]:
    if asked.get("env"):
        raise CommandError("command is required")
    if asked.get("client_secret"):
        raise CommandError("logins with a client secret are not supported", "register a public client")
    table: dict[str, Any] = {"url": asked["url"]}
    if asked.get("bearer_token_env_var"):
        table["bearer_token_env_var"] = asked["bearer_token_env_var"]
    if asked.get("resource"):
        table["oauth_resource"] = asked["resource"]
    if asked.get("client_id"):
        callback = f"http://127.0.0.1/callback/{secrets.token_urlsafe(9)}"
        table["oauth"] = {"client_id": asked["client_id"], "callback_url": callback}
    return table


@command("mcp.remove", title="Remove an MCP server", hidden=True)
def remove(cx: Context, name: str) -> Told:
    """Take a server out of config.toml."""
    _check(name)
    home = cx.host.settings.codex_home
    if name not in _own(cx):
        return Told(f"No MCP server named '{name}' found.\n")
    config_file.put(home, ("mcp_servers", name), None)
    return Told(f"Removed global MCP server '{name}'.\n")


def _own(cx: Context) -> dict[str, Any]:
    """The servers of the user's config.toml alone."""
    import tomli

    try:
        found = tomli.loads((cx.host.settings.codex_home / "config.toml").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found.get("mcp_servers", {})


@command("mcp.login", title="Log in at an MCP server", hidden=True)
def log_in(cx: Context, name: str) -> Told:
    """Have the browser ask whether csm may use the server, and keep the token."""
    server = _server(cx, name)
    if server.url is None:
        raise CommandError("OAuth login is only supported for streamable HTTP servers.")
    asked: dict[str, Any] = cx.state.get("asked", {})
    _log_in(cx, server, asked.get("scopes"), browser=not asked.get("no_browser"))
    return Told(f"Successfully logged in to MCP server '{name}'.\n")


def _log_in(cx: Context, server: Server, scopes: list[str] | None, *, browser: bool = True) -> None:
    def tell(address: str) -> None:
        sys.stdout.write(f"Authorize `{server.name}` by opening this URL in your browser:\n{address}\n")
        if browser and not browse(address):
            sys.stdout.write("(Browser launch failed; please copy the URL above manually.)\n")
        sys.stdout.flush()

    sign_in(cx, server, scopes, tell)


def sign_in(cx: Context, server: Server, scopes: list[str] | None, tell: Callable[[str], None]) -> None:
    """Log in and keep the token; `tell` gets the address at which the user agrees. Raises CommandError."""
    raw, home = cx.host.settings.raw, cx.host.settings.codex_home
    port, url = raw.get("mcp_oauth_callback_port"), raw.get("mcp_oauth_callback_url")
    wish = Wish(scopes, port if isinstance(port, int) else 0, url if isinstance(url, str) else None)
    try:
        tokens.save(home, server, asyncio.run(login(server, wish, tell)))
    except OSError as error:
        raise CommandError(f"the login cannot be kept: {error.strerror}") from error
    except CsmError as error:
        raise CommandError(error.message, error.hint) from error


@command("mcp.logout", title="Log out of an MCP server", hidden=True)
def log_out(cx: Context, name: str) -> Told:
    """Forget the token of a server."""
    home = cx.host.settings.codex_home
    server = _servers(cx).get(name)
    if server is None:
        raise CommandError(f"No MCP server named '{name}' found in configuration.")
    if server.url is None:
        raise CommandError("OAuth logout is only supported for streamable_http transports.")
    if tokens.find(home, server) is None:
        return Told(f"No OAuth credentials stored for '{name}'.\n")
    try:
        tokens.save(home, server, None)
    except OSError as error:
        raise CommandError(f"failed to delete OAuth credentials: {error.strerror}") from error
    return Told(f"Removed OAuth credentials for '{name}'.\n")


def _servers(cx: Context) -> dict[str, Server]:
    return used(cx.host.settings)


def _server(cx: Context, name: str) -> Server:
    found = _servers(cx).get(name)
    if found is None:
        raise CommandError(f"No MCP server named '{name}' found.")
    return found


def _check(name: str) -> None:
    if not _NAME.fullmatch(name):
        allowed = "use letters, numbers, '-', '_', ':', '@', '/', '.'"
        raise CommandError(f"invalid server name '{name}' ({allowed})")
