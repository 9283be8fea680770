"""The tools as the model sees them.

Does not: read calls (`arguments.py`).
"""

from __future__ import annotations

from typing import Any

import msgspec

from csm.api import Offer, codec, features
from csm.api import tools as types

_YIELD = "How many milliseconds to wait for output before this call returns. "
_LIMIT = "How many tokens of output to return at the most (default 10000); the middle of longer output is left out."

EXEC_PROPERTIES: dict[str, Any] = {
    "cmd": {"type": "string", "description": "The command line, run by the shell."},
    "workdir": {"type": "string", "description": "Folder to run in; relative to the working directory, the default."},
    "shell": {"type": "string", "description": "Shell program to use in place of the user's own."},
    "login": {"type": "boolean", "description": "Whether the shell is a login shell (default true)."},
    "tty": {
        "type": "boolean",
        "description": "Whether to run in a terminal, as interactive programs need; default false: pipes.",
    },
    "yield_time_ms": {"type": "number", "description": _YIELD + "Default 10000, from 250 to 30000."},
    "max_output_tokens": {"type": "number", "description": _LIMIT},
    "sandbox_permissions": {
        "type": "string",
        "enum": ["use_default", "require_escalated"],
        "description": "`require_escalated` asks the user to let this command run outside the sandbox.",
    },
    "justification": {
        "type": "string",
        "description": "With `require_escalated`: one short question to the user that says why it is needed.",
    },
    "prefix_rule": {
        "type": "array",
        "items": {"type": "string"},
        "description": "With `require_escalated`: first words of `cmd` that the user may allow for good.",
    },
}
COMMAND_PROPERTIES: dict[str, Any] = {
    "command": EXEC_PROPERTIES["cmd"],
    "workdir": EXEC_PROPERTIES["workdir"],
    "timeout_ms": {
        "type": "number",
        "description": "The command is ended after so many milliseconds (default 10000).",
    },
    "login": EXEC_PROPERTIES["login"],
    "sandbox_permissions": EXEC_PROPERTIES["sandbox_permissions"],
    "justification": EXEC_PROPERTIES["justification"],
    "prefix_rule": {
        **EXEC_PROPERTIES["prefix_rule"],
        "description": "With `require_escalated`: first words of `command` that the user may allow for good.",
    },
}
STDIN_PROPERTIES: dict[str, Any] = {
    "session_id": {"type": "number", "description": "Number of the session, as exec_command gave it."},
    "chars": {"type": "string", "description": "What to type, control characters included; nothing just waits."},
    "yield_time_ms": {
        "type": "number",
        "description": _YIELD + "Default 250 after typing (to 30000); 5000 to 300000 when only waiting.",
    },
    "max_output_tokens": {"type": "number", "description": _LIMIT},
}


def sessions(offer: Offer) -> bool | None:
    """Whether the model gets sessions, else one tool that runs commands to their end; None for no shell at all."""
    raw = offer.settings.raw
    return features.on(raw, "unified_exec") if features.on(raw, "shell_tool") else None


def exec_command(*, login: bool = True) -> types.ToolSpec:
    """`exec_command`; without the choice of `login` where there is none."""
    return _spec(
        "exec_command",
        "Run a shell command. Returns its output, or what there is so far and a session number if it still runs.",
        _chosen(EXEC_PROPERTIES, login),
        "cmd",
    )


def shell_command(*, login: bool = True) -> types.ToolSpec:
    """`shell_command`."""
    return _spec(
        "shell_command",
        "Run a shell command to its end and return its output.",
        _chosen(COMMAND_PROPERTIES, login),
        "command",
    )


def write_stdin() -> types.ToolSpec:
    """`write_stdin`."""
    return _spec(
        "write_stdin",
        "Type into a command that still runs, or wait for it, and return its new output.",
        STDIN_PROPERTIES,
        "session_id",
    )


def _chosen(properties: dict[str, Any], login: bool) -> dict[str, Any]:
    return properties if login else {name: value for name, value in properties.items() if name != "login"}


def _spec(name: str, description: str, properties: dict[str, Any], required: str) -> types.ToolSpec:
    parameters = {
        "type": "object", "properties": properties, "required": [required], "additionalProperties": False,
    }  # fmt: skip
    tool = {"type": "function", "name": name, "description": description, "strict": False, "parameters": parameters}
    return types.ToolSpec(name, msgspec.Raw(codec.encode(tool)))


def own() -> types.ToolSpec:
    """What the user runs; no model is told of it."""
    return types.ToolSpec("user_shell", msgspec.Raw(b"{}"))
