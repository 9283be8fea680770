"""Model parts as the events of a Responses API stream, the way a server words them.

Does not: frame or send them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from csm.protocol.model import (
    ModelPart,
    PartCompleted,
    PartCreated,
    PartItemDone,
    PartItemStarted,
    PartReasoning,
    PartText,
    Usage,
)


def events(part: ModelPart, places: dict[str, int]) -> Iterator[dict[str, Any]]:
    """The events of one part, without their sequence numbers. `places` holds each item's place in this answer."""
    match part:
        case PartCreated(response_id):
            yield {"type": "response.created", "response": {"id": response_id, "status": "in_progress"}}
        case PartItemStarted(item_id, kind, phase):
            places[item_id] = len(places)
            item = {"type": kind, "id": item_id, "status": "in_progress", **({"phase": phase} if phase else {})}
            yield {"type": "response.output_item.added", "output_index": places[item_id], "item": item}
        case PartText(item_id, text):
            where = {"item_id": item_id, "output_index": places[item_id], "content_index": 0}
            yield {"type": "response.output_text.delta", **where, "delta": text}
        case PartReasoning(item_id, text, index):
            where = {"item_id": item_id, "output_index": places[item_id], "summary_index": index}
            empty = {"type": "summary_text", "text": ""}
            yield {"type": "response.reasoning_summary_part.added", **where, "part": empty}
            yield {"type": "response.reasoning_summary_text.delta", **where, "delta": text}
        case PartItemDone(item_id, raw):
            item = _served(item_id, raw)
            yield {"type": "response.output_item.done", "output_index": places[item_id], "item": item}
        case PartCompleted(response_id, usage, end_turn):
            response: dict[str, Any] = {"id": response_id, "status": "completed", "usage": _usage(usage)}
            if end_turn is not None:
                response["end_turn"] = end_turn
            yield {"type": "response.completed", "response": response}


def _served(item_id: str, raw: bytes) -> dict[str, Any]:
    """An item with what a server adds to it."""
    item = json.loads(raw)
    item.setdefault("id", item_id)
    if item.get("type") != "reasoning":
        item.setdefault("status", "completed")
    return item


def _usage(usage: Usage | None) -> dict[str, Any] | None:
    if usage is None:
        return None
    return {
        "input_tokens": usage.input,
        "input_tokens_details": {"cached_tokens": usage.cached, "cache_write_tokens": usage.written},
        "output_tokens": usage.output,
        "output_tokens_details": {"reasoning_tokens": usage.reasoning},
        "total_tokens": usage.total,
    }
