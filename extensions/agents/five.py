"""The five tools as they are offered: when, in which form, in their order.

Does not: do anything. What a call does is imported when the first one comes.
"""

from __future__ import annotations

from csm.api import Offer, ToolContext, tools

from . import limits, specs

NAMES = ("spawn_agent", "send_input", "resume_agent", "wait_agent", "close_agent")


class AgentTool:
    """A tool for agents, in a namespace that models find by searching, if they can.

    Without the namespace (`plain`) it can be called, as models of former days do, but is not shown.
    """

    #: An agent can be begun, told, awaited and closed by calls that come in one answer.
    in_turn = True
    deferred = True

    def __init__(self, name: str, *, plain: bool) -> None:
        self.hidden = plain
        self.spec: tools.ToolSpec = specs.spec(name, plain=plain)

    def offered(self, offer: Offer) -> tools.ToolSpec | None:
        """Unless they are switched off, or an agent of this thread would be too deep."""
        settings = offer.settings
        if offer.depth >= limits.depth(settings.raw) or not limits.wanted(settings.raw):
            return None
        if self.hidden or self.spec.name != "spawn_agent":
            return self.spec
        return specs.spawning(settings)

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
