"""Markdown blocks to leaves: markdown-it finds the blocks, this flattens their tree.

Every paragraph, heading, listing and table becomes a leaf that carries its containers (list items, quotes) as what
stands left of it. Long listings, tables and paragraphs become several leaves, cut at places that depend on their
content alone, so that a text gives the same leaves however it arrives.

Does not: know that a text grows (`csm.view.render.markdown`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from csm.view.lines import StyledLine
from csm.view.render.kit import MOST_NESTING
from csm.view.render.leaves import Code, Leaf, Prose, Rule, TableLeaf, Verbatim
from csm.view.render.table import MEASURED, Table

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

#: Stands where the text that a piece goes on from was cut away. Private use: never in a text that is shown.
GLUE = "\ue0f3"
#: Longer listings are coloured in chunks of about this many lines.
CHUNK_LINES = 200
#: Longer paragraphs are set in pieces of about this many characters.
CHUNK_TEXT = 4096
_BULLETS = "•◦▪"
_TASK = re.compile(r"\[([ xX])\](?:\s|$)")


class _Container:
    """A list item (`mark` is shown once, spaces after it) or a quote. `number` is None for all but ordered items."""

    __slots__ = ("line", "mark", "number", "used")

    def __init__(self, mark: StyledLine, line: int, number: int | None, used: bool) -> None:
        self.mark = mark
        self.line = line
        self.number = number
        self.used = used


class Source:
    """What is parsed: `stub` lines that only recreate containers, then the lines that are shown.

    `numbers` are those of the lists that the stub reopens, outermost first (0 for lists without numbers). `gap` is the
    row that stands before the first leaf if one does. `code_goes_on` and `table` say that the first block after the
    stub is the rest of a listing or table.
    """

    __slots__ = ("blank_before", "code_goes_on", "gap", "lines", "numbers", "role", "started", "stub", "table")

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.stub = 0
        self.numbers: list[int] = []
        self.code_goes_on = False
        self.table: Table | None = None
        self.blank_before = False
        self.gap: StyledLine = []
        self.role = "text"
        #: Whether anything of the document was shown before these lines.
        self.started = False


def leaves(parser: MarkdownIt, source: Source) -> list[Leaf]:
    """The leaves of a source, in order."""
    tokens: list[Token] = []
    parser.block.parse("\n".join(source.lines) + "\n", parser, {}, tokens)
    return _Flatten(source).run(tokens)


def _top_level(tokens: list[Token]) -> Iterator[list[Token]]:
    """The tokens of each block that is in no other."""
    start = 0
    for index, token in enumerate(tokens):
        if token.level == 0 and token.nesting <= 0:
            yield tokens[start : index + 1]
            start = index + 1


class _Flatten:
    """One pass over the block tokens."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.out: list[Leaf] = []
        self.stack: list[_Container] = []
        self.lists: list[list[int | None]] = []
        self.numbers = list(source.numbers)

    def run(self, tokens: list[Token]) -> list[Leaf]:
        for block in _top_level(tokens):
            if any(token.level >= MOST_NESTING - 1 for token in block):
                self.too_deep(block[0].map or [0, 0])
                continue
            index = 0
            while index < len(block):
                index = self.table(block, index) if block[index].type == "table_open" else self.token(block, index)
        return self.out

    def too_deep(self, span: list[int]) -> None:
        """Show a block as it stands that is nested beyond reason: the parser leaves out what lies too deep."""
        for at in range(max(span[0], self.source.stub), span[1], CHUNK_LINES):
            lines = self.source.lines[at : min(span[1], at + CHUNK_LINES)]
            self.add(Verbatim(lines, "text"), at, goes_on=at > span[0])

    def token(self, tokens: list[Token], index: int) -> int:
        token = tokens[index]
        kind = token.type
        line = token.map[0] if token.map else 0
        if kind in ("bullet_list_open", "ordered_list_open"):
            self.open_list(token)
        elif kind in ("bullet_list_close", "ordered_list_close"):
            self.lists.pop()
        elif kind == "list_item_open":
            self.open_item(line)
        elif kind == "blockquote_open":
            self.stack.append(_Container([("quote.bar", "│ ")], line, None, line < self.source.stub))
        elif kind in ("list_item_close", "blockquote_close"):
            self.close_container()
        elif kind in ("heading_open", "paragraph_open"):
            self.prose(token, tokens[index + 1].content, line)
            return index + 3
        elif kind in ("fence", "code_block"):
            self.code(token, line)
        elif kind == "html_block":
            self.add(Verbatim(token.content.rstrip("\n").split("\n")), line)
        elif kind == "hr":
            self.add(Rule(), line)
        return index + 1

    def open_list(self, token: Token) -> None:
        ordered = token.type == "ordered_list_open"
        number = int(token.attrs.get("start", 1)) if ordered else None
        if self.numbers and not self.out:
            known = self.numbers.pop(0)
            number = known if ordered else None
        self.lists.append([number])

    def open_item(self, line: int) -> None:
        number = self.lists[-1][0]
        if number is None:
            depth = sum(1 for entry in self.lists if entry[0] is None)
            mark = _BULLETS[min(depth, len(_BULLETS)) - 1] + " "
        else:
            mark = f"{number}. "
            self.lists[-1][0] = number + 1
        self.stack.append(_Container([("list.bullet", mark)], line, number, line < self.source.stub))

    def close_container(self) -> None:
        container = self.stack[-1]
        if not container.used:
            self.add(Prose(""), container.line)
        self.stack.pop()

    def prose(self, token: Token, content: str, line: int) -> None:
        role = base = self.source.role
        if token.type == "heading_open":
            role = f"heading.{min(3, int(token.tag[1:]))}"
        elif self.stack and not self.stack[-1].used:
            content = self.task(content)
        if any(container.mark[0][0] == "quote.bar" for container in self.stack) and role == base:
            role = "quote"
        goes_on = content.startswith(GLUE)
        content = content.removeprefix(GLUE)
        if goes_on or len(content) > CHUNK_TEXT:
            role = base if role.startswith("heading") and token.markup in ("=", "-") else role
        first = self.source.lines[line].removeprefix(GLUE)
        skip = 0 if goes_on else len(first) - len(first.lstrip())
        for piece in pieces(content):
            leaf = Prose(piece, role)
            self.add(leaf, line, goes_on=goes_on)
            if goes_on:
                leaf.skip = skip
                leaf.can_cut = not self.stack
            goes_on = True
            skip += len(piece)

    def task(self, content: str) -> str:
        match = _TASK.match(content)
        if match is None or self.stack[-1].mark[0][0] != "list.bullet":
            return content
        done = match[1] != " "
        self.stack[-1].mark = [("list.done", "☑ ") if done else ("list.todo", "☐ ")]
        return content[match.end() :]

    def code(self, token: Token, line: int) -> None:
        lines = token.content.split("\n")
        if token.content.endswith("\n") or not token.content:
            lines.pop()
        language = token.info.strip().split(" ")[0].split(",")[0].strip("{}.") if token.info else ""
        goes_on = self.source.code_goes_on and line < self.source.stub
        first_line = self.source.stub if goes_on else line + (token.type == "fence")
        at = 0
        for number, size in enumerate(chunks(lines)):
            continued = goes_on or number > 0
            leaf = Code(lines[at : at + size], language, "" if continued else language)
            self.add(leaf, first_line + at if continued else line, goes_on=continued)
            leaf.opener = (line, line + 1) if token.type == "fence" else None
            leaf.can_cut = leaf.can_cut and (not continued or token.type == "fence")
            at += size

    def table(self, tokens: list[Token], index: int) -> int:
        line = (tokens[index].map or [0])[0]
        header: list[str] = []
        align: list[str] = []
        rows: list[list[str]] = []
        while tokens[index].type != "table_close":
            token = tokens[index]
            if token.type == "tr_open" and header:
                rows.append([])
            elif token.type in ("th_open", "td_open"):
                if token.type == "th_open":
                    header.append(tokens[index + 1].content)
                    align.append(str(token.attrs.get("style", "text-align:left"))[11:])
                else:
                    rows[-1].append(tokens[index + 1].content)
            index += 1
        goes_on = self.source.table is not None and line < self.source.stub
        table = Table(header, align, rows, self.source.table if goes_on else None)
        first_line = self.source.stub if goes_on else line + 2
        for start in range(0, max(1, len(rows)), MEASURED):
            head = not goes_on and start == 0
            leaf = TableLeaf(table, start, min(start + MEASURED, len(rows)), head)
            leaf.opener = (line, line + 2)
            if start < len(rows) or not goes_on:
                self.add(leaf, line if head else first_line + start, goes_on=not head)
        return index + 1

    def add(self, leaf: Leaf, line: int, *, goes_on: bool = False) -> None:
        """Put a leaf where it stands. What `goes_on` has no gap before it."""
        if line < self.source.stub:
            return
        leaf.line = line
        leaf.goes_on = goes_on
        leaf.chain = tuple((container.line, _number(container)) for container in self.stack)
        leaf.can_cut = _can_cut(self.stack, line)
        leaf.gap_row = _gap(self.stack) if self.out else self.source.gap
        leaf.gap = leaf.gap_row if not goes_on and self.gap_before(leaf, line) else None
        for container in self.stack:
            left = container.mark
            blank = left if _is_bar(container) else [("", " " * len(left[0][1]))]
            leaf.first = leaf.first + (blank if container.used else left)
            leaf.rest = leaf.rest + blank
            container.used = True
        self.out.append(leaf)

    def gap_before(self, leaf: Leaf, line: int) -> bool:
        if not self.out and not self.source.started:
            return False
        if leaf.kind == "heading":
            return True
        if line == self.source.stub:
            return self.source.blank_before
        return not self.source.lines[line - 1].strip(" \t>")


