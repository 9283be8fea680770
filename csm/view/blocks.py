"""Blocks of the transcript: an item or a turn's end, its leaves, and how high they are at the width in use.

A block is *stale* when its item changed; it takes the change when it is next looked at. Heights are guesses until a
leaf is laid out. The frozen leaves of a message that streams stay the same objects, so nothing of them is done again.

Does not: know where in the transcript it stands, or what is on the screen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from csm.core.fold import Entry, Turn
from csm.protocol.items import OWN_COMMAND, AgentMessage, Item, Reasoning
from csm.view.lines import Segment, StyledLine, clean, clip, merge
from csm.view.render.kit import Kit
from csm.view.render.leaves import PROSE_WIDTH, Leaf
from csm.view.render.look import MARGIN, Look, View

if TYPE_CHECKING:
    from csm.view.render.markdown import Document

KINDS = {
    "UserMessage": "user",
    "AgentMessage": "agent",
    "CommandExecution": "command",
    "FileChange": "change",
    "McpToolCall": "tool",
    "ToolUse": "tool",
    "CollabToolCall": "tool",
    "WebSearch": "search",
    "ImageView": "image",
}
#: Kinds of which a part can be folded away.
FOLDING = frozenset({"user", "reasoning", "command", "change", "tool", "compaction"})


#: An extension's renderer: lines for an item in so many cells, or None for ours.
Custom = Callable[[Item, int], Sequence[StyledLine] | None]


class _CustomLeaf(Leaf):
    """What an extension shows for an item: made visible, cut to the width. `shown` is what it gave at `width`."""

    __slots__ = ("custom", "item", "shown", "width")

    def __init__(self, item: Item, custom: Custom, text: str, width: int, shown: Sequence[StyledLine]) -> None:
        super().__init__()
        self.item, self.custom, self.source = item, custom, text
        self.width, self.shown = width, shown

    def body(self, kit: Kit, width: int) -> list[StyledLine]:
        if width != self.width:
            shown = self.custom(self.item, width)
            self.width, self.shown = width, self.shown if shown is None else shown
        return [clip(merge((role, clean(text)) for role, text in row), width) for row in self.shown]


class Block:
    """A stretch of the transcript. `id` is its item's; `kind` one of `user agent reasoning command change plan tool
    search notice compaction footer`.
    """

    def __init__(self, block_id: str, kind: str, turn_id: str) -> None:
        self.id = block_id
        self.kind = kind
        self.turn_id = turn_id
        self.index = 0
        self.place = 0
        self.mark: Segment = ("", "")
        self.foldable = False
        self.folded = False
        #: Whether it stands close to another one that is quiet too.
        self.quiet = False
        self.stale = True
        self.built = False
        #: No change will come any more.
        self.done = True
        #: How many leaves went to the terminal's scrollback (inline mode).
        self.printed = 0
        self.width = 0
        self.heights: list[int] = []
        self._known = bytearray()
        self._total = 0

    def count(self) -> int:
        """How many leaves there are."""
        raise NotImplementedError

    def leaf(self, index: int) -> Leaf:
        """The leaf at `index`."""
        raise NotImplementedError

    def stable(self) -> int:
        """How many leaves, from the start, can no longer change."""
        return self.count() if self.done else 0

    def source(self) -> str:
        """The text of the block as it was written, for copying."""
        raise NotImplementedError

    @property
    def failed(self) -> bool:
        """Whether something went wrong here."""
        return False

    def guess(self, width: int) -> int:
        """About how high the block is, without building it; rather too much."""
        raise NotImplementedError

    def build(self, kit: Kit) -> None:
        """Take what changed. Leaves and heights are right afterwards (heights: as far as known)."""
        raise NotImplementedError

    def refold(self, folded: bool) -> None:
        """Fold or unfold."""
        if folded != self.folded:
            self.folded = folded
            self.stale = True
            self.forget(0)

    def skip(self) -> None:
        """Take the block as printed, whatever it holds."""
        self.printed = 1 << 30

    def set_width(self, width: int) -> None:
        """Forget what was known at another width."""
        if width != self.width:
            self.width = width
            self.forget(0)

    def forget(self, start: int) -> None:
        """Heights of the leaves from `start` on are no longer known."""
        self._total -= sum(self.heights[start:])
        del self.heights[start:]
        del self._known[start:]

    def measure(self, index: int, height: int) -> None:
        """A leaf was laid out."""
        self.fill()
        self._total += height - self.heights[index]
        self.heights[index] = height
        self._known[index] = 1

    def height(self) -> int:
        """The height at the width in use, as far as known."""
        if not self.built or 1 not in self._known:
            return self.guess(self.width)
        self.fill()
        return self._total

    def exact(self) -> bool:
        """Whether the height is known."""
        return self.built and not self.stale and len(self._known) == self.count() and 0 not in self._known

    def fill(self) -> None:
        """Have a height, if only a guessed one, for every leaf."""
        for index in range(len(self.heights), self.count()):
            size = leaf_guess(self.leaf(index), self.width)
            self.heights.append(size)
            self._known.append(0)
            self._total += size


class LookBlock(Block):
    """An item with a look of its own."""

    def __init__(
        self, entry: Entry, turn: Turn, cwd: str, folded: bool | None = None, custom: Custom | None = None
    ) -> None:
        super().__init__(entry.item.id, kind_of(entry.item), turn.id)
        self.custom = custom
        self.entry = entry
        self.turn = turn
        self.cwd = cwd
        self.place = entry.place
        if folded is None:
            from csm.view.render.items import folds_at_first

            folded = folds_at_first(entry.item)
        self.folded = folded
        self._leaves: list[Leaf] = []

    def count(self) -> int:
        return len(self._leaves)

    def leaf(self, index: int) -> Leaf:
        return self._leaves[index]

    def source(self) -> str:
        text = self.entry.text()
        return text or "\n".join(leaf.text() for leaf in self._leaves)

    @property
    def failed(self) -> bool:
        item = self.entry.item
        told = getattr(item, "status", "") == "failed" or getattr(item, "level", "") == "error"
        return told or bool(getattr(item, "exit_code", 0))

    def guess(self, width: int) -> int:
        text = self.entry.text()
        if self.kind == "user":
            return 2 + text_guess(text, width)
        return 3 + min(text.count("\n"), 12)

    def build(self, kit: Kit) -> None:
        self.stale, self.built = False, True
        # What the user runs belongs to no turn that would end it.
        over = self.turn.status != "running" and not self.entry.item.id.startswith(OWN_COMMAND)
        self.done = self.entry.done or over
        look = self.look()
        self._leaves, self.mark, self.foldable, self.quiet = look.leaves, look.mark, look.foldable, look.quiet
        self.forget(0)

    def look(self) -> Look:
        """The item's look now: what an extension makes of it, else our own."""
        if self.custom is not None:
            width = max(1, self.width - MARGIN - 1)
            rows = self.custom(self.entry.item, width)
            if rows is not None:
                return Look([_CustomLeaf(self.entry.item, self.custom, self.entry.text(), width, rows)])
        from csm.view.render.items import render_item

        view = View(self.entry.text(), self.done, self.folded, self.cwd)
        return render_item(self.entry.item, view)


class MessageBlock(Block):
    """A message of the agent: a document that may still grow."""

    def __init__(self, entry: Entry, turn: Turn) -> None:
        super().__init__(entry.item.id, kind_of(entry.item), turn.id)
        self.entry = entry
        self.turn = turn
        self.place = entry.place
        self.done = False
        self._document: Document | None = None
        self._fed = ""
        self._open: list[Leaf] = []
        self._frozen = 0

    def count(self) -> int:
        return self._frozen + len(self._open)

    def leaf(self, index: int) -> Leaf:
        if index < self._frozen and self._document is not None:
            return self._document.frozen[index]
        return self._open[index - self._frozen]

    def stable(self) -> int:
        return self._frozen

    def source(self) -> str:
        return self.entry.text()

    def _role(self) -> str:
        return "agent.commentary" if getattr(self.entry.item, "phase", None) == "commentary" else "agent.text"

    def guess(self, width: int) -> int:
        return 1 + text_guess(self.entry.text(), width)

    def build(self, kit: Kit) -> None:
        self.stale, self.built = False, True
        text = self.entry.text()
        if self._fed.rstrip() == text.rstrip():
            text = self._fed or text
        document = self._document
        if document is None or not text.startswith(self._fed) or document.finished:
            if document is not None and document.finished and text == self._fed:
                return
            document = self._document = _document(kit, self._role())
            self._fed, self._frozen, self.printed = "", 0, 0
            self.forget(0)
        document.feed(text[len(self._fed) :])
        self._fed = text
        self.done = self.entry.done or self.turn.status != "running"
        if self.done:
            document.finish()
        self._open = document.open()
        self.forget(self._frozen)
        self._frozen = len(document.frozen)


class FooterBlock(Block):
    """The end of a turn."""

    def __init__(self, turn: Turn) -> None:
        super().__init__(f"footer:{turn.id}", "footer", turn.id)
        self.turn = turn
        self.place = 1 << 60
        self._leaves: list[Leaf] = []

    def count(self) -> int:
        return len(self._leaves)

    def leaf(self, index: int) -> Leaf:
        return self._leaves[index]

    def source(self) -> str:
        return self.turn.error or ""

    @property
    def failed(self) -> bool:
        return self.turn.error is not None

    def guess(self, width: int) -> int:
        return 2

    def build(self, kit: Kit) -> None:
        from csm.view.render.footer import footer

        self.stale, self.built = False, True
        look = footer(self.turn)
        self._leaves, self.mark = look.leaves, look.mark
        self.forget(0)


def block_for(entry: Entry, turn: Turn, cwd: str, folded: bool | None, custom: Custom | None = None) -> Block:
    """The block of an item. `custom` is asked first; messages of the agent, which stream, are not its business."""
    if isinstance(entry.item, AgentMessage):
        return MessageBlock(entry, turn)
    if isinstance(entry.item, Reasoning):
        return ReasoningBlock(entry, turn, cwd, folded, custom)
    return LookBlock(entry, turn, cwd, folded, custom)


class ReasoningBlock(LookBlock):
    """A summary of the agent's thinking: one line, or a document when unfolded."""

    _kit: Kit | None = None

    def build(self, kit: Kit) -> None:
        self._kit = kit
        super().build(kit)

    def look(self) -> Look:
        look = super().look()
        if self.folded or not look.foldable or self._kit is None:
            return look
        document = _document(self._kit)
        document.feed(self.entry.text())
        document.finish()
        for leaf in document.frozen:
            leaf.tint = "reasoning"
        return Look(document.frozen, look.mark, look.foldable)


def _document(kit: Kit, role: str = "text") -> Document:
    from csm.view.render.markdown import Document

    return Document(kit, role)


def kind_of(item: Item) -> str:
    """The kind of an item's block."""
    name = type(item).__name__
    return KINDS.get(name, name.lower())


def text_guess(text: str, width: int) -> int:
    """About how many rows a text takes; rather too many."""
    size = max(10, min(width - MARGIN, PROSE_WIDTH))
    lines = text.count("\n")
    return 1 + lines + lines // 16 + len(text) // size


def leaf_guess(leaf: Leaf, width: int) -> int:
    """About how many rows a leaf takes."""
    return text_guess(leaf.text(), width) + (leaf.gap is not None) + (2 if leaf.kind == "table" else 0)


def with_margin(rows: list[StyledLine], mark: Segment, margin: int) -> list[StyledLine]:
    """The rows with the margin left of them, the mark in its first row that has something."""
    if not margin:
        return rows
    blank = ("", " " * margin)
    out: list[StyledLine] = [[blank, *row] if row else row for row in rows]
    if mark[1] and out:
        first = next((index for index, row in enumerate(rows) if row), 0)
        space = [("", " " * (margin - 1))] if margin > 1 else []
        out[first] = [mark, *space, *rows[first]]
    return out
