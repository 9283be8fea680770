"""What changed between two screens, as a person would say it: rows that moved, came or went, text, roles, the cursor.

Does not: compare pixels. Two screens without a change look the same in every theme.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any, NamedTuple

from csm.view.lines import StyledLine, cells, is_visible, line_width, plain
from csm.view.shot import Shot

#: A role and a text.
Cell = tuple[str, str]
_BLANK: Cell = ("", " ")


class Change(NamedTuple):
    """One difference; rows and columns count from 0.

    `kind`: `size`, `title`, `cursor`, `shape`, `region` (its rows), `moved` (`rows` of them, from `row` to `to`),
    `added` and `removed` (one row each), `text` and `role` (within the new screen's `row`, `size` cells from `column`).
    `region` is where it is; `old` and `new` what was and is there; `text` the text whose role changed.
    """

    kind: str
    region: str = ""
    row: int | None = None
    to: int | None = None
    rows: int | None = None
    column: int | None = None
    size: int | None = None
    old: str | None = None
    new: str | None = None
    text: str | None = None

    def table(self) -> dict[str, Any]:
        """As plain data, without what says nothing."""
        return {key: value for key, value in self._asdict().items() if value is not None and value != ""}

    def line(self) -> str:
        """In one line, rows and columns counted from 1."""
        return f"{self.kind:<8} {self._said()}"

    def _said(self) -> str:
        place = f" ({self.region})" if self.region else ""
        match self.kind:
            case "region":
                return f"{self.region}: {_rows(self.old)} → {_rows(self.new)}"
            case "moved":
                return f"{_span(self.row or 0, self.rows or 1)} → {_span(self.to or 0, self.rows or 1)}{place}"
            case "added":
                return f"row {(self.row or 0) + 1}{place}: {_quoted(self.new)}"
            case "removed":
                return f"row {(self.row or 0) + 1}{place}: {_quoted(self.old)}"
            case "text":
                return f"{self._cells()}{place}: {_quoted(self.old)} → {_quoted(self.new)}"
            case "role":
                return f"{self._cells()}{place}: {self.old or 'plain'} → {self.new or 'plain'} on {_quoted(self.text)}"
            case _:
                return f"{self.old or 'none'} → {self.new or 'none'}"

    def _cells(self) -> str:
        column, size = self.column or 0, self.size or 0
        columns = f"columns {column + 1}-{column + size}" if size > 1 else f"column {column + 1}"
        return f"row {(self.row or 0) + 1} {columns}"


def changes(old: Shot, new: Shot) -> list[Change]:
    """All that differs, the whole first and then from the top. Empty for equal screens."""
    found = list(_frame(old, new))
    before, after = old.texts(), new.texts()
    gone: list[int] = []
    come: list[int] = []
    same: list[tuple[int, int]] = []
    pairs: list[tuple[int, int]] = []
    for what, i, i2, j, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            same += zip(range(i, i2), range(j, j2), strict=True)
            continue
        both = min(i2 - i, j2 - j)
        pairs += [
            pair
            for pair in zip(range(i, i + both), range(j, j + both), strict=True)
            if before[pair[0]] and after[pair[1]]
        ]
        paired = dict(pairs)
        gone += [row for row in range(i, i2) if row not in paired]
        come += [row for row in range(j, j2) if row not in paired.values()]
    same += _elsewhere(before, after, gone, come)
    rows = [*_moved(same, before, new), *_texts(pairs, old, new), *_roles(same, old, new)]
    rows += [Change("removed", _region(old, row), row, old=before[row]) for row in gone if before[row]]
    rows += [Change("added", _region(new, row), row, new=after[row]) for row in come if after[row]]
    return found + sorted(rows, key=lambda one: (one.to if one.to is not None else one.row or 0, one.column or 0))


def _frame(old: Shot, new: Shot) -> Iterator[Change]:
    for kind, was, now in (
        ("size", f"{old.columns}x{old.rows}", f"{new.columns}x{new.rows}"),
        ("title", old.title, new.title),
        ("cursor", _place(old.cursor), _place(new.cursor)),
        ("shape", old.shape, new.shape),
    ):
        if was != now:
            yield Change(kind, old=was, new=now)
    before, after = dict(old.regions), dict(new.regions)
    for name in {**before, **after}:
        if before.get(name) != after.get(name):
            yield Change("region", name, old=str(before.get(name, 0)), new=str(after.get(name, 0)))


def _elsewhere(before: Sequence[str], after: Sequence[str], gone: list[int], come: list[int]) -> list[tuple[int, int]]:
    """Rows that went at one place and came at another; they are taken out of both lists."""
    found: list[tuple[int, int]] = []
    for row in list(gone):
        at = next((one for one in come if before[row] and after[one] == before[row]), None)
        if at is not None:
            found.append((row, at))
            gone.remove(row)
            come.remove(at)
    return found


def _moved(same: list[tuple[int, int]], before: Sequence[str], new: Shot) -> Iterator[Change]:
    """Blocks of rows that stand elsewhere; blank rows alone do not count."""
    block: list[tuple[int, int]] = []
    for pair in [*same, (-1, -1)]:
        if block and (pair[0] != block[-1][0] + 1 or pair[1] != block[-1][1] + 1):
            if block[0][0] != block[0][1]:
                while block and not before[block[0][0]]:
                    block.pop(0)
                while block and not before[block[-1][0]]:
                    block.pop()
                if block:
                    yield Change("moved", _region(new, block[0][1]), block[0][0], block[0][1], len(block))
            block = []
        block.append(pair)


def _texts(pairs: list[tuple[int, int]], old: Shot, new: Shot) -> Iterator[Change]:
    """Within two rows, what lies between their common beginning and end."""
    for row, at in pairs:
        was, now = _grid(old.lines[row]), _grid(new.lines[at])
        start = 0
        while start < min(len(was), len(now)) and was[start][1] == now[start][1]:
            start += 1
        end = 0
        while end < min(len(was), len(now)) - start and was[-1 - end][1] == now[-1 - end][1]:
            end += 1
        gone = "".join(char for _, char in was[start : len(was) - end])
        come = now[start : len(now) - end]
        text = "".join(char for _, char in come)
        yield Change("text", _region(new, at), at, column=start, size=len(come), old=gone, new=text)
        yield from _spans(list(zip(was[:start], now[:start], strict=True)), at, 0, new)
        tail = zip(was[len(was) - end :], now[len(now) - end :], strict=True)
        yield from _spans(list(tail), at, len(now) - end, new)


def _roles(same: list[tuple[int, int]], old: Shot, new: Shot) -> Iterator[Change]:
    for row, at in same:
        if old.lines[row] != new.lines[at]:
            cells_of_both = zip_longest(_grid(old.lines[row]), _grid(new.lines[at]), fillvalue=_BLANK)
            yield from _spans(list(cells_of_both), at, 0, new)


def _spans(
    pairs: Sequence[tuple[tuple[str, str], tuple[str, str]]], row: int, start: int, new: Shot
) -> Iterator[Change]:
    """Neighbouring cells of one change of role."""
    column = 0
    while column < len(pairs):
        (was, _), (now, _) = pairs[column]
        end = column
        while end < len(pairs) and (pairs[end][0][0], pairs[end][1][0]) == (was, now):
            end += 1
        text = "".join(char for _, (_, char) in pairs[column:end])
        if was != now:
            yield Change(
                "role", _region(new, row), row, column=start + column, size=end - column, old=was, new=now, text=text
            )
        column = end


def _grid(line: StyledLine) -> list[Cell]:
    """The cells; the second one of a wide character has no text, and plain blanks at the end are left out."""
    found: list[Cell] = []
    for role, text in line:
        for char in text:
            size = cells(char)
            if size == 0 and found:
                found[-1] = (found[-1][0], found[-1][1] + char)
            else:
                found += [(role, char), (role, "")][: max(1, size)]
    while found and found[-1] == _BLANK:
        found.pop()
    return found


def _region(shot: Shot, row: int) -> str:
    for name, rows in shot.regions:
        if row < rows:
            return name
        row -= rows
    return ""


def _place(cursor: tuple[int, int] | None) -> str:
    return f"row {cursor[1] + 1} column {cursor[0] + 1}" if cursor is not None else ""


def _rows(count: str | None) -> str:
    return {"0": "not there", "1": "1 row"}.get(count or "0", f"{count} rows")


def _span(row: int, rows: int) -> str:
    return f"row {row + 1}" if rows == 1 else f"rows {row + 1}-{row + rows}"


def _quoted(text: str | None) -> str:
    return '"' + (text or "").replace("\\", "\\\\").replace('"', '\\"') + '"'


def faults(shot: Shot) -> Iterator[str]:
    """What is wrong with a screen, whatever it shows: rows too many, too few or too wide, a cursor that is nowhere."""
    if len(shot.lines) != shot.rows:
        yield f"{len(shot.lines)} rows on a screen of {shot.rows}"
    for row, line in enumerate(shot.lines, 1):
        size = line_width(line)
        if size > shot.columns:
            yield f"row {row} is {size} cells wide: {_quoted(plain(line))}"
        if any(not is_visible(text) for _, text in line):
            yield f"row {row} holds what a terminal would not show as it is: {_quoted(plain(line))}"
    if shot.cursor is not None and not (shot.cursor[0] < shot.columns and shot.cursor[1] < shot.rows):
        yield f"the cursor stands outside, at {_place(shot.cursor)}"
    if shot.regions and shot.regions[0][0] == "broken":
        yield "it could not be drawn"
