"""A Markdown text that grows: what is finished becomes leaves that never change, only the open end is parsed again.

Once a block begins, all before it are closed; so at each look the complete lines are parsed, all leaves but the last
are frozen, and the text is cut before the last one. Where that one is inside list items, a *stub* (a made-up line for
each item) opens them again for the next parse. A text comes to the same leaves however it was divided.

Does not: style or wrap (`leaves`), or find the blocks (`blocks`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from csm.view.lines import StyledLine
from csm.view.render.blocks import GLUE, Source, leaves
from csm.view.render.kit import Kit
from csm.view.render.leaves import Code, Leaf, TableLeaf, Verbatim
from csm.view.render.table import Table

#: What comes after so many characters is shown as it stands.
MOST_MARKDOWN = 400_000
#: An open end longer than this that cannot be cut anywhere is frozen as it is.
MOST_OPEN = 40_000
#: An unfinished line longer than this is cut too, if it can be.
MOST_LINE = 8_000
#: However much arrives at once, so much is taken at a time.
SLICE = 100_000
#: Text shown as it stands is divided after so many characters.
PLAIN_CHUNK = 8_000
_MARKER = re.compile(r"( *)([-+*]|\d{1,9}[.)])( +|$)")


class Document:
    """Markdown source that arrives piece by piece.

    `frozen` only ever grows; `open()` is what may still change. `parsed_lines` counts the lines that were parsed, again
    and again: the work done.
    """

    def __init__(self, kit: Kit, role: str = "text") -> None:
        """`role` is that of plain text."""
        self.kit = kit
        self._role = role
        self.frozen: list[Leaf] = []
        self.finished = False
        self.parsed_lines = 0
        self._waiting: list[str] = []
        self._raw: list[str] = []
        self._partial = ""
        self._stub: list[str] = []
        self._numbers: list[int] = []
        self._glue = False
        self._code_goes_on = False
        self._table: Table | None = None
        self._blank_before = False
        self._gap: StyledLine = []
        self._open: list[Leaf] | None = []
        self._size = 0

    def feed(self, text: str) -> None:
        """Take more text. Costs nothing until somebody looks."""
        if text:
            self._waiting.append(text)

    def finish(self) -> None:
        """No more text will come: freeze everything."""
        self._take()
        if self.finished:
            return
        self.finished = True
        if self._partial:
            self._raw.append(self._partial)
            self._partial = ""
        self._freeze(everything=True)

    def open(self) -> list[Leaf]:
        """The leaves of the end that may still change. Brings `frozen` up to date too."""
        self._take()
        if self._open is None:
            self._open = self._parse([*self._raw, self._partial] if self._partial else self._raw)
            self._number(self._open)
            if self._open:
                self._open[-1].growing = True
        return self._open

    def all(self) -> list[Leaf]:
        """Every leaf there is now."""
        open_leaves = self.open()
        return [*self.frozen, *open_leaves]

    def _take(self) -> None:
        if not self._waiting:
            return
        text = "".join(self._waiting)
        self._waiting.clear()
        self._open = None
        for at in range(0, len(text), SLICE):
            self._take_slice(self._partial + text[at : at + SLICE])

    def _take_slice(self, text: str) -> None:
        *complete, self._partial = text.split("\n")
        if complete:
            self._raw += [line + "\n" for line in complete]
            self._freeze()
        if len(self._partial) > MOST_LINE:
            self._raw.append(self._partial)
            self._freeze()
            unfinished = self._raw and not self._raw[-1].endswith("\n")
            self._partial = self._raw.pop() if unfinished else ""

    def _parse(self, raw: list[str]) -> list[Leaf]:
        if self._size > MOST_MARKDOWN:
            return _verbatim(raw)
        lines = [_sane(line) for line in raw]
        if self._glue and lines:
            lines[0] = GLUE + lines[0]
        source = Source([*self._stub, *lines])
        source.stub = len(self._stub)
        source.numbers = self._numbers
        source.code_goes_on = self._code_goes_on
        source.table = self._table
        source.blank_before = self._blank_before
        source.gap = self._gap
        source.role = self._role
        source.started = bool(self.frozen)
        self.parsed_lines += len(source.lines)
        found = leaves(self.kit.markdown, source)
        self._set_sources(found, raw)
        return found

    def _set_sources(self, found: list[Leaf], raw: list[str]) -> None:
        if not found:
            return
        offsets = [0]
        for line in raw:
            offsets.append(offsets[-1] + len(line))
        text = "".join(raw)
        starts = [_place(raw, offsets, leaf.line - len(self._stub), leaf.skip) for leaf in found]
        starts[0] = 0
        for leaf, start, stop in zip(found, starts, [*starts[1:], len(text)], strict=True):
            leaf.source = text[start:stop]

    def _freeze(self, *, everything: bool = False) -> None:
        found = self._parse(self._raw)
        if everything:
            if not found and self.frozen:
                self.frozen[-1].source += "".join(self._raw)
            self._keep(found)
            self._raw, self._open = [], []
            return
        at = max((index for index, leaf in enumerate(found) if index and leaf.can_cut), default=0)
        if at and self._size <= MOST_MARKDOWN and self._cut(found[at]):
            self._keep(found[:at])
        elif self._size > MOST_MARKDOWN:
            self._keep(found)
            self._restart()
        elif sum(map(len, self._raw)) > MOST_OPEN:
            self._force(found)

    def _force(self, found: list[Leaf]) -> None:
        """Freeze an open end that grew too long; a listing goes on, anything else starts afresh."""
        tip = found[-1] if found else None
        if not isinstance(tip, Code) or tip.opener is None:
            self._keep(found)
            self._restart()
            return
        if len(tip.lines) < 2:
            return
        first = tip.line if tip.goes_on else tip.opener[1]
        rest = Code(tip.lines[-1:], tip.language)
        rest.chain, rest.opener, rest.goes_on, rest.gap_row = tip.chain, tip.opener, True, tip.gap_row
        rest.line = first + len(tip.lines) - 1
        size = len("".join(self._raw[rest.line - len(self._stub) :]))
        if self._cut(rest):
            tip.lines, tip.source = tip.lines[:-1], tip.source[:-size]
            self._keep(found)

    def _keep(self, found: list[Leaf]) -> None:
        self._number(found)
        self.frozen += found
        self._size += sum(len(leaf.source) for leaf in found)

    def _number(self, found: list[Leaf]) -> None:
        group = self.frozen[-1].group if self.frozen else 0
        for leaf in found:
            group += not leaf.goes_on
            leaf.group = group

    def _restart(self) -> None:
        self._raw, self._stub, self._numbers = [], [], []
        self._glue = self._code_goes_on = self._blank_before = False
        self._table = None
        self._gap = []

    def _cut(self, tip: Leaf) -> bool:
        """Go on parsing from `tip`. False where its containers cannot be opened again."""
        lines = [*self._stub, *map(_sane, self._raw)]
        opener = tip.opener if tip.goes_on else None
        stub = _stub(lines, tip, opener)
        if stub is None:
            return False
        at = tip.line - len(self._stub)
        before = lines[tip.line - 1] if tip.line else ""
        self._blank_before = not before.strip(" \t>") if at else self._blank_before
        self._raw = _after(self._raw[at:], tip.skip)
        self._glue = bool(tip.skip)
        self._gap = tip.gap_row
        self._numbers = [number for _, number in tip.chain if number is not None]
        self._code_goes_on = tip.goes_on and tip.kind == "code"
        self._table = (tip.table.shape or tip.table) if isinstance(tip, TableLeaf) and tip.goes_on else None
        self._stub = stub
        return True


def _after(raw: list[str], skip: int) -> list[str]:
    """The lines without their first `skip` characters, as the parser counts them."""
    for index, line in enumerate(raw):
        size = len(_sane(line)) + 1
        if skip < size:
            return [line[skip:], *raw[index + 1 :]]
        skip -= size
    return []


def _place(raw: list[str], offsets: list[int], line: int, skip: int) -> int:
    """Where in the raw text something stands that the parser found `skip` characters after the start of a line."""
    while skip and skip >= (size := len(_sane(raw[line])) + 1):
        skip -= size
        line += 1
    return offsets[line] + skip


def _stub(lines: list[str], tip: Leaf, opener: tuple[int, int] | None) -> list[str] | None:
    """Lines that open the containers of `tip` again, and its listing or table where it is the middle of one."""
    first = opener[0] if opener else tip.line
    out: list[str] = []
    containers = [line for line, number in tip.chain if number is not None and line < first]
    for line in sorted(set(containers)):
        reopened = _reopen(lines[line], containers.count(line))
        if reopened is None:
            return None
        out += [reopened, ""]
    return [*out, *lines[opener[0] : opener[1]]] if opener else out


def _reopen(line: str, markers: int) -> str | None:
    """A line that opens the same list items with nothing but a placeholder in them."""
    if "\t" in line:
        return None
    at = 0
    for _ in range(markers):
        match = _MARKER.match(line, at)
        if match is None:
            return None
        spaces = match[3]
        at = match.end() if 0 < len(spaces) <= 4 else match.start(3) + min(1, len(spaces))
    head = line[:at]
    return (head if head.endswith(" ") else head + " ") + GLUE


def _sane(line: str) -> str:
    """A raw line as the parser gets it: without its end, nothing in it that would count as one."""
    line = line.removesuffix("\n").removesuffix("\r")
    if "\r" in line:
        line = line.replace("\r", "␍")
    return line.replace(GLUE, "\ufffd") if GLUE in line else line


def _verbatim(raw: list[str]) -> list[Leaf]:
    out: list[Leaf] = []
    for piece in _plain_chunks(raw):
        leaf = Verbatim([_sane(line) for line in piece], "text")
        leaf.source = "".join(piece)
        leaf.goes_on = True
        out.append(leaf)
    return out


def _plain_chunks(raw: list[str]) -> Iterator[list[str]]:
    """Lines a chunk at a time; what is too long for one is cut."""
    chunk: list[str] = []
    size = 0
    for line in raw:
        for at in range(0, len(line), PLAIN_CHUNK):
            chunk.append(line[at : at + PLAIN_CHUNK])
            size += len(chunk[-1])
            if size >= PLAIN_CHUNK:
                yield chunk
                chunk, size = [], 0
    if chunk:
        yield chunk
