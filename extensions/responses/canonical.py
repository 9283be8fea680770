"""Finished items as they are logged and sent back: JSON bytes, without what the server alone knows.

That is `status`, and the `id` of something that a server which stores nothing could not look up.

Does not: know events.
"""

from __future__ import annotations

from typing import Any

import msgspec

from csm.api import codec as json

_ABSENT = msgspec.Raw(b"null")
_KNOWN = ("message", "function_call", "custom_tool_call", "reasoning")


def canonical(raw: bytes) -> bytes:
    """A finished item as it is logged and sent back. Kinds that we do not know stay as they came."""
    if b"\\ud" in raw or b"\\uD" in raw:
        raw = mend(raw) or raw
    item = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
    kind = msgspec.json.decode(item.get("type", _ABSENT))
    if kind not in _KNOWN:
        return raw
    item.pop("id", None)
    item.pop("status", None)
    if kind == "message" and "content" in item:
        item["content"] = _content(item["content"])
    return msgspec.json.encode(item)


def _content(raw: msgspec.Raw) -> msgspec.Raw:
    """A message's content without what describes it (`annotations`, `logprobs`)."""
    content = msgspec.json.decode(raw, type=list[dict[str, msgspec.Raw]])
    kept = [{key: value for key, value in part.items() if key not in ("annotations", "logprobs")} for part in content]
    return msgspec.Raw(msgspec.json.encode(kept))


def mend(data: bytes) -> bytes | None:
    """The same JSON in a form that every reader takes: no NaN, no lone surrogates (U+FFFD instead); else None."""
    try:
        return msgspec.json.encode(_mended(json.decode(data)))
    except (ValueError, RecursionError):
        return None


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_mended(one) for one in value]
    if isinstance(value, dict):
        return {_mended(key): _mended(one) for key, one in value.items()}
    return value
