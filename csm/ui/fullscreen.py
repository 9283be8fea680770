"""The whole screen, painted by prompt_toolkit: its layout of windows, its renderer's cell-by-cell difference.

Each region of a frame is a window; a frame is put on the terminal between the marks of synchronized output, in one
write.

Does not: use prompt_toolkit's input, key bindings or buffers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from prompt_toolkit.application import Application
from prompt_toolkit.application.current import set_app
from prompt_toolkit.cursor_shapes import CursorShape
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import DummyInput
from prompt_toolkit.key_binding import KeyBindings
from prompt_toolkit.layout import Layout
from prompt_toolkit.output.color_depth import ColorDepth
from prompt_toolkit.output.vt100 import Vt100_Output
from prompt_toolkit.styles import DEFAULT_ATTRS, Attrs, DynamicStyle

from csm.ui import hyperlinks
from csm.ui.frame import Frame, Region
from csm.ui.lines_control import LinesControl, RegionWindow, RowMaker, Sheet
from csm.ui.styles import Styles
from csm.ui.terminal import Terminal

_DEPTHS = {1: ColorDepth.DEPTH_1_BIT, 4: ColorDepth.DEPTH_4_BIT, 8: ColorDepth.DEPTH_8_BIT, 24: ColorDepth.DEPTH_24_BIT}


class _Output(Vt100_Output):
    """Writes to our terminal, which keeps account of the modes, one synchronized update at a time."""

    def __init__(self, terminal: Terminal, size: Callable[[], Size], bits: int) -> None:
        nowhere: Any = _Nowhere()
        super().__init__(nowhere, size, default_color_depth=_DEPTHS[bits], enable_cpr=False)
        self._terminal = terminal
        self._leads = ""

    def enter_alternate_screen(self) -> None:
        self._terminal.alternate(True)
        # The renderer takes the cursor to be at home, wherever the first frame of ours has left it.
        self.write_raw("\x1b[H")

    def quit_alternate_screen(self) -> None:
        self.flush()
        self._terminal.alternate(False)

    def enable_bracketed_paste(self) -> None:
        """The terminal has done so."""

    def disable_bracketed_paste(self) -> None:
        """The terminal will do so."""

    def set_cursor_shape(self, cursor_shape: CursorShape) -> None:
        """The terminal does so."""

    def set_attributes(self, attrs: Attrs, color_depth: ColorDepth) -> None:
        super().set_attributes(attrs, color_depth)
        self._lead(getattr(attrs, "leads", ""))

    def reset_attributes(self) -> None:
        super().reset_attributes()
        self._lead("")

    def _lead(self, leads: str) -> None:
        """Have what follows lead to an address, or nowhere. SGR says nothing of that."""
        if leads != self._leads:
            self._leads = leads
            self.write_raw(hyperlinks.escape(leads) or hyperlinks.CLOSING)

    def flush(self) -> None:
        data, self._buffer = "".join(self._buffer), []
        if data:
            self._terminal.write(f"\x1b[?2026h{data}\x1b[?2026l")


class _Led(Attrs):
    """Attributes of what leads to an address: others than those of the same look that leads elsewhere."""

    leads = ""

    def __eq__(self, other: object) -> bool:
        return super().__eq__(other) and self.leads == getattr(other, "leads", "")

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = Attrs.__hash__


class _Leading(DynamicStyle):
    """Style strings with an address among their words."""

    def get_attrs_for_style_str(self, style_str: str, default: Attrs = DEFAULT_ATTRS) -> Attrs:
        """The attributes, and where the text leads."""
        words, leads = hyperlinks.parted(style_str)
        attrs = super().get_attrs_for_style_str(words, default)
        if not leads:
            return attrs
        made = _Led(*attrs)
        made.leads = leads
        return made


class _Nowhere:
    """Stands for the text stream that the base class wants; nothing is ever written to it."""

    encoding = "utf-8"

    def write(self, data: str) -> int:
        return len(data)

    def flush(self) -> None:
        """Nothing to do."""


class FullPainter:
    """Paints frames over the whole alternate screen."""

    def __init__(self, terminal: Terminal, styles: Styles) -> None:
        self._terminal = terminal
        self._frame = Frame(80, 24)
        self._windows: dict[str, RegionWindow] = {}
        self._maker = RowMaker(styles.renderer)
        self._sheet = Sheet(lambda: self._app.renderer)
        self._output = _Output(terminal, self._size, styles.bits)
        self._app: Application[Any] = Application(
            layout=Layout(self._sheet),
            key_bindings=KeyBindings(),
            full_screen=True,
            color_depth=_DEPTHS[styles.bits],
            input=DummyInput(),
            output=self._output,
        )
        self._app.renderer.style = _Leading(lambda style=self._app.renderer.style: style)

    def paint(self, frame: Frame) -> None:
        """Show a frame; only the cells that differ from the last one are written."""
        if (frame.width, frame.height) != (self._frame.width, self._frame.height):
            self._afresh()
        self._frame = frame
        self._maker.next_frame()
        self._arrange()
        self._terminal.shape(frame.shape)
        self._terminal.title(frame.title)
        with set_app(self._app):
            self._app.renderer.render(self._app, self._app.layout)

    def restyle(self, styles: Styles) -> None:
        """Use another theme from the next frame on."""
        self._windows.clear()
        self._maker = RowMaker(styles.renderer)
        self._afresh()

    def suspend(self) -> None:
        """Leave the alternate screen; the next frame enters it again and paints all."""
        self._app.renderer.reset()

    def _afresh(self) -> None:
        """Forget what the terminal shows, and put the cursor where the renderer then believes it to be."""
        self._app.renderer.reset(leave_alternate_screen=False)
        self._output.write_raw("\x1b[H")

    def _size(self) -> Size:
        return Size(rows=self._frame.height, columns=self._frame.width)

    def _arrange(self) -> None:
        """A window for each region, and the focus on the one with the cursor."""
        self._sheet.arrange([self._window(region.name) for region in self._frame.regions])
        layout = self._app.layout
        focused = self._cursor_region()
        if focused is not None:
            layout.current_window = self._windows[focused.name]

    def _window(self, name: str) -> RegionWindow:
        if name not in self._windows:
            control = LinesControl(lambda: self._region(name).lines, lambda: self._cursor(name), self._maker)
            self._windows[name] = RegionWindow(control, self._sheet)
        return self._windows[name]

    def _region(self, name: str) -> Region:
        return self._frame.region(name) or Region(name, [])

    def _cursor_region(self) -> Region | None:
        if self._frame.cursor is None:
            return None
        row = self._frame.cursor[1]
        for region in self._frame.regions:
            if row < len(region.lines):
                return region
            row -= len(region.lines)
        return None

    def _cursor(self, name: str) -> tuple[int, int] | None:
        """The cursor within a region, if it is there."""
        if self._frame.cursor is None:
            return None
        column, row = self._frame.cursor
        for region in self._frame.regions:
            if region.name == name:
                return (column, row) if 0 <= row < len(region.lines) else None
            row -= len(region.lines)
        return None
