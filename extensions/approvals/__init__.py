"""Every question that waits for an answer in a window: all of it to read, any of them to answer, patches in pieces.

Does not: know the answers' own commands, which the question above the composer has too (`basics`).
"""

from __future__ import annotations

from typing import Any

from csm.api import hook


def _queue(cx: Any) -> Any:
    from .commands import opened

    return opened(cx)


@hook
def buffers() -> list[Any]:
    """The window."""
    return [("approvals", _queue)]
