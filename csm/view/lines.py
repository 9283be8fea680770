"""Styled lines: lists of `(role, text)`, and how to measure, wrap, cut and pad them.

Widths are terminal cells, counted a code point at a time as prompt_toolkit counts them. Text must be visible (no
control characters) before it is measured; tabs are expanded by `expand`. Plain narrow text, which is nearly all of it,
never reaches the width tables.

Does not: know what a role looks like or where a line goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from csm.edit.chars import NARROW
from csm.edit.visible import is_visible as is_visible
from csm.edit.visible import segments as segments
from csm.edit.visible import visible as visible

Segment = tuple[str, str]
StyledLine = list[Segment]


def is_narrow(text: str) -> bool:
    """Whether each character of `text` takes one cell."""
    return text.isascii() or NARROW.fullmatch(text) is not None


def cells(char: str) -> int:
    """The cells of one character: 0, 1 or 2."""
    if char < "\x7f":
        return 1
    from wcwidth import wcwidth

    return max(0, wcwidth(char))


def width(text: str) -> int:
    """The cells that `text` takes."""
    if is_narrow(text):
        return len(text)
    from wcwidth import wcwidth

    return sum(1 if char < "\x7f" else max(0, wcwidth(char)) for char in text)


def line_width(line: Iterable[Segment]) -> int:
    """The cells that a line takes."""
    return sum(width(text) for _, text in line)


def plain(line: Iterable[Segment]) -> str:
    """The text of a line."""
    return "".join(text for _, text in line)


def expand(text: str, size: int = 8, column: int = 0) -> str:
    """`text` (one line) with tabs as spaces up to the next multiple of `size`, counted from `column`."""
    if "\t" not in text:
        return text
    *pieces, last = text.split("\t")
    parts: list[str] = []
    for piece in pieces:
        column += width(piece)
        blanks = size - column % size
        parts.append(piece + " " * blanks)
        column += blanks
    return "".join([*parts, last])


def clean(text: str, tab: int = 8) -> str:
    """One line of untrusted text, visible, its tabs expanded and its newlines shown as `↵`."""
    if text.isprintable() and text.isascii():
        return text
    return expand(visible(text), tab).replace("\n", "↵")


def single(text: str) -> str:
    """Untrusted text for a place that has one line: visible, with a blank for each newline and tab."""
    if text.isprintable() and text.isascii():
        return text
    return visible(text).replace("\n", " ").replace("\t", " ")


def merge(line: Iterable[Segment]) -> StyledLine:
    """The line with neighbours of one role joined and empty segments left out."""
    out: StyledLine = []
    for role, text in line:
        if not text:
            continue
        if out and out[-1][0] == role:
            out[-1] = (role, out[-1][1] + text)
        else:
            out.append((role, text))
    return out


def cut(text: str, limit: int) -> int:
    """How many characters of `text` fit in `limit` cells; marks stay with their letter."""
    if len(text) <= limit or is_narrow(text):
        if len(text) <= limit and (is_narrow(text) or width(text) <= limit):
            return len(text)
        if is_narrow(text):
            return max(0, limit)
    used = 0
    for index, char in enumerate(text):
        used += cells(char)
        if used > limit:
            return index
    return len(text)


def clip(line: StyledLine, limit: int, mark: str = "…") -> StyledLine:
    """The line cut to `limit` cells; `mark` stands for what was cut, in the role of the text it replaces."""
    if line_width(line) <= limit:
        return line
    room = max(0, limit - width(mark))
    out: StyledLine = []
    for role, text in line:
        taken = cut(text, room)
        out.append((role, text[:taken]))
        room -= width(text[:taken])
        if taken < len(text):
            out.append((role, mark[: max(0, limit)]))
            break
    return merge(out)


def clip_text(text: str, limit: int, mark: str = "…") -> str:
    """`text` cut to `limit` cells, with `mark` for what was cut."""
    if width(text) <= limit:
        return text
    return text[: cut(text, max(0, limit - width(mark)))] + mark[: max(0, limit)]


def pad(line: StyledLine, size: int, role: str = "") -> StyledLine:
    """The line with spaces in `role` up to `size` cells."""
    missing = size - line_width(line)
    return [*line, (role, " " * missing)] if missing > 0 else line


def crop(line: StyledLine, start: int, stop: int) -> StyledLine:
    """The cells from `start` up to `stop`; a wide character that is cut in two becomes a space."""
    out: StyledLine = []
    column = 0
    for role, text in line:
        size = width(text)
        if column + size > start and column < stop:
            out.append((role, _crop_text(text, start - column, stop - column)))
        column += size
    return merge(out)


def _crop_text(text: str, start: int, stop: int) -> str:
    if is_narrow(text):
        return text[max(0, start) : stop]
    out: list[str] = []
    column = 0
    for char in text:
        size = cells(char)
        if start <= column and column + size <= stop:
            out.append(char)
        elif column < stop and column + size > start:
            out.append(" " * (min(stop, column + size) - max(start, column)))
        column += size
    return "".join(out)


def overlay(line: StyledLine, start: int, stop: int, role: str) -> StyledLine:
    """The line with `role` added over the cells from `start` up to `stop` (a selection, a match)."""
    middle = [(f"{old} {role}" if old else role, text) for old, text in crop(line, start, stop)]
    return merge([*crop(line, 0, start), *middle, *crop(line, stop, 1 << 30)])


def split_lines(line: Iterable[Segment]) -> list[StyledLine]:
    """The segments cut at their newlines."""
    out: list[StyledLine] = [[]]
    for role, text in line:
        if "\n" not in text:
            out[-1].append((role, text))
            continue
        first, *rest = text.split("\n")
        out[-1].append((role, first))
        out += [[(role, piece)] for piece in rest]
    return out


def wrap(
    line: StyledLine, limit: int, first: StyledLine | None = None, rest: StyledLine | None = None
) -> list[StyledLine]:
    """The line broken at spaces into rows of at most `limit` cells, words longer than a row broken anywhere.

    `first` is put before the first row and `rest` (the hanging indent) before the others; both count. Spaces at a
    break are dropped. At least one cell of text goes into each row, whatever `limit` is.
    """
    first, rest = first or [], rest or []
    text = line[0][1] if len(line) == 1 else plain(line)
    room_first, room_rest = limit - line_width(first), limit - line_width(rest)
    if len(text) * 2 <= room_first or (len(text) <= room_first and width(text) <= room_first):
        return [[*first, *line]]
    spans = breaks(text, max(1, room_first), max(1, room_rest))
    rows = list(_take(line, spans))
    return [[*(rest if index else first), *row] for index, row in enumerate(rows)]


def fold(line: StyledLine, limit: int, rest: StyledLine | None = None, *, words: bool = False) -> list[StyledLine]:
    """The line broken every `limit` cells, wherever that is: for code and output. Nothing is dropped.

    With `words` a row ends with a word or after a space, where there is one in its last third.
    """
    text = line[0][1] if len(line) == 1 else plain(line)
    rest = rest or []
    if len(text) <= limit and width(text) <= limit:
        return [line]
    spans: list[tuple[int, int]] = []
    at, room = 0, max(1, limit)
    narrow = is_narrow(text)
    while at < len(text):
        stop = at + (room if narrow else max(1, _reach(text, at, room)))
        if words and stop < len(text) and text[stop] != " ":
            space = text.rfind(" ", at + (stop - at) * 2 // 3, stop)
            stop = space + 1 if space > 0 else stop
        spans.append((at, min(stop, len(text))))
        at, room = stop, max(1, limit - line_width(rest))
    rows = list(_take(line, spans))
    return [[*(rest if index else []), *row] for index, row in enumerate(rows)]


def breaks(text: str, first: int, rest: int) -> list[tuple[int, int]]:
    """Where to break `text` for rows of `first` and then `rest` cells: `(start, stop)` of each row."""
    if is_narrow(text):
        return list(_narrow_breaks(text, first, rest))
    return list(_wide_breaks(text, first, rest))


def _narrow_breaks(text: str, room: int, rest: int) -> Iterator[tuple[int, int]]:
    at, end = 0, len(text)
    while end - at > room:
        stop = text.rfind(" ", at, at + room + 1)
        if stop < at or not text[at:stop].strip(" "):
            stop = follow = at + room
        else:
            follow = stop
        while follow < end and text[follow] == " ":
            follow += 1
        while stop > at + 1 and text[stop - 1] == " ":
            stop -= 1
        yield at, stop
        at, room = follow, rest
    if at < end or not end:
        yield at, end


def _wide_breaks(text: str, room: int, rest: int) -> Iterator[tuple[int, int]]:
    at, end = 0, len(text)
    while at < end:
        reach = at + max(1, _reach(text, at, room))
        if reach >= end:
            yield at, end
            return
        stop = reach if text[reach] == " " else _last_chance(text, at, reach)
        follow = stop
        while follow < end and text[follow] == " ":
            follow += 1
        while stop > at + 1 and text[stop - 1] == " ":
            stop -= 1
        yield at, stop
        at, room = follow, rest


def _reach(text: str, at: int, room: int) -> int:
    """How many characters from `at` fit in `room` cells, marks included."""
    used = 0
    for index in range(at, len(text)):
        used += cells(text[index])
        if used > room:
            return index - at
    return len(text) - at


def _last_chance(text: str, at: int, reach: int) -> int:
    """The last place up to `reach` where a row may end: after a space, or beside a wide character."""
    for index in range(reach, at, -1):
        if text[index - 1] == " " and text[at:index].strip(" "):
            return index
        if (cells(text[index]) == 2 or (cells(text[index - 1]) == 2 and cells(text[index]))) and index > at:
            return index
    return reach


def _take(line: StyledLine, spans: list[tuple[int, int]]) -> Iterator[StyledLine]:
    """The parts of a line between character positions, which ascend."""
    if len(line) == 1:
        role, text = line[0]
        for start, stop in spans:
            yield [(role, text[start:stop])]
        return
    index, offset = 0, 0
    for start, stop in spans:
        row: StyledLine = []
        while index < len(line) and offset + len(line[index][1]) <= start:
            offset += len(line[index][1])
            index += 1
        here, passed = index, offset
        while here < len(line) and passed < stop:
            role, text = line[here]
            row.append((role, text[max(0, start - passed) : stop - passed]))
            passed += len(text)
            here += 1
        yield merge(row)
