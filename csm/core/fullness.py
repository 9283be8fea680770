"""How full a model's context may get before its history is summed up.

Does not: count tokens, or sum up (`csm.core.compaction`).
"""

from __future__ import annotations

from typing import NamedTuple

#: How much of the context window may be filled before it is time, in percent.
FULL = 90


class Limit(NamedTuple):
    """From `total` tokens of a response on it is time, or from `body` on, not counting those it all began with."""

    total: int
    body: int | None = None

    def reached(self, tokens: int, prefix: int | None) -> bool:
        """Whether a response of so many tokens reaches it; `prefix` is what it all began with, if that is known."""
        return tokens >= self.total or (self.body is not None and prefix is not None and tokens - prefix >= self.body)


def limit(window: int, usable: int, wanted: int | None, *, body: bool) -> Limit:
    """The limit for a model's `window`, of which a conversation may fill what is `usable`. With `body`, the tokens
    `wanted` are those after the beginning, and only the window bounds the whole."""
    most = window * FULL // 100
    if body:
        return Limit(usable, most if wanted is None else wanted)
    return Limit(most if wanted is None else min(wanted, most))
