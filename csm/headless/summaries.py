"""Summaries of thinking as `exec` shows them: their parts on lines of their own, as Codex joins them.

A thread keeps one text with a blank line between the parts; the response item that follows in the log has the parts.
Does not: show raw thinking (`csm.headless.text`).
"""

from __future__ import annotations

import msgspec

from csm.core import response_items
from csm.protocol import events, items
from csm.protocol.events import Event


class Summaries:
    """Holds a finished summary back until the next event, which is the response item where there is one."""

    def __init__(self) -> None:
        self._held: Event | None = None

    def take(self, event: Event) -> list[Event]:
        """What to show now, in order."""
        held, self._held = self._held, None
        body = event.body
        if held is not None:
            held = _parted(held, body)
        if isinstance(body, events.ItemCompleted) and isinstance(body.item, items.Reasoning) and not body.item.partial:
            self._held = event
            return [held] if held else []
        return [held, event] if held else [event]


def _parted(held: Event, body: events.Body) -> Event:
    if not isinstance(body, events.HistoryAppended) or b'"reasoning"' not in bytes(body.raw):
        return held
    completed = held.body
    assert isinstance(completed, events.ItemCompleted) and isinstance(completed.item, items.Reasoning)
    parts = response_items.summary(response_items.received(bytes(body.raw)))
    if "\n\n".join(parts) != completed.item.text:
        return held  # somebody else's, or changed on its way into the log
    item = msgspec.structs.replace(completed.item, text="\n".join(parts))
    return msgspec.structs.replace(held, body=msgspec.structs.replace(completed, item=item))
