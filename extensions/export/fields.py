"""A session as JSON, one object; its fields are documented in `docs/sessions.md`.

Does not: follow any other program's shape.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import msgspec

from csm.api import codec, items

from .about import About
from .pieces import How
from .turns import Numbered

#: Grows when a field goes, or means something else.
VERSION = 1
_SAID = (items.UserMessage, items.AgentMessage)
#: What only `full` has of an item: what came of it.
_RESULTS = ("output", "result", "stdout", "stderr", "diff", "said", "summary")
_UNSAID = (items.Reasoning, items.Notice)


def write(about: About, turns: Iterator[Numbered], how: How) -> Iterator[str]:
    """The pieces of the text: one line."""
    head = about._asdict()
    session = {"id": head.pop("thread_id"), **head}
    yield f'{{"format":"csm-session","version":{VERSION},"session":{_text(session)},"turns":['
    first = True
    for numbered in turns:
        yield ("" if first else ",") + _text(_turn(numbered, how))
        first = False
    yield "]}\n"


def _turn(numbered: Numbered, how: How) -> dict[str, Any]:
    turn = numbered.turn
    return {
        "number": numbered.number or None,
        "id": turn.id or None,
        "status": turn.status,
        "started": turn.started or None,
        "ended": turn.ended or None,
        "duration_ms": turn.duration_ms or None,
        "error": turn.error,
        "items": [_item(entry.item, how) for entry in turn.entries if _wanted(entry.item, how)],
    }


def _wanted(item: items.Item, how: How) -> bool:
    return isinstance(item, _SAID) or how == "full" or (how == "short" and not isinstance(item, _UNSAID))


def _item(item: items.Item, how: How) -> dict[str, Any]:
    """An item as it is stored; JSON within it as JSON."""
    fields: dict[str, Any] = {"type": item.__struct_config__.tag, **_plain(item)}
    return fields if how == "full" or isinstance(item, _SAID) else _short(fields)


def _short(value: Any) -> Any:
    if isinstance(value, dict):
        fields = cast("dict[str, Any]", value)
        return {key: _short(part) for key, part in fields.items() if key not in _RESULTS}
    return [_short(part) for part in cast("list[Any]", value)] if isinstance(value, list) else value


def _plain(value: Any) -> Any:
    if isinstance(value, msgspec.Raw):
        try:
            return codec.decode(value)
        except ValueError:
            return bytes(value).decode("utf-8", "replace")
    if isinstance(value, tuple):
        return [_plain(part) for part in cast("tuple[Any, ...]", value)]
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in cast("dict[str, Any]", value).items()}
    if isinstance(value, msgspec.Struct):
        return {name: _plain(getattr(value, name)) for name in value.__struct_fields__}
    return value


def _text(value: Any) -> str:
    return codec.encode(value).decode("utf-8", "replace")
