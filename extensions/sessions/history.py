"""Where a model's history lies in a log: addresses instead of bytes.

Does not: know what the items say.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .sections import Sections

#: What is above this is no address but the number of an item that stands nowhere as it is.
_INLINE = 1 << 63


class Places:
    """The items of a history, in order."""

    def __init__(
        self, starts: array[int] | None = None, lengths: array[int] | None = None, inline: list[bytes] | None = None
    ) -> None:
        self.starts = starts if starts is not None else array("Q")
        self.lengths = lengths if lengths is not None else array("I")
        self.inline = inline if inline is not None else []

    def __len__(self) -> int:
        return len(self.starts)

    def add(self, at: int, line: bytes, raw: bytes) -> None:
        """One more item, `raw`, which a line at an address brought."""
        place = line.find(b'"payload":') + 10
        if place < 10 or not line.startswith(raw, place):
            self._keep(raw)
            return
        self.starts.append(at + place)
        self.lengths.append(len(raw))

    def put(self, at: int, line: bytes, items: Iterable[bytes]) -> None:
        """These items, which stand in a line one after the other, in the place of all."""
        self.clear()
        place = 0
        for raw in items:
            found = line.find(raw, place)
            if found < 0:
                self._keep(raw)
                continue
            self.starts.append(at + found)
            self.lengths.append(len(raw))
            place = found + len(raw)

    def _keep(self, raw: bytes) -> None:
        self.starts.append(_INLINE | len(self.inline))
        self.lengths.append(len(raw))
        self.inline.append(raw)

    def clear(self) -> None:
        """No items."""
        del self.starts[:], self.lengths[:]
        self.inline.clear()

    def cut(self, count: int) -> None:
        """Only the first so many."""
        del self.starts[count:], self.lengths[count:]
        if self.inline:
            del self.inline[sum(start >= _INLINE for start in self.starts) :]

    def until(self, count: int) -> Places:
        """The first so many, on their own."""
        twin = Places(array("Q", self.starts), array("I", self.lengths), list(self.inline))
        twin.cut(count)
        return twin

    def load(self, sections: Sections) -> list[bytes]:
        """The items. Raises OSError, ValueError."""
        if not self.inline:
            return sections.read(self.starts, self.lengths)
        known = [at for at, start in enumerate(self.starts) if start < _INLINE]
        read = sections.read(
            array("Q", (self.starts[at] for at in known)), array("I", (self.lengths[at] for at in known))
        )
        found = [b"" if start < _INLINE else self.inline[start - _INLINE] for start in self.starts]
        for at, raw in zip(known, read, strict=True):
            found[at] = raw
        return found
