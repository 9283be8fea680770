"""The events that hooks hear of, and what may be said about each.

Does not: know when they happen.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

#: What a plain text on standard output is: for the model (`context`), nothing (`ignored`), or a mistake (`wrong`).
Plain = Literal["context", "ignored", "wrong"]
#: Seconds that a hook may take unless it says otherwise.
LONG, SHORT = 600, 1
#: Seconds that a hook of an event for which nobody should wait may take at the most.
CAP = 3


class Kind(NamedTuple):
    """An event. `key` names it in keys of trust; `matched`: its hooks may have a `matcher`; `context`: its hooks may
    tell the model something; `quick`: nobody waits long, or goes on without it.
    """

    name: str
    key: str
    matched: bool = False
    context: bool = False
    plain: Plain = "ignored"
    quick: bool = False

    @property
    def word(self) -> str:
        """As in the ids of runs."""
        return self.key.replace("_", "-")


#: In the order in which Codex numbers the hooks of a file.
KINDS = (
    Kind("PreModelRequest", "pre_model_request"),
    Kind("PostModelRequest", "post_model_request"),
    Kind("PreToolUse", "pre_tool_use", matched=True, context=True),
    Kind("PermissionRequest", "permission_request", matched=True),
    Kind("PostToolUse", "post_tool_use", matched=True, context=True),
    Kind("PreCompact", "pre_compact", matched=True),
    Kind("PostCompact", "post_compact", matched=True),
    Kind("SessionStart", "session_start", matched=True, context=True, plain="context"),
    Kind("SessionEnd", "session_end", matched=True, quick=True),
    Kind("UserPromptSubmit", "user_prompt_submit", context=True, plain="context"),
    Kind("SubagentStart", "subagent_start", matched=True, context=True, plain="context"),
    Kind("SubagentStop", "subagent_stop", matched=True, plain="wrong"),
    Kind("Stop", "stop", plain="wrong"),
    Kind("Interrupt", "interrupt", quick=True),
)

NAMES = frozenset(kind.name for kind in KINDS)
