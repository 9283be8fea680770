"""What the pickers share: a row, the screen, saving into `config.toml`.

Does not: know what is chosen.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from csm.api import CommandError, Context, Screen, config_file, lines

Line = list[tuple[str, str]]


class Row(NamedTuple):
    """A row of a picker."""

    value: Any
    label: str
    detail: str = ""
    section: str = ""


def screen(cx: Context) -> Screen:
    """The screen. Raises CommandError where there is none."""
    if cx.screen is None:
        raise CommandError("this needs the shell's screen")
    return cx.screen


def keep(cx: Context, path: tuple[str, ...], value: Any) -> str:
    """Write a value into the user's `config.toml`, or take it away, and load the settings anew; the file's name."""
    file = config_file.put(cx.host.settings.codex_home, path, value)
    cx.host.reload_settings()
    return str(file)


def page(title: str, facts: list[tuple[str, str]], text: str, columns: int) -> list[Line]:
    """A title, facts with their labels, and a text, in so many columns."""
    made: list[Line] = [[("help.title", lines.clean(title))], []]
    size = max((len(label) for label, shown in facts if shown), default=0) + 2
    for label, shown in facts:
        if shown:
            first: Line = [("help.key", f"{label:<{size}}")]
            made += lines.wrap([("help.text", lines.clean(shown))], columns, first, [("", " " * size)])
    return [*made, [], *lines.wrap([("help.text", lines.clean(text))], columns)] if text else made
