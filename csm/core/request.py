"""Requests to the model: the same beginning to the byte, turn after turn, so that the provider's cache holds.

Instructions and tools stand first and do not change within a thread; permissions, rules and surroundings are items of
the history, added at the first turn and again only where they changed.

Does not: read files, send anything, or change what was said before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

import msgspec

from csm.core import prompts, response_items
from csm.protocol import codec
from csm.protocol.model import ModelInfo, ModelRequest
from csm.protocol.tools import ToolSpec

#: Keys that 0.169 adds to the response items it stores and takes off those it sends.
_PRIVATE = "internal_chat_message_metadata_passthrough"
_PRIVATE_BYTES = _PRIVATE.encode()


class Wanted(msgspec.Struct, frozen=True):
    """The context a turn needs: texts for the developer's and for the user's message, empty ones left out."""

    developer: tuple[str, ...]
    user: tuple[str, ...]


class Choices(msgspec.Struct, frozen=True):
    """What the settings say about requests. None leaves it to the model's facts."""

    model: str
    effort: str | None = None
    summary: str | None = None
    verbosity: str | None = None
    service_tier: str | None = None


def build(
    history: Iterable[bytes],
    *,
    thread_id: str,
    turn_id: str,
    instructions: str,
    tools: Sequence[ToolSpec],
    info: ModelInfo,
    choices: Choices,
    schema: bytes | None = None,
) -> ModelRequest:
    """The next request of a thread."""
    return ModelRequest(
        model=choices.model,
        instructions=instructions,
        input=tuple(map(_outgoing, history)),
        tools=tuple(tool for tool in tools if info.apply_patch or tool.name != "apply_patch"),
        parallel=info.parallel,
        effort=choices.effort or info.effort,
        summary=choices.summary or info.summary,
        verbosity=choices.verbosity or info.verbosity,
        service_tier=choices.service_tier,
        schema=schema,
        cache_key=thread_id,
        thread_id=thread_id,
        turn_id=turn_id,
    )


def arrange(tools: Iterable[ToolSpec]) -> tuple[ToolSpec, ...]:
    """Tools in an order that does not depend on who offered them first; a later one of a name wins."""
    named = {(tool.namespace or "", tool.name): tool for tool in tools}
    return tuple(named[key] for key in sorted(named))


def missing(history: Sequence[bytes], wanted: Wanted) -> tuple[bytes, ...]:
    """The context items to add to a history so that it says what is wanted, as few as possible."""
    said = {role: _said(history, role) for role in ("developer", "user")}
    found: list[bytes] = []
    for role, texts in (("developer", wanted.developer), ("user", wanted.user)):
        new = [text for text in texts if text and not _stands(text, said[role])]
        if new:
            found.append(response_items.message(role, new))
    return tuple(found)


def _stands(text: str, said: Sequence[str]) -> bool:
    """Whether a text still counts: it is the last of its kind, or, having no kind, it was said at all.

    The default mode goes without saying.
    """
    for kind in (prompts.PERMISSIONS, prompts.COLLABORATION, prompts.ENVIRONMENT, prompts.AGENTS):
        if text.startswith(kind):
            unsaid = prompts.collaboration("default") if kind == prompts.COLLABORATION else None
            return next((old for old in reversed(said) if old.startswith(kind)), unsaid) == text
    return text in said


def _said(history: Sequence[bytes], role: str) -> list[str]:
    """The text parts of a role's messages that may be context, in order."""
    mark = f'"{role}"'.encode()
    texts: list[str] = []
    for raw in history:
        if mark in raw and (role == "developer" or _maybe_context(raw)):
            value = codec.decode(raw)
            if isinstance(value, dict):
                texts += _texts(cast("dict[str, Any]", value), role)
    return texts


def _maybe_context(raw: bytes) -> bool:
    return prompts.ENVIRONMENT.encode() in raw or prompts.AGENTS.encode() in raw


def _texts(value: dict[str, Any], role: str) -> list[str]:
    if value.get("role") != role or not isinstance(value.get("content"), list):
        return []
    parts = cast("list[dict[str, Any]]", value["content"])
    return [part["text"] for part in parts if isinstance(part.get("text"), str)]


def _outgoing(raw: bytes) -> bytes:
    if _PRIVATE_BYTES not in raw:
        return raw
    value = codec.decode(raw)
    if not isinstance(value, dict):
        return raw
    fields = cast("dict[str, Any]", value)
    fields.pop(_PRIVATE, None)
    return codec.encode(fields)
