"""Summaries of thinking: shown once, in order, their parts on lines of their own."""

from __future__ import annotations

import json

import msgspec

from csm.headless.summaries import Summaries
from csm.protocol import events, items
from csm.protocol.events import Body, Event


def shown(*bodies: Body) -> list[str]:
    summaries = Summaries()
    taken = [event for n, body in enumerate(bodies) for event in summaries.take(Event(n, "", body))]
    return [getattr(getattr(event.body, "item", None), "text", type(event.body).__name__) for event in taken]


def thought(text: str) -> Body:
    return events.ItemCompleted("t", items.Reasoning("r", text))


def logged(*parts: str) -> Body:
    summary = [{"type": "summary_text", "text": part} for part in parts]
    raw = json.dumps({"type": "reasoning", "summary": summary}, separators=(",", ":")).encode()
    return events.HistoryAppended(msgspec.Raw(raw))


END = events.TurnCompleted("t")


def test_parts_come_from_the_item_that_follows() -> None:
    assert shown(thought("A\n\na\n\nB"), logged("A\n\na", "B"), END) == [
        "A\n\na\nB",
        "HistoryAppended",
        "TurnCompleted",
    ]


def test_without_that_item_nothing_is_lost() -> None:
    assert shown(thought("A\n\nB"), thought("C"), END) == ["A\n\nB", "C", "TurnCompleted"]
    assert shown(thought("A\n\nB"), logged("other"), END)[0] == "A\n\nB"
