"""What the tests of the view share: threads made of events, and lines as compact text."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from csm.core.fold import Thread
from csm.protocol import events, items
from csm.protocol.events import Body, Event
from csm.view.lines import is_visible, line_width
from csm.view.roles import is_role
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


def marked(row: list[tuple[str, str]]) -> str:
    """A line with its roles: `⟦strong|text⟧`; plain text and spaces stand for themselves."""
    parts = [text if role in ("", "text") or not text.strip() else f"⟦{role}|{text}⟧" for role, text in row]
    return "".join(parts).rstrip()


class Snapshots:
    """Compares text with a file below `data`; `CSM_WRITE_SNAPSHOTS=1` writes it instead."""

    def check(self, name: str, text: str) -> None:
        """Fail, with a diff, unless the file holds `text`."""
        path = Path(__file__).parent / "data" / name
        if os.environ.get("CSM_WRITE_SNAPSHOTS"):
            path.write_text(text, "utf-8")
        assert text == path.read_text("utf-8")

    def check_rows(self, name: str, rows: list[list[tuple[str, str]]], width: int) -> None:
        """As `check`, for lines; each must fit and use known roles."""
        for row in rows:
            assert line_width(row) <= width, row
            assert all(is_role(role) for role, _ in row), row
            assert all(is_visible(text) and "\n" not in text for _, text in row), row
        self.check(name, "\n".join(map(marked, rows)) + "\n")


@pytest.fixture
def snapshots() -> Snapshots:
    """Comparison with files."""
    return Snapshots()
