"""What hooks hold of a session while it runs: see `csm.host.moments.Moment`.

Does not: call hooks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from csm.core import effects as fx
from csm.core import response_items
from csm.host.contracts import Spent
from csm.host.moments import Lineage
from csm.protocol import codec, events
from csm.protocol.items import Item
from csm.protocol.tools import ToolCall
from csm.runtime import lineage, spending
from csm.runtime.within import Within, on_loop

if TYPE_CHECKING:
    from csm.runtime.session import Session


class Moments:
    """One moment: a `Moment` for each extension that is called. `told` is what they want the model to read here."""

    def __init__(self, session: Session, call: ToolCall | None = None, turn_id: str | None = None) -> None:
        self.session = session
        self.call = call
        self.turn_id = session.state.turn_id if turn_id is None else turn_id
        self.told: list[bytes] = []

    def __call__(self, owner: str) -> MomentOf:
        """The moment as `owner` gets it."""
        return MomentOf(self, owner)

    def take(self) -> tuple[bytes, ...]:
        """What the model is to read here, once."""
        told, self.told = tuple(self.told), []
        return told


class MomentOf(Within):
    """See `csm.host.moments.Moment`."""

    def __init__(self, moments: Moments, owner: str) -> None:
        session = moments.session
        super().__init__(session, moments.turn_id, owner)
        self._moments = moments
        self.call = moments.call
        self.lineage = lineage_of(session)
        self.state: dict[str, Any] = session.performer.states.setdefault(owner, {})

    @property
    def model(self) -> str:
        """See the contract."""
        return self._session.config.model

    @property
    def log(self) -> str:
        """See the contract."""
        return self._session.journal.path

    def tell(self, text: str, role: str = "developer") -> None:
        """See the contract."""
        self._moments.told.append(response_items.message(role, [codec.whole(text)]))

    def note(self, text: str, role: str = "developer") -> None:
        """See the contract."""
        raw = response_items.message(role, [codec.whole(text)])
        on_loop(self._session, lambda: self._session.closing or self._session.feed(fx.Note(raw)))

    def started(self, item: Item) -> None:
        """See the contract."""
        on_loop(self._session, lambda: self._session.publish([events.ItemStarted(self.turn_id, item)]))

    def completed(self, item: Item) -> None:
        """See the contract."""
        on_loop(self._session, lambda: self._session.publish([events.ItemCompleted(self.turn_id, item)]))

    def new_id(self) -> str:
        """See the contract."""
        return self._session.clock.new_id()

    async def spent(self) -> Spent:
        """See the contract."""
        await self._session.performer.answered()
        return spending.spent(self._session, self._session.thread.usage)

    def keep(self, name: str, value: Any) -> None:
        """See the contract."""
        kept = events.Kept(self._owner, name, msgspec.Raw(codec.encode(value)))
        on_loop(self._session, lambda: self._session.publish([kept]))


def lineage_of(session: Session) -> Lineage | None:
    """Where a thread stands; None for one of the user's own."""
    start, depth = session.start, session.children.depth
    if depth:
        origin = lineage.origin(start.source)
        parent = start.parent or ""
        return Lineage("agent", parent, session.children.root, origin.role, origin.nickname, depth)
    if start.subagent and start.parent:
        return Lineage(start.subagent, start.parent, start.parent)
    return None
