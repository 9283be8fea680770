"""What a running tool holds of its session: see `csm.host.contracts.ToolContext`.

What a tool shows from other threads is carried over to the session's loop in order, output joined on the way.

Does not: run tools.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from csm.core import effects as fx
from csm.host.contracts import Sandbox, Spent
from csm.host.delegation import Agents
from csm.protocol import codec, events
from csm.protocol.events import Body
from csm.protocol.items import Item, Plan
from csm.protocol.tools import Answer, Ask, SandboxPolicy, ToolCall, ToolResult
from csm.runtime import asking, spending
from csm.runtime.within import Within, on_loop

if TYPE_CHECKING:
    from csm.core.rules import Rules
    from csm.runtime.session import Session


class ToolRun(Within):
    """The context of one call. It stays usable for a process that outlives the call."""

    def __init__(
        self, session: Session, call: ToolCall, state: dict[str, Any], owner: str = "", workdir: Path | None = None
    ) -> None:
        super().__init__(session, session.state.turn_id, owner)
        self._lock = threading.Lock()
        self._posted: list[Body] = []
        self._scheduled = False
        self._open: dict[str, Item] = {}
        self.state = state
        self.call_id = call.call_id
        self.call = call
        self.workdir = workdir or self.cwd
        self.model = session.performer.info
        self.deferred = session.performer.deferred
        self._before = session.performer.before

    @property
    def agents(self) -> Agents:
        """See the contract."""
        return self._session.children

    @property
    def sandbox_policy(self) -> SandboxPolicy:
        """As it is now."""
        return self._session.config.sandbox

    def rules(self) -> Rules:
        """See the contract."""
        from csm.host import ruling

        return ruling.in_force(self._session.host, self._session.settings)

    def sandbox(self) -> Sandbox:
        """See the contract."""
        return self._session.host.sandbox()

    async def ask(self, ask: Ask) -> Answer:
        """See the contract."""
        return await asking.ask(self._session, ask, self.call)

    def started(self, item: Item) -> None:
        """See the contract."""
        self._open[item.id] = item
        self._post(events.ItemStarted(self.turn_id, item))

    def updated(self, item: Item) -> None:
        """See the contract."""
        self._open[item.id] = item
        self._post(events.ItemUpdated(self.turn_id, item))

    def completed(self, item: Item) -> None:
        """See the contract."""
        self._open.pop(item.id, None)
        self._post(events.ItemCompleted(self.turn_id, item))

    def output(self, item_id: str, text: str) -> None:
        """See the contract."""
        self._post(events.OutputDelta(item_id, text))

    def reachable(self, item_id: str, reach: Callable[[str, str], None] | None) -> None:
        """See the contract."""
        if reach is None:
            self._session.performer.reachable.pop(item_id, None)
        else:
            self._session.performer.reachable[item_id] = reach

    def token_limit(self) -> int:
        """See the contract."""
        return self._session.settings.tool_output_token_limit or self._session.performer.info.truncation

    async def spent(self, *, whole: bool = True) -> Spent:
        """See the contract."""
        session = self._session
        if whole:
            await session.performer.answered()
        return spending.spent(session, session.thread.usage if whole else self._before)

    def keep(self, name: str, value: Any) -> None:
        """See the contract."""
        self._post(events.Kept(self._owner, name, msgspec.Raw(codec.encode(value))))

    async def pass_on(self, call: ToolCall, *, workdir: Path | None = None) -> ToolResult | None:
        """See the contract."""
        from csm.runtime import tooling

        self.flush()
        return await tooling.passed_on(self._session, call, workdir)

    def abandon(self) -> None:
        """The call ended without a result: what it began to show has failed."""
        self.flush()
        for item in list(self._open.values()):
            if not isinstance(item, Plan) and getattr(item, "status", "") == "in_progress":
                self.completed(msgspec.structs.replace(item, status="failed"))
        self.flush()

    def flush(self) -> None:
        """Record what was posted; on the loop."""
        with self._lock:
            posted, self._posted = self._posted, []
            self._scheduled = False
        bodies: list[Body] = []
        for body in posted:
            item = getattr(body, "item", None)
            if isinstance(item, Plan) and not isinstance(body, events.ItemCompleted):
                self._session.publish(bodies)
                bodies = []
                self._session.feed(fx.PlanShown(item))
            else:
                bodies.append(body)
        self._session.publish(bodies)

    def _post(self, body: Body) -> None:
        with self._lock:
            last = self._posted[-1] if self._posted else None
            delta = events.OutputDelta
            if isinstance(body, delta) and isinstance(last, delta) and last.item_id == body.item_id:
                body = delta(body.item_id, last.text + body.text)
                self._posted.pop()
            self._posted.append(body)
            if self._scheduled:
                return
            self._scheduled = True
        on_loop(self._session, self.flush)
