"""`csm mcp`: commands of the extension `mcp`, with their results in print.

Does not: know servers.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from csm.cli import opening
from csm.cli.arguments import Parsed, UsageError
from csm.headless.visible import visible
from csm.protocol.errors import CommandError, CsmError


def show_all(parsed: Parsed) -> int:
    """`csm mcp list`"""
    return _run(parsed, "mcp.list")


def show(parsed: Parsed) -> int:
    """`csm mcp get NAME`"""
    return _run(parsed, "mcp.get", parsed.get("name"))


def add(parsed: Parsed) -> int:
    """`csm mcp add NAME -- COMMAND...`, or with --url."""
    words, url = parsed.all("command"), parsed.get("url")
    if not words and url is None:
        missing = "the following required arguments were not provided:\n  <COMMAND|--url <URL>>"
        raise UsageError(missing, parsed.command)
    if words and url is not None:
        raise UsageError("the argument '--url <URL>' cannot be used with '[COMMAND]...'", parsed.command)
    asked = {
        "command": words,
        "url": url,
        "env": [_pair(word, parsed) for word in parsed.all("env")],
        "bearer_token_env_var": parsed.get("bearer_token_env_var"),
        "client_id": parsed.get("oauth_client_id"),
        "client_secret": parsed.get("oauth_client_secret"),
        "resource": parsed.get("oauth_resource"),
    }
    remote = ("bearer_token_env_var", "client_id", "client_secret", "resource")
    if url is None and any(asked[key] for key in remote):
        raise UsageError("the following required argument was not provided: url", parsed.command)
    return _run(parsed, "mcp.add", parsed.get("name"), asked)


def _pair(word: str, parsed: Parsed) -> tuple[str, str]:
    name, equals, value = word.partition("=")
    if not equals or not name:
        why = "environment entries must be in KEY=VALUE form"
        raise UsageError(f"invalid value '{word}' for '--env <KEY=VALUE>': {why}", parsed.command, usage=False)
    return name, value


def remove(parsed: Parsed) -> int:
    """`csm mcp remove NAME`"""
    return _run(parsed, "mcp.remove", parsed.get("name"))


def login(parsed: Parsed) -> int:
    """`csm mcp login NAME`"""
    scopes = parsed.get("scopes")
    given = [word.strip() for word in scopes.split(",") if word.strip()] if scopes is not None else None
    return _run(parsed, "mcp.login", parsed.get("name"), {"scopes": given, "no_browser": parsed.on("no_browser")})


def logout(parsed: Parsed) -> int:
    """`csm mcp logout NAME`"""
    return _run(parsed, "mcp.logout", parsed.get("name"))


def _run(parsed: Parsed, command: str, name: str | None = None, asked: dict[str, Any] | None = None) -> int:
    from csm.host.context import Context
    from csm.host.host import Host
    from csm.host.settings import load

    env = dict(os.environ)
    host = Host.open(load(cwd=Path.cwd(), env=env, overrides=opening.overrides(parsed)), env, init=False)
    try:
        words = [] if name is None else [name]
        told = host.commands.call(command, words, Context(host=host, state={"asked": asked or {}}))
    except CommandError as error:
        trace = next((message.text for message in reversed(host.messages) if message.level == "error"), "")
        raise CsmError(f"Error: {error.message}", trace if "Traceback" in trace else error.hint) from error
    finally:
        host.close()
    if parsed.on("json"):
        sys.stdout.write(json.dumps(told.value, indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(visible(told.text) if sys.stdout.isatty() else told.text)
    return 0
