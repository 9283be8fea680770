"""What `init.py` and extensions ask for: bindings, keymap, theme, settings; by whom, so that it can be taken back.

Does not: carry anything out.
"""

from __future__ import annotations

from typing import Any

import msgspec


class Wish(msgspec.Struct, frozen=True):
    """A binding, or a label of a prefix (`kind`). `line` is False to unbind. `where` is the `file:line` that asks."""

    owner: str
    keys: str
    line: str | bool
    place: str = "global"
    mode: str | None = None
    kind: str = "bind"
    where: str = ""


Snapshot = tuple[list[Wish], list[tuple[str, str, str]], list[tuple[str, str, Any, str]]]


class Wishes:
    """All that is asked for, in the order it was."""

    def __init__(self) -> None:
        self.bindings: list[Wish] = []
        self._chosen: list[tuple[str, str, str]] = []
        self._settings: list[tuple[str, str, Any, str]] = []

    def choose(self, owner: str, kind: str, name: str) -> None:
        """Ask for a keymap or theme."""
        self._chosen.append((owner, kind, name))

    def chosen(self, kind: str) -> str | None:
        """The last keymap or theme asked for."""
        return next((name for _, one, name in reversed(self._chosen) if one == kind), None)

    def set(self, owner: str, name: str, value: Any, where: str = "") -> None:
        """Ask for a setting. `where` is the `file:line` that does."""
        self._settings.append((owner, name, value, where))

    @property
    def settings(self) -> dict[str, Any]:
        """The settings asked for, by dotted name; later ones count."""
        return {name: value for _, name, value, _ in self._settings}

    def setter(self, name: str) -> tuple[str, str] | None:
        """Who asked last for a setting, and the `file:line`."""
        return next(((owner, where) for owner, one, _, where in reversed(self._settings) if one == name), None)

    @property
    def owners(self) -> set[str]:
        """Who asks for anything."""
        found = {one.owner for one in self.bindings}
        return found | {owner for owner, *_ in self._chosen} | {owner for owner, *_ in self._settings}

    def snapshot(self) -> Snapshot:
        """All that is asked for now."""
        return list(self.bindings), list(self._chosen), list(self._settings)

    def restore(self, before: Snapshot) -> None:
        """Go back to a snapshot."""
        self.bindings[:], self._chosen[:], self._settings[:] = before

    def forget(self, owner: str) -> None:
        """Take back what an extension asked for."""
        self.bindings[:] = [one for one in self.bindings if one.owner != owner]
        self._chosen[:] = [one for one in self._chosen if one[0] != owner]
        self._settings[:] = [one for one in self._settings if one[0] != owner]
