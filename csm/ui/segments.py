"""What extensions add to the status line: asked when a turn begins, ends or goes on for another
second, and when settings or a value that an extension keeps change.

Does not: place segments (`csm.ui.status`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from csm.ui.frame import Line
from csm.ui.watchdog import HeldError
from csm.view.lines import single

if TYPE_CHECKING:
    from csm.ui.shell import Shell

#: After so many failures a segment is asked no more.
_PATIENCE = 3
#: Seconds that a segment may take; what takes longer is polled beside the shell.
_LIMIT = 0.25


class Segments:
    """`lines` are the segments as last asked for."""

    def __init__(self, shell: Shell) -> None:
        self._host, self._shell = shell.host, shell
        self._failures: dict[str, int] = {}
        self.lines: tuple[Line, ...] = ()
        self.named: tuple[tuple[str, Line], ...] = ()

    def update(self, thread: Any) -> None:
        """Ask every segment of every extension."""
        found: list[tuple[str, Line]] = []
        for name, ask in self._host.provide("status"):
            if self._failures.get(name, 0) < _PATIENCE:
                found.append((str(name), self._asked(name, ask, thread)))
        self.named = tuple(found)
        self.lines = tuple(line for _, line in found if line)

    def forgive(self) -> None:
        """Ask also those again that failed: they may be others now."""
        self._failures.clear()

    def others(self, chosen: Any) -> tuple[Line, ...]:
        """The segments that are not among the chosen parts of the status line."""
        if not isinstance(chosen, list):
            return self.lines
        return tuple(line for name, line in self.named if line and name not in chosen)

    def _asked(self, name: str, ask: Any, thread: Any) -> Line:
        try:
            with self._shell.scripts.watch(f"status segment {name}", _LIMIT):
                given = ask(thread)
            parts = [("status.extension", given)] if isinstance(given, str) else list(given or ())
            return [(str(role), single(str(text))) for role, text in parts if text]
        except Exception as error:
            held = isinstance(error, HeldError)  # whoever holds up the shell once has had its chances
            self._failures[name] = _PATIENCE if held else self._failures.get(name, 0) + 1
            last = "; it is asked no more" if self._failures[name] == _PATIENCE else ""
            self._host.report("error", f"status segment {name}: {type(error).__name__}: {error}{last}")
            return []
