"""What the tutor sees of the shell: the keys in force and the commands that were run.

Does not: see what is typed. It looks at names of commands, as any extension can.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from csm.api import Host, SandboxError

from .script import World

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
}


class Watcher:
    """Looks at a host between lessons."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._seen: Counter[str] = Counter()

    def look(self, interrupted: bool) -> World:
        """The world now; `ran` holds the commands run since the last look."""
        ran = self._host.commands.ran.copy()
        names = frozenset((ran - self._seen).keys())
        self._seen = ran
        return World(
            key=self.key,
            ran=names,
            interrupted=interrupted,
            sandbox=self._sandbox(),
            folder=str(self._host.settings.cwd),
            keymap=self._host.keymap.name,
        )

    def key(self, line: str) -> str:
        """The shortest keys of a command line as Markdown; the command's name where no key runs it."""
        for place in ("composer", "pager"):
            found = self._bound(line, self._host.keymap.places([place]))
            if found:
                return "`" + " ".join(WORDS.get(chord, chord) for chord in found.chords) + "`"
        return f"`M-x {line}`"

    def _bound(self, line: str, places: list[str]) -> Any:
        """The shortest binding of a command line at these places, nearest place first; None without one."""
        bindings = self._host.keymap.bindings()
        found = [binding for binding in bindings if binding.command == line and binding.place in places]
        typing = [binding for binding in found if binding.mode in (None, "insert")] or found
        return min(typing, key=lambda one: (len(one.chords), places.index(one.place)), default=None)

    def _sandbox(self) -> str:
        try:
            return self._host.sandbox().name
        except SandboxError:
            return "csm, for want of a sandbox,"
