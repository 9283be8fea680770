"""What tools and hooks are told of a thread: what it has used, and what is kept with it.

Does not: count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from csm.host.contracts import Spent
from csm.protocol import codec

if TYPE_CHECKING:
    from csm.protocol.model import Usage
    from csm.runtime.session import Session


def spent(session: Session, tokens: Usage) -> Spent:
    """Tokens, and the seconds of the thread's turns, the running one included."""
    now = session.clock.now()
    running = 0 if session.state.idle else max(0, now - session.state.started)
    return Spent(tokens, (session.thread.worked_ms + running) / 1000, now)


def kept(session: Session, owner: str, name: str) -> Any:
    """What an extension kept; None for nothing."""
    value = session.thread.kept.get(owner, {}).get(name)
    return None if value is None else codec.decode(value)
