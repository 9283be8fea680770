"""What lines on the screen are without the ends that only the screen's width made: for copying a selection.

Rows as they are shown are held against the same rows laid out with no limit: where several of the first make one of
the second, they were one line.

Does not: know what is selected.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from csm.view.blocks import with_margin
from csm.view.lines import plain
from csm.view.render.leaves import UNBROKEN, Code

if TYPE_CHECKING:
    from csm.view.blocks import Block
    from csm.view.layout import Layout

#: What stands before the rest of a line of code that was broken.
_BROKEN = "↪ "


class Row(NamedTuple):
    """How a row on the screen goes into a copy: without its first `cut` characters, behind `join`.

    `join` is None for a row that begins a line; else what stood where the line was broken: a blank, or nothing.
    """

    cut: int = 0
    join: str | None = None


def rows(shown: Sequence[str], wide: Sequence[str], margin: int) -> list[Row] | None:
    """A row for each of those shown. `wide` are the same without a limit, both with `margin` characters before them.

    None where they do not go together, as with tables, whose columns have other widths.
    """
    found: list[Row] = []
    at = place = 0
    for text in shown:
        if at >= len(wide):
            return None
        whole, part = wide[at][margin:].rstrip(), text[margin:].rstrip()
        if not place:
            if not whole.startswith(part):
                return None
            found.append(Row(min(margin, len(text))))
            place = len(part)
        else:
            rest = part.lstrip().removeprefix(_BROKEN)
            blanks = len(whole) - place - len(whole[place:].lstrip())
            kept = next((count for count in {0, blanks} if whole.startswith(rest, place + count)), None)
            if kept is None or (not rest and len(text) <= margin):
                return None
            kept = kept if rest else 0  # a row of nothing but blanks: the next one brings them
            found.append(Row(len(text.rstrip()) - len(rest), whole[place : place + kept]))
            place += kept + len(rest)
        if place >= len(whole):
            at, place = at + 1, 0
    return found if at == len(wide) else None


def flow(layout: Layout, block: Block, index: int) -> list[Row]:
    """A row for each that a leaf has on the screen; as they stand where that cannot be told."""
    shown = [plain(row) for row in layout.rows(block, index)]
    as_shown = [Row()] * len(shown)
    if layout.raw:
        return as_shown
    gap = 1 if not index and layout.gap(block) else 0
    leaf, mark = block.leaf(index), block.mark if not index else ("", "")
    wide = with_margin(leaf.rows(layout.kit, UNBROKEN), mark, layout.margin)
    indented = isinstance(leaf, Code) and not leaf.first and not leaf.rest
    found = rows(shown[gap:], [plain(row) for row in wide], layout.margin + (2 if indented else 0))
    if found and indented and getattr(leaf, "label", ""):  # which stands in no column of the code's
        found[0] = Row(layout.margin)
    return as_shown if found is None else [*as_shown[:gap], *found]


def text(lines: Iterable[tuple[str, Row]], start: int = 0, stop: int | None = None) -> str:
    """Lines from the character `start` of the first up to `stop` of the last, as they were before they were broken."""
    given = list(lines)
    pieces: list[str] = []
    for index, (line, row) in enumerate(given):
        begin = max(row.cut, start) if not index else row.cut
        part = line[begin : stop if index == len(given) - 1 else None]
        whole = part if index == len(given) - 1 and stop is not None else part.rstrip()
        pieces += [("\n" if row.join is None else row.join) if index else "", whole]
    return "".join(pieces)
