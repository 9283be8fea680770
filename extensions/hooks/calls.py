"""Tool calls as hooks know them: by Codex's names, with what they are to do.

Does not: run hooks.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from csm.api import codec
from csm.api import tools as types

from .handlers import ALIASES

#: Where the command line stands in the arguments of the tools that run one.
_COMMANDS = {"exec_command": "cmd", "shell_command": "command"}
_PATCH = "apply_patch"
#: Tools that go on with something that hooks have seen.
_GOING_ON = ("write_stdin",)


class Seen(NamedTuple):
    """A call as hooks see it. `names` are what matchers look at, `why` the model's reason to leave the sandbox."""

    name: str
    input: Any
    cwd: Path
    why: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The tool's name and those it goes by in other programs."""
        return (self.name, *ALIASES.get(self.name, ()))


def seen(call: types.ToolCall, cwd: Path) -> Seen | None:
    """None for calls that hooks do not hear of, and those whose arguments nobody can read."""
    if call.name in _GOING_ON:
        return None
    if call.name == _PATCH and call.namespace is None:
        patch = call.arguments if call.custom else _arguments(call).get("input")
        return Seen(_PATCH, {"command": patch}, cwd) if isinstance(patch, str) else None
    try:
        given = _arguments(call)
    except ValueError:
        return None
    field = _COMMANDS.get(call.name) if call.namespace is None else None
    if field is None:
        return Seen(_name(call), {"input": call.arguments} if call.custom else given, cwd)
    command, why = given.get(field), given.get("justification")
    if not isinstance(command, str):
        return None
    workdir = given.get("workdir")
    where = Path(os.path.normpath(cwd / workdir)) if isinstance(workdir, str) else cwd
    return Seen("Bash", {"command": command}, where, why if isinstance(why, str) else "")


def changed(call: types.ToolCall, input: Any) -> types.ToolCall | None:
    """The call with another input; None where that is none."""
    plain = call.namespace is None and (call.name in _COMMANDS or call.name == _PATCH)
    if not plain:
        return _with(call, input) if isinstance(input, dict) else None
    command = input.get("command") if isinstance(input, dict) else None
    if not isinstance(command, str):
        return None
    if call.custom:
        return msgspec.structs.replace(call, arguments=command)
    return _with(call, {**_arguments(call), _COMMANDS.get(call.name, "input"): command})


def _with(call: types.ToolCall, given: dict[str, Any]) -> types.ToolCall:
    return msgspec.structs.replace(call, arguments=codec.encode(given).decode())


def _name(call: types.ToolCall) -> str:
    return f"{call.namespace}__{call.name}" if (call.namespace or "").startswith("mcp__") else call.name


def _arguments(call: types.ToolCall) -> dict[str, Any]:
    """The arguments of a call. Raises ValueError."""
    if call.custom:
        return {}
    value = codec.decode(call.arguments or "{}")
    if not isinstance(value, dict):
        raise ValueError("arguments are no object")
    return value
