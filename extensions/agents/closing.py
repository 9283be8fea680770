"""`close_agent` and `resume_agent`.

Does not: forget anything. What an agent did stays in its log.
"""

from __future__ import annotations

from csm.api import ToolContext, ToolError, arguments, tools

from . import given, limits, specs
from .base import AgentTool, Shown, outcome, told

_CLOSE = {"target": given.Field(required=True, nullable=False)}
_RESUME = {"id": given.Field(required=True, nullable=False)}


class CloseAgent(AgentTool):
    """`close_agent`: closes an agent, whatever it is doing."""

    def __init__(self, *, spaced: bool = False) -> None:
        super().__init__(spaced=spaced)
        self.spec = specs.close(spaced=spaced)

    async def run(self, call: tools.ToolCall, cx: ToolContext) -> tools.ToolResult:
        """Close it; how it stood. Raises ToolError."""
        wanted = arguments.read(call.arguments, _CLOSE, name="struct CloseAgentArgs")
        agent_id = given.agent_id(wanted["target"])
        shown = Shown(call, cx, (agent_id,))
        try:
            before = await cx.agents.close_agent(agent_id)
        except ToolError:
            shown.failed(agent_id)
            raise
        return told({"previous_status": outcome(before)}, shown.ended({agent_id: before}))


class ResumeAgent(AgentTool):
    """`resume_agent`: opens a closed agent again."""

    def __init__(self, *, spaced: bool = False) -> None:
        super().__init__(spaced=spaced)
        self.spec = specs.resume(spaced=spaced)

    async def run(self, call: tools.ToolCall, cx: ToolContext) -> tools.ToolResult:
        """Open it; how it stands. Raises ToolError."""
        wanted = arguments.read(call.arguments, _RESUME, name="struct ResumeAgentArgs")
        agent_id = given.agent_id(wanted["id"])
        shown = Shown(call, cx, (agent_id,))
        try:
            state = await cx.agents.resume(agent_id, limits.threads(cx.settings.raw))
        except ToolError:
            shown.failed(agent_id)
            raise
        return told({"status": outcome(state)}, shown.ended({agent_id: state}))
