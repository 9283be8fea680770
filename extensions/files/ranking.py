"""Which paths fit what was typed, best first.

The name counts before the folders, a beginning before a middle, what changed lately before what did not, short before
long. Letters that are not beside each other count last, and only where little else fits.

Does not: look at files.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Callable, Sequence
from itertools import islice
from typing import NamedTuple

#: How many paths are told, and of how many the age is asked.
SHOWN, ASKED = 50, 200
#: So many paths that fit are weighed, the first ones.
_WEIGHED = 4_000
#: Below so many whole matches, scattered letters are looked for.
_FEW = 20
_AGES = (3600.0, 86_400.0, 604_800.0)


class Fit(NamedTuple):
    """A path, and how well it fits; less is better."""

    kind: int
    path: str


def ranked(
    paths: Sequence[str],
    lower: Sequence[str],
    typed: str,
    age: Callable[[str], float | None] = lambda path: None,
    *,
    shown: int = SHOWN,
) -> list[str]:
    """The best paths for what was typed, of `paths`, the shortest first, and the same in small letters.

    `age` is the seconds since a file's last change, if it is known.
    """
    wanted = typed.lower()
    whole = islice((at for at, low in enumerate(lower) if wanted in low), _WEIGHED)
    fits = [Fit(_whole(lower[at], wanted), paths[at]) for at in whole]
    if len(fits) < _FEW and len(wanted) > 1:
        letters = re.compile(".*?".join(map(re.escape, wanted)))
        scattered = (at for at, low in enumerate(lower) if wanted not in low and letters.search(low))
        fits += [Fit(_scattered(lower[at], letters), paths[at]) for at in islice(scattered, _WEIGHED)]
    best = heapq.nsmallest(ASKED, fits, key=lambda fit: (fit.kind, len(fit.path), fit.path))
    best.sort(key=lambda fit: (fit.kind, _staleness(age(fit.path)), len(fit.path), fit.path))
    return [fit.path for fit in best[:shown]]


def _whole(low: str, wanted: str) -> int:
    """For a path that holds what was typed."""
    trimmed = low[:-1] if low.endswith("/") else low
    name = trimmed[trimmed.rfind("/") + 1 :]
    kind = 2 * _name(name, wanted) if wanted in name else 8 + 2 * (f"/{wanted}" not in f"/{trimmed}")
    return kind + 12 * _hidden(low) + (trimmed is not low)


def _name(name: str, wanted: str) -> int:
    if name == wanted or name.partition(".")[0] == wanted:
        return 0
    at = name.find(wanted)
    return 1 if at == 0 else 2 if not name[at - 1].isalnum() else 3


def _scattered(low: str, letters: re.Pattern[str]) -> int:
    trimmed = low.rstrip("/")
    in_name = letters.search(trimmed, trimmed.rfind("/") + 1) is not None
    return 30 + 2 * (not in_name) + 12 * _hidden(low) + (trimmed is not low)


def _hidden(low: str) -> bool:
    return low.startswith(".") or "/." in low


def _staleness(age: float | None) -> int:
    return len(_AGES) if age is None else sum(age > limit for limit in _AGES)
