"""Facts of models by slug.

Does not: ask a server for its list.
"""

from __future__ import annotations

from csm.protocol.model import ModelInfo

#: How much of a context window a conversation may fill, in percent; the rest is for the answer.
USABLE = 95
_WINDOW = 272_000
_SLUGS = (
    "gpt-6.1-sol",
    "gpt-6",
    "gpt-5.6",
    "gpt-5.5",
    "gpt-5.4-mini",
    "gpt-5.4",
    "gpt-5.3-codex",
    "gpt-5.2-codex",
    "gpt-5.2",
    "gpt-5.1-codex",
    "gpt-5.1",
    "gpt-5-codex",
    "gpt-5-mini",
    "gpt-5",
    "codex-auto-review",
)


def info(slug: str) -> ModelInfo:
    """The facts of a model; careful guesses, with `known` false, for one that is not in the table."""
    if any(slug == known or slug.startswith(f"{known}-") for known in _SLUGS):
        return ModelInfo(slug, _WINDOW, tool_search=True)
    return ModelInfo(slug, _WINDOW, effort=None, verbosity=None, apply_patch=False, known=False)


def usable(window: int) -> int:
    """Tokens of a context window that a conversation may fill."""
    return window * USABLE // 100


def listed() -> tuple[str, ...]:
    """The slugs of the table, newest first."""
    return _SLUGS


def unknown(slug: str) -> str:
    """What to tell the user about a model that is not in the table."""
    return (
        f"Model metadata for `{slug}` not found. Defaulting to fallback metadata: csm guesses its limits, "
        "and offers it no apply_patch tool."
    )
