"""Commands on the menu that follows what is written.

Does not: find what there is to choose (the hook `completers` does, and the commands themselves).
"""

from __future__ import annotations

from typing import Any

from csm.api import CommandError, Context, command


@command("menu.next", title="Next row of the menu", places=("menu",), hidden=True)
def below(cx: Context, rows: int = 1) -> None:
    """Choose the next row."""
    _menu(cx).move(rows)


@command("menu.previous", title="Previous row of the menu", places=("menu",), hidden=True)
def above(cx: Context, rows: int = 1) -> None:
    """Choose the row before."""
    _menu(cx).move(-rows)


@command("menu.accept", title="Take the row of the menu", places=("menu",), hidden=True)
def accept(cx: Context) -> None:
    """Put the chosen row in the place of the word."""
    _menu(cx).accept()


@command("menu.take", title="Take the row of the menu and go on", places=("menu",), hidden=True)
def take(cx: Context) -> None:
    """Put the chosen row in the place of the word; run it if it is a whole slash command."""
    _menu(cx).accept(go=True)


@command("menu.close", title="Close the menu", places=("menu",), hidden=True)
def close(cx: Context) -> None:
    """Keep the word as it is written."""
    _menu(cx).close()


def _menu(cx: Context) -> Any:
    if cx.screen is None:
        raise CommandError("this needs the shell's screen")
    return cx.screen.menu
