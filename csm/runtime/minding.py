"""One agent as the thread that minds it sees it: how it stands, and what it asks.

Does not: talk to it, or decide what follows (`children`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from csm.core.fold import Thread
from csm.protocol import events
from csm.protocol.events import Body
from csm.protocol.items import AgentState
from csm.protocol.tools import Ask

_SEEN = (
    events.TurnStarted,
    events.TurnCompleted,
    events.TurnFailed,
    events.TurnInterrupted,
    events.Asked,
    events.Answered,
    events.ThreadClosed,
)


class Minded:
    """`asks` are open questions by the ids they have in the minding thread; `told`: its end was told there.

    `own`: the minding thread began it. `see(self, body)` is called for what matters, and with None when it is gone.
    """

    def __init__(
        self, agent_id: str, name: str, watcher: Any, see: Callable[[Minded, Body | None], None], *, own: bool
    ) -> None:
        self.id = agent_id
        self.name = name
        self.watcher = watcher
        self.own = own
        self.told = False
        self.asks: dict[str, Ask] = {}
        self.running = watcher.snapshot.running is not None
        self.state = AgentState("pending_init") if own else _standing(watcher.snapshot)
        watcher.snapshot = Thread()  # it may be large, and is not looked at again
        self._see = see
        self._gone = False

    def take_all(self) -> None:
        """Take what waits, on the minding thread's loop."""
        if self._gone:
            return
        for event in self.watcher.drain():
            if isinstance(event.body, _SEEN):
                self._take(event.body)
                self._see(self, event.body)
        if self.watcher.closed and not self._gone:
            self._gone = True
            self._see(self, None)

    def _take(self, body: Body) -> None:
        if isinstance(body, events.TurnStarted):
            self.running, self.state = True, AgentState("running")
        elif isinstance(body, events.TurnCompleted):
            self.running, self.state = False, AgentState("completed", body.last_message)
        elif isinstance(body, events.TurnFailed):
            self.running, self.state = False, AgentState("errored", body.message)
        elif isinstance(body, events.TurnInterrupted):
            self.running, self.state = False, AgentState("interrupted")
        elif isinstance(body, events.ThreadClosed):
            self.running, self.state = False, AgentState("shutdown")


def _standing(thread: Thread) -> AgentState:
    """How an agent stands that has been open for a while."""
    turn = thread.turns[-1] if thread.turns else None
    if turn is None:
        return AgentState("pending_init")
    if turn.status == "completed":
        return AgentState("completed", turn.last_message)
    if turn.status == "failed":
        return AgentState("errored", turn.error)
    return AgentState("running" if turn.status == "running" else "interrupted")
