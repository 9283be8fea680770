"""The first commands: editing, composing, turns and approvals, views, help, sessions, choosing.

Does not: hold anything here; each module's commands are imported when one of them first runs.
"""

from __future__ import annotations

from typing import Any

from csm.api import hook


@hook
def buffers() -> list[Any]:
    """The page of help."""
    return [("help", _help)]


def _help(cx: Any) -> Any:
    from .helping import page

    return page(cx)
