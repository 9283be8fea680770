"""Arguments of the tools: a message in words or in pieces, and ids.

Does not: know agents.
"""

from __future__ import annotations

import uuid
from typing import Any

import msgspec

from csm.api import ToolError, arguments

Field = arguments.Field
_PIECE = arguments.Shape(
    "an input item",
    {name: Field(nullable=True) for name in ("type", "text", "image_url", "path", "name")},
)
MESSAGE = {"message": Field(), "items": Field(arguments.Many(_PIECE))}
#: Lengths that a written id may have: plain, with hyphens, in braces, as a URN.
_HYPHENS = (8, 13, 18, 23)


class Message(msgspec.Struct, frozen=True):
    """What is said to an agent. `prompt` is the same as people see it."""

    text: str
    images: tuple[str, ...] = ()
    prompt: str = ""


def message(given: dict[str, Any]) -> Message:
    """The one message of `message` or `items`. Raises ToolError."""
    text, pieces = given.get("message"), given.get("items")
    if text is not None and pieces is not None:
        raise ToolError("Provide either message or items, but not both")
    if text is None and pieces is None:
        raise ToolError("Provide one of: message or items")
    if pieces is None:
        if not text.strip():
            raise ToolError("Empty message can't be sent to an agent")
        return Message(text, prompt=text)
    if not pieces:
        raise ToolError("Items can't be empty")
    return _joined(pieces)


def _joined(pieces: list[dict[str, str]]) -> Message:
    texts: list[str] = []
    images: list[str] = []
    shown: list[str] = []
    for piece in pieces:
        kind, path, name = piece.get("type", ""), piece.get("path", ""), piece.get("name", "")
        if kind == "image":
            images.append(piece.get("image_url", ""))
            shown.append("[image]")
        elif kind == "local_image":
            images.append(path)
            shown.append(f"[local_image:{path}]")
        elif kind in ("skill", "mention"):
            texts.append(f"[${name}]({path})")
            shown.append(f"[{kind}:${name}]({path})")
        elif kind == "text":
            texts.append(piece.get("text", ""))
            shown.append(piece.get("text", ""))
        else:
            shown.append("[input]")
    return Message("\n".join(texts), tuple(image for image in images if image), "\n".join(shown))


def agent_id(text: str) -> str:
    """The id as it is written everywhere. Raises ToolError for what is none, as Codex says it."""
    try:
        return str(uuid.UUID(text)) if len(text) in (32, 36, 38, 45) else _refused(text)
    except ValueError:
        return _refused(text)


def _refused(text: str) -> str:
    raise ToolError(f"invalid agent id {text}: Error({_fault(text)})")


def _fault(text: str) -> str:
    """What Codex's reader of ids finds wrong."""
    for at, char in enumerate(text):
        if char != "-" and char not in "0123456789abcdefABCDEF":
            return f"ParseChar {{ character: {_quoted(char)}, index: {len(text[:at].encode()) + 1} }}"
    hyphens = [at for at, char in enumerate(text) if char == "-"]
    if not hyphens:
        return f"ParseSimpleLength {{ len: {len(text)} }}"
    if len(hyphens) != len(_HYPHENS):
        return f"ParseGroupCount {{ count: {len(hyphens) + 1} }}"
    starts = (0, *(at + 1 for at in _HYPHENS))
    for group, (found, wanted) in enumerate(zip(hyphens, _HYPHENS, strict=True)):
        if found != wanted:
            return f"ParseGroupLength {{ group: {group}, len: {found - starts[group]}, index: {starts[group] + 1} }}"
    return f"ParseGroupLength {{ group: 4, len: {len(text) - starts[4]}, index: {starts[4] + 1} }}"


def _quoted(char: str) -> str:
    return {"'": "'\\''", "\\": "'\\\\'", "\n": "'\\n'", "\t": "'\\t'", "\r": "'\\r'"}.get(char, f"'{char}'")
