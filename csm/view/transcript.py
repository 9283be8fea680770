"""The transcript: a thread as blocks of lines, of which only what is looked at is laid out.

Blocks follow the thread's items in order; a turn that took long, failed or was interrupted ends in a footer. Which
blocks are folded is remembered. In inline mode `finished` gives what became final, once, and `live` the rest.

Does not: fold events (that is `csm.core.fold.Thread`), scroll, or colour.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from csm.core.fold import Entry, Thread, Turn
from csm.protocol import events
from csm.protocol.events import Event
from csm.view import raw, unwrapping
from csm.view.blocks import FOLDING, Block, Custom, FooterBlock, block_for
from csm.view.layout import Layout
from csm.view.lines import StyledLine
from csm.view.render.footer import has_footer
from csm.view.render.kit import Kit

#: So often the last lines are looked at again where heights were guessed wrong.
_SETTLED = 4
#: What Markdown has between the letters of a text, and a screen has not.
_MARKUP = re.compile(r"[*_`\[\]]")


class Transcript:
    """The lines of a thread. Call `update` after `thread.apply`, for each event.

    Also a buffer (`csm.view.buffers.Buffer`). How numbers hold while blocks above were never laid out: see `layout`.
    """

    name = "transcript"
    place = "transcript"
    title = "Transcript"
    editor = None

    def __init__(
        self,
        thread: Thread,
        kit: Kit | None = None,
        custom: Custom | None = None,
        folded: dict[str, bool] | None = None,
    ) -> None:
        """`custom(item, width)` gives lines for an item, None for ours (the hook `render_item`); it must not raise.

        `folded` says which blocks are folded, by id, and is kept up: for the next transcript of the thread.
        """
        self.thread = thread
        self._custom = custom
        self._kit = kit or Kit()
        self.layout = Layout(self._kit)
        self._by_id: dict[str, Block] = {}
        self._folded: dict[str, bool] = {} if folded is None else folded
        self._fold_all: bool | None = None
        self._unprinted = 0
        self._printing = False
        #: Grows whenever lines may have changed.
        self.version = 0
        for turn in thread.turns:
            self._add_turn(turn)

    # Events

    def update(self, event: Event) -> None:
        """Take an event that the thread has taken."""
        self.version += 1
        body = event.body
        if isinstance(body, events.TextDelta | events.ReasoningDelta | events.OutputDelta):
            self._touch(body.item_id)
        elif isinstance(body, events.ItemStarted | events.ItemUpdated | events.ItemCompleted):
            self._touch(body.item.id)
        elif isinstance(body, events.TurnStarted):
            self._end_last(self.thread.turns[:-1])
        elif isinstance(body, events.TurnCompleted | events.TurnFailed | events.TurnInterrupted):
            self._end_last(self.thread.turns)
        elif isinstance(body, events.RolledBack):
            self.rebuild()

    def renew(self) -> None:
        """Have items drawn anew for which extensions may show something else now. What was printed stays."""
        self.version += 1
        for block in self.blocks:
            if getattr(block, "custom", None) is not None:
                self.layout.make_stale(block)

    def rebuild(self) -> None:
        """Show the thread as it is now. Inline, all of it was printed before."""
        printing, raw = self._printing, self.raw
        self.layout = Layout(self._kit)
        self.layout.raw = raw
        self._by_id = {}
        self._unprinted = 0
        for turn in self.thread.turns:
            self._add_turn(turn)
        if printing:
            for block in self.blocks:
                block.skip()
            self._unprinted = len(self.blocks)

    def _touch(self, item_id: str) -> None:
        block = self._by_id.get(item_id)
        entry = self.thread.entries.get(item_id)
        if entry is not None and getattr(block, "entry", None) is not entry:  # an id may be used again
            self._add(entry, self._home(entry))
        elif block is not None:
            self.layout.make_stale(block)
            self._unprinted = min(self._unprinted, block.index)
            if block.kind == "plan":
                block.printed = 0

    def _home(self, entry: Entry) -> Turn:
        """The turn that holds an entry: ids of turns may come again, for what comes late."""
        for turn in reversed(self.thread.turns):
            if turn.id == entry.turn_id and any(one is entry for one in reversed(turn.entries)):
                return turn
        return self.thread.turn(entry.turn_id)

    @property
    def blocks(self) -> list[Block]:
        """The blocks from top to bottom."""
        return self.layout.blocks

    def prepend(self, turns: list[Turn]) -> int:
        """Show turns before all others; the number of lines by which what was there has moved down."""
        self.version += 1
        made: list[Block] = []
        for turn in turns:
            made += [self._block(entry, turn) for entry in turn.entries]
            if has_footer(turn):
                made.append(FooterBlock(turn))
        self._by_id |= {block.id: block for block in made if block.id not in self._by_id}
        for block in made if self._printing else ():
            block.skip()
        self._unprinted += len(made)
        return self.layout.prepend(made)

    def _add_turn(self, turn: Turn) -> None:
        """Show a turn after all others."""
        for entry in turn.entries:
            self._insert(self._block(entry, turn), None)
        self._end_turn(turn, last=True)

    def _add(self, entry: Entry, turn: Turn) -> None:
        self._insert(self._block(entry, turn), turn)

    def _block(self, entry: Entry, turn: Turn) -> Block:
        folded = self._folded.get(entry.item.id, self._fold_all)
        return block_for(entry, turn, self.thread.cwd, folded, self._custom)

    def _end_turn(self, turn: Turn, *, last: bool = False) -> None:
        if turn.status == "running":
            return
        for entry in turn.entries:
            block = self._by_id.get(entry.item.id)
            if block is not None and not block.done:
                self.layout.make_stale(block)
        if has_footer(turn) and getattr(self._by_id.get(f"footer:{turn.id}"), "turn", None) is not turn:
            self._insert(FooterBlock(turn), None if last else turn)

    def _end_last(self, turns: list[Turn]) -> None:
        """The last turn that began is over, and so is what came late for others since."""
        for turn in reversed(turns):
            self._end_turn(turn)
            if turn.begun:
                return

    def _later(self, turn: Turn) -> set[int]:
        """The turns after one, by identity; nearly always none."""
        later: set[int] = set()
        for one in reversed(self.thread.turns):
            if one is turn:
                return later
            later.add(id(one))
        return set()

    def _insert(self, block: Block, turn: Turn | None) -> None:
        """Put a block where it belongs: those of later turns stay behind it; None: there are none."""
        at, later = len(self.blocks), self._later(turn) if turn is not None else None
        while at and later and id(getattr(self.blocks[at - 1], "turn", None)) in later:
            at -= 1
        home = getattr(block, "turn", None)
        while at and getattr(self.blocks[at - 1], "turn", None) is home and self.blocks[at - 1].place > block.place:
            at -= 1
        self.layout.insert(at, block)
        self._by_id[block.id] = block
        self._unprinted = min(self._unprinted, at)

    # Lines

    def line_count(self, width: int) -> int:
        """How many lines there are, as far as known: exact from the reader's place to the end."""
        return self.layout.line_count(width)

    def lines(self, start: int, stop: int, width: int) -> list[StyledLine]:
        """The lines from `start` up to `stop`, which then are the reader's place."""
        return self.layout.lines(start, stop, width)

    def flow(self, first: int, last: int, width: int) -> list[unwrapping.Row]:
        """How each line from `first` to `last` goes into a copy: lines that only the width broke are one again."""
        known: dict[tuple[int, int], list[unwrapping.Row]] = {}
        found: list[unwrapping.Row] = []
        for line in range(first, last + 1):
            place = self.layout.place(line, width)
            if place is None:
                break
            key = (place.block.index, place.leaf)
            if key not in known:
                known[key] = unwrapping.flow(self.layout, place.block, place.leaf)
            found += known[key][place.row : place.row + 1]
        return found

    def end(self, rows: int, width: int) -> list[StyledLine]:
        """The last lines, whoever read where before: the same for the same thread."""
        found: list[StyledLine] = []
        for _ in range(_SETTLED):  # a height may turn out only when what is above it is laid out
            self.layout.leave()
            count = self.line_count(width)
            found = self.lines(max(0, count - rows), count, width)
            if self.line_count(width) == count:
                break
        return found

    def same_line(self, line: int, old_width: int, width: int) -> int:
        """The number, at a new width, of the line that stood at the top at the last call of `lines`."""
        del line, old_width
        return self.layout.reader(width)

    def settle(self) -> int:
        """Count lines from the top again where the reader is near it; by how many those at hand have moved down."""
        return self.layout.settle()

    def line_of(self, block: Block, width: int) -> int:
        """The number of a block's first line, below the gap before it."""
        return self.layout.line_of(block, width)

    def block_at(self, line: int, width: int) -> Block | None:
        """The block that a line belongs to."""
        return self.layout.block_at(line, width)

    def turn_line(self, line: int, step: int, width: int) -> int | None:
        """The line of the next (`step` 1) or previous (-1) thing the user said, seen from `line`."""
        here = self.block_at(line, width)
        index = here.index if here is not None else -1
        while 0 <= index < len(self.blocks):
            block = self.blocks[index]
            if block.kind == "user":
                start = self.line_of(block, width)
                if (start > line) if step > 0 else (start < line):
                    return start
            index += step
        return None

    def spans(self, pattern: re.Pattern[str], line: int | None, width: int, back: bool) -> Iterator[tuple[int, int]]:
        """Lines in which a pattern may be found, in order from `line` on, else all: those of leaves that have it."""
        here = self.layout.place(line, width) if line is not None else None
        if here is None:
            order = reversed(self.blocks) if back else iter(self.blocks)
        else:
            at = here.block.index
            order = reversed(self.blocks[: at + 1]) if back else iter(self.blocks[at:])
        for block in order:
            indexes = range(self.layout.count(block))
            if here is not None and block is here.block:
                indexes = range(here.leaf + 1) if back else indexes[here.leaf :]
            for index in reversed(indexes) if back else indexes:
                text = block.leaf(index).searched()
                if pattern.search(text) or (_MARKUP.search(text) and pattern.search(_MARKUP.sub("", text))):
                    start = self.layout.line_of(block, width, index)
                    yield start, start + len(self.layout.rows(block, index))

    # Folding

    def fold(self, what: str = "block", line: int | None = None) -> None:
        """Fold or unfold: `all` blocks; else the one at a line, the last one in sight that can be, or the last one."""
        if what == "all":
            self.toggle_all()
            return
        here = self.block_at(line, self.layout.width) if line is not None else None
        if here is not None and self._is_foldable(here):
            self.toggle(here)
            return
        start, stop = self.layout.shown
        seen = [block for block in self.layout.between(start, stop) if self._is_foldable(block)]
        last = seen[-1] if seen else next(filter(self._is_foldable, reversed(self.blocks)), None)
        if last is not None:
            self.toggle(last)

    def toggle(self, block: Block) -> None:
        """Fold a block, or unfold it; remembered."""
        self._refold(block, not block.folded)

    def toggle_all(self) -> None:
        """Fold every block if any is unfolded, else unfold all; blocks to come do as these."""
        folding = [block for block in self.blocks if block.kind in FOLDING]
        self._fold_all = any(not block.folded for block in folding if block.built and block.foldable)
        for block in folding:
            self._refold(block, self._fold_all)

    def _is_foldable(self, block: Block) -> bool:
        if block.kind not in FOLDING:
            return False
        self.layout.count(block)
        return block.foldable

    def _refold(self, block: Block, folded: bool) -> None:
        self.version += 1
        self._folded[block.id] = folded
        block.refold(folded)
        self.layout.make_stale(block)

    @property
    def raw(self) -> bool:
        """Whether sources are shown, as they were written."""
        return self.layout.raw

    def show_raw(self, on: bool) -> None:
        """Show what was written, without marks, margins or wrapping at words; or what it looks like."""
        self.version += 1
        self.layout.show_raw(on)

    # Inline mode

    def finished(self, width: int, limit: int | None = None) -> Iterator[StyledLine]:
        """The lines that became final since the last call, to be printed once.

        A message is printed as its parts freeze; what runs for long does not hold up what ends after it. At the first
        call (of a thread that was resumed) only about the last `limit` lines come, after one that counts the others.
        """
        self.layout.sync(width)
        if limit is not None and not self._printing:
            yield from self._skip(limit)
        self._printing = True
        held = False
        done_so_far = True
        for block in self.blocks[self._unprinted :]:
            count = self.layout.count(block)
            if not held:
                stop = block.stable()
                for index in range(block.printed, stop):
                    yield from self._printed(block, index)
                block.printed = max(block.printed, stop)
                held = not block.done and block.printed > 0
            done_so_far = done_so_far and block.done and block.printed >= count
            self._unprinted = block.index + 1 if done_so_far else self._unprinted

    def _printed(self, block: Block, index: int) -> list[StyledLine]:
        """The rows of a leaf for a terminal that wraps and scrolls by itself: lines of sources stay whole."""
        if not self.raw:
            return self.layout.rows(block, index)
        lines = raw.lines(block, index)
        return [[], *lines] if self.layout.leaf_gap(block, index) else lines

    def _skip(self, limit: int) -> Iterator[StyledLine]:
        """Take as printed what lies so far back that more than `limit` lines follow; blocks stay whole."""
        rows = 0
        for block in reversed(self.blocks[self._unprinted :]):
            rows += sum(len(self.layout.rows(block, index)) for index in range(block.printed, self.layout.count(block)))
            if rows >= limit:
                first = block.index
                break
        else:
            return
        skipped = sum(block.height() for block in self.blocks[self._unprinted : first])
        for block in self.blocks[self._unprinted : first]:
            block.skip()
        self._unprinted = first
        if skipped:
            yield [("dim", f"  … about {skipped} earlier lines")]

    def live(self, width: int) -> list[StyledLine]:
        """The lines that are not final yet."""
        self.layout.sync(width)
        rows: list[StyledLine] = []
        for block in self.blocks[self._unprinted :]:
            for index in range(block.printed, self.layout.count(block)):
                rows += self.layout.rows(block, index)
        return rows
