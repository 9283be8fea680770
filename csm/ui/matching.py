"""Which rows of a list fit what was typed, best first: every word typed must be found.

A word is found as a whole, or in a row's first text letter by letter, if the letters do not lie too far apart.

Does not: draw rows, or measure how alike texts are, which says little of abbreviations (docs/architecture.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")
_SPREAD = 4


def letters(word: str, text: str) -> int | None:
    """How well the letters of a lower-case word fit a lower-case text; None if they do not. Less is better."""
    first = last = -1
    for char in word:
        last = text.find(char, last + 1)
        if last < 0:
            return None
        first = last if first < 0 else first
    return 1_000 + last - first if last - first < _SPREAD * len(word) else None


def whole(word: str, text: str) -> int | None:
    """How well a lower-case word stands in a lower-case text; None if it does not. Less is better."""
    at = text.find(word)
    if at < 0:
        return None
    return at if at == 0 or not text[at - 1].isalnum() else 100 + at


def ranked(rows: Iterable[T], typed: str, texts: Callable[[T], Sequence[str]]) -> list[T]:
    """The rows that fit, best first; in their own order where nothing is typed. Later texts of a row count less."""
    words = typed.lower().split()
    if not words:
        return list(rows)
    found: list[tuple[int, int, T]] = []
    for index, row in enumerate(rows):
        total = _total(words, [text.lower() for text in texts(row)])
        if total is not None:
            found.append((total, index, row))
    found.sort(key=lambda one: one[:2])
    return [row for _, _, row in found]


def marked(typed: str, text: str) -> set[int]:
    """The places in a text that were matched, to be shown."""
    lower, places = text.lower(), set[int]()
    for word in typed.lower().split():
        at = lower.find(word)
        if at >= 0:
            places |= set(range(at, at + len(word)))
            continue
        spots, last = [], -1
        for char in word:
            last = lower.find(char, last + 1)
            if last < 0:
                break
            spots.append(last)
        else:
            places |= set(spots)
    return places


def _total(words: list[str], texts: list[str]) -> int | None:
    total = 0
    for word in words:
        scores = [found + 3 * rank for rank, text in enumerate(texts) if (found := whole(word, text)) is not None]
        loose = letters(word, texts[0]) if not scores and texts else None
        if loose is not None:
            scores.append(loose)
        if not scores:
            return None
        total += min(scores)
    return total
