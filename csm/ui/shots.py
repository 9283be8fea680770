"""A frame kept as data (`csm.view.shot`), and the screen as it now is.

Does not: paint, or write files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csm.ui import arrange
from csm.view.shot import Shot

if TYPE_CHECKING:
    from csm.ui.frame import Frame
    from csm.ui.shell import Shell


def taken(frame: Frame) -> Shot:
    """What a frame shows. Inline, that is the live part alone."""
    lines = [list(line) for line in frame.rows()]
    regions = [(region.name, len(region.lines)) for region in frame.regions]
    rows = frame.height if frame.full else max(1, len(lines))
    return Shot(frame.width, rows, lines, frame.cursor, frame.shape, frame.title, regions)


def now(shell: Shell) -> Shot:
    """The screen of a shell. Inline, what the whole screen would show: nothing is printed for it."""
    columns, rows = shell.size
    inline, shell.inline = shell.inline, False
    try:
        return taken(arrange.frame(shell, columns, rows))
    finally:
        shell.inline = inline
