"""Response items: the JSON objects that make up a model's history, built and read.

They travel as bytes. What a provider sent is kept but for what a later request must not repeat: the ids of items that
the server does not store, and empty annotations.

Does not: know requests or events.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import msgspec

from csm.protocol import codec
from csm.protocol.errors import RemoteProtocolError
from csm.protocol.tools import ToolCall

#: Calls that expect an answer which csm cannot give: a history that holds one is refused by the server.
UNANSWERABLE = frozenset({"shell_call", "computer_call", "apply_patch_call", "mcp_approval_request"})
#: A call of a kind that csm does not offer, though servers may make it; its answer is always `ABORTED`.
LOCAL_SHELL = "local_shell_call"
ABORTED = "aborted"
#: A search for deferred tools, and what it found.
SEARCH, SEARCH_OUTPUT = "tool_search_call", "tool_search_output"

_STRIPPED = {
    "message": ("id", "status"),
    "reasoning": ("id", "status"),
    "function_call": ("id", "status"),
    "custom_tool_call": ("id",),
    "web_search_call": ("id",),
    LOCAL_SHELL: ("id",),
    SEARCH: ("id",),
}


#: What csm answers.
_ANSWERED = ("function_call", "custom_tool_call", LOCAL_SHELL, SEARCH)


class _Brief(msgspec.Struct):
    type: Any = ""
    call_id: Any = ""


_briefs = msgspec.json.Decoder(_Brief)


class Received(msgspec.Struct, frozen=True):
    """An item of a model's answer: its `type`, its JSON object, and the bytes to keep in the history."""

    kind: str
    value: dict[str, Any]
    raw: bytes


class Image(msgspec.Struct, frozen=True):
    """An image for the model: a data or web URL, or why there is none. `path` is where it came from, or empty."""

    path: str
    url: str = ""
    problem: str = ""


def received(raw: bytes) -> Received:
    """Read an item of an answer. Raises RemoteProtocolError where it is no object."""
    try:
        value = codec.decode(raw)
    except ValueError as error:
        raise RemoteProtocolError("the model sent an item that is no JSON") from error
    if not isinstance(value, dict):
        raise RemoteProtocolError("the model sent an item that is no JSON object")
    fields = cast("dict[str, Any]", value)
    kind = str(fields.get("type", ""))
    if kind not in _STRIPPED:
        return Received(kind, fields, raw)
    kept = {key: part for key, part in fields.items() if key not in _STRIPPED[kind]}
    if kind == "message":
        kept["content"] = [_without_annotations(part) for part in _list(kept.get("content"))]
    return Received(kind, fields, codec.encode(kept))


def value_of(raw: bytes) -> dict[str, Any]:
    """The object of an item of a history; an empty one where somebody's log holds something else."""
    try:
        return received(raw).value
    except RemoteProtocolError:
        return {}


def message(role: str, texts: Sequence[str]) -> bytes:
    """A message of `user` or `developer`, one content part a text."""
    return codec.encode(
        {"type": "message", "role": role, "content": [{"type": "input_text", "text": text} for text in texts]}
    )


def user_message(text: str, images: Sequence[Image] = (), detail: str = "high") -> bytes:
    """What the user said, after the images; the model is told of one that it cannot see. `detail` is how to look."""
    content: list[dict[str, str]] = []
    for number, image in enumerate(images, 1):
        path = f' path="{image.path}"' if image.path else ""
        content.append({"type": "input_text", "text": f"<image name=[Image #{number}]{path}>"})
        if image.problem:
            content.append({"type": "input_text", "text": image.problem})
        else:
            content.append({"type": "input_image", "image_url": image.url, "detail": detail})
        content.append({"type": "input_text", "text": "</image>"})
    if text or not content:
        content.append({"type": "input_text", "text": text})
    return codec.encode({"type": "message", "role": "user", "content": content})


def agent_message(text: str) -> bytes:
    """A message of the model, for text that was cut off before its item was done."""
    return codec.encode(
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": text}]},
    )


