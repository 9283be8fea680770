"""Facts of models by slug, and catalogs of them: files in the shape that `codex debug models` prints.

Does not: ask a server for its list, or read files.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from csm.protocol.errors import SettingError
from csm.protocol.model import ModelInfo

#: How much of a context window a conversation may fill, in percent; the rest is for the answer.
USABLE = 95
_WINDOW = 272_000
#: Tokens of output that a model reads of which nothing is known, or that counts bytes: 10 000 of those.
_FEW = 2_500
_TOKEN_BYTES = 4
_FOUR = ("low", "medium", "high", "xhigh")
_FIVE = (*_FOUR, "max")
_SIX = (*_FIVE, "ultra")


def _known(slug: str, efforts: tuple[str, ...] = _FOUR, **more: object) -> ModelInfo:
    fields = {"context_window": _WINDOW, "efforts": efforts, "tool_search": True, "image_detail": "original", **more}
    return msgspec.convert({"slug": slug, **fields}, ModelInfo)


#: Newest first. Those that Codex drives by code alone get the same tools here as all others.
_TABLE = (
    _known("gpt-6.1-sol", _SIX, effort="low"),
    _known("gpt-6-astra", _SIX, effort="low"),
    _known("gpt-6-sol", _SIX),
    _known("gpt-6-luna", _FIVE),
    _known("gpt-6.1-terra", _SIX, effort="low", context_window=500_000),
    _known("gpt-5.6-sol", _SIX, effort="low"),
    _known("gpt-5.6-terra", _SIX),
    _known("gpt-5.6-luna", _FIVE),
    _known("gpt-5.5"),
    _known("gpt-5.4"),
    _known("gpt-5.4-mini", verbosity="medium"),
    _known("gpt-5.3-codex"),
    _known("gpt-5.2-codex"),
    _known("gpt-5.2", summary="auto", truncation=_FEW, image_detail="high"),
    _known("gpt-5.1-codex"),
    _known("gpt-5.1"),
    _known("gpt-5-codex"),
    _known("gpt-5-mini"),
    _known("codex-auto-review", _FIVE, listed=False),
    _known("gpt-daybreak-blue-latest", _SIX, effort="low", listed=False),
    _known("gpt-daybreak-red-latest", _SIX, verbosity="high", context_window=372_000, listed=False),
)

Catalog = Mapping[str, ModelInfo]
_OWN: Catalog = {info.slug: info for info in _TABLE}


def info(slug: str, catalog: Catalog | None = None) -> ModelInfo:
    """The facts of a model; careful guesses, with `known` false, for one that is not in the catalog (else our table).

    A longer slug is the model with whose slug it begins; one prefix of a word and a slash is not looked at.
    """
    table = _OWN if catalog is None else catalog
    space, slash, rest = slug.partition("/")
    plain = rest if slash and "/" not in rest and space.replace("-", "_").isidentifier() else slug
    found = max((known for known in table if plain.startswith(known)), key=len, default="")
    if found:
        return msgspec.structs.replace(table[found], slug=slug)
    return ModelInfo(slug, _WINDOW, _FEW, effort=None, verbosity=None, apply_patch=False, known=False)


def usable(window: int) -> int:
    """Tokens of a context window that a conversation may fill."""
    return window * USABLE // 100


def listed(catalog: Catalog | None = None) -> tuple[str, ...]:
    """The slugs to choose from, newest first."""
    table = _OWN if catalog is None else catalog
    return tuple(slug for slug, found in table.items() if found.listed)


def unknown(slug: str) -> str:
    """What to tell the user about a model that is not in the table."""
    return (
        f"Model metadata for `{slug}` not found. Defaulting to fallback metadata: csm guesses its limits, "
        "and offers it no apply_patch tool."
    )


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
        context_window=entry.context_window or _WINDOW,
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
        return _FEW
    return policy.limit if policy.mode == "tokens" else policy.limit // _TOKEN_BYTES
