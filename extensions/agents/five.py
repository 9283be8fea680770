"""The five tools as they are offered: when, in which form, in their order.

Does not: do anything. What a call does is imported when the first one comes.
"""

from __future__ import annotations

from csm.api import Offer, ToolContext, features, tools

from . import limits, roles, specs

NAMES = ("spawn_agent", "send_input", "resume_agent", "wait_agent", "close_agent")


class AgentTool:
    """A tool for agents. `spaced`: the form in a namespace, for models that csm does not know."""

    #: An agent can be begun, told, awaited and closed by calls that come in one answer.
    in_turn = True

    def __init__(self, name: str, *, spaced: bool) -> None:
        self.spaced = spaced
        self.spec: tools.ToolSpec = specs.spec(name, roles.OWN, spaced=spaced)

    def offered(self, offer: Offer) -> tools.ToolSpec | None:
        """Unless the feature is off, or an agent of this thread would be too deep."""
        raw = offer.settings.raw
        if self.spaced == offer.model.known or offer.depth >= limits.depth(raw) or not features.on(raw, "multi_agent"):
            return None
        if self.spec.name != "spawn_agent" or "agents" not in raw:
            return self.spec
        return specs.spec(self.spec.name, roles.known(raw).values(), spaced=self.spaced)

    async def run(self, call: tools.ToolCall, cx: ToolContext) -> tools.ToolResult:
        """Do it. Raises ToolError."""
        from . import closing, sending, spawning, waiting

        doing = {
            "spawn_agent": spawning.spawn,
            "send_input": sending.send,
            "resume_agent": closing.resume,
            "wait_agent": waiting.wait,
            "close_agent": closing.close,
        }
        return await doing[self.spec.name](call, cx)
