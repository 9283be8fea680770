"""Themes from TOML: a style for every role of `csm.view.roles`.

A style is a table of `fg`, `bg` and flags, or the colour of the text alone. Colours are names of `[palette]`,
`#rrggbb`, the sixteen colours of a terminal (`red`, `bright-red`, ...) or `default`. What a role's style leaves open
comes from its parent (`diff.added.word` from `diff.added`); what a theme says about a role replaces what the theme it
inherits says about it.

Does not: turn colours into escapes; the screen knows what its terminal can show.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from csm.host import code_styles, tables
from csm.host.commands import did_you_mean, nearest
from csm.host.roots import Root
from csm.protocol.errors import ThemeError
from csm.view.roles import ROLES

#: Attributes only; used whatever the choice where `NO_COLOR` is set.
MONO = "mono"
#: Roles around code, which colours of code from elsewhere leave as they are.
_FRAMES = ("code.inline", "code.label", "code.border")
FLAGS = ("bold", "dim", "italic", "underline", "reverse", "strike")
_HUES = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
ANSI = frozenset([*_HUES, *(f"bright-{hue}" for hue in _HUES)])
#: Characters of a problem.
_LONGEST = 600
#: More problems than this are not told one by one.
MOST_TOLD = 50
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_KEYS = ("name", "about", "inherits", "code", "dark", "palette", "style")


class Style(msgspec.Struct, frozen=True):
    """How a role looks. Colours are `#rrggbb`, a name of `ANSI`, or empty for the terminal's own."""

    fg: str = ""
    bg: str = ""
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: bool = False
    reverse: bool = False
    strike: bool = False


class Theme:
    """`about` is a line that describes it. `dark`: it is made for a dark background. `code` names the colours of code,
    where they are not the theme's own.

    `problems` tells what was left out of its files. `asked` and `asked_code` are the names under which theme and code
    colours were chosen: the theme in force for `auto` has the name of another.
    """

    def __init__(self, name: str, *, dark: bool = True) -> None:
        self.name = self.asked = name
        self.asked_code = ""
        self.code = self.about = ""
        self.dark = dark
        #: Whether another one is to be chosen when the terminal's background changes.
        self.follows = False
        #: What says something of each role.
        self.origins: dict[str, str] = {}
        self.palette: dict[str, str] = {}
        self.problems: list[str] = []
        self.given: dict[str, dict[str, Any]] = {}
        self._styles: dict[str, Style] = {}

    def style(self, role: str) -> Style:
        """The style of a role; plain for one that nobody knows."""
        found = self._styles.get(role)
        if found is None:
            found = self._styles[role] = Style(**self._attributes(role))
        return found

    def resolves(self, role: str) -> bool:
        """Whether the theme says anything about a role or one it falls back to."""
        return any(name in self.given for name in _line_of(role))

    def _attributes(self, role: str) -> dict[str, Any]:
        """Attributes of a role, its own above its parents'."""
        merged: dict[str, Any] = {}
        for name in reversed(_line_of(role)):
            merged.update(self.given.get(name, {}))
        return {key: self._colour(value) if key in ("fg", "bg") else value for key, value in merged.items()}

    def _colour(self, name: str) -> str:
        """A colour as the screen reads it; palette names may stand for others."""
        for _ in range(len(self.palette) + 1):
            if name not in self.palette:
                break
            name = self.palette[name]
        return "" if name == "default" else name


def load(name: str, roots: Sequence[Root]) -> Theme:
    """A theme with all that it inherits. Raises ThemeError where a file cannot be read."""
    theme = read(name, roots)
    check_colours(theme)
    return theme


def read(name: str, roots: Sequence[Root]) -> Theme:
    """As `load`, its colours not checked yet: more may be put on top."""
    theme = Theme(name)
    for table in tables.chain("themes", name, roots, ThemeError):
        add(theme, table, roots)
    return theme


def load_file(path: Path, roots: Sequence[Root]) -> Theme:
    """The theme in a file, wherever that is. Raises ThemeError."""
    table = tables.Table(path, tables.read(path, ThemeError))
    inherits = table.values.get("inherits")
    if inherits is not None and not isinstance(inherits, str):
        raise ThemeError(f"{path}: inherits: a name is needed")
    below = tables.chain("themes", inherits, roots, ThemeError) if inherits else []
    theme = Theme(path.stem)
    for one in (*(one for one in below if one.path != path), table):
        add(theme, one, roots)
    check_colours(theme)
    return theme


def _line_of(role: str) -> list[str]:
    """A role and those it falls back to: `a.b.c`, `a.b`, `a`."""
    parts = role.split(".")
    return [".".join(parts[:end]) for end in range(len(parts), 0, -1)]


