"""Says so when a turn ends or a question waits while nobody looks: to the terminal (OSC 9, bell), or by a program.

Reads Codex's `tui.notifications`, `tui.notification_method` and `tui.notification_condition`. `attention.command` names
a program that gets the text as its last argument.

Does not: know who looks; the terminal says whether its window has the focus.
"""

from __future__ import annotations

from typing import Any

from csm.api import hook


@hook
def settings() -> list[Any]:
    """The program."""
    return [
        ("attention.command", list, [], "A program run with a text as its last argument, beside what the terminal does")
    ]


@hook
def happening(cx: Any, name: str, event: Any) -> None:
    """A turn has ended, or a question waits."""
    if name in ("turn-end", "ask") and event is not None and cx.screen is not None:
        from . import notices

        notices.tell(cx, event)
