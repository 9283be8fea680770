"""What the model is told of the tools.

Does not: run them.
"""

from __future__ import annotations

from typing import Any

import msgspec

from csm.api import tools

_GET = "Read this thread's goal: what it is, how it stands, and the tokens and seconds used for it."
_CREATE = (
    "Set a goal that outlives this turn. Only when the person, or your instructions, ask for a goal in so many words;"
    " an ordinary task is none. Fails while another goal is not complete."
)
_UPDATE = (
    "Say how the goal stands. `complete`: all of it is done and checked; never because you stop, or because a budget"
    " runs out. `blocked`: the same obstacle has stopped you in three turns in a row and only the person or a change"
    " from outside can remove it; hard or slow is not blocked. `paused`: the person asked for a pause; then stop"
    " working on it. Nothing else can be set here. After `complete`, tell the person what the answer says was used."
)
_OBJECTIVE = {"type": "string", "description": "What is to be reached, so that one can tell whether it is"}
_BUDGET = {"type": "integer", "description": "Tokens it may use, if the person named a number"}
_STATUS = {"type": "string", "enum": ["complete", "blocked", "paused"], "description": "How the goal stands"}


def get() -> tools.ToolSpec:
    """`get_goal`."""
    return _spec("get_goal", _GET, {}, [])


def create() -> tools.ToolSpec:
    """`create_goal`."""
    return _spec("create_goal", _CREATE, {"objective": _OBJECTIVE, "token_budget": _BUDGET}, ["objective"])


def update() -> tools.ToolSpec:
    """`update_goal`."""
    return _spec("update_goal", _UPDATE, {"status": _STATUS}, ["status"])


def _spec(name: str, about: str, properties: dict[str, Any], required: list[str]) -> tools.ToolSpec:
    shape = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    raw = {"type": "function", "name": name, "description": about, "strict": False, "parameters": shape}
    return tools.ToolSpec(name, msgspec.Raw(msgspec.json.encode(raw)))
