"""What the five tools have in common: when they are offered, their order, their item, their answers.

Does not: anything with agents.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from csm.api import Offer, ToolContext, codec, features, items, tools

from . import limits

FAILED = ("errored", "not_found")


class AgentTool:
    """A tool for agents. `spaced`: the form in a namespace, for models that csm does not know."""

    spec: tools.ToolSpec
    #: An agent can be told, awaited and closed by calls that come in one answer.
    in_turn = True

    def __init__(self, *, spaced: bool = False) -> None:
        self.spaced = spaced

    def offered(self, offer: Offer) -> tools.ToolSpec | None:
        """Unless the feature is off, or an agent of this thread would be too deep."""
        raw = offer.settings.raw
        if not features.on(raw, "multi_agent") or offer.depth >= limits.depth(raw) or self.spaced == offer.model.known:
            return None
        return self.spec

    async def run(self, call: tools.ToolCall, cx: ToolContext) -> tools.ToolResult:
        """Do it."""
        raise NotImplementedError


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
