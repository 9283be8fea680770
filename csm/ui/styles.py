"""Roles to what a terminal is told: SGR for our own writer, style strings for prompt_toolkit's renderer.

Does not: choose colours. The theme does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

_NAMES = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_RENDERER = (
    "ansiblack", "ansired", "ansigreen", "ansiyellow", "ansiblue", "ansimagenta", "ansicyan", "ansigray",
    "ansibrightblack", "ansibrightred", "ansibrightgreen", "ansibrightyellow", "ansibrightblue", "ansibrightmagenta",
    "ansibrightcyan", "ansiwhite",
)  # fmt: skip
_FLAGS = ("bold", "dim", "italic", "underline", "reverse", "strike")
_CODES = {"bold": "1", "dim": "2", "italic": "3", "underline": "4", "reverse": "7", "strike": "9"}
#: The 16 colours as most terminals show them, to find the nearest.
_SIXTEEN = (
    (0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205), (0, 205, 205), (229, 229, 229),
    (127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0), (92, 92, 255), (255, 0, 255), (0, 255, 255),
    (255, 255, 255),
)  # fmt: skip
#: So many are kept. Programs may use any of sixteen million colours.
_MOST_LOOKS = 10_000
_CUBE = (0, 95, 135, 175, 215, 255)


class Look(NamedTuple):
    """What a role comes to: colours as text (`""`, `#rrggbb` or a colour's name) and the flags that are on."""

    fg: str
    bg: str
    flags: frozenset[str]


def depth(env: Mapping[str, str]) -> int:
    """Bits of colour the terminal takes: 24, 8, 4, or 1 for none (`NO_COLOR`)."""
    term = env.get("TERM", "")
    if env.get("NO_COLOR") or term in ("", "dumb"):
        return 1
    if env.get("COLORTERM") in ("truecolor", "24bit") or "direct" in term:
        return 24
    return 8 if "256" in term or term.startswith(("xterm-kitty", "alacritty", "foot", "wezterm", "tmux")) else 4


class Styles:
    """Looks of one theme on one terminal, each worked out once."""

    def __init__(self, theme: Any, bits: int) -> None:
        self._theme, self.bits = theme, bits
        self._looks: dict[str, Look] = {}
        self._sgr: dict[str, str] = {}
        self._renderer: dict[str, str] = {}

    def look(self, role: str) -> Look:
        """The look of a role, or of several joined by spaces; later ones win."""
        found = self._looks.get(role)
        if found is None:
            if len(self._looks) >= _MOST_LOOKS:
                for known in (self._looks, self._sgr, self._renderer):
                    known.clear()
            found = self._looks[role] = self._resolve(role)
        return found

    def sgr(self, role: str) -> str:
        """The escape that switches to this look from plain text; empty for plain text."""
        found = self._sgr.get(role)
        if found is None:
            found = self._sgr[role] = self._code(self.look(role))
        return found

    def renderer(self, role: str) -> str:
        """The style string that prompt_toolkit reads."""
        found = self._renderer.get(role)
        if found is None:
            look = self.look(role)
            colours = [f"fg:{_renderer(look.fg)}" if look.fg else "", f"bg:{_renderer(look.bg)}" if look.bg else ""]
            words = [*colours, *sorted(look.flags)]
            found = self._renderer[role] = " ".join(word for word in words if word)
        return found

    def _resolve(self, role: str) -> Look:
        fg = bg = ""
        flags: set[str] = set()
        for name in role.split():
            if name.startswith(("fg:#", "bg:#")):
                fg, bg = (name[3:], bg) if name[0] == "f" else (fg, name[3:])
                continue
            style = self._theme.style(name)
            fg, bg = getattr(style, "fg", None) or fg, getattr(style, "bg", None) or bg
            flags |= {flag for flag in _FLAGS if getattr(style, flag, False)}
        return Look(fg, bg, frozenset(flags))

    def _code(self, look: Look) -> str:
        codes = [_CODES[flag] for flag in _FLAGS if flag in look.flags]
        if self.bits > 1:
            codes += [_colour(look.fg, self.bits, 30)] if look.fg else []
            codes += [_colour(look.bg, self.bits, 40)] if look.bg else []
        codes = [code for code in codes if code]
        return f"\x1b[{';'.join(codes)}m" if codes else ""


def _index(name: str) -> int | None:
    """The number (0 to 15) of a colour's name: `red`, `bright-red`, `ansibrightred`, `grey`."""
    name = name.lower().removeprefix("ansi").removeprefix("-").replace("_", "-")
    if name in ("grey", "gray"):
        return 8
    bright = name.startswith("bright")
    base = name.removeprefix("bright").lstrip("-")
    return _NAMES.index(base) + 8 * bright if base in _NAMES else None


def _rgb(colour: str) -> tuple[int, int, int] | None:
    digits = colour.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    try:
        return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)
    except ValueError:
        return None


def _renderer(colour: str) -> str:
    index = None if colour.startswith("#") else _index(colour)
    return _RENDERER[index] if index is not None else colour


def _colour(colour: str, bits: int, base: int) -> str:
    """SGR parameters of a colour; `base` is 30 in front, 40 behind. Empty for what is no colour."""
    index = None if colour.startswith("#") else _index(colour)
    if index is not None:
        return str(base + index if index < 8 else base + 52 + index)
    rgb = _rgb(colour)
    if rgb is None:
        return ""
    if bits == 24:
        return f"{base + 8};2;{rgb[0]};{rgb[1]};{rgb[2]}"
    if bits == 8:
        return f"{base + 8};5;{_nearest_256(rgb)}"
    near = min(range(16), key=lambda number: _distance(rgb, _SIXTEEN[number]))
    return str(base + near if near < 8 else base + 52 + near)


def _nearest_256(rgb: tuple[int, int, int]) -> int:
    steps = [min(range(6), key=lambda step: abs(_CUBE[step] - part)) for part in rgb]
    cube = 16 + 36 * steps[0] + 6 * steps[1] + steps[2]
    grey = min(23, max(0, (sum(rgb) // 3 - 3) // 10))
    level = 8 + 10 * grey
    cube_rgb = (_CUBE[steps[0]], _CUBE[steps[1]], _CUBE[steps[2]])
    return 232 + grey if _distance(rgb, (level, level, level)) < _distance(rgb, cube_rgb) else cube


def _distance(one: tuple[int, int, int], two: tuple[int, int, int]) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, two, strict=True))
