"""The command as people read it: words joined so that a shell would split them again.

Quotes are put as Codex's are, so that logs and events compare: a word is a run of stretches, each bare, in single
quotes or in double quotes, the first of these that holds the longest start of what is left.

Does not: parse.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_BARE = re.compile(r"[A-Za-z0-9+\-./:@\]_]")
_NOT_IN_SINGLE = "'\\^"
_NOT_IN_DOUBLE = "`$!^"
_ESCAPED = re.compile(r'["\\]')


def join(words: Sequence[str]) -> str:
    """The words with quotes where needed, one space between."""
    if any("\0" in word for word in words):
        return "<command included NUL byte>"
    return " ".join(quote(word) for word in words)


def quote(word: str) -> str:
    """One word."""
    if not word:
        return "''"
    parts: list[str] = []
    while word:
        length, style = _stretch(word)
        parts.append(_dressed(word[:length], style))
        word = word[length:]
    return "".join(parts)


def _stretch(word: str) -> tuple[int, str]:
    allowed, at = {"bare", "single", "double"}, 0
    if word[0] == "^":
        allowed, at = {"single"}, 1
    while at < len(word):
        left = allowed & _styles(word[at])
        if not left:
            break
        allowed, at = left, at + 1
    return at, next(style for style in ("bare", "single", "double") if style in allowed)


def _styles(char: str) -> set[str]:
    styles: set[str] = set()
    if _BARE.match(char):
        styles.add("bare")
    if char not in _NOT_IN_SINGLE:
        styles.add("single")
    if char not in _NOT_IN_DOUBLE:
        styles.add("double")
    return styles


def _dressed(text: str, style: str) -> str:
    if style == "bare":
        return text
    return f"'{text}'" if style == "single" else '"' + _ESCAPED.sub(r"\\\g<0>", text) + '"'
