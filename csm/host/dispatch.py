"""Running command lines.

Does not: choose the loop. What an async command returns is the caller's to await.
"""

from __future__ import annotations

import traceback
from collections.abc import Awaitable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from csm.host import lines, signature
from csm.host.implementations import place
from csm.protocol.errors import CommandError, CsmError

if TYPE_CHECKING:
    from csm.host.commands import Command, Commands
    from csm.host.context import Context


def run(commands: Commands, line: str, cx: Context) -> Any:
    """Run a line: one command, or several joined by ` ; `.

    The last one's result; an awaitable where a command is async (the rest of the line runs inside it). Raises
    CommandError, from the awaitable too, for all that goes wrong; the next commands of the line then do not run.
    """
    return _run_all(commands, lines.split(line), cx)


def _run_all(commands: Commands, todo: list[list[str]], cx: Context) -> Any:
    result: Any = None
    for done, (name, *words) in enumerate(todo, 1):
        found = commands.get(name)
        commands.ran[found.name] += 1
        result = call(found, words, cx)
        if isinstance(result, Awaitable) and done < len(todo):
            return _then(commands, result, todo[done:], cx)
    return result


async def _then(commands: Commands, first: Awaitable[Any], todo: list[list[str]], cx: Context) -> Any:
    await first
    result = _run_all(commands, todo, cx)
    return await result if isinstance(result, Awaitable) else result


def call(command: Command, words: Sequence[str], cx: Context) -> Any:
    """Run one command with its words. Raises CommandError for all that goes wrong, also what the command breaks."""
    if any("\0" in word for word in words):  # neither a file nor a program can be called so
        raise CommandError(f"{command.name} takes no character 0")
    function = command.function
    arguments, named = signature.bind(command.name, command.parameters, words, cx.count)
    try:
        result = function(msgspec.structs.replace(cx, arguments=tuple(words)), *arguments, **named)
    except Exception as error:
        raise _told(command, error, cx) from error
    return _guarded(command, result, cx) if isinstance(result, Awaitable) else result


async def _guarded(command: Command, pending: Awaitable[Any], cx: Context) -> Any:
    try:
        return await pending
    except Exception as error:
        raise _told(command, error, cx) from error


def _told(command: Command, error: Exception, cx: Context) -> CommandError:
    """What the person reads on the message line. A fault of the command itself also goes to the messages buffer."""
    if isinstance(error, CommandError):
        return error
    if isinstance(error, CsmError):
        return CommandError(error.message, error.hint)
    trace = "".join(traceback.format_exception(error))
    cx.host.report("error", f"{command.name} of {command.owner} failed\n{trace}", place(error))
    return CommandError(f"{command.name} failed: {type(error).__name__}: {error}", "the messages buffer has more")
