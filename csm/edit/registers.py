"""Where cut and copied text goes: Vim's registers and Emacs's kill ring, fed together.

Register names: `"` the last one used, `a`-`z` (`A`-`Z` append), `0` the last yank, `1`-`9` the last deletes of a line
or more, `-` the last smaller delete, `_` nothing, `+` and `*` the clipboard.

Does not: reach the system clipboard; whoever does sets these registers, `on_set` to learn of them, `on_get` to tell.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

NAMES = frozenset('"-_+*abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789')
KILLS = 60


class Slot(NamedTuple):
    """Text of a register. Linewise text ends with a line feed; with a `width` in cells it is a block."""

    text: str
    linewise: bool = False
    width: int | None = None


class Registers:
    """All registers. Reading an empty one gives an empty slot. `on_set(name, slot)` is called for each one written."""

    def __init__(self) -> None:
        self.on_set: Callable[[str, Slot], None] | None = None
        #: Asked for what `+` and `*` hold; None where it cannot tell.
        self.on_get: Callable[[], str | None] | None = None
        #: The rectangle that Emacs's keys killed last.
        self.rectangle: Slot | None = None
        self._slots: dict[str, Slot] = {}
        self._last = "0"

    def get(self, name: str | None = None) -> Slot:
        """The register called `name`; without a name the last one written."""
        told = self.on_get() if self.on_get and name is not None and name in "+*" else None
        name = self._last if name in (None, '"') else name.lower()
        if told is not None and told != self._slots.get(name, Slot("")).text:
            return Slot(told, told.endswith("\n"))
        return self._slots.get(name, Slot(""))

    def all(self) -> dict[str, Slot]:
        """What every register holds, by name."""
        held = {'"': self.get(), **dict(sorted(self._slots.items()))}
        return {name: slot for name, slot in held.items() if slot.text}

    def set(self, name: str, slot: Slot) -> None:
        """Write a register as `"x` does: capitals append."""
        if name == "_":
            return
        if name.isupper():
            name = name.lower()
            slot = _joined(self._slots.get(name), slot)
        name = "0" if name == '"' else name
        self._slots[name] = slot
        self._last = name
        if self.on_set:
            self.on_set(name, slot)

    def yank(self, slot: Slot, name: str | None = None) -> None:
        """Store copied text."""
        self.set(name or "0", slot)

    def delete(self, slot: Slot, name: str | None = None, *, numbered: bool = False) -> None:
        """Store deleted text. `numbered`: use register 1 even for less than a line."""
        if name == "_":
            return
        named = name not in (None, '"')
        if named:
            self.set(name, slot)
        small = not slot.linewise and "\n" not in slot.text
        if numbered or not small:
            self._shift(slot, keep_last=named and name.isupper())
        if small and not named:
            self.set("-", slot)

    def _shift(self, slot: Slot, *, keep_last: bool) -> None:
        for number in range(9, 1, -1):
            if previous := self._slots.get(str(number - 1)):
                self._slots[str(number)] = previous
        self._slots["1"] = slot
        if not keep_last:
            self._last = "1"


def _joined(old: Slot | None, new: Slot) -> Slot:
    if old is None or not old.text:
        return new
    linewise = old.linewise or new.linewise
    text = old.text
    if old.width is not None and not linewise:
        return Slot(f"{text}\n{new.text}", False, max(old.width, new.width or 0))
    if linewise and not text.endswith("\n"):
        text += "\n"
    text += new.text
    if linewise and not text.endswith("\n"):
        text += "\n"
    return Slot(text, linewise)


class KillRing:
    """The last kills, newest first."""

    def __init__(self) -> None:
        self._kills: list[str] = []
        self._at = 0

    def __len__(self) -> int:
        return len(self._kills)

    def push(self, text: str) -> None:
        """Add a kill."""
        if text:
            self._kills.insert(0, text)
            del self._kills[KILLS:]
        self._at = 0

    def extend(self, text: str, *, before: bool) -> None:
        """Add to the last kill."""
        newest = self._kills[0] if self._kills else ""
        self._kills[:1] = [text + newest if before else newest + text]
        self._at = 0

    def get(self, offset: int = 0) -> str:
        """The kill in use, or the one `offset` older (which is then in use); empty when there is none."""
        if not self._kills:
            return ""
        self._at = (self._at + offset) % len(self._kills)
        return self._kills[self._at]

    def all(self) -> tuple[str, ...]:
        """All kills, newest first."""
        return tuple(self._kills)
