"""The first frames of the whole screen, written by ourselves while prompt_toolkit is not imported yet.

Does not: compare. Each frame is written whole, which is good for a few of them.
"""

from __future__ import annotations

from csm.ui.frame import Frame
from csm.ui.styles import Styles
from csm.ui.terminal import Terminal


def paint(terminal: Terminal, styles: Styles, frame: Frame) -> None:
    """Show a frame on an empty alternate screen."""
    terminal.alternate(True)
    rows: list[str] = []
    for number, line in enumerate(frame.rows(), 1):
        text = "".join(styles.painted(role, segment) for role, segment in line if segment)
        rows.append(f"\x1b[{number}H{text}\x1b[K")
    at = f"\x1b[{frame.cursor[1] + 1};{frame.cursor[0] + 1}H\x1b[?25h" if frame.cursor else ""
    terminal.shape(frame.shape)
    terminal.title(frame.title)
    terminal.write(f"\x1b[?2026h\x1b[?25l{''.join(rows)}{at}\x1b[?2026l")
