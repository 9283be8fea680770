"""Windows, buffers and named layouts as commands, and the arrangement that a shell begins with.

Does not: hold anything here; each module's commands are imported when one of them first runs.
"""

from __future__ import annotations

from typing import Any

from csm.api import hook


@hook
def settings() -> list[Any]:
    """What stands on the screen at the start."""
    return [
        ("windows.layout", str, "", "The layout that a shell begins with, by name"),
        (
            "windows.restore",
            bool,
            False,
            "Begin with the windows and sessions that were open at the end in this folder",
        ),
    ]


@hook
def buffers() -> list[Any]:
    """What is not made by anything else."""
    return [("plan", _plan), ("sessions", _sessions), ("messages", _messages), ("scratch", _scratch)]


@hook
def happening(cx: Any, name: str) -> None:
    """The first session is on the screen, or windows have changed."""
    if name == "open" and not cx.state.get("windows.begun"):
        cx.state["windows.begun"] = True
        if cx.host.option("windows.restore") or cx.host.option("windows.layout"):
            from .restoring import begin

            begin(cx)
    elif name == "windows" and cx.state.get("windows.begun") and cx.host.option("windows.restore"):
        from .restoring import keep

        keep(cx)


def _plan(cx: Any) -> Any:
    from .pages import plan

    return plan(cx)


def _sessions(cx: Any) -> Any:
    from .pages import sessions

    return sessions(cx)


def _messages(cx: Any) -> Any:
    from .pages import messages

    return messages(cx)


def _scratch(cx: Any) -> Any:
    from .scratch import scratch

    return scratch(cx)
