"""What the mouse does: the wheel scrolls what is below it, a click goes there.

Does not: bind anything that has no key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csm.ui import panes

if TYPE_CHECKING:
    from csm.edit.inputs import Mouse
    from csm.ui.shell import Shell

_WHEEL = {"wheel-up": -3, "wheel-down": 3}


def act(shell: Shell, given: Mouse) -> None:
    """Take what the mouse did."""
    if given.kind == "scroll" and given.button in _WHEEL:
        _scroll(shell, given, _WHEEL[given.button])
    elif given.kind == "press" and given.button == "left":
        _press(shell, given)


def _region(shell: Shell, y: int) -> tuple[str, int]:
    """The region of the last frame at a row of the screen, and which of its rows that is."""
    for name, height in shell.laid:
        if y < height:
            return name, y
        y -= height
    return "", 0


def _scroll(shell: Shell, given: Mouse, lines: int) -> None:
    if shell.panels:
        shell.panels[-1].move(lines // 3)
        return
    found = None if shell.inline and shell.windows.plain else panes.at(shell.windows, given.x, given.y)
    if found is None:
        shell.screen.scroll(lines)
    else:
        found[0].top.view.scroll(lines)


def _press(shell: Shell, given: Mouse) -> None:
    if shell.inline and shell.windows.plain:
        return
    region, row = _region(shell, given.y)
    if shell.panels:
        pressed = getattr(shell.panels[-1], "click", None)
        if region == "panel" and pressed is not None and pressed(row, given.x):
            shell.screen.accept()
        return
    if region == "approval":
        shell.run("approval.open")
        return
    found = panes.at(shell.windows, given.x, given.y)
    if found is None:
        shell.focus("composer")
    else:
        shell.windows.focus(found[0].id)
        shell.focus("window")
