"""Roles to what a terminal is told: SGR for our own writer, style strings for prompt_toolkit's renderer.

Does not: choose colours. The theme does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from csm.ui import hyperlinks
from csm.view import colours, looks
from csm.view.links import address
from csm.view.looks import Look as Look

_RENDERER = (
    "ansiblack", "ansired", "ansigreen", "ansiyellow", "ansiblue", "ansimagenta", "ansicyan", "ansigray",
    "ansibrightblack", "ansibrightred", "ansibrightgreen", "ansibrightyellow", "ansibrightblue", "ansibrightmagenta",
    "ansibrightcyan", "ansiwhite",
)  # fmt: skip
_CODES = {"bold": "1", "dim": "2", "italic": "3", "underline": "4", "reverse": "7", "strike": "9"}
#: So many are kept. Programs may use any of sixteen million colours.
_MOST_LOOKS = 10_000
#: Values of `csm.colors`.
_WANTED = {"true": 24, "256": 8, "16": 4, "none": 1}
#: Terminals that have all colours, or 256, without saying so otherwise.
_TRUE = ("direct", "kitty", "ghostty", "alacritty", "foot", "wezterm", "contour", "rio")
_MANY = ("tmux", "iterm2", "konsole", "gnome", "vte", "putty")


def depth(env: Mapping[str, str], wanted: Any = "auto") -> int:
    """Bits of colour the terminal takes: 24, 8, 4, or 1 for none (`NO_COLOR`). `wanted` is the setting `csm.colors`."""
    term = env.get("TERM", "")
    if env.get("NO_COLOR") or term in ("", "dumb"):
        return 1
    if wanted in _WANTED:
        return _WANTED[wanted]
    if env.get("COLORTERM", "").lower() in ("truecolor", "24bit") or _has(term, _TRUE):
        return 24
    if "256" in term or _has(term, _MANY):
        return 8
    return 1 if looks.colourless(term) else 4


def _has(term: str, names: Sequence[str]) -> bool:
    return any(term == name or term.startswith(f"{name}-") or f"-{name}" in term for name in names)


def sixteen(theme: Any, stand_in: Any) -> Any:
    """A theme as sixteen colours can show it: a role with any other looks as in `stand_in`."""
    return _Sixteen(theme, stand_in)


class _Sixteen:
    def __init__(self, theme: Any, stand_in: Any) -> None:
        self._theme, self._stand_in = theme, stand_in

    def style(self, role: str) -> Any:
        found = self._theme.style(role)
        return self._stand_in.style(role) if "#" in f"{found.fg}{found.bg}" else found


class Styles:
    """Looks of one theme on one terminal, each worked out once. `links`: it can be told where a text leads."""

    def __init__(self, theme: Any, bits: int, *, links: bool = False) -> None:
        self._theme, self.bits, self.links = theme, bits, links
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
            found = self._looks[role] = looks.resolve(self._theme, role)
        return found

    def painted(self, role: str, text: str) -> str:
        """A text in this look, between the escapes for it and back to plain text."""
        sgr = self.sgr(role)
        shown = f"{sgr}{text}\x1b[0m" if sgr else text
        leads = hyperlinks.opening(role) if self.links else ""
        return f"{leads}{shown}{hyperlinks.CLOSING}" if leads else shown

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
            given = [(key, colour) for key, colour in (("fg", look.fg), ("bg", look.bg)) if colour]
            coloured = [f"{key}:{_renderer(colour, self.bits)}" for key, colour in given]
            leads = address(role) if self.links else ""
            words = [*coloured, *sorted(look.flags), hyperlinks.styled(leads)]
            found = self._renderer[role] = " ".join(word for word in words if word)
        return found

    def _code(self, look: Look) -> str:
        codes = [_CODES[flag] for flag in looks.FLAGS if flag in look.flags]
        if self.bits > 1:
            codes += [_colour(look.fg, self.bits, 30)] if look.fg else []
            codes += [_colour(look.bg, self.bits, 40)] if look.bg else []
        codes = [code for code in codes if code]
        return f"\x1b[{';'.join(codes)}m" if codes else ""


def _renderer(colour: str, bits: int) -> str:
    """A colour for prompt_toolkit, which has nothing to approximate in it."""
    index = None if colour.startswith("#") else looks.number(colour)
    rgb = looks.rgb(colour) if index is None and bits in (4, 8) else None
    if rgb is not None and bits == 8:
        return "#{:02x}{:02x}{:02x}".format(*colours.shown_256(colours.nearest_256(rgb)))
    if rgb is not None:
        index = colours.nearest_16(rgb)
    return _RENDERER[index] if index is not None else colour


def _colour(colour: str, bits: int, base: int) -> str:
    """SGR parameters of a colour; `base` is 30 in front, 40 behind. Empty for what is no colour."""
    index = None if colour.startswith("#") else looks.number(colour)
    if index is not None:
        return str(base + index if index < 8 else base + 52 + index)
    rgb = looks.rgb(colour)
    if rgb is None:
        return ""
    if bits == 24:
        return f"{base + 8};2;{rgb[0]};{rgb[1]};{rgb[2]}"
    if bits == 8:
        return f"{base + 8};5;{colours.nearest_256(rgb)}"
    near = colours.nearest_16(rgb)
    return str(base + near if near < 8 else base + 52 + near)
