"""Names by which the model knows servers and tools: letters, digits and underscores, bounded, no two alike.

Does not: know what is behind a name.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping

#: `mcp__SERVER__TOOL` may be this long.
LONGEST = 128
_MARK = 12


def namespaces(servers: Iterable[str]) -> dict[str, str]:
    """The namespace of each server."""
    plain = {name: f"mcp__{_word(name)}" for name in servers}
    twice = Counter(plain.values())
    return {name: _fitted(word, name, LONGEST // 2, mark=twice[word] > 1) for name, word in plain.items()}


def tools(names: Iterable[str], namespace: str) -> dict[str, str]:
    """The word for each tool of a server."""
    plain = {name: _word(name) for name in names}
    twice = Counter(plain.values())
    room = LONGEST - len(namespace) - 2
    return {name: _fitted(word, f"{namespace}\0{name}", room, mark=twice[word] > 1) for name, word in plain.items()}


def original(words: Mapping[str, str], word: str) -> str | None:
    """The name behind a word."""
    return next((name for name, known in words.items() if known == word), None)


def _word(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_]", "_", name)


def _fitted(word: str, whole: str, room: int, *, mark: bool) -> str:
    if not mark and len(word) <= room:
        return word
    told = hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:_MARK]
    return f"{word[: room - _MARK - 1]}_{told}"
