"""Documents ranked by how well they fit a query: BM25 (Robertson and others, 1994).

A word counts the more the fewer documents have it and the more often it stands in one, less and less, and less in a
long one.

Does not: know what the documents are about.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

#: How soon repetition stops to count, and how much length does.
_REPEATED, _LENGTH = 1.2, 0.75


class Ranking:
    """An index of documents, each given as its words."""

    def __init__(self, documents: Iterable[Sequence[str]]) -> None:
        self._counts = [Counter(document) for document in documents]
        self._sizes = [count.total() for count in self._counts]
        self._mean = sum(self._sizes) / len(self._sizes) if self._sizes else 0.0
        self._having = Counter(word for count in self._counts for word in count)

    def knows(self, word: str) -> bool:
        """Whether any document has the word."""
        return word in self._having

    def best(self, query: Iterable[str], limit: int) -> list[int]:
        """The numbers of the documents that fit, best first; of equals, the first first."""
        asked = [word for word in dict.fromkeys(query) if self.knows(word)]
        scores = [sum(self._score(number, word) for word in asked) for number in range(len(self._counts))]
        found = sorted((number for number, score in enumerate(scores) if score > 0), key=lambda one: -scores[one])
        return found[:limit]

    def _score(self, number: int, word: str) -> float:
        times, having = self._counts[number][word], self._having[word]
        rare = math.log(1 + (len(self._counts) - having + 0.5) / (having + 0.5))
        long = 1 - _LENGTH + _LENGTH * self._sizes[number] / self._mean
        return rare * times * (_REPEATED + 1) / (times + _REPEATED * long)
