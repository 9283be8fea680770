"""Choosing the theme and the colours of code: what the cursor is on is in force; Esc brings back what was.

Does not: read themes (`csm.api.theming` does), or write settings, but where `--save` asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from csm.api import CommandError, Context, Screen, ThemeError, code_styles, command, lines, theming

from . import sample


class Row(NamedTuple):
    """A row of a list."""

    value: str
    label: str
    detail: str = ""
    section: str = ""


def _themes(cx: Context) -> Iterable[str]:
    return cx.host.names("themes")


def _codes(cx: Context) -> Iterable[str]:
    return theming.code_names(cx.host)


@command("theme.use", title="Use a theme", slash="theme", complete={"name": _themes})
def theme(cx: Context, name: str | None = None, *, save: bool = False) -> None:
    """Use another theme, or `auto`: the one for the terminal's background; without a name, choose.

    Until csm ends, or with `--save` from now on.
    """
    if name is not None:
        _use(cx, name, save)
        return
    now = cx.host.theme.asked
    _try_on(
        cx,
        "Theme",
        [*_rows(cx, now)],
        now,
        lambda chosen: theming.load(cx.host, chosen, cx.host.theme.asked_code),
        lambda chosen, save: _use(cx, chosen, save),
        save,
    )


@command("theme.code", title="Colours of code", slash="code-theme", complete={"name": _codes})
def code(cx: Context, name: str | None = None, *, save: bool = False) -> None:
    """Use other colours for code; without a name, choose. Until csm ends, or with `--save` from now on.

    NAME is a Pygments style, a `.tmTheme` file (its name or its path), or `own`: those of the theme.
    """
    if name is not None:
        _colour(cx, name, save)
        return
    now = cx.host.theme.asked_code or theming.OWN
    _try_on(
        cx,
        "Colours of code",
        [*_code_rows(cx, now)],
        now,
        lambda chosen: theming.load(cx.host, cx.host.theme.asked, chosen),
        lambda chosen, save: _colour(cx, chosen, save),
        save,
    )


@command("theme.toggle", title="Dark or light")
def toggle(cx: Context) -> None:
    """Change between the themes for a dark and for a light background, until csm ends."""
    names = theming.sides(cx.host)
    _use(cx, names[1] if cx.host.theme.dark else names[0], False)


def _try_on(
    cx: Context,
    title: str,
    rows: list[Row],
    now: str,
    load: Callable[[str], theming.Theme],
    use: Callable[[str, bool], None],
    save: bool,
) -> None:
    """A list in which the chosen row is in force; without a word of what is wrong with it but in its sample."""
    host = cx.host
    before = host.looks()
    faults: dict[str, str] = {}

    def look(name: str | None) -> None:
        if name is None:
            return
        try:
            host.take_theme(load(name))
        except ThemeError as error:
            faults[name] = error.message
            host.put_looks(before)

    def show(name: str, columns: int, rows: int) -> list[sample.Line]:
        if name in faults:
            return lines.wrap([("notice.error", lines.clean(faults[name]))], columns)[:rows]
        return sample.rows(columns, rows, code=title != "Theme")

    def back() -> None:
        host.put_looks(before)
        if host.theme.follows:  # the terminal may have changed meanwhile
            host.reload_theme(host.theme.asked, host.theme.asked_code)

    def take(name: str, save: bool) -> None:
        host.put_looks(before)
        use(name, save)

    _screen(cx).pick(
        title,
        rows,
        lambda chosen: take(chosen, save),
        back,
        preview=show,
        moved=look,
        actions={"keep": ("keep", lambda chosen: take(chosen, True))},
        current=now,
    )


def _rows(cx: Context, now: str) -> Iterable[Row]:
    """Every theme, by the background it is for."""
    dark, light = theming.sides(cx.host)
    yield Row(
        theming.AUTO,
        theming.AUTO,
        _told(f"{dark} or {light}, to suit it", now == theming.AUTO),
        "Any background",
    )
    found = [(name, *theming.told(cx.host, name)) for name in _themes(cx) if name != theming.AUTO]
    sections = {"any": "Any background", "dark": "Dark", "light": "Light", "broken": "Cannot be read"}
    for side, section in sections.items():
        yield from (Row(name, name, _told(about, name == now), section) for name, about, for_ in found if for_ == side)


def _told(about: str, used: bool) -> str:
    return " · ".join(filter(None, ("in use" if used else "", lines.clean(about))))


def _code_rows(cx: Context, now: str) -> Iterable[Row]:
    files = {path.stem for folder in theming.code_folders(cx.host) for path in code_styles.files(folder)}
    for name in dict.fromkeys([*theming.code_names(cx.host), now]):
        kind = "the theme's own" if name == theming.OWN else "a file" if name in files else ""
        yield Row(name, name, _told(kind, name == now))


def _use(cx: Context, name: str, save: bool) -> None:
    """Put a theme in force; what was in force stays where it cannot be read."""
    host = cx.host
    known = host.names("themes")
    if name not in known:
        raise CommandError(f"there is no theme {name}", f"there are {', '.join(known)}")
    found = host.reload_theme(name, host.theme.asked_code)
    if cx.screen is not None:
        cx.screen.refresh()
    if theming.colourless(host):
        kept = f"; theme {name}, kept in {host.save('theme', name)}" if save else ""
        _say(cx, f"no colours are wanted here (NO_COLOR, csm.colors or TERM): attributes only{kept}")
        return
    if found.asked != name:
        raise CommandError(f"theme {name} cannot be used; {found.asked} stays", "the messages buffer has more")
    told = f"theme {name}" if found.name == name else f"theme {name}, now {found.name}"
    _say(cx, f"{told}, kept in {host.save('theme', name)}" if save else f"{told} until csm ends; --save keeps it")


def _colour(cx: Context, name: str, save: bool) -> None:
    """Put colours of code in force; what was in force stays where they cannot be read."""
    host = cx.host
    if name != theming.OWN:
        try:
            found = code_styles.load(name, theming.code_folders(host), dark=host.theme.dark, base=host.settings.cwd)
        except ThemeError as error:
            host.report("error", error.message)
            raise CommandError(error.message, error.hint) from None
        if code_styles.is_path(name):
            name = found.source
    host.reload_theme(host.theme.asked, name)
    if cx.screen is not None:
        cx.screen.refresh()
    told = f"code in {name}"
    _say(cx, f"{told}, kept in {host.save('code_theme', name)}" if save else f"{told} until csm ends; --save keeps it")


def _screen(cx: Context) -> Screen:
    if cx.screen is None:
        raise CommandError("this needs the shell's screen", "with a name it does not")
    return cx.screen


def _say(cx: Context, text: str) -> None:
    if cx.screen is None:
        cx.host.report("info", text)
    else:
        cx.screen.message(text)
