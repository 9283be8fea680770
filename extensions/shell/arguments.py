"""Arguments of the shell tools.

Does not: clamp or judge values.
"""

from __future__ import annotations

from csm.api import arguments

read = arguments.read
_Field, _BOOLEAN = arguments.Field, "a boolean"
_PERMISSIONS = arguments.Words(("use_default", "require_escalated", "with_additional_permissions"))

#: What the arguments are called where they are no object.
EXEC_NAME = arguments.Struct("ToolEnvironmentArgs", 1)
COMMAND_NAME = arguments.Struct("ShellCommandToolCallParams", 8)
STDIN_NAME = arguments.Struct("TerminalSessionArgs", 1)
EXEC = {
    "cmd": _Field(required=True, nullable=False),
    "workdir": _Field(),
    "shell": _Field(),
    "login": _Field(_BOOLEAN),
    "tty": _Field(_BOOLEAN, nullable=False),
    "yield_time_ms": _Field("u64", nullable=False),
    "max_output_tokens": _Field("usize"),
    "sandbox_permissions": _Field(_PERMISSIONS),
    "justification": _Field(),
    "prefix_rule": _Field(arguments.Many("a string")),
}
COMMAND = {
    "command": _Field(required=True, nullable=False),
    "workdir": _Field(),
    "login": _Field(_BOOLEAN),
    "timeout_ms": _Field("u64"),
    "sandbox_permissions": _Field(_PERMISSIONS),
    "justification": _Field(),
    "prefix_rule": _Field(arguments.Many("a string")),
}
#: What `write_stdin` looks at first.
SESSION = {"session_id": _Field("i32", required=True, nullable=False)}
STDIN = {
    **SESSION,
    "chars": _Field(),
    "yield_time_ms": _Field("u64"),
    "max_output_tokens": _Field("usize"),
}
