"""What a server answers, as the model reads it and as an item shows it; both bounded.

Does not: call servers.
"""

from __future__ import annotations

import binascii
import math
from base64 import b64decode
from collections.abc import Sequence
from typing import Any, cast

from csm.api import codec

Message = dict[str, Any]
#: Bytes of a result that an item shows; less of it is stored.
SHOWN = 1 << 20
_IMAGE = 20 * 1024 * 1024
_TOKEN = 4
_ORDER = (
    "type", "resource", "uri", "uriTemplate", "name", "title", "description", "mimeType", "size", "text", "blob",
)  # fmt: skip
_NO_AUDIO = "<audio content omitted because you do not support audio input>"
_NO_IMAGE = "<image content omitted because it is no image that can be read>"


def told(texts: str | Sequence[Message], seconds: float, limit: int) -> list[Message] | str:
    """The output for the model: one text, or content items. `limit` is tokens; a fifth more is let through."""
    head = f"Wall time: {seconds:.4f} seconds\nOutput:"
    if isinstance(texts, str):
        return cut(f"{head}\n{texts}", limit * 6 // 5)
    return bounded([{"type": "input_text", "text": head}, *texts], limit * 6 // 5)


def output(result: Message, detail: str) -> str | list[Message]:
    """Structured content as JSON, else the content as items for the model."""
    structured = result.get("structuredContent")
    if structured is not None:
        return codec.encode(structured).decode("utf-8", "replace")
    return [_item(part, detail) for part in _parts(result)]


def text(said: str) -> list[Message]:
    """What csm itself says."""
    return [{"type": "input_text", "text": said}]


def kept(result: Message) -> Message:
    """The result as items hold it: what nobody can hear replaced, long texts cut."""
    made: Message = {"content": [_heard(part) for part in _parts(result)]}
    for key in ("structuredContent", "isError", "_meta"):
        if result.get(key) is not None:
            made[key] = result[key]
    if len(codec.encode(made)) <= SHOWN:
        return made
    return _short(made)


def _short(made: Message) -> Message:
    """A result that is too long: its texts share the room, all else that is long goes."""
    parts: list[Message] = made["content"]
    room = SHOWN // _TOKEN // max(1, min(len(parts), 1_000))
    content = [_shortened(part, room) for part in parts[:1_000]]
    rest = {key: made[key] for key in ("isError",) if key in made}
    structured = made.get("structuredContent")
    if structured is not None and len(codec.encode(structured)) <= SHOWN:
        rest["structuredContent"] = structured
    return {"content": content, **rest}


def _shortened(part: Message, room: int) -> Message:
    size = len(codec.encode(part))
    if size <= room * _TOKEN:
        return part
    if part.get("type") == "text":
        return {"type": "text", "text": cut(str(part.get("text", "")), room)}
    return {"type": "text", "text": f"<{part.get('type', 'content')} of {size} bytes, not kept>"}


def _parts(result: Message) -> list[Message]:
    content = result.get("content")
    found = cast("list[Any]", content) if isinstance(content, list) else []
    return [cast("Message", part) for part in found if isinstance(part, dict)]


def _heard(part: Message) -> Message:
    return {"type": "text", "text": _NO_AUDIO} if part.get("type") == "audio" else part


def _item(part: Message, detail: str) -> Message:
    kind = part.get("type")
    if kind == "text":
        return {"type": "input_text", "text": str(part.get("text", ""))}
    if kind == "audio":
        return {"type": "input_text", "text": _NO_AUDIO}
    if kind == "image":
        return _image(part, detail)
    return {"type": "input_text", "text": codec.encode(ordered(part)).decode("utf-8", "replace")}


def ordered(part: Any) -> Any:
    """What describes a resource, its members in the order that models know from Codex."""
    if not isinstance(part, dict):
        return part
    given = cast("Message", part)
    known = {key: ordered(given[key]) for key in _ORDER if key in given}
    return {**known, **{key: value for key, value in given.items() if key not in known}}


def _image(part: Message, detail: str) -> Message:
    data, mime = part.get("data"), part.get("mimeType")
    if not isinstance(data, str) or not isinstance(mime, str) or len(data) > _IMAGE or not _base64(data):
        return {"type": "input_text", "text": _NO_IMAGE}
    url = data if data.startswith("data:") else f"data:{mime};base64,{data}"
    return {"type": "input_image", "image_url": url, "detail": detail}


def _base64(data: str) -> bool:
    try:
        return bool(b64decode(data.rpartition(",")[2], validate=True))
    except (binascii.Error, ValueError):
        return False


def bounded(items: list[Message], limit: int) -> list[Message]:
    """Content items whose texts together keep to `limit` tokens; images do not count."""
    left, omitted = limit * _TOKEN, 0
    made: list[Message] = []
    for item in items:
        if item.get("type") != "input_text":
            made.append(item)
            continue
        size = len(item["text"].encode("utf-8", "surrogatepass"))
        if size <= left:
            made.append(item)
        elif left > 0:
            made.append({"type": "input_text", "text": cut(item["text"], left // _TOKEN)})
        else:
            omitted += 1
        left = max(0, left - size)
    return made if not omitted else [*made, *text(f"[omitted {omitted} text items ...]")]


def cut(said: str, limit: int) -> str:
    """A text with its middle left out beyond `limit` tokens."""
    data = said.encode("utf-8", "surrogatepass")
    budget = limit * _TOKEN
    if len(data) <= budget:
        return said
    half = budget // 2
    gone = math.ceil((len(data) - budget) / _TOKEN)
    return f"{data[:half].decode('utf-8', 'ignore')}…{gone} tokens truncated…{data[-half:].decode('utf-8', 'ignore')}"
