"""A shell without a session: one buffer, or several, looked at until they are closed. Keys and help are as ever.

Does not: open what is shown; the command line it begins with does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csm.protocol.errors import CommandError
from csm.ui.shell import Shell

if TYPE_CHECKING:
    from csm.edit.inputs import Key


class Viewer(Shell):
    """See the module. It is left when nothing is shown any more."""

    alone = True

    def begin(self, prompt: str = "") -> None:
        """Show what there is to be shown."""
        del prompt
        self.teller.problems()
        self.run(self.first)

    def press(self, key: Key) -> None:
        """Take a key press; one that closes the last buffer leaves."""
        shown = not self.windows.plain
        super().press(key)
        if shown and self.windows.plain and not self.panels:
            self.leave(0)

    def focus(self, place: str) -> None:
        """Move the focus; there is no composer to go to, and no transcript."""
        if place == "composer":
            if self.windows.plain:
                return
            place = "window"
        if place == "transcript":
            raise CommandError("there is no session here")
        super().focus(place)
