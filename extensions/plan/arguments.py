"""The arguments of `update_plan`.

Does not: judge the plan.
"""

from __future__ import annotations

from csm.api import arguments, items

_NEEDED = arguments.Field(required=True, nullable=False)
_STATUS = arguments.Words(("pending", "in_progress", "completed"))
_STEP = arguments.Shape(
    "struct PlanItemArg",
    {"step": _NEEDED, "status": arguments.Field(_STATUS, required=True, nullable=False)},
    closed=True,
)
_FIELDS = {
    "explanation": arguments.Field(),
    "plan": arguments.Field(arguments.Many(_STEP), required=True, nullable=False),
}


def read(text: str) -> tuple[tuple[items.PlanStep, ...], str | None]:
    """The steps and the explanation. Raises ToolError with what is wrong and where."""
    given = arguments.read(text, _FIELDS, name=arguments.Struct("UpdatePlanArgs", 2, free=1), closed=True)
    return tuple(items.PlanStep(one["step"], one["status"]) for one in given["plan"]), given.get("explanation")
