"""How a text wraps into rows of the screen, and where its cursor is.

Lines break behind a blank where they can, else between characters. One cell of the width is kept for the cursor, which
may stand behind a full row; a blank may hang into it. Columns and widths are counted in cells.

Does not: draw. `Row.text` is ready to be drawn: tabs are blanks and what is invisible is written out.
"""

from __future__ import annotations

from typing import NamedTuple

import wcwidth

from csm.edit import chars

CACHED_LINES = 2000


class Row(NamedTuple):
    """Offsets `start` to `end` of the text (without line feed) drawn as `text`. `last`: the last row of its line."""

    start: int
    end: int
    text: str
    last: bool


class Layout(NamedTuple):
    """All rows, and the cursor's `row` (index) and `column`."""

    rows: list[Row]
    row: int
    column: int


def rows(text: str, width: int, cursor: int = 0) -> Layout:
    """Lay out the whole text. Its time grows with the text; use `window` for very large ones."""
    found: list[Row] = []
    start = 0
    while True:
        end = chars.line_end(text, start)
        found.extend(line_rows(text[start:end], width, start))
        if end >= len(text):
            break
        start = end + 1
    return _place(text, found, cursor)


def window(text: str, width: int, cursor: int, height: int) -> Layout:
    """Only `height` rows or a few more around the cursor, for texts of any size."""
    start = chars.line_start(text, cursor)
    found = line_rows(text[start : chars.line_end(text, start)], width, start)
    first, last, grown = start, chars.line_end(text, start), True
    while len(found) < 2 * height and grown:
        grown = False
        if first > 0:
            first, grown = chars.line_start(text, first - 1), True
            found[:0] = line_rows(text[first : chars.line_end(text, first)], width, first)
        if last < len(text):
            start, last, grown = last + 1, chars.line_end(text, last + 1), True
            found.extend(line_rows(text[start:last], width, start))
    return _place(text, found, cursor)


def _place(text: str, found: list[Row], cursor: int) -> Layout:
    index = len(found) - 1
    while index > 0 and found[index].start > cursor:
        index -= 1
    return Layout(found, index, row_column(text, found[index], cursor))


def row_column(text: str, row: Row, at: int) -> int:
    """The column of offset `at` in its row."""
    return _cells(text[row.start : max(min(at, row.end), row.start)])


def _cells(part: str) -> int:
    if chars.plain(part):
        return len(part)
    total = 0
    for char in wcwidth.iter_graphemes(part):
        total += chars.cells(char, total)
    return total


def at_column(text: str, row: Row, column: int) -> int:
    """The offset of the character of a row that covers `column`; the nearest one the cursor can be on there."""
    total, at = 0, row.start
    for char in wcwidth.iter_graphemes(text[row.start : row.end]):
        total += chars.cells(char, total)
        if total > column:
            return at
        at += len(char)
    return at if row.last or at == row.start else chars.preceding(text, at)


def line_rows(line: str, width: int, offset: int = 0) -> list[Row]:
    """The rows of one line that begins at `offset`."""
    room = max(width - 1, 1)
    cuts = [(a, b, line[a:b]) for a, b in _plain_cuts(line, room)] if chars.plain(line) else _cuts(line, room)
    found = [Row(offset + a, offset + b, drawn, False) for a, b, drawn in cuts]
    found[-1] = found[-1]._replace(last=True)
    return found


def _plain_cuts(line: str, room: int) -> list[tuple[int, int]]:
    found, start = [], 0
    while len(line) - start > room:
        end = start + room
        if line[end] == " ":
            end += 1
        else:
            end = line.rfind(" ", start, end) + 1 or end
        found.append((start, end))
        start = end
    return [*found, (start, len(line))]


def _cuts(line: str, room: int) -> list[tuple[int, int, str]]:
    """As `_plain_cuts`, by characters: start, end and what is drawn."""
    found: list[tuple[int, int, str]] = []
    row: list[tuple[str, str]] = []
    start, used = 0, 0
    for char in wcwidth.iter_graphemes(line):
        drawn = chars.shown(char, used)
        size = len(drawn) if drawn != char else chars.cells(char, used)
        if row and used + size > room and not (char == " " and used <= room):
            keep = _break(row, char)
            length = sum(len(one) for one, _ in row[:keep])
            found.append((start, start + length, "".join(one for _, one in row[:keep])))
            start, row = start + length, row[keep:]
            used = 0
            for index, (one, _) in enumerate(row):
                row[index] = (one, chars.shown(one, used))
                used += chars.cells(one, used)
            drawn = chars.shown(char, used)
            size = chars.cells(char, used)
        row.append((char, drawn))
        used += size
    found.append((start, len(line), "".join(one for _, one in row)))
    return [*found, (len(line), len(line), "")] if used > room and len(row) > 1 else found


def _break(row: list[tuple[str, str]], overflow: str) -> int:
    """How many characters stay on the row when `overflow` does not fit."""
    if chars.kind(overflow[0]) > chars.WORD or chars.kind(row[-1][0][0]) > chars.WORD:
        return len(row)
    blank = next((index for index in range(len(row) - 1, -1, -1) if row[index][0] in chars.BLANKS), -1)
    return blank + 1 or len(row)


def row_of(text: str, cursor: int, width: int) -> Row:
    """The row that holds the cursor."""
    start = chars.line_start(text, cursor)
    found = line_rows(text[start : chars.line_end(text, start)], width, start)
    return next(row for row in reversed(found) if row.start <= cursor or row is found[0])


def move(text: str, cursor: int, width: int, count: int, goal: float | None = None) -> int | None:
    """The offset `count` rows down (up if negative), in column `goal`; None where there is no row to go to."""
    down = count > 0
    row = row_of(text, cursor, width)
    column = row_column(text, row, cursor) if goal is None else goal
    moved = False
    for _ in range(abs(count)):
        start, end = row.start, row.end
        if down:
            if not row.last:
                row = row_of(text, end, width)
            elif end < len(text):
                row = row_of(text, end + 1, width)
            else:
                break
        elif start == 0:
            break
        else:
            row = row_of(text, chars.preceding(text, start), width)
        moved = True
    if not moved:
        return None
    return at_column(text, row, 1 << 30 if column == float("inf") else int(column))


def goal_column(text: str, cursor: int, width: int) -> int:
    """The column of the cursor in its row."""
    return row_column(text, row_of(text, cursor, width), cursor)


class RowCache:
    """Lays out like `rows`, remembering the lines it has seen, so that typing lays out one line."""

    def __init__(self) -> None:
        self._lines: dict[str, list[Row]] = {}
        self._width = 0

    def rows(self, text: str, width: int, cursor: int = 0) -> Layout:
        """See `rows`."""
        if width != self._width or len(self._lines) > CACHED_LINES:
            self._lines, self._width = {}, width
        found: list[Row] = []
        start = 0
        for line in text.split("\n"):
            cached = self._lines.get(line)
            if cached is None:
                cached = self._lines[line] = line_rows(line, width)
            found.extend(row._replace(start=row.start + start, end=row.end + start) for row in cached)
            start += len(line) + 1
        return _place(text, found, cursor)
