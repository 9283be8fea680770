"""What the tests of the view share: threads made of events, and lines as compact text."""

from __future__ import annotations

import pytest

from csm.core.fold import Thread
from csm.protocol import events, items
from csm.protocol.events import Body, Event
from csm.view.transcript import Transcript


class Stage:
    """A thread and its transcript, driven by bodies of events."""

    def __init__(self) -> None:
        self.thread = Thread()
        self.transcript = Transcript(self.thread)
        self.play(events.ThreadStarted("t", "/home/ann/shop"))

    def play(self, *bodies: Body) -> None:
        """Apply and show events."""
        for body in bodies:
            event = Event(self.thread.seq + 1, "2026-11-20T12:00:00Z", body)
            self.thread.apply(event)
            self.transcript.update(event)

    def item(self, item: items.Item, turn: str = "1") -> None:
        """A finished item."""
        self.play(events.ItemCompleted(turn, item))

    def screen(self, width: int, height: int = 1000) -> list[str]:
        """The last lines as text."""
        total = self.transcript.line_count(width)
        rows = self.transcript.lines(max(0, total - height), total, width)
        return ["".join(text for _, text in row).rstrip() for row in rows]


@pytest.fixture
def stage() -> Stage:
    """An empty thread on the stage."""
    return Stage()
