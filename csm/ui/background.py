"""Follows the terminal's background while the theme wants that: asks for its colour, again when the terminal tells of a
change or gets the focus, and tells the host whether it is dark.

Nothing waits for an answer: a terminal that gives none is taken for what the host takes it for.

Does not: choose themes (`csm.host.theming`) or decode answers (`csm.edit.keys`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csm.view.colours import luminance

if TYPE_CHECKING:
    from csm.edit.inputs import Reply
    from csm.host.host import Host
    from csm.ui.keyboard import Keyboard
    from csm.ui.terminal import Terminal

#: Seconds for which an answer may come in pieces.
_PATIENCE = 2.0
#: A grey as far from black as from white.
_MIDDLE = 0.18


class Background:
    """What is known of the background of one terminal."""

    def __init__(self, terminal: Terminal, keyboard: Keyboard, host: Host) -> None:
        self._terminal, self._keyboard, self._host = terminal, keyboard, host
        self._following = False
        #: Whether the terminal has ever told a colour; then what it says of its scheme is only a reason to ask.
        self._told = False

    def follow(self) -> None:
        """Begin or stop, as the theme in force wants."""
        wanted = self._host.theme.follows
        if wanted != self._following:
            self._following = wanted
            self._terminal.report_scheme(wanted)
            self.ask()

    def ask(self) -> None:
        """Ask for the colour, if it is of interest."""
        if self._following and self._terminal.ask_background():
            self._keyboard.expect_answer(_PATIENCE)

    def again(self) -> None:
        """Someone else had the terminal, and may have changed it; what was switched on is off."""
        if self._following:
            self._terminal.report_scheme(True)
            self.ask()

    def heard(self, reply: Reply) -> None:
        """Take an answer, or news, of the terminal."""
        if reply.kind == "background":
            self._told = True
            self._host.tell_background(luminance(reply.values[0]) < _MIDDLE)
        elif reply.kind == "color-scheme":
            if not self._told:
                self._host.tell_background(reply.values[0] == "dark")
            self.ask()
