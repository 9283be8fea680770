"""The live region of inline mode: what to write so that only our own rows change, below the terminal's scrollback.

Theory. The region's top is wherever the cursor was when the first row was drawn; all movement is relative to it, and
rows are erased one by one (never the screen, never the scrollback, never "from here down", which some terminals copy
into history). Finished lines are written over the region's top and the region again below them, so they scroll into
history as any program's output does. When the terminal changes its width it rewraps what is on the screen: a row of
`c` cells then takes `ceil(c / width)` rows. Rows end in a hard newline and wrapping is left on, so this holds for any
sequence of resizes, and the region is found again by counting.

Does not: write anything, or know roles. Rows come in as text with escapes and their width in cells.
"""

from __future__ import annotations

from typing import NamedTuple

_BEGIN, _END = "\x1b[?2026h\x1b[?25l", "\x1b[?2026l"
_SAVE, _RESTORE = "\x1b7", "\x1b8"
_SHOW, _ERASE = "\x1b[?25h", "\x1b[2K"


class Row(NamedTuple):
    """One row: what to write, escapes and all, and how many cells it fills."""

    data: str
    cells: int


class LiveRegion:
    """Sans-IO: `update` and `clear` give what to write. `reflows`: the terminal rewraps rows when its width changes."""

    def __init__(self, reflows: bool = True) -> None:
        self._reflows = reflows
        self._rows: list[Row] = []
        self._cursor = (0, 0)
        self._size = (0, 0)

    def update(self, printed: list[Row], live: list[Row], cursor: tuple[int, int] | None, size: tuple[int, int]) -> str:
        """Write `printed` once, then `live` with the cursor at `(column, row)` of it; `size` is `(columns, rows)`."""
        live = live[-size[1] :]
        resized = bool(self._rows) and size != self._size
        # A printed row may turn out wider than the terminal and run on into the next one, so that must be empty.
        afresh = resized or bool(printed and self._rows)
        old = [] if afresh else self._rows
        start = self._erase(size) if afresh else self._to_top()
        if not printed and not afresh and live == old:
            body, at = "", 0
        else:
            body, at = self._draw(printed, live, old)
        column, row = cursor or (live[-1].cells if live else 0, len(live) - 1)
        column, row = min(column, size[0] - 1), max(0, min(row, len(live) - 1))
        place = _vertical(row - at) + "\r" + _right(column)
        self._rows, self._cursor, self._size = live, (column, row), size
        return f"{_BEGIN}{start}{body}{place}{_SHOW if cursor else ''}{_END}"

    def clear(self, size: tuple[int, int]) -> str:
        """Erase the region; the cursor stays where its top was."""
        data = self._erase(size) if self._rows else ""
        self._rows, self._cursor, self._size = [], (0, 0), size
        return f"{_BEGIN}{data}{_SHOW}{_END}"

    def _to_top(self) -> str:
        return _vertical(-self._cursor[1]) + "\r"

    def _spans(self, width: int) -> list[int]:
        if not self._reflows:
            return [1] * len(self._rows)
        return [max(1, -(-row.cells // width)) for row in self._rows]

    def _erase(self, size: tuple[int, int]) -> str:
        """Go to the region's top as the terminal has rewrapped it, and empty its rows."""
        width, height = size
        spans = self._spans(width)
        column, row = self._cursor
        above = sum(spans[:row]) + (column // width if self._reflows else 0)
        count = min(sum(spans), height)
        # The terminal may have dropped rows below the cursor, so the way down can be shorter than counted: the top is
        # saved and not counted back to.
        return _vertical(-min(above, height - 1)) + "\r" + _SAVE + "\x1b[B".join([_ERASE] * count) + _RESTORE

    @staticmethod
    def _draw(printed: list[Row], live: list[Row], old: list[Row]) -> tuple[str, int]:
        """The rows' data, from the region's top, and the row (of `live`) on which the cursor is left."""
        rows = [*printed, *live]
        parts: list[str] = []
        for index, row in enumerate(rows):
            known = index < len(old) and old[index] == row
            # Erased whole and first: what the terminal holds may be wider than it last told.
            parts.append("" if known else _ERASE + row.data)
        data = "\r\n".join(parts)
        left = max(0, len(old) - len(rows))
        data += ("\x1b[B\r" + _ERASE) * left + _vertical(-left)
        return data, len(live) - 1


def _vertical(rows: int) -> str:
    if rows == 0:
        return ""
    return f"\x1b[{rows}B" if rows > 0 else f"\x1b[{-rows}A"


def _right(columns: int) -> str:
    return f"\x1b[{columns}C" if columns else ""
