"""Arguments of the tools: a message in words or in pieces, and ids.

Does not: know agents.
"""

from __future__ import annotations

import re
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
_HEX = "[0-9a-fA-F]"
_HYPHENED = f"{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}"
#: An id may be plain, with hyphens, in braces, or a URN.
_ID = re.compile(rf"(?P<id>{_HEX}{{32}}|{_HYPHENED}|\{{{_HYPHENED}\}}|urn:uuid:{_HYPHENED})")
#: Where hyphens stand.
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
    found = _ID.fullmatch(text)
    if found is None:
        raise ToolError(f"invalid agent id {text}: Error({_fault(text)})")
    return str(uuid.UUID(found["id"]))


def _fault(text: str) -> str:
    """What Codex's reader of ids finds wrong. Places count from 1, what stands around the id included."""
    bare, before = _bare(text)
    for at, char in enumerate(bare):
        if char != "-" and char not in "0123456789abcdefABCDEF":
            return f"ParseChar {{ character: {_quoted(char)}, index: {before + len(bare[:at].encode()) + 1} }}"
    hyphens = [at for at, char in enumerate(bare) if char == "-"]
    if not hyphens and bare == text:
        return f"ParseSimpleLength {{ len: {len(text)} }}"
    if len(hyphens) != len(_HYPHENS):
        return f"ParseGroupCount {{ count: {len(hyphens) + 1} }}"
    starts = (0, *(at + 1 for at in _HYPHENS))
    for group, (found, wanted) in enumerate(zip(hyphens, _HYPHENS, strict=True)):
        if found != wanted:
            return _group(group, found - starts[group], before + starts[group] + 1)
    return _group(4, len(text) - starts[4], before + starts[4] + 1)


def _group(group: int, length: int, place: int) -> str:
    return f"ParseGroupLength {{ group: {group}, len: {length}, index: {place} }}"


def _bare(text: str) -> tuple[str, int]:
    """What stands in braces or after the URN's mark, and how many characters stand before it."""
    if text.startswith("{") and text.endswith("}"):
        return text[1:-1], 1
    urn = "urn:uuid:"
    return (text[len(urn) :], len(urn)) if text.startswith(urn) else (text, 0)


def _quoted(char: str) -> str:
    return {"'": "'\\''", "\\": "'\\\\'", "\n": "'\\n'", "\t": "'\\t'", "\r": "'\\r'"}.get(char, f"'{char}'")
