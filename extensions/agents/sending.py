"""`send_input`.

Does not: wait for what the agent makes of it.
"""

from __future__ import annotations

from csm.api import ToolContext, ToolError, arguments, tools

from . import given
from .shown import Shown, told

_FIELDS = {
    **given.MESSAGE,
    "target": given.Field(required=True, nullable=False),
    "interrupt": given.Field("a boolean", nullable=False),
}


async def send(call: tools.ToolCall, cx: ToolContext) -> tools.ToolResult:
    """Say it; the id of what was said. Raises ToolError."""
    wanted = arguments.read(call.arguments, _FIELDS, name=arguments.Struct("SendInputArgs", 4))
    agent_id = given.agent_id(wanted["target"])
    message = given.message(wanted)
    shown = Shown(call, cx, (agent_id,), message.prompt)
    before = cx.agents.state(agent_id)
    try:
        sent = await cx.agents.send(agent_id, message.text, message.images, interrupt=wanted.get("interrupt", False))
    except ToolError:
        shown.failed(agent_id)
        raise
    return told({"submission_id": sent}, shown.ended({agent_id: before}, well=True))
