"""What the tutor sees of the shell: the keys in force and the commands that were run.

Does not: see what is typed. It looks at names of commands, as any extension can.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from csm.api import Host, SandboxError

from .progress import Progress
from .script import World

_LEAD = re.compile(r"((?:[CMSs]-)*)(.+)")
#: How keys are written for people who do not write them every day.
WORDS = {
    "enter": "Enter",
    "esc": "Esc",
    "tab": "Tab",
    "space": "Space",
    "page-up": "PageUp",
    "page-down": "PageDown",
    "home": "Home",
    "end": "End",
    "up": "Up",
    "down": "Down",
    "left": "Left",
    "right": "Right",
    "backspace": "Backspace",
    "delete": "Delete",
}


class Watcher:
    """Looks at a host between lessons."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._seen: Counter[str] = Counter()
        self._progress = Progress(host.settings.state_dir, host.settings.keymap)

    def begin(self, lesson: int, passed: int | None) -> None:
        """A lesson begins, and another one may have been passed: what is run from now on counts for the new one."""
        self._seen = self._host.commands.ran.copy()
        self._progress.note(lesson, passed)

    def look(self, interrupted: bool) -> World:
        """The world now; `ran` holds the commands run since the lesson began."""
        names = frozenset((self._host.commands.ran - self._seen).keys())
        return World(
            key=self.key,
            ran=names,
            interrupted=interrupted,
            sandbox=self._sandbox(),
            folder=str(self._host.settings.cwd),
            normal=self._normal if self._host.keymap.editing == "vi" else None,
            reading=self._reading,
            passed=frozenset(self._progress.passed),
        )

    def key(self, line: str, mode: str = "insert") -> str:
        """The shortest keys of a command line in a mode, as Markdown; the command's name where no key runs it."""
        for place in ("composer", "pager"):
            found = self._bound(line, self._host.keymap.places([place]), mode)
            if found:
                return "`" + " ".join(map(shown, found.chords)) + "`"
        return f"`{shown(self._palette())} {line}`"

    def _normal(self, line: str) -> str:
        return self.key(line, "normal")

    def _reading(self, line: str) -> str:
        for places in (["transcript"], ["reading"]):
            found = self._bound(line, self._host.keymap.places(places), "normal")
            if found:
                return "`" + " ".join(map(shown, found.chords)) + "`"
        return self.key(line, "normal")

    def _palette(self) -> str:
        found = self._bound("palette.open", self._host.keymap.places(["composer"]), "insert")
        return found.chords[0] if found else "/"

    def _bound(self, line: str, places: list[str], mode: str) -> Any:
        """The shortest binding of a command line in these places, nearest place first; None without one."""
        bindings = self._host.keymap.bindings()
        found = [one for one in bindings if one.command == line and one.place in places and one.mode in (None, mode)]
        return min(found, key=lambda one: (len(one.chords), places.index(one.place), one.mode is None), default=None)

    def _sandbox(self) -> str:
        try:
            return self._host.sandbox().name
        except SandboxError:
            return "csm, for want of a sandbox,"


def shown(chord: str) -> str:
    """A chord as the tutor writes it: `M-page-up` is `M-PageUp`."""
    found = _LEAD.fullmatch(chord)
    return found[1] + WORDS.get(found[2], found[2]) if found is not None else chord
