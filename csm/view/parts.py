"""The parts of a transcript one can point at: what was said and done, and the code in it, each with its source text.

Does not: move, copy or mark anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from csm.view.blocks import Block
from csm.view.render.leaves import Leaf
from csm.view.transcript import Transcript

#: Kinds of parts by the words that commands take, with the kinds of blocks they stand for.
KINDS: dict[str, tuple[str, ...]] = {
    "prompt": ("user",),
    "answer": ("agent",),
    "command": ("command",),
    "change": ("change",),
    "tool": ("tool", "search"),
    "plan": ("plan",),
    "reasoning": ("reasoning",),
    "error": (),
    "code": (),
    "block": (),
}


class Part(NamedTuple):
    """A part: its block, its first and last leaf there, a name, and its text as it was written."""

    block: Block
    first: int
    last: int
    name: str
    text: str


def of_block(transcript: Transcript, block: Block) -> Part:
    """A whole block."""
    text = block.source()
    count = transcript.layout.count(block)
    head = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return Part(block, 0, max(0, count - 1), head, text)


def code(transcript: Transcript, block: Block) -> Iterator[Part]:
    """The listings in a block, in order. Pieces of a long one are one part."""
    if block.kind not in ("agent", "user"):
        return
    index, count = 0, transcript.layout.count(block)
    while index < count:
        leaf = block.leaf(index)
        last = index
        while last + 1 < count and leaf.kind == "code" and _goes_on(leaf, block.leaf(last + 1)):
            last += 1
        if leaf.kind == "code":
            text = "\n".join(block.leaf(at).text() for at in range(index, last + 1))
            if "\r\n" in leaf.source:  # lines are kept without what ends them
                text = text.replace("\n", "\r\n")
            yield Part(block, index, last, getattr(leaf, "language", "") or "code", text)
        index = last + 1


def at(transcript: Transcript, kind: str, line: int, width: int) -> Part | None:
    """The part of a kind that a line belongs to, else the last one before it."""
    place = transcript.layout.place(line, width)
    if place is None:
        return None
    for block in reversed(transcript.blocks[: place.block.index + 1]):
        for part in reversed(list(_parts(transcript, block, kind))):
            if block is not place.block or part.first <= place.leaf:
                return part
    return None


def after(transcript: Transcript, kind: str, line: int, width: int, step: int) -> int | None:
    """The line of the next (`step` 1) or previous (-1) part of a kind, seen from a line; None if there is none."""
    place = transcript.layout.place(line, width)
    if place is None:
        return None
    here = place.block.index
    order = transcript.blocks[here:] if step > 0 else list(reversed(transcript.blocks[: here + 1]))
    for block in order:
        found = list(_parts(transcript, block, kind))
        for part in found if step > 0 else reversed(found):
            start = transcript.layout.line_of(part.block, width, part.first)
            if (start > line) if step > 0 else (start < line):
                return start
    return None


def lines(transcript: Transcript, part: Part, width: int) -> tuple[int, int]:
    """The lines of a part: the first, and the one after the last."""
    start = transcript.layout.line_of(part.block, width, part.first)
    last = transcript.layout.line_of(part.block, width, part.last)
    rows = len(transcript.layout.rows(part.block, part.last))
    return start, last + rows - transcript.layout.leaf_gap(part.block, part.last)


def all_of(transcript: Transcript, kinds: tuple[str, ...], most: int) -> list[Part]:
    """The last `most` parts of some kinds, newest first."""
    found: list[Part] = []
    for block in reversed(transcript.blocks):
        for kind in kinds:
            found += reversed(list(_parts(transcript, block, kind)))
        if len(found) >= most:
            break
    return found[:most]


def _parts(transcript: Transcript, block: Block, kind: str) -> Iterator[Part]:
    if kind == "code":
        yield from code(transcript, block)
    elif (
        (kind == "block" and block.kind != "footer")
        or (kind == "error" and block.failed)
        or block.kind in KINDS.get(kind, ())
    ):
        yield of_block(transcript, block)


def _goes_on(one: Leaf, other: Leaf) -> bool:
    return other.kind == "code" and other.goes_on and other.group == one.group
