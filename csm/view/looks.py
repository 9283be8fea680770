"""What a role comes to in a theme: colours as text and flags; what those colours are, as red, green and blue.

Does not: know any terminal.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from csm.view.colours import SIXTEEN
from csm.view.links import MARK

NAMES = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
FLAGS = ("bold", "dim", "italic", "underline", "reverse", "strike")
__all__ = ["FLAGS", "NAMES", "SIXTEEN", "Look", "colourless", "number", "resolve", "rgb"]


class Look(NamedTuple):
    """What a role comes to: colours as text (`""`, `#rrggbb` or a colour's name) and the flags that are on."""

    fg: str
    bg: str
    flags: frozenset[str]


def resolve(theme: Any, role: str) -> Look:
    """The look of a role, or of several joined by spaces; later ones win. `theme.style(name)` gives fg, bg, flags."""
    fg = bg = ""
    flags: set[str] = set()
    for name in role.split():
        if name.startswith(("fg:#", "bg:#")):
            fg, bg = (name[3:], bg) if name[0] == "f" else (fg, name[3:])
            continue
        if name.startswith(MARK):
            continue
        style = theme.style(name)
        fg, bg = getattr(style, "fg", None) or fg, getattr(style, "bg", None) or bg
        flags |= {flag for flag in FLAGS if getattr(style, flag, False)}
    return Look(fg, bg, frozenset(flags))


def number(name: str) -> int | None:
    """The number (0 to 15) of a colour's name: `red`, `bright-red`, `ansibrightred`, `grey`."""
    name = name.lower().removeprefix("ansi").removeprefix("-").replace("_", "-")
    if name in ("grey", "gray"):
        return 8
    bright = name.startswith("bright")
    base = name.removeprefix("bright").lstrip("-")
    return NAMES.index(base) + 8 * bright if base in NAMES else None


def rgb(colour: str) -> tuple[int, int, int] | None:
    """`#rgb` or `#rrggbb` as numbers; None for anything else."""
    digits = colour.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    try:
        return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)
    except ValueError:
        return None


def colourless(term: str) -> bool:
    """Whether a terminal of this name (`TERM`) has attributes alone."""
    return term.startswith(("vt1", "vt2", "vt3", "vt4", "vt5")) or term.endswith(("-mono", "-m"))
