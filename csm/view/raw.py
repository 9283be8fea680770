"""The source of the transcript's leaves, line by line, as it was written: what copying gives.

Does not: lay out or fold (`csm.view.layout`).
"""

from __future__ import annotations

from csm.view.blocks import Block
from csm.view.lines import StyledLine, fold, segments


def rows(block: Block, index: int, width: int) -> list[StyledLine]:
    """The same in rows of at most `width` cells, broken at the edge wherever that is."""
    return [row for line in lines(block, index) for row in (fold(line, max(1, width)) if line else [[]])]


def lines(block: Block, index: int) -> list[StyledLine]:
    """The lines of a leaf's source, visible; of the last leaf without the blank lines at its end."""
    leaf = block.leaf(index)
    text = leaf.source or leaf.text()
    if index == block.count() - 1:
        text = text.rstrip("\r\n")
    found = text.removesuffix("\n").split("\n") if text else []
    return [_line(line.removesuffix("\r")) for line in found]


def _line(text: str) -> StyledLine:
    return segments(text.expandtabs(8), "text") if text else []
