"""The tool. A plan is one item for the whole turn: shown at the first call, changed by every later one.

Does not: complete the item. The session does, when the turn ends.
"""

from __future__ import annotations

import msgspec

from csm.api import Offer, ToolContext, items, tools

from . import arguments

NAME = "update_plan"
_STEP = {
    "type": "object",
    "properties": {
        "step": {"type": "string", "description": "What is to be done, in a few words"},
        "status": {"type": "string", "enum": ["pending", "in_progress", "completed"]},
    },
    "required": ["step", "status"],
    "additionalProperties": False,
}
_PARAMETERS = {
    "type": "object",
    "properties": {
        "explanation": {"type": "string", "description": "Why the plan changed, if it did"},
        "plan": {"type": "array", "items": _STEP, "description": "All steps, in order, finished ones too"},
    },
    "required": ["plan"],
    "additionalProperties": False,
}
_DESCRIPTION = (
    "Show the user the plan for work of several steps, and how far it is. Give the whole plan each time; have one step"
    " in progress while you work, and mark steps completed as you finish them."
)


class UpdatePlan:
    """`update_plan`."""

    def __init__(self) -> None:
        raw = {
            "type": "function",
            "name": NAME,
            "description": _DESCRIPTION,
            "strict": False,
            "parameters": _PARAMETERS,
        }
        self.spec = tools.ToolSpec(NAME, msgspec.Raw(msgspec.json.encode(raw)))

    def offered(self, offer: Offer) -> tools.ToolSpec | None:
        """Unless the setting `tools.update_plan.enabled` is false."""
        given = offer.settings.raw.get("tools", {}).get(NAME)
        return None if isinstance(given, dict) and given.get("enabled") is False else self.spec

    async def run(self, call: tools.ToolCall, cx: ToolContext) -> tools.ToolResult:
        """Show the plan. Raises ToolError for arguments that are none."""
        steps, explanation = arguments.read(call.arguments)
        plan = items.Plan(f"plan-{cx.turn_id}", steps, explanation)
        if cx.state.get("turn") == cx.turn_id:
            cx.updated(plan)
        else:
            cx.state["turn"] = cx.turn_id
            cx.started(plan)
        return tools.ToolResult("Plan updated")
