"""A summary of a stored thread, asked of the model as compaction does, with nothing written to the thread's log.

Does not: choose what is to be summed up, or keep the summary.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from csm.protocol import events, items, ops
from csm.protocol.errors import CsmError, ModelError
from csm.runtime.local import LocalPort

if TYPE_CHECKING:
    from csm.host.host import Host
    from csm.runtime.port import Start

#: Seconds after which is looked again whether the thread is still there.
_PATIENCE = 60.0


class Summed(NamedTuple):
    """The summary, and the model that was asked."""

    text: str
    model: str


def ask(host: Host, start: Start) -> Summed:
    """Have the history with which `start` begins summed up. Raises CsmError: ModelError, StoreError, SettingError."""
    port = LocalPort(host)
    try:
        thread_id = port.start(start).result()
        attached = port.attach(thread_id)
        ack = port.submit(thread_id, ops.Compact()).result()
        if not ack.accepted:
            raise CsmError(f"Error: {ack.reason}")
        text = ""
        while not attached.closed:
            event = attached.get(_PATIENCE)
            body = event.body if event is not None else None
            if isinstance(body, events.ItemCompleted) and isinstance(body.item, items.Compaction):
                text = body.item.summary
            elif isinstance(body, events.TurnFailed):
                raise ModelError(body.message)
            elif isinstance(body, events.TurnCompleted | events.TurnInterrupted):
                break
        if not text:
            raise CsmError("Error: the summary was stopped before it was there")
        return Summed(text, attached.snapshot.model)
    finally:
        port.close()
