"""A plan: its steps with marks, and the explanation that came with it.

Does not: keep plans or decide where they are shown.
"""

from __future__ import annotations

from csm.protocol.items import Plan
from csm.view.lines import StyledLine, clean, wrap
from csm.view.render.leaves import PROSE_WIDTH
from csm.view.render.look import Look, Rows, View, text_rows

MARKS = {"completed": ("plan.done", "✓"), "in_progress": ("plan.doing", "•"), "pending": ("plan.pending", "○")}


def render_plan(item: Plan, view: View) -> Look:
    """The plan as it stands."""
    text = "\n".join(f"{MARKS[step.status][1]} {step.step}" for step in item.steps)
    return Look([Rows(lambda width: plan_rows(item, width), text, "plan")])


def plan_rows(plan: Plan, width: int) -> list[StyledLine]:
    """A title with how far it got, the explanation, a row or more for each step."""
    done = sum(step.status == "completed" for step in plan.steps)
    size = min(width, PROSE_WIDTH)
    rows: list[StyledLine] = [[("plan.title", "Plan"), ("dim", f"  {done}/{len(plan.steps)}")]]
    if plan.explanation and plan.explanation.strip():
        rows += text_rows(plan.explanation.strip(), "plan.note", size)
    for step in plan.steps:
        role, mark = MARKS[step.status]
        rows += wrap([(role, clean(step.step))], size, [(role, f"{mark} ")], [("", "  ")])
    return rows
