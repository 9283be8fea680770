"""One window: the buffers that lie in it, one over the other, and whose thread they belong to.

Does not: stand anywhere (`csm.ui.windows`).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from csm.ui.reading import Reader
from csm.ui.viewport import Viewport


class Shown(msgspec.Struct, eq=False):
    """A buffer in a window. `thread`: it is the transcript of the thread of `owner`, whichever that is."""

    buffer: Any
    view: Viewport
    thread: bool = False
    owner: Any = None
    #: Whether the window was made for this buffer, and goes with it.
    own: bool = False
    #: The cursor in it, once there is one, and whether there shall be; None: as the keymap wants it.
    reader: Reader | None = None
    reads: bool | None = None


class Window(msgspec.Struct, eq=False):
    """A frame for buffers: the last one of the stack is seen."""

    id: int
    stack: list[Shown] = []

    @property
    def top(self) -> Shown:
        """What is seen."""
        return self.stack[-1]

    @property
    def owner(self) -> Any:
        """Whose thread is seen, or lies below what is seen; None where there is none."""
        return next((shown.owner for shown in reversed(self.stack) if shown.thread), None)


class ThreadOf(NamedTuple):
    """What a layout may name beside buffers: the thread of an owner."""

    owner: Any


def same(shown: Shown, buffer: Any) -> bool:
    """Whether a buffer takes the place of what is shown: it has the same name."""
    return not shown.thread and str(shown.buffer.name) == str(buffer.name)


def follows(buffer: Any) -> bool:
    """Whether windows stick to the end of a buffer."""
    return bool(getattr(buffer, "follow", False))
