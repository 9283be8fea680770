"""Subcommands that extensions add with `@command(cli="NAME")`.

A command gets a `Context` with the host, the words after its name as `arguments`, and in `state["launch"]` a function
that runs another command line of csm in this process and returns its exit status: `launch(["-C", folder, "hello"])`.
It returns an exit status, or None for 0.

Does not: parse their options. A command's signature says what it takes.
"""

from __future__ import annotations

import inspect
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from csm.protocol.errors import CommandError, CsmError

if TYPE_CHECKING:
    from csm.host.commands import Command
    from csm.host.host import Host


def run(words: list[str]) -> int | None:
    """Run the command that `words` name; None where no extension has one of this name."""
    try:
        host = _host()
    except CsmError:
        return None  # whatever comes next meets the same broken settings, and reports them
    try:
        found = host.commands.cli().get(words[0])
        return None if found is None else _call(host, found, words)
    finally:
        host.close()


def titles() -> dict[str, str]:
    """What every extension adds: name and title."""
    try:
        host = _host()
    except CsmError:
        return {}
    try:
        return {name: found.title for name, found in host.commands.cli().items()}
    finally:
        host.close()


def _host() -> Host:
    from csm.host.host import Host
    from csm.host.settings import load

    env = dict(os.environ)
    return Host.open(load(cwd=Path.cwd(), env=env), env, init=False)


def _call(host: Host, found: Command, words: list[str]) -> int:
    if words[1:2] in (["-h"], ["--help"]):  # further on they may belong to what is asked for
        from csm.host.signature import usage

        line = usage(f"csm {words[0]}", found.parameters)
        sys.stdout.write(f"{found.title}\n\nUsage: {line}\n\n{inspect.getdoc(found.function) or ''}\n")
        return 0
    from csm.cli.launch import launch
    from csm.host.context import Context

    cx = Context(host=host, arguments=tuple(words[1:]), state={"launch": launch})
    known = host.told
    try:
        return _status(host.commands.call(found.name, words[1:], cx))
    except CommandError as error:
        broken = "\n".join(message.text for message in host.since(known) if message.level == "error")
        more = broken or error.hint  # a traceback went to the messages, which nobody can open here
        sys.stderr.write(f"Error: {error.message}\n" + (f"{more}\n" if more else ""))
        return 1


def _status(result: Any) -> int:
    if inspect.isawaitable(result):
        import asyncio

        async def wait() -> Any:
            return await result

        result = asyncio.run(wait())
    return result if isinstance(result, int) else 0
