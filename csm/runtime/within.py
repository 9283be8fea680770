"""What every piece of an extension's that runs within a thread holds of it, whatever it was called for.

Does not: know tools or moments (`tool_context`, `moments`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from csm.protocol.tools import ApprovalPolicy, Collaboration
from csm.runtime import spending

if TYPE_CHECKING:
    from csm.runtime.session import Session


class Within:
    """A place in a thread: `turn_id` is the turn it is called in, `owner` the extension."""

    def __init__(self, session: Session, turn_id: str, owner: str) -> None:
        self._session, self._owner = session, owner
        self.thread_id = session.thread_id
        self.turn_id = turn_id
        self.cwd = Path(session.start.cwd)
        self.env = session.redactor.environment(session.host.env)
        self.settings = session.settings
        self.headless = session.start.headless

    @property
    def approval(self) -> ApprovalPolicy:
        """As it is now: the user may change it meanwhile."""
        return self._session.config.approval

    @property
    def collaboration(self) -> Collaboration:
        """As it is now."""
        return self._session.config.collaboration

    def warn(self, message: str) -> None:
        """See the contracts."""
        on_loop(self._session, lambda: self._session.notice(message, turn_id=self.turn_id))

    def kept(self, name: str) -> Any:
        """See the contracts."""
        return spending.kept(self._session, self._owner, name)


def on_loop(session: Session, call: Callable[[], Any]) -> None:
    """Call something on the session's loop: at once if this is it. Nothing is done once the session is closed."""
    try:
        if asyncio.get_running_loop() is session.loop:
            call()
            return
    except RuntimeError:
        pass
    try:
        session.loop.call_soon_threadsafe(call)
    except RuntimeError:
        pass  # the session is closed; nobody is left to see it
