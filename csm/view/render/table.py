"""Tables that fit: columns as wide as their content where there is room, else shrunk with wrapped cells, else a list.

Does not: find tables in Markdown (`csm.view.render.blocks`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csm.view.lines import StyledLine, line_width, merge, pad, split_lines, width, wrap
from csm.view.render.inline import inline

if TYPE_CHECKING:
    from csm.view.render.kit import Kit

#: Columns are measured by this many rows, so that a long table can be laid out before its end is known.
MEASURED = 100
_GAP = " │ "
_CROSS = "─┼─"
_NARROWEST = 8


class Table:
    """A table's cells as Markdown. `align` has `left`, `right` or `center` for each column.

    `shape`, if given, is the table that this one goes on with: its columns are taken over.
    """

    __slots__ = ("_cells", "_tall", "_widths", "align", "header", "rows", "shape")

    def __init__(self, header: list[str], align: list[str], rows: list[list[str]], shape: Table | None = None) -> None:
        self.header = header
        self.align = align
        self.rows = rows
        self.shape = shape
        self._tall: dict[int, bool] = {}
        self._cells: dict[str, list[StyledLine]] = {}
        self._widths: dict[int, list[int] | None] = {}

    def cell(self, kit: Kit, text: str, role: str = "text") -> list[StyledLine]:
        """The lines of a cell, unwrapped."""
        key = f"{role} {text}"
        if key not in self._cells:
            self._cells[key] = [merge(line) for line in split_lines(inline(kit, text, role))]
        return self._cells[key]

    def widths(self, kit: Kit, room: int) -> list[int] | None:
        """The columns' widths in `room` cells; None where a list reads better."""
        if self.shape is not None:
            return self.shape.widths(kit, room)
        if room not in self._widths:
            natural, least = self._measure(kit)
            self._widths[room] = share(natural, least, room - len(_GAP) * (len(natural) - 1))
        return self._widths[room]

    def tall(self, kit: Kit, room: int) -> bool:
        """Whether any measured cell takes more than one row, so that rows need a line between them."""
        if self.shape is not None:
            return self.shape.tall(kit, room)
        if room not in self._tall:
            widths = self.widths(kit, room) or []
            self._tall[room] = any(
                len(lines := self.cell(kit, text)) > 1 or line_width(lines[0]) > size
                for row in self.rows[:MEASURED]
                for text, size in zip(row, widths, strict=False)
            )
        return self._tall[room]

    def _measure(self, kit: Kit) -> tuple[list[int], list[int]]:
        rows = [self.header, *self.rows[:MEASURED]]
        natural = [1] * len(self.header)
        least = [1] * len(self.header)
        for number, row in enumerate(rows):
            for column, text in enumerate(row):
                for line in self.cell(kit, text, "table.header" if not number else "text"):
                    natural[column] = max(natural[column], line_width(line))
                    words = "".join(piece for _, piece in line).split(" ")
                    least[column] = max(least[column], *map(width, words))
        return natural, least


def share(natural: list[int], least: list[int], room: int) -> list[int] | None:
    """Column widths that add up to at most `room`: narrow columns keep theirs, wide ones share what is left.

    None where a column would fall below what can be read.
    """
    if sum(natural) <= room:
        return natural
    floor = [min(least[index], natural[index], _NARROWEST) for index in range(len(natural))]
    if sum(floor) > room:
        return None
    sizes = list(natural)
    fixed: set[int] = set()
    while sum(sizes) > room:
        open_columns = [index for index in range(len(sizes)) if index not in fixed]
        left = room - sum(sizes[index] for index in fixed)
        fair = left // len(open_columns)
        small = [index for index in open_columns if natural[index] <= fair or floor[index] > fair]
        if not small:
            for position, index in enumerate(open_columns):
                sizes[index] = fair + (1 if position < left - fair * len(open_columns) else 0)
            break
        for index in small:
            sizes[index] = min(natural[index], max(fair, floor[index]))
            fixed.add(index)
        if len(fixed) == len(sizes):
            break
    return sizes if sum(sizes) <= room else floor


def table_rows(kit: Kit, table: Table, start: int, stop: int, head: bool, room: int) -> list[StyledLine]:
    """The rows of the table from row `start` up to `stop`, below its head or, without `head`, below earlier rows."""
    widths = table.widths(kit, room)
    if widths is None:
        return _as_list(kit, table, start, stop, head, room)
    cells = [_cells(kit, table, row, widths, "text") for row in table.rows[start:stop]]
    tall = table.tall(kit, room)
    rule = [("table.border", _CROSS.join("─" * size for size in widths))]
    out: list[StyledLine] = []
    if head and any(name.strip() for name in table.header):
        out += [*_cells(kit, table, table.header, widths, "table.header"), rule]
    for index, rows in enumerate(cells):
        if tall and (index or not head):
            out.append([("table.border", _CROSS.join("─" * size for size in widths))])
        out += rows
    return out


def _cells(kit: Kit, table: Table, row: list[str], widths: list[int], role: str) -> list[StyledLine]:
    """One row of the table as rows of the screen."""
    columns = [
        [part for line in table.cell(kit, text, role) for part in wrap(line, size)]
        for text, size in zip(row, widths, strict=True)
    ]
    out: list[StyledLine] = []
    for number in range(max(map(len, columns))):
        line: StyledLine = []
        for column, size in enumerate(widths):
            cell = columns[column][number] if number < len(columns[column]) else []
            last = column == len(widths) - 1
            line += _aligned(cell, size, table.align[column], last)
            if not last:
                line.append(("table.border", _GAP))
        out.append(merge(line))
    return out


def _aligned(cell: StyledLine, size: int, align: str, last: bool) -> StyledLine:
    missing = max(0, size - line_width(cell))
    before = missing if align == "right" else missing // 2 if align == "center" else 0
    line = [("", " " * before), *cell] if before else cell
    return line if last else pad(line, size)


def _as_list(kit: Kit, table: Table, start: int, stop: int, head: bool, room: int) -> list[StyledLine]:
    out: list[StyledLine] = []
    for number, row in enumerate(table.rows[start:stop]):
        if number or not head:
            out.append([])
        for name, text in zip(table.header, row, strict=True):
            label = [*table.cell(kit, name, "table.header")[0], ("table.border", ": ")] if name else []
            value = table.cell(kit, text)
            out += wrap(merge([*label, *value[0]]), room, None, [("", "  ")])
            for line in value[1:]:
                out += wrap(line, room, [("", "  ")], [("", "  ")])
    if head and not table.rows:
        out += wrap([("table.header", ", ".join(table.header))], room)
    return out
