"""The theme of a host: the one asked for, or for `auto` the one for the terminal's background; on top of it the colours
of code that are asked for, and what settings say of this theme or of all.

Does not: ask the terminal (`csm.ui.background`), or read theme files (`csm.host.themes`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from csm.host import code_styles, tables, themes
from csm.host.themes import MONO
from csm.host.themes import Theme as Theme
from csm.protocol.errors import ThemeError
from csm.view import looks

if TYPE_CHECKING:
    from csm.host.host import Host

#: The theme that follows the terminal's background, and the code colours that are the theme's own.
AUTO, OWN = "auto", "own"
#: Themes for any background.
_ANYWHERE = (MONO, "ansi")
#: High contrast, for a dark and for a light background.
_CONTRAST = ("contrast", "contrast-light")
#: What settings may say of a theme.
_TUNED = ("palette", "style", "code")
_EVERY = "*"


def choose(host: Host, name: str | None = None, code: str | None = None, *, last: Theme | None = None) -> Theme:
    """The theme of a name (that of the settings without one); `mono` where there is to be no colour.

    Where it cannot be read: the last one, `dark`, or one without any style, in this order. Problems become messages.
    """
    wanted, coded = asked(host)
    if code is None and not coded:
        _tell_unknown(host)
    name, code = name or wanted, coded if code is None else code
    for candidate in dict.fromkeys((name, "dark")):
        try:
            theme = load(host, candidate, code)
        except ThemeError as error:
            host.report("error", error.message + (f"; {error.hint}" if error.hint else ""))
            if last is not None:
                return last
            continue
        for problem in theme.problems:
            host.report("error", problem)
        return theme
    return Theme("none")


def load(host: Host, name: str, code: str = "") -> Theme:
    """A theme as it looks here. Raises ThemeError where it cannot be read; lesser things are in its problems."""
    plain = colourless(host)
    named = MONO if plain else pick(host, name)
    theme = themes.read(named, host.roots)
    theme.asked, theme.asked_code, theme.follows = named if plain else name, code, name == AUTO and not plain
    for key in (_EVERY, named):
        _tune(host, theme, key, ("palette", "style", "code"))
    if code and code != OWN:
        _colour_code(host, theme, code)
        for key in (_EVERY, named):  # what settings say of a role stands above the colours of code
            _tune(host, theme, key, ("style",), again=True)
    themes.check_colours(theme)
    return theme


def colourless(host: Host) -> bool:
    """Whether attributes alone are wanted, or all that the terminal has."""
    term = host.env.get("TERM", "")
    return bool(host.env.get("NO_COLOR")) or host.setting("csm.colors") == "none" or looks.colourless(term)


def sixteen(host: Host) -> Theme | None:
    """The theme whose roles stand for those that sixteen colours cannot show."""
    try:
        return themes.load("ansi", host.roots)
    except ThemeError:
        return None


def pick(host: Host, name: str) -> str:
    """The theme that a name stands for: for `auto` that for the terminal's background, else itself."""
    return sides(host)[not is_dark(host)] if name == AUTO else name


def sides(host: Host) -> tuple[str, str]:
    """The themes for a dark and for a light background. Where one of them has high contrast, so has the other."""
    dark, light = _named(host, "theme_dark"), _named(host, "theme_light")
    wanted = _CONTRAST[0] == dark or _CONTRAST[1] == light
    usual = _CONTRAST if wanted else ("dark", "light")
    return dark or usual[0], light or usual[1]


def told(host: Host, name: str) -> tuple[str, str]:
    """What the files of a theme say of it: a line, and its background: `dark`, `light`, `any`, or `broken`."""
    try:
        found = list(reversed(tables.chain("themes", name, host.roots, ThemeError)))
    except ThemeError:
        return "", "broken"
    about = next((one.values["about"] for one in found if isinstance(one.values.get("about"), str)), "")
    for one in found:
        if one.own and one.path.stem in _ANYWHERE:
            return about, "any"
        if isinstance(one.values.get("dark"), bool):
            return about, "dark" if one.values["dark"] else "light"
    return about, "dark"


def is_dark(host: Host) -> bool:
    """Whether the terminal's background is dark: as it answered, else as `COLORFGBG` has it, else yes."""
    if host.background_dark is not None:
        return host.background_dark
    last = host.env.get("COLORFGBG", "").rpartition(";")[2]
    return not (last.isdecimal() and (last == "7" or int(last) > 8))


def asked(host: Host) -> tuple[str, str]:
    """The names of the theme and of the code colours that settings and scripts ask for."""
    theme = host.wishes.chosen("theme") or host.settings.theme
    code = host.setting("csm.code_theme")
    if not isinstance(code, str) or not code:
        code = _codex(host)
    return theme, code


def tunings(host: Host) -> str:
    """What else of the settings a theme depends on, to be compared."""
    return repr([host.setting(f"csm.{name}") for name in ("theme_dark", "theme_light", "themes", "colors")])


def code_folders(host: Host) -> list[Path]:
    """Where files with colours of code are looked for: the highest root first, the Codex home last."""
    found = [root.path / "themes" for root in reversed(host.roots)]
    if not host.settings.skipped.user_config:
        found.append(host.settings.codex_home / "themes")
    return found


def code_names(host: Host) -> list[str]:
    """The names of code colours that may be chosen."""
    return [OWN, *code_styles.names(code_folders(host))]


def _codex(host: Host) -> str:
    """The colours of code that Codex is set to, where there are such here."""
    name = host.setting("tui.theme")
    if not isinstance(name, str) or not name or code_styles.is_path(name):
        return ""
    if code_styles.find(name, code_folders(host)[-1:]) is not None:
        return name
    return name if name in code_styles.codex_names() else ""


def _tell_unknown(host: Host) -> None:
    """Say that Codex is set to colours of code that are none here."""
    name = host.setting("tui.theme")
    if isinstance(name, str) and name and not code_styles.is_path(name):
        hint = "csm.code_theme names others, theme.code lists them"
        host.report("warning", f"tui.theme: the colours of code {name[:80]} are not known here; {hint}")


def _named(host: Host, key: str) -> str:
    """A setting that names the theme for one kind of background, or ""; `auto` cannot stand for itself."""
    found = host.setting(f"csm.{key}")
    return found if isinstance(found, str) and found != AUTO else ""


def _colour_code(host: Host, theme: Theme, code: str) -> None:
    try:
        found = code_styles.load(code, code_folders(host), dark=theme.dark, base=host.settings.cwd)
    except ThemeError as error:
        theme.problems.append(error.message + (f"; {error.hint}" if error.hint else ""))
        return
    themes.put_code(theme, found)


def _tune(host: Host, theme: Theme, key: str, parts: tuple[str, ...], *, again: bool = False) -> None:
    """Put `[csm.themes.KEY]` of the settings on top of a theme."""
    told: Any = host.setting("csm.themes")
    values: Any = told.get(key) if isinstance(told, Mapping) else None
    if values is None:
        return
    where = f"csm.themes.{key}"
    if not isinstance(values, dict):
        theme.problems += [] if again else [f"{where}: a table is needed"]
        return
    strange = [] if again else [name for name in values if name not in _TUNED]
    theme.problems += [f"{where}: there is nothing called {name} here; palette, style and code are" for name in strange]
    known = len(theme.problems)
    given = {name: value for name, value in values.items() if name in parts}
    themes.add(theme, tables.Table(Path(where), given), host.roots)
    if again:
        del theme.problems[known:]
