"""The settings `mcp_servers`: which servers there are, how each is started or reached, and what of it is used.

Does not: start anything, or know what the machine's environment holds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Literal, cast

import msgspec

from csm.api import SettingError, Settings, json_faults, required

Mode = Literal["auto", "prompt", "writes", "approve"]
_MODES = ("auto", "prompt", "writes", "approve")
#: Seconds, where nothing is set.
STARTUP, CALL = 30.0, 300.0
_STDIO_ONLY = ("args", "env", "env_vars", "cwd")
_HTTP_ONLY = ("bearer_token_env_var", "http_headers", "env_http_headers", "oauth", "oauth_resource")


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """One server: `command` (a program that speaks on its standard streams) or `url` (streamable HTTP).

    `startup` and `call` are the seconds that were set, None for the usual. `mode` says when to ask before a call,
    `modes` for single tools. `refused` is why a server is off that the machine does not allow. `source` is the table
    as it stands in the settings.
    """

    name: str
    enabled: bool = True
    required: bool = False
    command: str | None = None
    args: tuple[str, ...] = ()
    env: dict[str, str] = {}
    env_vars: tuple[str, ...] = ()
    cwd: str | None = None
    url: str | None = None
    bearer_token_env_var: str | None = None
    http_headers: dict[str, str] = {}
    env_http_headers: dict[str, str] = {}
    startup: float | None = None
    call: float | None = None
    enabled_tools: tuple[str, ...] | None = None
    disabled_tools: tuple[str, ...] | None = None
    mode: Mode = "auto"
    modes: dict[str, Mode] = {}
    parallel: bool = False
    scopes: tuple[str, ...] | None = None
    client_id: str | None = None
    callback: str | None = None
    resource: str | None = None
    refused: str | None = None
    source: dict[str, Any] = {}

    def uses(self, tool: str) -> bool:
        """Whether a tool of the server is for the model."""
        allowed = self.enabled_tools is None or tool in self.enabled_tools
        return allowed and tool not in (self.disabled_tools or ())


def used(settings: Settings) -> dict[str, Server]:
    """The servers of these settings, those off that the machine does not allow. Raises SettingError."""
    found = read(settings.raw)
    for name, server in list(found.items()) if "mcp_servers" in settings.requirements.values else ():
        why = required.refused_server(settings.requirements, name, server.command, server.url)
        if why is not None:
            found[name] = msgspec.structs.replace(server, enabled=False, refused=why)
    return found


def read(raw: Mapping[str, Any]) -> dict[str, Server]:
    """The servers in merged settings by name, in their order. Raises SettingError at the first that makes no sense."""
    found = raw.get("mcp_servers", {})
    if not isinstance(found, dict):
        raise _bad(f"invalid type: {json_faults.shown(found)}, expected a map", ())
    return {str(name): _server(str(name), table) for name, table in cast("dict[str, Any]", found).items()}


def _server(name: str, table: Any) -> Server:
    if not isinstance(table, dict):
        raise _bad(f"invalid type: {json_faults.shown(table)}, expected a map", (name,))
    table = cast("dict[str, Any]", table)
    values = {key: _READERS[key](table[key], (name, key)) for key in _READERS if key in table}
    _check_transport(name, table)
    startup = values.pop("startup_timeout_sec", None)
    milliseconds = values.pop("startup_timeout_ms", None)
    if startup is None and milliseconds is not None:
        startup = milliseconds / 1000
    oauth: dict[str, str] = values.pop("oauth", None) or {}
    values |= {"client_id": oauth.get("client_id"), "callback": oauth.get("callback_url")}
    named = {new: values.pop(old) for old, new in _RENAMED.items() if old in values}
    return Server(name=name, startup=startup, source=table, **named, **values)


def _check_transport(name: str, table: Mapping[str, Any]) -> None:
    if "bearer_token" in table:
        raise _bad(f"bearer_token is not supported for {'stdio' if 'command' in table else 'streamable_http'}", (name,))
    if "command" in table:
        wrong, kind = [key for key in ("url", *_HTTP_ONLY) if key in table], "stdio"
    elif "url" in table:
        wrong, kind = [key for key in _STDIO_ONLY if key in table], "streamable_http"
    else:
        raise _bad("invalid transport", (name,))
    if wrong:
        raise _bad(f"{wrong[0]} is not supported for {kind}", (name,))


_Path = tuple[str, ...]


def _text(value: Any, path: _Path) -> str:
    return _typed(value, str, "a string", path)


def _flag(value: Any, path: _Path) -> bool:
    return _typed(value, bool, "a boolean", path)


def _seconds(value: Any, path: _Path) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _bad(f"invalid type: {json_faults.shown(value)}, expected f64", path)
    if not 0 <= value < 1e9:
        raise _bad(f"{value} is no time in seconds", path)
    return float(value)


def _milliseconds(value: Any, path: _Path) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise _bad(f"invalid type: {json_faults.shown(value)}, expected u64", path)
    return value


def _texts(value: Any, path: _Path) -> tuple[str, ...]:
    found: list[Any] = _typed(value, list, "a sequence", path)
    return tuple(_text(one, path) for one in found)


def _map(value: Any, path: _Path) -> dict[str, str]:
    found: dict[str, Any] = _typed(value, dict, "a map", path)
    return {key: _text(one, (*path, key)) for key, one in found.items()}


def _variables(value: Any, path: _Path) -> tuple[str, ...]:
    """Names of variables to hand on; 0.169 also has tables that say where one comes from."""
    found: list[Any] = _typed(value, list, "a sequence", path)
    names = [cast("dict[str, Any]", one).get("name") if isinstance(one, dict) else one for one in found]
    return tuple(_text(one, path) for one in names)


def _mode(value: Any, path: _Path) -> Mode:
    word = _text(value, path)
    if word not in _MODES:
        listed = ", ".join(f"`{mode}`" for mode in _MODES)
        raise _bad(f"unknown variant `{word}`, expected one of {listed}", path)
    return word


def _modes(value: Any, path: _Path) -> dict[str, Mode]:
    tables: dict[str, Any] = _typed(value, dict, "a map", path)
    found: dict[str, Mode] = {}
    for tool, table in tables.items():
        inner: dict[str, Any] = _typed(table, dict, "a map", (*path, tool))
        if "approval_mode" in inner:
            found[tool] = _mode(inner["approval_mode"], (*path, tool, "approval_mode"))
    return found


def _oauth(value: Any, path: _Path) -> dict[str, str]:
    table: dict[str, Any] = _typed(value, dict, "a map", path)
    return {key: _text(table[key], (*path, key)) for key in ("client_id", "callback_url") if key in table}


def _typed(value: Any, kind: type, named: str, path: _Path) -> Any:
    if not isinstance(value, kind):
        raise _bad(f"invalid type: {json_faults.shown(value)}, expected {named}", path)
    return value


_READERS: dict[str, Callable[[Any, _Path], Any]] = {
    "enabled": _flag,
    "required": _flag,
    "command": _text,
    "args": _texts,
    "env": _map,
    "env_vars": _variables,
    "cwd": _text,
    "url": _text,
    "bearer_token_env_var": _text,
    "http_headers": _map,
    "env_http_headers": _map,
    "startup_timeout_sec": _seconds,
    "startup_timeout_ms": _milliseconds,
    "tool_timeout_sec": _seconds,
    "enabled_tools": _texts,
    "disabled_tools": _texts,
    "default_tools_approval_mode": _mode,
    "tools": _modes,
    "supports_parallel_tool_calls": _flag,
    "scopes": _texts,
    "oauth": _oauth,
    "oauth_resource": _text,
}
_RENAMED = {
    "tool_timeout_sec": "call",
    "default_tools_approval_mode": "mode",
    "tools": "modes",
    "supports_parallel_tool_calls": "parallel",
    "oauth_resource": "resource",
}


def _bad(fault: str, path: _Path) -> SettingError:
    dotted = ".".join(part if re.fullmatch(r"[A-Za-z0-9_-]+", part) else f'"{part}"' for part in path)
    where = f"mcp_servers.{dotted}" if dotted else "mcp_servers"
    return SettingError(f"Error loading config.toml: {fault}\nin `{where}`\n")
