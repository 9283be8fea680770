"""Whether there are agents, how many, how deep, how long: settings of `agents`, and what waiting is held to.

Does not: count.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from csm.api import features

THREADS = 6
DEPTH = 1
#: Milliseconds that a call may wait: unless it says, at least, at most.
WAIT, SHORTEST, LONGEST = 30_000, 10_000, 3_600_000


def wanted(raw: Mapping[str, Any]) -> bool:
    """Whether the model may have agents."""
    return features.on(raw, "multi_agent") and _table(raw).get("enabled", True)


def threads(raw: Mapping[str, Any]) -> int:
    """How many agents may be open at a time in a tree of threads."""
    return _number(raw, "max_threads", _number(raw, "max_concurrent_threads_per_session", THREADS))


def depth(raw: Mapping[str, Any]) -> int:
    """How many threads may stand above an agent."""
    return _number(raw, "max_depth", DEPTH)


def seconds(timeout_ms: int | None) -> float:
    """How long to wait."""
    return min(max(WAIT if timeout_ms is None else timeout_ms, SHORTEST), LONGEST) / 1000


def _number(raw: Mapping[str, Any], name: str, default: int) -> int:
    value = _table(raw).get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def _table(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    table = raw.get("agents")
    return table if isinstance(table, dict) else {}
