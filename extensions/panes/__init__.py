"""Panes: running commands as windows. Their terminal as it looks, keys typed into it, signals, background.

Does not: run commands; the tools do, and are reached by the op `Reach`.
"""

from __future__ import annotations

from typing import Any

from csm.api import hook, items


@hook
def happening(cx: Any, name: str, item: Any) -> None:
    """A command of the user's that has a terminal is shown as soon as it runs."""
    if name == "tool-start" and item.id.startswith(items.OWN_TERMINAL):
        from .commands import begun

        begun(cx, item.id)
