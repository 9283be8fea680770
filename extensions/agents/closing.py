"""`close_agent` and `resume_agent`.

Does not: forget anything. What an agent did stays in its log.
"""

from __future__ import annotations

from csm.api import ToolContext, ToolError, arguments, tools

from . import given, limits
from .shown import Shown, outcome, told

_CLOSE = {"target": given.Field(required=True, nullable=False)}
_RESUME = {"id": given.Field(required=True, nullable=False)}


async def close(call: tools.ToolCall, cx: ToolContext) -> tools.ToolResult:
    """Close it; how it stood. Raises ToolError."""
    wanted = arguments.read(call.arguments, _CLOSE, name=arguments.Struct("CloseAgentArgs", 1))
    agent_id = given.agent_id(wanted["target"])
    shown = Shown(call, cx, (agent_id,))
    try:
        before = await cx.agents.close_agent(agent_id)
    except ToolError:
        shown.failed(agent_id)
        raise
    return told({"previous_status": outcome(before)}, shown.ended({agent_id: before}))


async def resume(call: tools.ToolCall, cx: ToolContext) -> tools.ToolResult:
    """Open it; how it stands. Raises ToolError."""
    wanted = arguments.read(call.arguments, _RESUME, name=arguments.Struct("ResumeAgentArgs", 1))
    agent_id = given.agent_id(wanted["id"])
    shown = Shown(call, cx, (agent_id,))
    try:
        state = await cx.agents.resume(agent_id, limits.threads(cx.settings.raw))
    except ToolError:
        shown.failed(agent_id)
        raise
    return told({"status": outcome(state)}, shown.ended({agent_id: state}))