def _is_bar(container: _Container) -> bool:
    return container.mark[0][0] == "quote.bar"


def _number(container: _Container) -> int | None:
    """None for a quote, 0 for an item without a number."""
    return None if _is_bar(container) else container.number or 0


def _can_cut(stack: list[_Container], line: int) -> bool:
    """Whether the text can be cut before a leaf.

    Not where an item opened earlier shows its mark only now, nor for items within quotes, which no stub opens again.
    """
    reopened = [container for container in stack if container.line < line and not _is_bar(container)]
    return all(container.used for container in reopened) and not (reopened and any(map(_is_bar, stack)))


def _gap(stack: list[_Container]) -> StyledLine:
    """The row before a leaf: the bars of quotes that were open already."""
    line: StyledLine = []
    blanks = ""
    for container in stack:
        if not container.used:
            break
        if _is_bar(container):
            line += [("", blanks), ("quote.bar", "│")]
            blanks = " "
        else:
            blanks += " " * len(container.mark[0][1])
    return [segment for segment in line if segment[1]]


def pieces(content: str) -> Iterator[str]:
    """A paragraph's source in pieces that can be set one by one."""
    while len(content) > CHUNK_TEXT:
        at = max(content.rfind("\n", 1, CHUNK_TEXT), content.rfind(" ", 1, CHUNK_TEXT))
        at = at + 1 if at > 0 else CHUNK_TEXT
        yield content[:at]
        content = content[at:]
    yield content


def chunks(lines: list[str]) -> Iterator[int]:
    """The sizes of the chunks of a listing: each ends, if it can, at a blank line before one without indent."""
    at = 0
    while len(lines) - at > CHUNK_LINES:
        size = CHUNK_LINES
        for end in range(CHUNK_LINES, CHUNK_LINES // 2, -1):
            after = lines[at + end]
            if after and not after[0].isspace() and not lines[at + end - 1].strip():
                size = end
                break
        yield size
        at += size
    yield len(lines) - at
