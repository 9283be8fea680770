"""`wait_agent`.

Does not: stop agents that take too long.
"""

from __future__ import annotations

from csm.api import ToolContext, ToolError, arguments, tools

from . import given, limits
from .shown import Shown, outcome, told

_FIELDS = {"targets": given.Field(arguments.Many("a string"), nullable=False), "timeout_ms": given.Field("i64")}


async def wait(call: tools.ToolCall, cx: ToolContext) -> tools.ToolResult:
    """Wait; how those stand that have ended. Raises ToolError."""
    wanted = arguments.read(call.arguments, _FIELDS, name=arguments.Struct("WaitArgs", 2, free=1))
    if not wanted.get("targets"):
        raise ToolError("agent ids must be non-empty")
    agent_ids = [given.agent_id(target) for target in wanted["targets"]]
    timeout = wanted.get("timeout_ms")
    if timeout is not None and timeout <= 0:
        raise ToolError("timeout_ms must be greater than zero")
    shown = Shown(call, cx, agent_ids)
    states = await cx.agents.wait(agent_ids, limits.seconds(timeout))
    status = {agent_id: outcome(state) for agent_id, state in states.items()}
    return told({"status": status, "timed_out": not status}, shown.ended(states))
