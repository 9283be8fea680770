"""What calls of the five tools have in common: their item, their answers.

Does not: anything with agents.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from csm.api import ToolContext, codec, items, tools

FAILED = ("errored", "not_found")


class Shown:
    """The item of a call, from its beginning to its end."""

    def __init__(
        self, call: tools.ToolCall, cx: ToolContext, receivers: Sequence[str] = (), prompt: str | None = None
    ) -> None:
        self._cx = cx
        self.item = items.CollabToolCall(
            call.call_id, call.name, cx.thread_id, tuple(receivers), prompt, names=_names(cx, receivers)
        )
        cx.started(self.item)

    def ended(self, agents: Mapping[str, items.AgentState], *, well: bool | None = None) -> items.CollabToolCall:
        """The item at its end; it went well if no agent stands badly, unless told."""
        if well is None:
            well = not any(state.status in FAILED for state in agents.values())
        return msgspec.structs.replace(
            self.item,
            receivers=tuple(agents),
            agents=dict(agents),
            names=_names(self._cx, tuple(agents)),
            status="completed" if well else "failed",
        )

    def failed(self, agent_id: str) -> None:
        """Show that it came to nothing, and how the agent stands; what the model reads is raised."""
        self._cx.completed(self.ended({agent_id: self._cx.agents.state(agent_id)}, well=False))


def told(value: Any, item: items.CollabToolCall) -> tools.ToolResult:
    """A result whose output is JSON."""
    return tools.ToolResult(codec.encode(value).decode(), item.status == "completed", item)


def outcome(state: items.AgentState) -> Any:
    """A state as models read it: a word, or a word with what came of it."""
    return {state.status: state.message} if state.status in ("completed", "errored") else state.status


def _names(cx: ToolContext, agent_ids: Sequence[str]) -> dict[str, str]:
    found = {agent_id: cx.agents.name(agent_id) for agent_id in agent_ids}
    return {agent_id: name for agent_id, name in found.items() if name}
