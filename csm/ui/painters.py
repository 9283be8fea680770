"""Painters show frames on a terminal: on the whole screen, or as a live region below the scrollback.

Does not: make frames.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from csm.ui.frame import Frame, Line
from csm.ui.inline import LiveRegion, Row
from csm.ui.styles import Styles
from csm.ui.terminal import Terminal
from csm.view.lines import width


class Painter(Protocol):
    """Shows one frame after another."""

    def paint(self, frame: Frame) -> None:
        """Show a frame."""
        ...

    def restyle(self, styles: Styles) -> None:
        """Use another theme from the next frame on."""
        ...

    def suspend(self) -> None:
        """Clear what is ours, since the terminal is given away for a while; the next frame paints all."""
        ...


class InlinePainter:
    """The live region, and the whole screen for frames that want it."""

    def __init__(self, terminal: Terminal, styles: Styles) -> None:
        self._terminal, self._styles = terminal, styles
        self._region = LiveRegion(reflows(terminal.env))
        self._whole: Painter | None = None
        self._waiting: list[Line] = []

    def paint(self, frame: Frame) -> None:
        """Print what is finished and redraw what lives; full views borrow the alternate screen."""
        self._waiting += frame.printed
        if frame.full:
            self._borrow().paint(frame)
            return
        self._give_back()
        printed, self._waiting = [self._row(line) for line in self._waiting], []
        live = [self._row(line) for line in frame.rows()]
        self._terminal.shape(frame.shape)
        self._terminal.title(frame.title)
        self._terminal.write(self._region.update(printed, live, frame.cursor, (frame.width, frame.height)))

    def restyle(self, styles: Styles) -> None:
        """Use another theme from the next frame on, which paints all that is ours."""
        self._styles = styles
        if self._whole:
            self._whole.restyle(styles)
        else:
            self._terminal.write(self._region.clear(self._terminal.size()))

    def suspend(self) -> None:
        """Clear the live region; what was printed stays."""
        self._give_back()
        self._terminal.write(self._region.clear(self._terminal.size()))

    def _borrow(self) -> Painter:
        if self._whole is None:
            from csm.ui.fullscreen import FullPainter

            self._whole = FullPainter(self._terminal, self._styles)
        return self._whole

    def _give_back(self) -> None:
        if self._whole is not None:
            self._whole.suspend()
            self._whole = None

    def _row(self, line: Line) -> Row:
        data, cells = "", 0
        for role, text in _trimmed(line):
            data += self._styles.painted(role, text)
            cells += width(text)
        return Row(data, cells)


def reflows(env: Mapping[str, str]) -> bool:
    """Whether the terminal rewraps its rows when its width changes; those few that do not are known by name."""
    term = env.get("TERM", "")
    if env.get("TMUX"):
        return True
    return not (term == "linux" or term.startswith(("screen", "vt")) or "XTERM_VERSION" in env)


def _trimmed(line: Line) -> Line:
    """Without blanks at the end, which some terminals count when they rewrap and others do not."""
    end = len(line)
    while end and not line[end - 1][1].strip(" "):
        end -= 1
    if not end:
        return []
    role, text = line[end - 1]
    return [*line[: end - 1], (role, text.rstrip(" "))]
