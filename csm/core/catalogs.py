"""Catalogs of models: files in the shape that `codex debug models` prints.

Does not: read files, or keep base instructions.
"""

from __future__ import annotations

import msgspec

from csm.core.models import FEW, WINDOW, Catalog
from csm.protocol.errors import SettingError
from csm.protocol.model import ModelInfo

_TOKEN_BYTES = 4


class _Level(msgspec.Struct):
    effort: str


class _Truncation(msgspec.Struct):
    limit: int
    mode: str = "tokens"


class _Entry(msgspec.Struct):
    """What csm reads of a catalog's model."""

    slug: str
    default_reasoning_level: str | None = None
    supported_reasoning_levels: tuple[_Level, ...] = ()
    default_reasoning_summary: str | None = None
    support_verbosity: bool = False
    default_verbosity: str | None = None
    apply_patch_tool_type: str | None = None
    truncation_policy: _Truncation | None = None
    supports_parallel_tool_calls: bool = True
    supports_search_tool: bool = False
    supports_image_detail_original: bool = False
    context_window: int | None = None
    visibility: str = "list"
    priority: int = 0


class _Models(msgspec.Struct):
    models: tuple[_Entry, ...]


def catalog(data: bytes) -> Catalog:
    """The models of a catalog file, the most wanted first. Raises SettingError."""
    try:
        found = msgspec.json.decode(data, type=_Models).models
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise SettingError(f"it is no catalog of models: {error}") from error
    if not found:
        raise SettingError("it is a catalog without models")
    return {entry.slug: _facts(entry) for entry in sorted(found, key=lambda entry: entry.priority)}


def _facts(entry: _Entry) -> ModelInfo:
    summary = entry.default_reasoning_summary
    return ModelInfo(
        entry.slug,
        context_window=entry.context_window or WINDOW,
        truncation=_tokens(entry.truncation_policy),
        effort=entry.default_reasoning_level,
        verbosity=entry.default_verbosity if entry.support_verbosity else None,
        apply_patch=entry.apply_patch_tool_type is not None,
        parallel=entry.supports_parallel_tool_calls,
        tool_search=entry.supports_search_tool,
        summary=None if summary == "none" else summary,
        efforts=tuple(level.effort for level in entry.supported_reasoning_levels),
        listed=entry.visibility == "list",
        image_detail="original" if entry.supports_image_detail_original else "high",
    )


def _tokens(policy: _Truncation | None) -> int:
    if policy is None:
        return FEW
    return policy.limit if policy.mode == "tokens" else policy.limit // _TOKEN_BYTES
