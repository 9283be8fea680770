"""Where a command works: the screen, the editor that has the focus, the thread shown.

Does not: act on them.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from csm.api import Context, Editor
from csm.api import screen_of as screen


class Choice(NamedTuple):
    """A row of a picker."""

    value: Any
    label: str
    detail: str = ""


def editor(cx: Context) -> Editor:
    """The editor that has the focus."""
    return screen(cx).editor


def times(cx: Context, count: int | None) -> int:
    """How often, by the count given or typed in the editor, which is used up; 1 if there is none."""
    typed = cx.screen.editor.pending.take_count(count) if cx.screen is not None else count
    return 1 if typed is None else typed


def say(cx: Context, text: str, role: str = "message") -> None:
    """Show a line; without a screen it goes to the messages."""
    if cx.screen is None:
        cx.host.report("info", text)
    else:
        cx.screen.message(text, role)
