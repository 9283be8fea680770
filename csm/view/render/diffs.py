"""Hunks for reading: their lines with the words that differ marked, in one column or old and new beside each other.

Does not: read diffs (`csm.core.patches`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from csm.core.patches import Hunk
from csm.view.lines import StyledLine, clip, line_width, merge, pad
from csm.view.render.patch import DiffLine, diff_rows, mark_words

__all__ = ["DiffLine", "beside", "diff_rows", "hunk_lines"]


def hunk_lines(hunk: Hunk) -> list[DiffLine]:
    """The lines of a hunk with their numbers, one for each of its own."""
    made: list[DiffLine] = []
    old, new = hunk.old_start, hunk.new_start
    for line in hunk.lines:
        sign, text = line[:1], line[1:]
        if sign == "+":
            made.append(DiffLine("added", new, text))
        elif sign == "-":
            made.append(DiffLine("removed", old, text))
        elif sign == "\\":
            made.append(DiffLine("note", None, text.strip()))
        else:
            made.append(DiffLine("context", new, text))
            made[-1].old = old
        old, new = old + (sign in (" ", "-", "")), new + (sign in (" ", "+", ""))
    mark_words(made)
    return made


def beside(lines: Sequence[DiffLine], width: int, digits: int) -> Iterator[tuple[StyledLine, int]]:
    """Rows with the old text on the left and the new on the right, each with the index of the line it shows.

    Lines too long for their half are cut.
    """
    half = (width - 1) // 2
    for left, right in _pairs(lines):
        sides = [_half(_old(lines[left]), half, digits) if left is not None else []]
        sides.append(_half(lines[right], half, digits) if right is not None else [])
        row = merge([*pad(sides[0], half), ("border", "│"), *sides[1]])
        yield row, right if right is not None else (left or 0)


def _old(line: DiffLine) -> DiffLine:
    """A line as it stands on the left: one that stays has its old number there."""
    if line.kind != "context" or line.old is None:
        return line
    return DiffLine("context", line.old, line.text)


def _half(line: DiffLine, width: int, digits: int) -> StyledLine:
    row = clip(next(iter(diff_rows([line], 10_000, digits)), []), width)
    assert line_width(row) <= width
    return row


def _pairs(lines: Sequence[DiffLine]) -> Iterator[tuple[int | None, int | None]]:
    """Which lines stand beside each other: removed ones with the added ones that follow them."""
    at = 0
    while at < len(lines):
        removed = _run(lines, at, "removed")
        added = _run(lines, at + len(removed), "added")
        for index in range(max(len(removed), len(added))):
            yield (
                removed[index] if index < len(removed) else None,
                added[index] if index < len(added) else None,
            )
        if not removed and not added:
            yield (at, at) if lines[at].kind == "context" else (None, at)
            at += 1
        at += len(removed) + len(added)


def _run(lines: Sequence[DiffLine], at: int, kind: str) -> list[int]:
    stop = at
    while stop < len(lines) and lines[stop].kind == kind:
        stop += 1
    return list(range(at, stop))
