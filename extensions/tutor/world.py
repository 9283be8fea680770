"""What the tutor sees of the shell: the keys in force and the commands that were run.

Does not: see what is typed. It looks at names of commands, as any extension can.
"""

from __future__ import annotations

from collections import Counter

from csm.api import Host, SandboxError

from .script import World

#: How keys are written for people who do not write them every day.
WORDS = {"enter": "Enter", "esc": "Esc", "tab": "Tab", "space": "Space", "page-up": "PageUp", "page-down": "PageDown"}


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
        places = self._host.keymap.places(["composer", "pager"])
        found = [binding for binding in self._host.keymap.bindings() if binding.command == line]
        here = [binding for binding in found if binding.place in places]
        if not here:
            return f"`M-x {line}`"
        typing = [binding for binding in here if binding.mode in (None, "insert")] or here
        shortest = min(typing, key=lambda one: (one.keys.count(" "), places.index(one.place)))
        return "`" + " ".join(WORDS.get(chord, chord) for chord in shortest.chords) + "`"

    def _sandbox(self) -> str:
        try:
            return self._host.sandbox().name
        except SandboxError:
            return "csm, for want of a sandbox,"
