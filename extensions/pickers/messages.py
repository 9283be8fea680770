"""What csm has told so far, newest first, each to be read whole and copied.

Does not: keep messages; the host does.
"""

from __future__ import annotations

from typing import Any

from csm.api import CommandError, Context, command, lines

from .place import Line, Row, screen

_ROLES = {"error": "message.error", "warning": "message.warning"}


@command("message.choose", title="Look through the messages")
def choose(cx: Context) -> None:
    """Look through what csm has told, newest first; taking one copies it."""
    found = list(reversed(cx.host.messages))
    if not found:
        raise CommandError("there are no messages")
    rows = [Row(one, one.text.split("\n", 1)[0], one.level) for one in found]

    def look(one: Any, columns: int, height: int) -> list[Line]:
        role = _ROLES.get(one.level, "message")
        return [row for part in one.text.split("\n") for row in lines.wrap([(role, lines.clean(part))], columns)]

    screen(cx).pick("Messages", rows, lambda one: _copy(cx, one.text), preview=look)


def _copy(cx: Context, text: str) -> None:
    screen(cx).copy(text)
    screen(cx).message("copied")