def add(theme: Theme, table: tables.Table, roots: Sequence[Root]) -> None:
    """Put what a file (or a table of settings) says on top of a theme."""
    where = str(table.path)
    for key in table.values.keys() - set(_KEYS):
        _problem(theme, where, f"there is nothing called {key} in a theme", _nearest(theme, key, _KEYS))
    theme.about = _typed(theme, table, "about", str, theme.about)
    theme.dark = _typed(theme, table, "dark", bool, theme.dark)
    code = _typed(theme, table, "code", str, "")
    if code:
        _add_code(theme, code, table, roots)
    palette: Mapping[str, Any] = _typed(theme, table, "palette", dict, {})
    for name, colour in palette.items():
        if isinstance(colour, str):
            theme.palette[name] = colour
        else:
            _problem(theme, f"{where}: [palette] {name}", "a colour is needed")
    styles: Mapping[str, Any] = _typed(theme, table, "style", dict, {})
    for role, value in styles.items():
        _add_style(theme, role, value, f"{where}: [style]")


def _add_code(theme: Theme, name: str, table: tables.Table, roots: Sequence[Root]) -> None:
    """Colours of code that a theme names."""
    folders = [root.path / "themes" for root in reversed(roots)]
    try:
        put_code(theme, code_styles.load(name, folders, dark=theme.dark, base=table.path.parent))
    except ThemeError as error:
        _problem(theme, f"{table.path}: code", error.message, [])


def put_code(theme: Theme, style: code_styles.CodeStyle) -> None:
    """Have code in these colours; what the theme said of it before is gone."""
    for role in ROLES:
        if role == "code" or (role.startswith("code.") and role not in _FRAMES):
            theme.given.pop(role, None)
    for role in style.looks.keys() & ROLES.keys():
        theme.given[role], theme.origins[role] = dict(style.looks[role]), style.source
    theme.code = style.name
    theme.problems += style.problems


def _typed(theme: Theme, table: tables.Table, key: str, kind: type, default: Any) -> Any:
    value = table.values.get(key, default)
    if isinstance(value, kind):
        return value
    _problem(theme, str(table.path), f"{key}: a {kind.__name__} is needed")
    return default


def _add_style(theme: Theme, role: str, value: Any, where: str) -> None:
    """A role of a theme; both `"diff.added" = ...` and `[style.diff] added = ...` mean the same."""
    if isinstance(value, str):
        value = {"fg": value}
    if not isinstance(value, dict):
        _problem(theme, f"{where} {role}", "a colour or a table is needed")
        return
    below = {key for key, inner in value.items() if isinstance(inner, dict) or f"{role}.{key}" in ROLES}
    for key in below:
        _add_style(theme, f"{role}.{key}", value[key], where)
    value = {key: inner for key, inner in value.items() if key not in below}
    if below and not value:
        return
    if role not in ROLES:
        _problem(theme, where, f"there is no role {role}", _nearest(theme, role, ROLES))
        return
    good = {key: one for key, one in value.items() if _attribute_is_good(theme, f"{where} {role}", key, one)}
    theme.given[role], theme.origins[role] = good, where


def _attribute_is_good(theme: Theme, where: str, key: str, value: Any) -> bool:
    if key in ("fg", "bg"):
        if isinstance(value, str):
            return True
        _problem(theme, where, f"{key}: a colour is needed")
    elif key in FLAGS:
        if isinstance(value, bool):
            return True
        _problem(theme, where, f"{key}: true or false is needed")
    else:
        _problem(theme, where, f"there is no attribute {key}", _nearest(theme, key, (*FLAGS, "fg", "bg")))
    return False


def check_colours(theme: Theme) -> None:
    """Drop colours that nothing explains, once the whole palette is known."""
    for role, given in theme.given.items():
        for key in ("fg", "bg"):
            if key not in given:
                continue
            colour = theme._colour(given[key])
            if colour and colour not in ANSI and not _HEX.fullmatch(colour):
                near = _nearest(theme, given[key], [*theme.palette, *ANSI])
                _problem(theme, f"{theme.origins.get(role, theme.name)} {role}", f"there is no colour {colour}", near)
                del given[key]


def _nearest(theme: Theme, name: str, names: Iterable[str]) -> Sequence[str]:
    """As `nearest`, which takes its time, where it will be told."""
    return nearest(name[:200], list(names)) if len(theme.problems) < MOST_TOLD else ()


def _problem(theme: Theme, where: str, text: str, near: Sequence[str] = ()) -> None:
    if len(theme.problems) >= MOST_TOLD:
        if len(theme.problems) == MOST_TOLD:
            theme.problems.append(f"{where.split(': ')[0]}: more is wrong than is told")
        return
    hint = did_you_mean(near)
    theme.problems.append(f"{where}: {text}"[:_LONGEST] + (f"; {hint}" if hint else ""))
