"""A screen kept as data: its lines with their roles, the cursor, the regions. As text, as a table for JSON, and back.

Does not: make screens, compare them (`csm.view.comparing`) or paint them (`csm.view.svg`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import msgspec

from csm.view.lines import StyledLine, cut, line_width, merge, plain
from csm.view.roles import is_role

#: No screen is larger; what claims to be is no snapshot.
MOST = 2_000
_SHAPES = ("beam", "block", "underline")


class BadShot(ValueError):
    """What was read is no snapshot; the text says why."""


class Shot(msgspec.Struct):
    """`columns` by `rows`, one line a row. `cursor` is `(column, row)`, None where it is hidden.

    `regions` are `(name, rows)` from the top: the transcript, the composer and so on.
    """

    columns: int
    rows: int
    lines: list[StyledLine]
    cursor: tuple[int, int] | None = None
    shape: str = "beam"
    title: str = ""
    regions: list[tuple[str, int]] = []

    def texts(self) -> list[str]:
        """The rows as text, no blanks at their ends."""
        return [plain(line).rstrip() for line in self.lines]

    def text(self, cursor: str = "") -> str:
        """All rows, each with a newline; `cursor` is put where the cursor stands."""
        rows = self.texts()
        if cursor and self.cursor is not None and self.cursor[1] < len(rows):
            column, row = self.cursor
            line = rows[row] + " " * max(0, column - line_width(self.lines[row]))
            at = cut(line.ljust(column), column)
            rows[row] = line[:at].ljust(at) + cursor + line[at:]
        return "".join(f"{row}\n" for row in rows)

    def table(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "columns": self.columns,
            "rows": self.rows,
            "title": self.title,
            "cursor": None if self.cursor is None else [*self.cursor],
            "shape": self.shape,
            "regions": [[name, rows] for name, rows in self.regions],
            "lines": [[[role, text] for role, text in merge(line)] for line in self.lines],
        }


def read(table: Any) -> Shot:
    """A screen from what `table` gave. Raises BadShot."""
    if not isinstance(table, dict):
        raise BadShot("a table is needed")
    found = cast("dict[str, Any]", table)
    columns, rows = _size(found.get("columns")), _size(found.get("rows"))
    lines = [_line(line) for line in _list(found.get("lines"), "lines")]
    if len(lines) > MOST:
        raise BadShot(f"more than {MOST} lines")
    cursor = found.get("cursor")
    if cursor is not None and not (_is_pair(cursor) and all(_is_number(part) for part in cursor)):
        raise BadShot("cursor: a column and a row are needed")
    regions = _list(found.get("regions", []), "regions")
    if not all(_is_pair(one) and isinstance(one[0], str) and _is_number(one[1]) for one in regions):
        raise BadShot("regions: pairs of a name and a number of rows are needed")
    shape = found.get("shape", "beam")
    return Shot(
        columns,
        rows,
        lines,
        (cursor[0], cursor[1]) if cursor is not None else None,
        shape if shape in _SHAPES else "beam",
        str(found.get("title", "")),
        [(one[0], one[1]) for one in regions],
    )


def _size(value: Any) -> int:
    if not _is_number(value) or not 0 < value <= MOST:
        raise BadShot(f"columns and rows: numbers from 1 to {MOST} are needed")
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(cast("list[Any]", value)) == 2


def _list(value: Any, name: str) -> Sequence[Any]:
    if not isinstance(value, list):
        raise BadShot(f"{name}: a list is needed")
    return cast("list[Any]", value)


def _line(value: Any) -> StyledLine:
    made: StyledLine = []
    for segment in _list(value, "a line"):
        if not (_is_pair(segment) and isinstance(segment[0], str) and isinstance(segment[1], str)):
            raise BadShot("a line: pairs of a role and a text are needed")
        made.append((segment[0] if is_role(segment[0]) else "", segment[1]))
    return made
