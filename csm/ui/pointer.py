"""What the mouse does: the wheel scrolls what is below it; presses choose, run, focus, select and move borders.

Everything that can be pressed has a key too. What a press begins, `csm.ui.dragging` goes on with.

Does not: bind anything that has no key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csm.ui import panes, pressing
from csm.ui.dragging import BorderDrag, ComposerDrag, Drag, TextDrag

if TYPE_CHECKING:
    from csm.edit.inputs import Mouse
    from csm.ui.shell import Shell

_WHEEL = {"wheel-up": -3, "wheel-down": 3}
#: Seconds within which presses of one cell count as one that is double or triple.
_QUICK = 0.4


class Pointer:
    """The mouse of one shell."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        #: Whether the mouse is taken; what was under way when it was left counts no more.
        self.on = self._wanted()
        self._set = self.on
        self._drag: Drag | None = None
        self._last: tuple[float, int, int] = (-1.0, -1, -1)
        self._clicks = 0

    def switch(self, on: bool | None = None) -> bool:
        """Take the mouse or leave it to the terminal; without a word the other way round. Whether it is taken now."""
        self.on = not self.on if on is None else on
        if self._shell.screen.terminal is not None:
            self._shell.screen.terminal.mouse(self.on)
        return self.on

    def follow(self) -> None:
        """Settings were read again: take the mouse or leave it where they now say otherwise than before."""
        wanted = self._wanted()
        if wanted != self._set:
            self._set = wanted
            self.switch(wanted)

    def _wanted(self) -> bool:
        return self._shell.host.options.get("mouse", True) is not False

    def take(self, given: Mouse) -> None:
        """Take what the mouse did."""
        if not self.on or (self._drag is None and self._hand_over(given)):
            return
        if given.kind == "scroll" and given.button in _WHEEL:
            self._scroll(given, _WHEEL[given.button])
        elif given.kind == "press" and given.button == "left":
            self._count(given)
            self._drag = self._press(given)
        elif given.kind == "drag" and given.button == "left" and self._drag is not None:
            self._drag.moved(given.x, given.y)
        elif given.kind == "release" and self._drag is not None:
            drag, self._drag = self._drag, None
            drag.ended()

    def _hand_over(self, given: Mouse) -> bool:
        """Give it to a program that has the keys in the window there, if it wants to know."""
        shell = self._shell
        if shell.panels or (shell.inline and shell.windows.plain):
            return False
        found = panes.at(shell.windows, given.x, given.y)
        if found is None or found[2] < 0 or not getattr(found[0].top.buffer, "takes_keys", False):
            return False
        window, column, row = found
        told = getattr(window.top.buffer, "mouse", None)
        if told is None or not told(given, column, window.top.view.top + row):
            return False
        if given.kind == "press":
            shell.windows.focus(window.id)
            shell.focus("window")
        return True

    def _count(self, given: Mouse) -> None:
        """How many presses of this cell there were in a row, up to three."""
        now = self._shell.clock.now()
        then, x, y = self._last
        again = now - then <= _QUICK and (x, y) == (given.x, given.y)
        self._clicks = self._clicks % 3 + 1 if again else 1
        self._last = (now, given.x, given.y)

    def _scroll(self, given: Mouse, lines: int) -> None:
        shell = self._shell
        region, _ = self._region(given.y)
        if shell.panels and region != "windows":
            shell.panels[-1].move(lines // 3)
            return
        found = None if shell.inline and shell.windows.plain else panes.at(shell.windows, given.x, given.y)
        if found is None:
            shell.screen.scroll(lines)
        else:
            found[0].top.view.scroll(lines)

    def _region(self, y: int) -> tuple[str, int]:
        """The region of the last frame at a row of the screen, and which of its rows that is."""
        for region in self._shell.drawn:
            if y < len(region.lines):
                return region.name, y
            y -= len(region.lines)
        return "", 0

    def _press(self, given: Mouse) -> Drag | None:
        shell = self._shell
        if shell.inline and shell.windows.plain:
            return None
        region, row = self._region(given.y)
        if shell.panels and region not in ("panel", "message"):
            return None
        if region == "windows":
            return self._in_windows(given)
        if region == "composer":
            return self._in_composer(given, row)
        pressing.press(shell, region, row, given.x)
        return None

    def _in_composer(self, given: Mouse, row: int) -> Drag:
        shell = self._shell
        shell.focus("composer")
        return ComposerDrag(shell, given.y - row, given.x, row, self._clicks)

    def _in_windows(self, given: Mouse) -> Drag | None:
        shell = self._shell
        border = panes.border(shell.windows, given.x, given.y)
        if border is not None:
            shell.windows.focus(border[2])
            return BorderDrag(shell, border[0], border[1], given.x, given.y)
        found = panes.at(shell.windows, given.x, given.y)
        if found is None:
            return None
        window, column, row = found
        shell.windows.focus(window.id)
        if not shell.windows.plain or shell.host.keymap.reading != "scroll":
            shell.focus("window")  # where it has no cursor, a press on the only transcript leaves the keys to the draft
        if shell.composers.within(window, given.y):
            shell.focus("composer")
            return None
        if row < 0 or getattr(window.top.buffer, "takes_keys", False):
            return None
        return TextDrag(shell, window, given, column, row, self._clicks)
