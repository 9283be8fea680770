"""An editor's text as rows of the screen: only the rows around the cursor are ever laid out, however long the text.

Rows break at spaces where there are any. A line of enormous length is taken in pieces, as if each were a line.

Does not: change text, or draw selections.
"""

from __future__ import annotations

from typing import NamedTuple

from csm.view.lines import visible, width

_TAB = "    "
_PIECE = 4_096


class Row(NamedTuple):
    """The characters from `start` up to `end` of the text, and how they are shown."""

    start: int
    end: int
    shown: str


class Rows(NamedTuple):
    """`rows` to show, `cursor` as `(column, row)` among them, and whether there is more above and below."""

    rows: list[Row]
    cursor: tuple[int, int]
    above: bool
    below: bool


def layout(text: str, cursor: int, columns: int, height: int, top: int = 0) -> Rows:
    """At most `height` rows with the cursor among them; the row that begins at offset `top` stays first if it can.

    A row has `columns` cells and the cursor needs one after the last character, so text takes `columns - 1`.
    """
    columns, height = max(2, columns), max(1, height)
    rows = _line(text, cursor, columns - 1)
    at = _holding(rows, cursor)
    rows, at = _before(text, rows, at, columns - 1, height)
    rows = _after(text, rows, at, columns - 1, height)
    first = next((index for index, row in enumerate(rows) if row.start == top), 0)
    first = min(max(first, at - height + 1), at)
    first = max(0, min(first, len(rows) - height))
    shown = rows[first : first + height]
    row = rows[at]
    column = width(display(text[row.start : cursor]))
    above = shown[0].start > 0
    return Rows(shown, (min(column, columns - 1), at - first), above, shown[-1].end < len(text))


def display(text: str) -> str:
    """Text as it is shown: each character on its own, so that columns can be counted."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_TAB if char == "\t" else visible(char) for char in text)


def _holding(rows: list[Row], cursor: int) -> int:
    """The row that the cursor is on; at a break it is the later one."""
    for index in range(len(rows) - 1, -1, -1):
        if rows[index].start <= cursor:
            return index
    return 0


def _line(text: str, at: int, columns: int) -> list[Row]:
    """The rows of the line, or of the piece of it, that holds the offset `at`."""
    start, end = _bounds(text, at)
    line = text[start:end]
    cuts = [0] if len(line) <= columns and width(display(line)) <= columns else _cuts(line, columns)
    return [Row(start + a, start + b, display(line[a:b])) for a, b in zip(cuts, [*cuts[1:], len(line)], strict=True)]


def _bounds(text: str, at: int) -> tuple[int, int]:
    start = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    end = len(text) if end < 0 else end
    if end - start <= _PIECE * 2:
        return start, end
    start += min(at - start, end - start - 1) // _PIECE * _PIECE
    return start, min(end, start + _PIECE)


def _cuts(line: str, columns: int) -> list[int]:
    """Where rows of the line begin."""
    cuts, at = [0], 0
    while True:
        fit = _fit(line, at, columns)
        if fit >= len(line):
            return cuts
        space = line.rfind(" ", at + 1, fit + 1)
        at = space + 1 if space > at else fit
        if at >= len(line):
            return cuts
        cuts.append(at)


def _fit(line: str, at: int, columns: int) -> int:
    """The end of what fits in a row from `at`; at least one character."""
    piece = line[at : at + columns]
    if piece.isascii() and piece.isprintable():
        return at + len(piece)
    used = 0
    for index, char in enumerate(piece):
        used += width(display(char))
        if used > columns:
            return at + max(1, index)
    return at + len(piece)


def _before(text: str, rows: list[Row], at: int, columns: int, height: int) -> tuple[list[Row], int]:
    while at < height and rows[0].start > 0:
        more = _line(text, rows[0].start - 1, columns)
        rows, at = more + rows, at + len(more)
    return rows, at


def _after(text: str, rows: list[Row], at: int, columns: int, height: int) -> list[Row]:
    while len(rows) - at <= height and rows[-1].end < len(text):
        end = rows[-1].end
        rows = rows + _line(text, end + (text[end] == "\n"), columns)
    return rows
