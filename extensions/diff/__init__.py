"""Changes to look at: of a turn, of the work tree, between two turns; to stage, take back, edit and comment on.

Does not: make changes of its own; it undoes recorded ones, and has git do the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from csm.api import hook


@hook
def buffers() -> Sequence[Any]:
    """The work tree's changes, and the last turn's, by name."""
    return (("diff", _tree), ("diff:turn", _turn))


def _tree(cx: Any) -> Any:
    from .sources import tree

    return tree(cx)


def _turn(cx: Any) -> Any:
    from .sources import turn

    return turn(cx, None)
