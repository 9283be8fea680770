"""Looking for words in what was said in the sessions of a list, a few at a time, while the list can be used.

Does not: filter the list, or read logs (the port is asked).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from csm.host.storage import SessionHead

#: So many sessions, or bytes of them, are asked about at once: what was asked last is not waited for long.
_SESSIONS, _BYTES = 200, 1 << 25
#: Letters from which on it is worth looking.
_LETTERS = 2


class Texts:
    """`ask` asks the port, `changed` is called when more was found. `on`: whether it looks at all."""

    def __init__(self, ask: Callable[..., None], changed: Callable[[], None]) -> None:
        self._ask, self._changed = ask, changed
        self.on = False
        #: Grows with what was found.
        self.version = 0
        self._words: tuple[str, ...] = ()
        self._heads: Sequence[SessionHead] = ()
        self._left: list[SessionHead] = []
        self._asked: tuple[str, ...] | None = None
        self._found: dict[str, dict[str, str]] = {}

    def follow(self, words: Sequence[str], heads: Sequence[SessionHead]) -> None:
        """Look for these words (in small letters) in these sessions."""
        wanted = tuple(words) if self.on and sum(map(len, words)) >= _LETTERS else ()
        if wanted == self._words and heads is self._heads:
            return
        self._words, self._heads = wanted, heads
        self._found, self._left = {}, list(heads) if wanted else []
        self.version += 1
        self._go_on()

    @property
    def told(self) -> str:
        """How far it is, in few words."""
        if not self._left:
            return "texts too"
        return f"texts {len(self._heads) - len(self._left):,} of {len(self._heads):,}"

    def has(self, thread_id: str, word: str) -> bool:
        """Whether a word was said in a session, as far as that is known."""
        return word in self._found.get(thread_id, ())

    def said(self, thread_id: str, words: Sequence[str]) -> str:
        """The text around the first of some words that was said; empty if none was."""
        found = self._found.get(thread_id, {})
        return next((found[word] for word in words if word in found), "")

    def _go_on(self) -> None:
        if self._asked is not None or not self._left:
            return
        size, count = 0, 0
        for head in self._left[:_SESSIONS]:
            size, count = size + head.size, count + 1
            if size > _BYTES:
                break
        some, heads, words = self._left[:count], self._heads, self._words
        self._asked = words

        def came(found: Any) -> None:
            self._came(words, heads, count, found)

        self._ask("said", came, heads=some, words=words)

    def _came(self, words: tuple[str, ...], heads: Sequence[SessionHead], count: int, found: Any) -> None:
        self._asked = None
        if words == self._words and heads is self._heads:
            del self._left[:count]
            self._found |= found
            self.version += bool(found)
            self._changed()
        self._go_on()
