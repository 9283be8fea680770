"""Leaves: the smallest pieces laid out on their own: a paragraph, the text of a list item, 200 lines of code.

A leaf never changes once made. It knows what stands left of it (`first` before its first row, `rest` before the
others: list marks, quote bars), whether a blank row comes before it (`gap`, which holds the bars that run through it),
and the source it came from.

Does not: find leaves in a text (`csm.view.render.markdown`), cache rows or know where they go on the screen.
"""

from __future__ import annotations

from csm.view.lines import StyledLine, clean, clip_text, fold, line_width, merge, split_lines, wrap
from csm.view.render.code import highlight
from csm.view.render.inline import close_open_marks, inline
from csm.view.render.kit import Kit
from csm.view.render.table import Table, table_rows

#: Prose is not set wider than this, however wide the window.
PROSE_WIDTH = 100
#: A width at which nothing is broken: for what a text is without the screen.
UNBROKEN = 1_000_000


def prose_room(width: int) -> int:
    """The cells that a line of prose may take of `width`."""
    return width if width >= UNBROKEN // 2 else max(1, min(width, PROSE_WIDTH))


class Leaf:
    """A piece of a document."""

    __slots__ = (
        *("cached", "can_cut", "chain", "first", "gap", "gap_row", "goes_on", "group", "growing"),
        *("line", "opener", "rest", "skip", "source", "tint"),
    )

    kind = "text"

    def __init__(self) -> None:
        self.first: StyledLine = []
        self.rest: StyledLine = []
        self.gap: StyledLine | None = None
        self.source = ""
        #: Pieces of one block, such as the chunks of a long listing, share a number; all but the first go on.
        self.group = 0
        self.goes_on = False
        #: The rows at the width they were last made for, kept and dropped by whoever shows them.
        self.cached: tuple[int, list[StyledLine]] | None = None
        #: A role that all text takes on, for what is to stand back as a whole.
        self.tint = ""
        #: Whether more of it may come.
        self.growing = False
        # For whoever cuts the parsed text before this leaf: whether that can be done, the line (and characters beyond
        # its start), the lines and numbers of the containers, the lines that open a listing or table again, the row
        # that a gap would be.
        self.gap_row: StyledLine = []
        self.can_cut = True
        self.line = 0
        self.skip = 0
        self.chain: tuple[tuple[int, int | None], ...] = ()
        self.opener: tuple[int, int] | None = None

    def rows(self, kit: Kit, width: int) -> list[StyledLine]:
        """The rows of the leaf in `width` cells, the gap before it among them."""
        body = self.body(kit, width)
        if self.tint:
            body = [[(_tinted(role, self.tint), text) for role, text in row] for row in body]
        return body if self.gap is None else [merge(self.gap), *body]

    def body(self, kit: Kit, width: int) -> list[StyledLine]:
        """The rows without the gap."""
        raise NotImplementedError

    def text(self) -> str:
        """What copying the leaf gives: its source, for code the code."""
        return self.source.strip("\n")

    def searched(self) -> str:
        """What a search looks through before it lays the leaf out."""
        return self.text()

    def frame(self, rows: list[StyledLine]) -> list[StyledLine]:
        """The rows with what stands left of them."""
        if not self.first and not self.rest:
            return rows
        return [[*(self.rest if index else self.first), *row] for index, row in enumerate(rows)]

    def room(self, width: int) -> int:
        """The cells that are left for the content."""
        return max(1, width - max(line_width(self.first), line_width(self.rest)))


class Prose(Leaf):
    """A paragraph, heading or text of a list item. `content` is its Markdown source."""

    __slots__ = ("content", "kind", "role")

    def __init__(self, content: str, role: str = "text") -> None:
        super().__init__()
        self.content = content
        self.role = role
        self.kind = "heading" if role.startswith("heading") else "text"

    def body(self, kit: Kit, width: int) -> list[StyledLine]:
        content = close_open_marks(self.content) if self.growing else self.content
        line = inline(kit, content, self.role)
        limit = prose_room(width)
        if not any("\n" in text for _, text in line):
            return wrap(line, limit, self.first, self.rest)
        rows: list[StyledLine] = []
        for part in split_lines(line):
            rows += wrap(merge(part), limit, self.rest if rows else self.first, self.rest)
        return rows


class Code(Leaf):
    """Lines of code. `label` is shown above them; `language` chooses the lexer."""

    __slots__ = ("label", "language", "lines")

    kind = "code"

    def __init__(self, lines: list[str], language: str = "", label: str = "") -> None:
        super().__init__()
        self.lines = lines
        self.language = language
        self.label = label

    def body(self, kit: Kit, width: int) -> list[StyledLine]:
        room = self.room(width) - 2
        rows: list[StyledLine] = [[("code.label", clip_text(clean(self.label), room + 2))]] if self.label else []
        coloured = kit.growing_code.lines if self.growing else highlight
        for line in coloured(kit, self.lines, self.language):
            rows += [[("code", "  "), *row] for row in fold(line, max(1, room), [("code.border", "↪ ")], words=True)]
        return self.frame(rows or [[]])

    def text(self) -> str:
        return "\n".join(self.lines)


class Verbatim(Leaf):
    """Lines shown as they stand: markup of HTML blocks, or text too long or too deep to be read as Markdown."""

    __slots__ = ("lines", "role")

    kind = "text"

    def __init__(self, lines: list[str], role: str = "html") -> None:
        super().__init__()
        self.lines = lines
        self.role = role

    def body(self, kit: Kit, width: int) -> list[StyledLine]:
        room = self.room(width)
        rows = [row for line in self.lines for row in _plain_rows(line, self.role, room)]
        return self.frame(rows or [[]])


class Rule(Leaf):
    """A horizontal rule."""

    kind = "rule"

    def body(self, kit: Kit, width: int) -> list[StyledLine]:
        return self.frame([[("rule", "─" * min(self.room(width), 40))]])


class TableLeaf(Leaf):
    """Rows of a table, from `start` up to `stop`; `head` says whether its head is shown above them."""

    __slots__ = ("head", "start", "stop", "table")

    kind = "table"

    def __init__(self, table: Table, start: int, stop: int, head: bool = True) -> None:
        super().__init__()
        self.table = table
        self.head = head
        self.start = start
        self.stop = stop

    def body(self, kit: Kit, width: int) -> list[StyledLine]:
        return self.frame(table_rows(kit, self.table, self.start, self.stop, self.head, self.room(width)))


def _tinted(role: str, tint: str) -> str:
    return tint if role in ("", "text") else f"{role} {tint}"


def _plain_rows(line: str, role: str, room: int) -> list[StyledLine]:
    text = clean(line, 4)
    return fold([(role, text)], room) if text else [[]]
