"""What one moment of the shell looks like, as plain data: regions from top to bottom, the cursor, the title.

A shell makes frames and a painter shows them: on the whole screen, below the terminal's own scrollback, or as text.

Does not: know colours (lines carry role names) or how anything reaches a terminal.
"""

from __future__ import annotations

import msgspec

#: A styled line: `(role, text)` segments whose widths sum to at most the frame's.
Line = list[tuple[str, str]]


class Region(msgspec.Struct):
    """A band of the screen over its whole width. Its height is the number of its lines."""

    name: str
    lines: list[Line]


class Frame(msgspec.Struct):
    """One moment. `cursor` is `(column, row)` within the frame, None to hide it.

    On the whole screen the regions fill `height` exactly. In inline mode they are the live part only, at most `height`
    rows, and `printed` holds the lines that go into the terminal's scrollback, once, before it; `full` then says that
    this frame wants the whole screen for as long as it lasts.
    """

    width: int
    height: int
    regions: list[Region] = []
    cursor: tuple[int, int] | None = None
    shape: str = "beam"
    title: str = ""
    printed: list[Line] = []
    full: bool = True

    def rows(self) -> list[Line]:
        """All lines from top to bottom."""
        return [line for region in self.regions for line in region.lines]

    def region(self, name: str) -> Region | None:
        """The region of that name, if it is shown."""
        return next((region for region in self.regions if region.name == name), None)
