"""The arguments of `update_plan`, checked.

Does not: judge the plan.
"""

from __future__ import annotations

import json

import msgspec

from csm.api import ToolError, items

#: What models know from Codex, for the words of Python's reader.
_SYNTAX = {
    "Expecting property name enclosed in double quotes": "key must be a string",
    "Expecting value": "expected value",
    "Expecting ':' delimiter": "expected `:`",
    "Expecting ',' delimiter": "expected `,` or a closing bracket",
    "Extra data": "trailing characters",
}


class Arguments(msgspec.Struct, forbid_unknown_fields=True):
    """The whole plan, which takes the place of the last one."""

    plan: list[Step]
    explanation: str | None = None


class Step(msgspec.Struct, forbid_unknown_fields=True):
    """One step as the model writes it: an item's `PlanStep`, but every field is required."""

    step: str
    status: str

    def item(self, place: int) -> items.PlanStep:
        """The step of the item. Raises ToolError for an unknown status."""
        if self.status not in ("pending", "in_progress", "completed"):
            known = "expected one of `pending`, `in_progress`, `completed`"
            raise _failure(f"unknown variant `{self.status}`, {known} - at `$.plan[{place}].status`")
        return items.PlanStep(self.step, self.status)


def read(text: str) -> tuple[tuple[items.PlanStep, ...], str | None]:
    """The steps and the explanation. Raises ToolError with what is wrong and where."""
    try:
        given = msgspec.json.decode(text, type=Arguments)
    except msgspec.ValidationError as error:
        raise _failure(str(error)) from None
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise _failure(_syntax(text)) from None
    return tuple(step.item(place) for place, step in enumerate(given.plan)), given.explanation


def _syntax(text: str) -> str:
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        if error.pos >= len(text):
            return f"EOF while parsing a value at line {error.lineno} column {error.colno - 1}"
        return f"{_SYNTAX.get(error.msg, error.msg)} at line {error.lineno} column {error.colno}"
    except RecursionError:
        return "recursion limit exceeded"
    return "the text is not valid Unicode"


def _failure(what: str) -> ToolError:
    return ToolError(f"failed to parse function arguments: {what}")
