"""How a text wraps into rows of the screen, and where its cursor is.

Lines break behind a blank where they can, else between characters. One cell of the width is kept for the cursor, which
may stand behind a full row; a blank may hang into it. Columns and widths are counted in cells.

Does not: draw. `Row.text` is ready to be drawn: tabs are blanks, what is invisible is written out, and characters that
have `names` are shown by them.
"""

from __future__ import annotations

from typing import NamedTuple

from csm.edit import chars
from csm.edit.chars import Names

#: A line of more than twice as many characters is laid out in parts, as if each were a line.
PIECE = 4096


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


class View(NamedTuple):
    """The `rows` to show, the cursor's `row` (index) and `column` among them, whether more is `above` and `below`."""

    rows: list[Row]
    row: int
    column: int
    above: bool
    below: bool


def rows(text: str, width: int, cursor: int = 0, names: Names | None = None) -> Layout:
    """Lay out the whole text. Its time grows with the text; use `view` for large ones."""
    found: list[Row] = []
    at = 0
    while True:
        piece = _piece(text, at)
        found.extend(_piece_rows(text, piece, width, names))
        at = _next(text, piece)
        if at < 0:
            return _place(text, found, cursor, names)


def window(text: str, width: int, cursor: int, height: int, names: Names | None = None) -> Layout:
    """The cursor's row with at least `height` rows above and below it, where there are as many, and few more."""
    first = last = _piece(text, cursor)
    found = _piece_rows(text, first, width, names)
    at = _index(found, cursor)
    while at < height and first.start > 0:
        first = _piece(text, first.start - 1)
        more = _piece_rows(text, first, width, names)
        found[:0], at = more, at + len(more)
    while len(found) - at <= height and (start := _next(text, last)) >= 0:
        last = _piece(text, start)
        found.extend(_piece_rows(text, last, width, names))
    return _place(text, found, cursor, names)


def view(text: str, width: int, cursor: int, height: int, top: int = 0, names: Names | None = None) -> View:
    """At most `height` rows with the cursor among them; the row that begins at offset `top` stays first if it can."""
    height = max(height, 1)
    near = window(text, width, cursor, height, names)
    first = next((index for index, row in enumerate(near.rows) if row.start == top), 0)
    first = min(max(first, near.row - height + 1), near.row)
    first = max(0, min(first, len(near.rows) - height))
    shown = near.rows[first : first + height]
    return View(shown, near.row - first, near.column, first > 0, first + height < len(near.rows))


class _Piece(NamedTuple):
    """Offsets of what is laid out as one: a line, or a part of a line of enormous length. `last`: the line ends."""

    start: int
    end: int
    last: bool


def _piece(text: str, at: int) -> _Piece:
    """The piece that holds `at`; where one ends and the next begins, the next."""
    start, end = chars.line_start(text, at), chars.line_end(text, at)
    count = (end - start) // PIECE
    if count <= 1:
        return _Piece(start, end, True)
    number = min((at - start) // PIECE, count - 1)
    if number < count - 1 and at >= _cut(text, start, number + 1):
        number += 1
    last = number == count - 1
    return _Piece(_cut(text, start, number), end if last else _cut(text, start, number + 1), last)


def _cut(text: str, start: int, number: int) -> int:
    """Where piece `number` of the line that begins at `start` begins."""
    return chars.boundary_before(text, start + number * PIECE)


def _next(text: str, piece: _Piece) -> int:
    """Where the next piece begins; -1 at the end of the text."""
    if not piece.last:
        return piece.end
    return piece.end + 1 if piece.end < len(text) else -1


def _piece_rows(text: str, piece: _Piece, width: int, names: Names | None = None) -> list[Row]:
    found = line_rows(text[piece.start : piece.end], width, piece.start, names)
    if piece.last:
        return found
    if len(found) > 1 and found[-1].start == found[-1].end:
        found.pop()
    found[-1] = found[-1]._replace(last=False)
    return found


def _place(text: str, found: list[Row], cursor: int, names: Names | None = None) -> Layout:
    index = _index(found, cursor)
    return Layout(found, index, row_column(text, found[index], cursor, names))


def _index(found: list[Row], cursor: int) -> int:
    """Which row holds the cursor; at a break the later one."""
    index = len(found) - 1
    while index > 0 and found[index].start > cursor:
        index -= 1
    return index


def row_column(text: str, row: Row, at: int, names: Names | None = None) -> int:
    """The column of offset `at` in its row."""
    return _cells(text[row.start : max(min(at, row.end), row.start)], names)


def _cells(part: str, names: Names | None = None) -> int:
    if chars.plain(part):
        return len(part)
    total = 0
    for char in chars.graphemes(part):
        total += chars.cells(char, total, names)
    return total


def at_column(text: str, row: Row, column: int, names: Names | None = None) -> int:
    """The offset of the character of a row that covers `column`; the nearest one the cursor can be on there."""
    total, at = 0, row.start
    for char in chars.graphemes(text[row.start : row.end]):
        total += chars.cells(char, total, names)
        if total > column:
            return at
        at += len(char)
    return at if row.last or at == row.start else chars.preceding(text, at)


def line_rows(line: str, width: int, offset: int = 0, names: Names | None = None) -> list[Row]:
    """The rows of one line that begins at `offset`."""
    room = max(width - 1, 1)
    cuts = [(a, b, line[a:b]) for a, b in _plain_cuts(line, room)] if chars.plain(line) else _cuts(line, room, names)
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


def _cuts(line: str, room: int, names: Names | None = None) -> list[tuple[int, int, str]]:
    """As `_plain_cuts`, by characters: start, end and what is drawn."""
    found: list[tuple[int, int, str]] = []
    row: list[tuple[str, str]] = []
    start, used = 0, 0
    for char in chars.graphemes(line):
        drawn = chars.shown(char, used, names)
        size = chars.cells(char, used, names)
        if row and used + size > room and not (char == " " and used <= room):
            keep = _break(row, char)
            length = sum(len(one) for one, _ in row[:keep])
            found.append((start, start + length, "".join(one for _, one in row[:keep])))
            start, row = start + length, row[keep:]
            used = 0
            for index, (one, _) in enumerate(row):
                row[index] = (one, chars.shown(one, used, names))
                used += chars.cells(one, used, names)
            drawn = chars.shown(char, used, names)
            size = chars.cells(char, used, names)
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


def row_of(text: str, cursor: int, width: int, names: Names | None = None) -> Row:
    """The row that holds the cursor."""
    found = _piece_rows(text, _piece(text, cursor), width, names)
    return found[_index(found, cursor)]


def move(
    text: str, cursor: int, width: int, count: int, goal: float | None = None, names: Names | None = None
) -> int | None:
    """The offset `count` rows down (up if negative), in column `goal`; None where there is no row to go to."""
    down = count > 0
    row = row_of(text, cursor, width, names)
    column = row_column(text, row, cursor, names) if goal is None else goal
    moved = False
    for _ in range(abs(count)):
        start, end = row.start, row.end
        if down:
            if not row.last:
                row = row_of(text, end, width, names)
            elif end < len(text):
                row = row_of(text, end + 1, width, names)
            else:
                break
        elif start == 0:
            break
        else:
            row = row_of(text, chars.preceding(text, start), width, names)
        moved = True
    if not moved:
        return None
    return at_column(text, row, 1 << 30 if column == float("inf") else int(column), names)


def goal_column(text: str, cursor: int, width: int, names: Names | None = None) -> int:
    """The column of the cursor in its row."""
    return row_column(text, row_of(text, cursor, width, names), cursor, names)
