"""An agent's transcript as a buffer: as it goes on, for as long as the agent is open.

Does not: send anything to the agent (`agent.say`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from csm.api import StoreError, Thread, Transcript, fold

from .kin import CLOSED, Kin, state

if TYPE_CHECKING:
    from csm.api import Host


class AgentPage(Transcript):
    """See the module. `changed` is called on the loop it was made on, when there is more to see."""

    #: Windows stay at the end of it.
    follow = True

    def __init__(
        self, kin: Kin, thread: Thread, attachment: Any = None, changed: Callable[[], None] | None = None
    ) -> None:
        super().__init__(thread)
        self.name = f"agent {kin.label} {kin.id[-4:]}"
        #: Whose page it is.
        self.kin = kin
        self._kin, self._attachment, self._changed = kin, attachment, changed
        self._waiting = False
        self._loop = asyncio.get_running_loop()
        if attachment is not None:
            attachment.on_ready(self._ready)
            self._take()

    @property
    def title(self) -> str:  # type: ignore[override]
        """Who it is, and how it stands."""
        stands = CLOSED if self._attachment is None else state(self.thread)
        return f"Agent {self._kin.label} · {stands}"

    @property
    def over(self) -> bool:
        """Whether the agent is closed, so that it can only be read."""
        return self._attachment is None

    def closed(self) -> None:
        """Look no more."""
        if self._attachment is not None:
            self._attachment.on_ready(None)
            self._attachment.detach()
            self._attachment = None

    def _ready(self) -> None:
        """Events wait. Called from the agent's thread, often; the loop is asked once."""
        if self._waiting:
            return
        self._waiting = True
        try:
            self._loop.call_soon_threadsafe(self._take)
        except RuntimeError:
            pass  # the shell is gone

    def _take(self) -> None:
        self._waiting = False
        attachment = self._attachment
        if attachment is None:
            return
        for event in attachment.drain():
            self.thread.apply(event)
            self.update(event)
        if attachment.closed:
            self.closed()
        if self._changed is not None:
            self._changed()


async def opened(kin: Kin, port: Any, host: Host, changed: Callable[[], None]) -> AgentPage:
    """The page of an agent: as it goes on, or what its log holds. Raises StoreError where that is gone."""
    try:
        attachment = await asyncio.to_thread(port.attach, kin.id)
    except StoreError:
        return AgentPage(kin, await asyncio.to_thread(_stored, host, kin.id))
    return AgentPage(kin, attachment.snapshot, attachment, changed)


def _stored(host: Host, thread_id: str) -> Thread:
    return fold(host.store().read(thread_id))
