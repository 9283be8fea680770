"""Whether a tool of a server may be called: by what the settings say, what the server says of it, and the user.

Does not: trust what a server says beyond what the settings allow: `default_tools_approval_mode` is the user's word.
"""

from __future__ import annotations

from csm.api import SettingError, ToolContext, codec, config_file, tools

from .connection import Definition
from .servers import Mode, Server

NEVER = "MCP tool call requires approval, but approval policy is never"
REJECTED = "user rejected MCP tool call"
CANCELLED = "user cancelled MCP tool call"
_LONGEST = 4_000


def needed(mode: Mode, tool: Definition) -> bool:
    """Whether somebody must agree. A tool that says it only reads is believed, as is one that harms nothing."""
    if mode in ("approve", "prompt"):
        return mode == "prompt"
    if tool.reads_only:
        return False
    return mode == "writes" or tool.destroys is not False or tool.open_world is not False


async def refusal(server: Server, tool: Definition, arguments: str, cx: ToolContext) -> str | None:
    """None where the call may go on; else what the model reads."""
    mode = server.modes.get(tool.name, server.mode)
    free = cx.sandbox_policy.mode == "danger-full-access" and cx.approval == "never"
    if free or not needed(mode, tool):
        return None
    if cx.headless or cx.approval == "never":
        return NEVER
    answer = await cx.ask(_ask(server, tool, arguments, cx))
    if answer.decision == "accept_rule":
        _remember(server, tool, cx)
    if answer.decision.startswith("accept"):
        return None
    if answer.decision == "cancel":
        return CANCELLED
    return f"{REJECTED}: {answer.text}" if answer.text else REJECTED


def _ask(server: Server, tool: Definition, arguments: str, cx: ToolContext) -> tools.Ask:
    shown = arguments if len(arguments) <= _LONGEST else f"{arguments[:_LONGEST]}…"
    return tools.Ask(
        f"{cx.turn_id}:{cx.call_id}",
        cx.call_id,
        "tool",
        f"Let the MCP server {server.name} run {tool.name}?",
        command=f"{tool.name} {shown}",
        why=tool.description.strip().split("\n")[0][:400],
        risk=_risk(tool),
        decisions=("accept", "accept_session", "accept_rule", "decline", "cancel"),
        key=f"mcp {server.name} {tool.name} {tool.mark}",
    )


def _risk(tool: Definition) -> str:
    if tool.reads_only:
        return ""
    if tool.destroys is False:
        return "it may reach the outside world"
    return "it may change or delete things"


def _remember(server: Server, tool: Definition, cx: ToolContext) -> None:
    """From now on the tool needs no approval: said in config.toml, where the user can take it back."""
    path = ("mcp_servers", server.name, "tools", tool.name, "approval_mode")
    server.modes[tool.name] = "approve"
    try:
        config_file.put(cx.settings.codex_home, path, "approve")
    except SettingError as error:
        cx.warn(f"this could not be remembered: {error.message}")


def pretty(arguments: object) -> str:
    """Arguments on one line, for people."""
    return codec.encode(arguments).decode("utf-8", "replace")
