"""Popups, keys that press other keys, the last command again.

Does not: keep macros (the extension `macros` does).
"""

from __future__ import annotations

from typing import Any

import msgspec

from csm.api import CommandError, Context, chords, command, macros, screen_of


@command("popup.show", title="Show a text in a small box")
def popup(cx: Context, *words: str, seconds: float = 5.0, title: str = "") -> None:
    """Show a text in the upper right corner for so many seconds."""
    screen_of(cx).popup(" ".join(words), seconds, title)


@command("command.repeat", title="Run the last command again")
def repeat(cx: Context, count: int | None = None) -> Any:
    """Run what a key or the palette ran last, as often as it did then, or `count` times."""
    last = screen_of(cx).last
    if last is None:
        raise CommandError("no command was run yet")
    line, before = last
    return cx.host.commands.run(line, msgspec.structs.replace(cx, count=before if count is None else count))


@command("keys.press", title="Press keys")
def press(cx: Context, *keys: str, count: int | None = None) -> None:
    """Do what these keys do where the focus is, `count` times: `keys.press C-a D o space`."""
    text = " ".join(keys)
    try:
        steps = macros.read(text)
    except chords.ChordError as error:
        raise CommandError(f"{text}: {error.message}") from None
    times = cx.count if count is None else count
    screen_of(cx).macros.play(f"keys {text}", steps, 1 if times is None else times)
