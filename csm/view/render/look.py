"""What a renderer of an item returns: a mark for the margin, and the leaves below and beside it.

Also the small things that renderers share: rows made on demand, durations, the hint that lines are folded away.

Does not: render any kind of item itself (`items`, `commands`, `changes`).
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from csm.view import links
from csm.view.lines import Segment, StyledLine, clean, plain, wrap
from csm.view.render.kit import Kit
from csm.view.render.leaves import Leaf

#: Cells left of all content; marks stand in them.
MARGIN = 2
#: Rows of a leaf at most, so that a long output is laid out bit by bit.
CHUNK_ROWS = 100
#: Kinds whose rows are the text that is copied.
_AS_COPIED = frozenset(("agent", "diff", "output", "reasoning", "user"))
#: Characters that a title has at most, and cells in which none is wrapped.
_TITLE, _UNWRAPPED = 2_000, 3_000


class Look(msgspec.Struct):
    """How an item is shown. `foldable` says that folding would hide something; `mark` is at most `MARGIN` wide.

    `quiet` ones stand close to each other: a list of what was looked at.
    """

    leaves: list[Leaf] = []
    mark: Segment = ("", "")
    foldable: bool = False
    quiet: bool = False


class View(msgspec.Struct, frozen=True):
    """What a renderer may know beside the item: its text so far, whether it is done and folded, the thread's folder."""

    text: str = ""
    done: bool = True
    folded: bool = True
    cwd: str = ""


#: The marks of a call, by its status.
MARKS: dict[str, Segment] = {
    "in_progress": ("spinner", "•"),
    "completed": ("command.ok", "✓"),
    "failed": ("command.failed", "✗"),
    "declined": ("command.declined", "⊘"),
}


class Rows(Leaf):
    """A leaf whose rows a function makes from the width. `text` is what copying gives."""

    __slots__ = ("kind", "make")

    def __init__(self, make: Callable[[int], list[StyledLine]], text: str = "", name: str = "text") -> None:
        super().__init__()
        self.make = make
        self.source = text
        self.kind = name

    def body(self, kit: Kit, width: int) -> list[StyledLine]:
        return self.frame(self.make(self.room(width)))

    def searched(self) -> str:
        """Titles say more than what is copied of them, or say it otherwise: both are looked through."""
        if self.kind in _AS_COPIED or len(self.source) > _TITLE:
            return self.text()
        return "\n".join([self.text(), *map(plain, self.make(_UNWRAPPED))])


def line(*segments: Segment) -> Leaf:
    """A leaf of one line that wraps."""
    content = [segment for segment in segments if segment[1]]
    return Rows(lambda width: wrap(list(content), width), "".join(text for _, text in content))


def text_rows(text: str, role: str, width: int) -> list[StyledLine]:
    """Untrusted text of several lines, wrapped at words."""
    rows: list[StyledLine] = []
    for part in text.split("\n"):
        shown = clean(part.removesuffix("\r"), 4)
        indent = len(shown) - len(shown.lstrip(" "))
        hang = [("", " " * min(indent, width // 2))] if indent else None
        rows += wrap(links.found([(role, shown)]), width, None, hang) if shown else [[]]
    return rows


def more(count: int, what: str = "line") -> StyledLine:
    """The hint that `count` lines are folded away."""
    return [("fold", f"… {count} {what}{'' if count == 1 else 's'}")]


def duration(milliseconds: int) -> str:
    """A duration to read: `0.4s`, `12s`, `3m 05s`, `1h 02m`."""
    seconds = milliseconds / 1000
    return f"{seconds:.1f}s" if seconds < 9.95 else whole_seconds(round(seconds))


def whole_seconds(seconds: int) -> str:
    """Seconds to read: `42s`, `3m 05s`, `1h 02m`."""
    if seconds < 60:
        return f"{seconds}s"
    if seconds < 3600:
        return f"{seconds // 60}m {seconds % 60:02d}s"
    return f"{seconds // 3600}h {seconds % 3600 // 60:02d}m"
