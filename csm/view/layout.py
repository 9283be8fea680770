"""Which rows of a list of blocks stand where, laying out only what is looked at.

Theory. Heights of blocks that were never looked at are guesses, so line numbers far from the reader are too. What must
not move is the reader's own place: every call of `lines` leaves an anchor, "number N is this row of this leaf", and all
numbers are counted from it. A step of a few pages is walked row by row from the anchor, exactly; a longer jump goes by
the guesses. When something above turns out higher or lower than guessed, the numbers above the anchor change, not those
at it or below. A new width keeps the anchor's leaf.

Does not: know events or items (`csm.view.transcript`).
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import NamedTuple

from csm.view import raw
from csm.view.blocks import Block, with_margin
from csm.view.lines import StyledLine
from csm.view.render.kit import Kit
from csm.view.render.leaves import Leaf
from csm.view.render.look import MARGIN

#: Rows at the end whose heights are always known.
_TAIL = 300
#: Steps of up to so many rows are walked from the anchor.
_NEAR = 600
#: Leaves whose rows are kept.
_KEPT = 2000
#: Below this width nothing is spent on margins.
_NARROW = 24


class Place(NamedTuple):
    """A row: which one of which leaf of which block. `row` counts the gap before a block."""

    block: Block
    leaf: int
    row: int


class Layout:
    """Blocks from top to bottom at one width. `laid_out` counts leaves that were laid out: the work done."""

    def __init__(self, kit: Kit) -> None:
        self.kit = kit
        self.blocks: list[Block] = []
        self.width = self.margin = 0
        self.laid_out = 0
        #: Show the source of each leaf, as wide as there is room.
        self.raw = False
        #: The numbers of the lines that were last asked for.
        self.shown: tuple[int, int] = (0, 0)
        self._stale: dict[Block, None] = {}
        self._kept: dict[int, Leaf] = {}
        self._offsets: list[int] = [0]
        self._anchor: Place | None = None
        self._number = 0
        self._share = 0.0

    def insert(self, at: int, block: Block) -> None:
        """Put a block before the one at `at`."""
        self.blocks.insert(at, block)
        for index in range(at, len(self.blocks)):
            self.blocks[index].index = index
        block.set_width(self.width)
        self._moved(at)
        if at == 0 and len(self.blocks) > 1:
            self._no_longer_first(self.blocks[1])

    def prepend(self, blocks: list[Block]) -> int:
        """Put blocks before all others; the number of lines by which what was there has moved down, as far as known."""
        old = self.blocks[0] if self.blocks else None
        self.blocks[:0] = blocks
        for index, block in enumerate(self.blocks):
            block.index = index
        for block in blocks:
            block.set_width(self.width)
        self._offsets = [0]
        if old is not None and blocks:
            self._no_longer_first(old)
        rows = sum(block.height() for block in blocks)
        self._number += rows
        return rows

    def _no_longer_first(self, block: Block) -> None:
        """There may be a gap before a block now, or none any more."""
        if block.built and block.count():
            block.leaf(0).cached = None
            block.forget(0)

    def make_stale(self, block: Block) -> None:
        """Have a block take its changes when it is next looked at."""
        block.stale = True
        self._stale[block] = None

    def sync(self, width: int) -> None:
        """Be right at `width`: take what changed in blocks that were built."""
        if width != self.width:
            self._set_width(width)
        if self._stale:
            stale, self._stale = self._stale, {}
            for block in stale:
                if block.built:
                    self._build(block)
                self._moved(block.index)

    def show_raw(self, on: bool) -> None:
        """Show sources, or what they look like. The reader stays at the leaf that is at the top."""
        if on == self.raw:
            return
        self.raw = on
        self._forget()
        for block in self.blocks:
            block.forget(0)
        self._moved(0)
        if self._anchor is not None:
            self._anchor = self._anchor._replace(row=0)

    def _forget(self) -> None:
        for leaf in self._kept.values():
            leaf.cached = None
        self._kept.clear()

    def _set_width(self, width: int) -> None:
        self.width, self.margin = width, MARGIN if width >= _NARROW else 0
        self._forget()
        for block in self.blocks:
            block.set_width(width)
        self._moved(0)
        if self._anchor is not None:
            block, leaf, _ = self._anchor
            self.count(block)
            block.fill()
            rows = self.rows(block, leaf) if leaf < self.count(block) else []
            self._anchor = Place(block, leaf, int(len(rows) * self._share))
            self._number = self._offset(block) + sum(block.heights[:leaf]) + self._anchor.row

    def count(self, block: Block) -> int:
        """The number of a block's leaves, built if it was not."""
        if not block.built or block.stale:
            self._build(block)
            self._moved(block.index)
        return block.count()

    def _build(self, block: Block) -> None:
        quiet = block.quiet
        block.build(self.kit)
        after = self.blocks[block.index + 1 : block.index + 2]
        if block.quiet != quiet and after and after[0].quiet:
            self._no_longer_first(after[0])

    def gap(self, block: Block) -> bool:
        """Whether an empty row stands before a block. One that is quiet has the one before it built, to know."""
        if not block.index or not block.quiet:
            return block.index > 0
        before = self.blocks[block.index - 1]
        self.count(before)
        return not before.quiet

    def rows(self, block: Block, index: int) -> list[StyledLine]:
        """The rows of a leaf, margin and the gap before the block included."""
        leaf = block.leaf(index)
        if leaf.cached is not None and leaf.cached[0] == self.width:
            rows = leaf.cached[1]
        else:
            rows = raw.rows(block, index, self.width) if self.raw else self._laid(block, index)
            if not index and self.gap(block):
                rows = [[], *rows]
            leaf.cached = (self.width, rows)
            self.laid_out += 1
            self._keep(leaf)
        if index >= len(block.heights) or block.heights[index] != len(rows):
            self._moved(block.index)
        block.measure(index, len(rows))
        return rows

    def _laid(self, block: Block, index: int) -> list[StyledLine]:
        room = max(1, self.width - self.margin - (1 if self.margin else 0))
        return with_margin(block.leaf(index).rows(self.kit, room), block.mark if not index else ("", ""), self.margin)

    def leaf_gap(self, block: Block, index: int) -> bool:
        """Whether an empty row stands before a leaf."""
        if not index:
            return self.gap(block)
        return block.leaf(index).gap is not None and not self.raw

    def _keep(self, leaf: Leaf) -> None:
        self._kept[id(leaf)] = leaf
        if len(self._kept) > _KEPT:
            old = self._kept.pop(next(iter(self._kept)))
            old.cached = None

    def _moved(self, index: int) -> None:
        """Blocks after `index` stand elsewhere now."""
        del self._offsets[index + 1 :]

    def _offset(self, block: Block) -> int:
        """The guessed number of rows before a block."""
        self._count_to(block.index)
        return self._offsets[block.index]

    def _count_to(self, index: int) -> None:
        known = len(self._offsets) - 1
        if known < index:
            heights = (block.height() for block in self.blocks[known:index])
            self._offsets += list(accumulate(heights, initial=self._offsets[-1]))[1:]

    def _base(self) -> int:
        """What to add to a guessed number of rows to get a line number."""
        if self._anchor is None:
            return 0
        block, leaf, row = self._anchor
        return self._number - (self._offset(block) + sum(block.heights[:leaf]) + row)

    def _measure_tail(self) -> None:
        rows = 0
        for block in reversed(self.blocks):
            if rows >= _TAIL:
                return
            if block.exact():
                rows += block.height()
                continue
            for index in range(self.count(block) - 1, -1, -1):
                rows += len(self.rows(block, index))
                if rows >= _TAIL:
                    return

    def line_count(self, width: int) -> int:
        """See `csm.view.transcript`."""
        self.sync(width)
        self._measure_tail()
        self._count_to(len(self.blocks))
        return max(0, self._base() + self._offsets[-1])

    def lines(self, start: int, stop: int, width: int) -> list[StyledLine]:
        """The lines from `start` up to `stop`, which then are the reader's place. The last line is always the end."""
        total = self.line_count(width)
        if not self.blocks or stop <= start or start >= total:
            return []
        if start <= 0:
            place = self._walk(Place(self.blocks[0], 0, 0), 0)
            start = 0
        elif stop >= total:
            stop = total
            place = self._walk(self._last(), start - total + 1)
        else:
            place = self._find(start)
        rows = self._gather(place, stop - start)
        if len(rows) < stop - start and start > 0:
            place = self._walk(place, len(rows) - stop + start)
            rows = self._gather(place, stop - start)
        if rows:
            self._set_anchor(place, start)
        self.shown = (start, start + len(rows))
        return rows

    def _last(self) -> Place:
        block = self.blocks[-1]
        count = self.count(block)
        found = (block, count - 1) if count else self._before(block, 0)
        return Place(*found, len(self.rows(*found)) - 1) if found else Place(block, 0, 0)

    def _set_anchor(self, place: Place, number: int) -> None:
        rows = self.rows(place.block, place.leaf)
        self._anchor, self._number = place, number
        self._share = place.row / max(1, len(rows))

    def _find(self, number: int) -> Place:
        if self._anchor is not None and abs(number - self._number) <= _NEAR:
            return self._walk(self._anchor, number - self._number)
        self._count_to(len(self.blocks))
        rows = max(0, number - self._base())
        index = min(bisect_right(self._offsets, rows) - 1, len(self.blocks) - 1)
        block = self.blocks[index]
        rows -= self._offsets[index]
        count = self.count(block)
        block.fill()
        leaf = 0
        while leaf < count - 1 and rows >= block.heights[leaf]:
            rows -= block.heights[leaf]
            leaf += 1
        return self._walk(Place(block, leaf, rows), 0)

    def _walk(self, place: Place, step: int) -> Place:
        """The place `step` rows further; the first or last one there is where the transcript ends before."""
        found = self._sound(place)
        if found is None:
            return Place(self.blocks[0], 0, 0)
        block, leaf, row = found
        row += step
        while row < 0:
            before = self._before(block, leaf)
            if before is None:
                return Place(block, leaf, 0)
            block, leaf = before
            row += len(self.rows(block, leaf))
        while row >= (size := len(self.rows(block, leaf))):
            after = self._after(block, leaf)
            if after is None:
                return Place(block, leaf, max(0, size - 1))
            row -= size
            block, leaf = after
        return Place(block, leaf, row)

    def _sound(self, place: Place) -> Place | None:
        """The place, or the nearest one that exists."""
        block, leaf, row = place
        count = self.count(block)
        if not count:
            other = self._before(block, 0) or self._after(block, 0)
            return Place(*other, 0) if other else None
        leaf = min(leaf, count - 1)
        return Place(block, leaf, max(0, min(row, len(self.rows(block, leaf)) - 1)))

    def _before(self, block: Block, leaf: int) -> tuple[Block, int] | None:
        if leaf > 0:
            return block, leaf - 1
        for index in range(block.index - 1, -1, -1):
            count = self.count(self.blocks[index])
            if count:
                return self.blocks[index], count - 1
        return None

    def _after(self, block: Block, leaf: int) -> tuple[Block, int] | None:
        if leaf + 1 < self.count(block):
            return block, leaf + 1
        for index in range(block.index + 1, len(self.blocks)):
            if self.count(self.blocks[index]):
                return self.blocks[index], 0
        return None

    def _gather(self, place: Place, count: int) -> list[StyledLine]:
        block, leaf, row = place
        rows = list(self.rows(block, leaf)[row:]) if self.count(block) else []
        while len(rows) < count:
            after = self._after(block, leaf)
            if after is None:
                break
            block, leaf = after
            rows += self.rows(block, leaf)
        return rows[:count]

    def reader(self, width: int) -> int:
        """The number, now, of the first line of the last `lines`."""
        self.sync(width)
        return max(0, self._number)

    def settle(self) -> int:
        """Count lines from the top again where the reader is near it; by how much those at hand have moved down.

        Blocks above the reader that came later, or took other heights than guessed, leave the first line elsewhere
        than at 0: further up there would be numbers without lines, or lines without numbers.
        """
        if self._anchor is None or (self._number > _TAIL and self._base() >= 0):
            return 0
        block, leaf, row = self._anchor
        above = row
        while (before := self._before(block, leaf)) is not None and above <= _TAIL:
            block, leaf = before
            above += len(self.rows(block, leaf))
        moved = above - self._number if before is None else max(0, -self._base())
        self._number += moved
        return moved

    def leave(self) -> None:
        """Forget the reader's place: numbers count from the top again."""
        self._anchor = None

    def line_of(self, block: Block, width: int, leaf: int = 0) -> int:
        """The number of the first line of a block's leaf, below the gap before it."""
        self.sync(width)
        self._measure_tail()
        if leaf:
            self.count(block)
            block.fill()
        gap = self.leaf_gap(block, leaf)
        return max(0, self._base() + self._offset(block) + sum(block.heights[:leaf]) + gap)

    def place(self, line: int, width: int) -> Place | None:
        """What a line is a row of."""
        self.sync(width)
        return self._find(line) if self.blocks else None

    def block_at(self, line: int, width: int) -> Block | None:
        """The block that a line belongs to."""
        self.sync(width)
        return self._find(line).block if self.blocks else None

    def between(self, start: int, stop: int) -> list[Block]:
        """The blocks of which some line is among these."""
        if not self.blocks or stop <= start:
            return []
        return self.blocks[self._find(start).block.index : self._find(stop - 1).block.index + 1]
