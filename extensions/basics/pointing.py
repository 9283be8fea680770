"""Whether the mouse is csm's or the terminal's.

Does not: take presses.
"""

from __future__ import annotations

from csm.api import Context, command

from .place import say, screen


@command("mouse.toggle", title="Mouse on or off", slash="mouse")
def toggle(cx: Context, *, save: bool = False) -> None:
    """Leave the mouse to the terminal, which then selects text by itself, or take it again. Until csm ends, or with
    `--save` from now on. While it is taken, most terminals select with Shift held.
    """
    on = screen(cx).mouse()
    kept = f", kept in {cx.host.save('mouse', on)}" if save else ""
    say(
        cx, f"the mouse is csm's: Shift leaves it to the terminal{kept}" if on else f"the mouse is the terminal's{kept}"
    )
