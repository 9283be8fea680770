"""The tool `request_user_input`, the commands that answer it, and plan mode, in which it is used.

Does not: show questions (`csm.view.render.questions`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from csm.api import hook

if TYPE_CHECKING:
    from csm.api import Tool


@hook
def tools() -> list[Tool]:
    """`request_user_input`."""
    from .tool import RequestUserInput

    return [RequestUserInput()]


@hook
def status() -> list[Any]:
    """Plan mode in the status line."""
    return [("plan mode", lambda thread: "plan mode" if thread.collaboration == "plan" else "")]
