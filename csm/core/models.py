"""Facts of models by slug.

Does not: ask a server for its list, or read catalogs of models (`csm.core.catalogs`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from csm.protocol.model import ModelInfo

#: How much of a context window a conversation may fill, in percent; the rest is for the answer.
USABLE = 95
#: The context window of a model that says nothing of its own.
WINDOW = 272_000
#: Tokens of output that a model reads of which nothing is known, or that counts bytes: 10 000 of those.
FEW = 2_500
_FOUR = ("low", "medium", "high", "xhigh")
_FIVE = (*_FOUR, "max")
_SIX = (*_FIVE, "ultra")


def _known(slug: str, efforts: tuple[str, ...] = _FOUR, **more: Any) -> ModelInfo:
    given: dict[str, Any] = {"efforts": efforts, "tool_search": True, "image_detail": "original", **more}
    return ModelInfo(slug, **given)


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
    _known("gpt-5.2", summary="auto", truncation=FEW, image_detail="high"),
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
    return ModelInfo(slug, WINDOW, FEW, effort=None, verbosity=None, apply_patch=False, known=False)


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
