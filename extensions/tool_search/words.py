"""Text to the words that a search compares: small letters, endings off, without those that say nothing.

Does not: know grammar. Both sides lose the same endings, which is all that matters.
"""

from __future__ import annotations

import re

_WORD = re.compile(r"\w+")
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\dA-Za-z_]+")
_EMPTY = frozenset(
    """
    a about an and any are as at be been by can do for from had has have how i if in into is it its me my no not of on
    or our so than that the their them then there these they this those to too was we were what when where which who
    will with you your
    """.split()
)
_ENDINGS = (
    ("ations", "at"), ("ation", "at"), ("ments", "ment"), ("ings", ""), ("ing", ""), ("ies", "i"), ("ied", "i"),
    ("sses", "ss"), ("ated", "at"), ("ates", "at"), ("ate", "at"), ("ers", "er"), ("ed", ""), ("es", ""), ("ly", ""),
    ("e", ""), ("s", ""), ("y", "i"),
)  # fmt: skip


def words(text: str) -> list[str]:
    """The words of a text in order; a name with underscores is one."""
    return [stem(word) for word in _lower(_WORD.findall(text)) if word not in _EMPTY]


def parts(text: str) -> list[str]:
    """As `words`, but names come apart at underscores and capitals."""
    return [stem(word) for word in _lower(_PART.findall(text)) if word not in _EMPTY]


def stem(word: str) -> str:
    """The word without its ending, where enough of it is left."""
    for ending, instead in _ENDINGS:
        rest = word.removesuffix(ending)
        if rest != word and len(rest) >= 3 and not (ending == "s" and rest.endswith(("s", "u", "i"))):
            return _single(rest) + instead if ending in ("ing", "ings", "ed") else rest + instead
    return word


def _single(rest: str) -> str:
    """Without the second of two equal consonants, which such endings bring along (`stopped`)."""
    return rest[:-1] if rest[-1] == rest[-2] and rest[-1] not in "aeiousl" else rest


def _lower(found: list[str]) -> list[str]:
    return [word.lower() for word in found]
