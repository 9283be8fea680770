"""Where the commands of this extension work.

Does not: act there.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from csm.api import CommandError, Context, Screen


class Choice(NamedTuple):
    """A row of a list."""

    value: Any
    label: str
    detail: str = ""


def screen(cx: Context) -> Screen:
    """The screen. Raises CommandError where there is none."""
    if cx.screen is None:
        raise CommandError("this needs the shell's screen")
    return cx.screen