def call_output(call: ToolCall, output: str | list[dict[str, Any]]) -> bytes:
    """What a tool answered. A search that found nothing, or failed, answers with no tools."""
    if call.search:
        return codec.encode(_search_output(call, output if isinstance(output, list) else []))
    kind = "custom_tool_call_output" if call.custom else "function_call_output"
    told = codec.whole(output) if isinstance(output, str) else output
    return codec.encode({"type": kind, "call_id": call.call_id, "output": told})


def _search_output(call: ToolCall, tools: list[dict[str, Any]]) -> dict[str, Any]:
    given = {"type": SEARCH_OUTPUT, "call_id": call.call_id, "status": "completed", "execution": "client"}
    return {**given, "tools": tools}


def tool_call(item: Received) -> ToolCall | None:
    """The call an item asks for, if it is one that csm answers."""
    value = item.value
    if item.kind == "custom_tool_call":
        return ToolCall(_str(value, "call_id"), _str(value, "name"), _str(value, "input"), custom=True)
    if item.kind == SEARCH:
        return _search(item.value)
    if item.kind == "function_call":
        namespace = value.get("namespace")
        return ToolCall(
            _str(value, "call_id"),
            _str(value, "name"),
            _str(value, "arguments"),
            namespace=namespace if isinstance(namespace, str) else None,
        )
    return None


def _search(value: dict[str, Any]) -> ToolCall | None:
    """A search for tools that csm is to do; one that the server did needs no answer."""
    if value.get("execution") != "client" or not isinstance(value.get("call_id"), str):
        return None
    arguments = codec.encode(value.get("arguments")).decode()
    return ToolCall(_str(value, "call_id"), "tool_search", arguments, search=True)


def local_shell(item: Received) -> ToolCall | None:
    """A call of the local shell, as something that can be answered."""
    return ToolCall(_str(item.value, "call_id"), "local_shell", "") if item.kind == LOCAL_SHELL else None


def message_text(item: Received) -> str:
    """The text of a message, refusals included."""
    parts = _list(item.value.get("content"))
    return codec.whole("".join(_str(part, "text") or _str(part, "refusal") for part in parts))


def reasoning_text(item: Received) -> str:
    """The summary of a reasoning item, its parts joined by a blank line."""
    return "\n\n".join(summary(item))


def summary(item: Received) -> list[str]:
    """The parts of it that say something."""
    texts = (_str(part, "text") for part in _list(item.value.get("summary")))
    return [codec.whole(text) for text in texts if text]


def raw_reasoning(item: Received) -> str:
    """The thinking itself, where a model gives it."""
    texts = (_str(part, "text") for part in _list(item.value.get("content")))
    return codec.whole("\n\n".join(text for text in texts if text))


def unanswered(history: Sequence[bytes]) -> list[ToolCall]:
    """The calls in a history that have no output there, in order."""
    calls: dict[str, list[tuple[int, bytes]]] = {}
    for at, raw in enumerate(history):
        if b"_call" not in raw and b"_output" not in raw:
            continue
        kind, call_id = _brief(raw)
        if kind in _ANSWERED:
            calls.setdefault(call_id, []).append((at, raw))
        elif (kind.endswith("_call_output") or kind == SEARCH_OUTPUT) and calls.get(call_id):
            calls[call_id].pop(0)
    items = [received(raw) for _, raw in sorted(one for same in calls.values() for one in same)]
    return [call for item in items if (call := local_shell(item) or tool_call(item)) is not None]


def _brief(raw: bytes) -> tuple[str, str]:
    """The type of an item and the id of its call; nothing where it has none, or is no object."""
    try:
        found = _briefs.decode(raw)
        kind, call_id = found.type, found.call_id
    except (msgspec.MsgspecError, UnicodeDecodeError):
        try:
            value = received(raw).value
        except RemoteProtocolError:
            return "", ""
        kind, call_id = value.get("type"), value.get("call_id")
    return kind if isinstance(kind, str) else "", call_id if isinstance(call_id, str) else ""


def _without_annotations(part: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in part.items() if key not in ("annotations", "logprobs") or value}


def _list(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list):
        return []
    return [cast("dict[str, Any]", part) for part in cast("list[Any]", value) if isinstance(part, dict)]


def _str(value: dict[str, Any], key: str) -> str:
    found = value.get(key)
    return found if isinstance(found, str) else ""
