"""A stored thread without a turn: empty, or with a history to go on from.

Does not: open it for work.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from csm.protocol import events
from csm.protocol.errors import StoreError
from csm.runtime.clock import Clock
from csm.runtime.opening import open_thread

if TYPE_CHECKING:
    from csm.host.host import Host
    from csm.protocol.events import Body
    from csm.runtime.port import Start


def create(
    host: Host, start: Start, clock: Clock, *, name: str = "", forked_from: str = "", history: Sequence[bytes] = ()
) -> str:
    """Write the log of a new thread; its id. Raises StoreError, SettingError, ModelError."""
    called = " ".join(name.split())
    if name and not called:
        raise StoreError("a name needs at least one character")
    opened = open_thread(host, start, clock)
    started = next(body for body in opened.bodies if isinstance(body, events.ThreadStarted))
    if forked_from:
        started = msgspec.structs.replace(started, forked_from=forked_from)
    bodies: list[Body] = [started, *(body for body in opened.bodies if isinstance(body, events.Configured))]
    bodies += [opened.redactor.body(events.HistoryAppended(msgspec.Raw(raw))) for raw in history]
    bodies += [events.ThreadNamed(called)] if called else []
    writer = host.store().create(started, started.created)
    try:
        writer.append([(started.created, body) for body in bodies])
        writer.sync()
    finally:
        writer.close()
    return started.thread_id
