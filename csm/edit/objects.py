"""Text objects: ranges around the cursor that mean something. Each is a row of `OBJECTS`.

Does not: operate on them; see `csm.edit.modal`.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import NamedTuple

from csm.edit import chars, scan
from csm.edit.editor import Editor, Range

Finder = Callable[[str, int, int], Range | None]


class Object(NamedTuple):
    """A row: `find(text, at, count)` gives the range or None."""

    name: str
    title: str
    find: Finder


def word_under(text: str, at: int) -> Range | None:
    """The word under the cursor, or the next one in its line, as `*` takes it."""
    end = chars.line_end(text, at)
    for wanted in (chars.WORD, chars.PUNCTUATION):
        start = at
        while start < end and (chars.kind(text[start]) != wanted and not _other(text[start], wanted)):
            start += 1
        if start < end:
            return _run(text, start, chars.kind)
    return None


def _other(char: str, wanted: int) -> bool:
    return wanted == chars.WORD and chars.kind(char) > chars.WORD


def _run(text: str, at: int, kind: Callable[[str], int]) -> Range:
    """The run of one class around `at`, within its line."""
    low, high = chars.line_start(text, at), chars.line_end(text, at)
    sort = kind(text[at]) if at < high else chars.BLANK
    start = end = at
    while start > low and kind(text[start - 1]) == sort:
        start -= 1
    while end < high and kind(text[end]) == sort:
        end = chars.following(text, end)
    return Range(start, end)


def _word(kind: Callable[[str], int], around: bool) -> Finder:
    def find(text: str, at: int, count: int) -> Range | None:
        return around_word(text, at, count, kind) if around else inner_word(text, at, count, kind)

    return find


def inner_word(text: str, at: int, count: int, kind: Callable[[str], int]) -> Range | None:
    """A word or the blanks between words; with a count, that many of them."""
    found = _run(text, at, kind)
    start, end = found.start, found.end
    for _ in range(count - 1):
        if end >= len(text):
            return None
        end = end + 1 if text[end] == "\n" else _run(text, end, kind).end
    return Range(start, end)


def around_word(text: str, at: int, count: int, kind: Callable[[str], int]) -> Range | None:
    """Words with the blanks after them, or else before them."""
    first = _run(text, at, kind)
    start, end = first.start, first.end
    blank_first = at >= len(text) or kind(text[at]) == chars.BLANK
    for _ in range(count):
        if blank_first:
            end = _past_blanks(text, end if end > at else at)
            if end >= len(text):
                return None
            end = _run(text, end, kind).end
        elif _ > 0:
            if end >= len(text):
                return None
            end = _run(text, _past_blanks(text, end), kind).end
        if not blank_first and _ < count - 1:
            continue
    if blank_first:
        return Range(start, end)
    after = end
    while after < len(text) and text[after] in chars.BLANKS:
        after += 1
    if after > end:
        return Range(start, after)
    low = chars.line_start(text, start)
    before = start
    while before > low and text[before - 1] in chars.BLANKS:
        before -= 1
    return Range(before if before > low else start, end)


def _past_blanks(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\n":
        at += 1
    return at


def _quotes(mark: str, around: bool) -> Finder:
    def find(text: str, at: int, count: int) -> Range | None:
        pair = quoted(text, at, mark)
        if pair is None:
            return None
        start, end = pair
        if not around:
            return Range(start, end + 1) if count > 1 else Range(start + 1, end)
        return _with_blanks(text, start, end + 1)

    return find


def quoted(text: str, at: int, mark: str) -> tuple[int, int] | None:
    """The quotes around the cursor in its line, or the next ones; a backslash hides a quote."""
    low, high = chars.line_start(text, at), chars.line_end(text, at)
    places = []
    index = low
    while index < high:
        if text[index] == "\\":
            index += 2
            continue
        if text[index] == mark:
            places.append(index)
        index += 1
    for start, end in zip(places[::2], places[1::2], strict=False):
        if at <= end:
            return start, end
    if len(places) > 2 and len(places) % 2 and places[-2] < at <= places[-1]:
        return places[-2], places[-1]
    return None


def _with_blanks(text: str, start: int, end: int) -> Range:
    """With the blanks after, or else before."""
    high, low = chars.line_end(text, start), chars.line_start(text, start)
    after = end
    while after < high and text[after] in chars.BLANKS:
        after += 1
    if after > end:
        return Range(start, after)
    while start > low and text[start - 1] in chars.BLANKS:
        start -= 1
    return Range(start, end)


def _brackets(opener: str, closer: str, around: bool) -> Finder:
    def find(text: str, at: int, count: int) -> Range | None:
        pair = enclosing(text, at, opener, closer, count)
        if pair is None:
            return None
        start, end = pair
        return Range(start, end + 1) if around else _inside(text, start, end)

    return find


def enclosing(text: str, at: int, opener: str, closer: str, count: int = 1) -> tuple[int, int] | None:
    """The brackets around the cursor, `count` levels out."""
    start: int | None = at
    if text.startswith(opener, at):
        count -= 1
    for _ in range(count):
        start = scan.opening(text, start or 0, opener, closer)
        if start is None:
            return None
    end = scan.closing(text, (start or 0) + 1, opener, closer)
    return None if end is None or start is None else (start, end)


def _inside(text: str, start: int, end: int) -> Range:
    """Between brackets; brackets on lines of their own hold whole lines."""
    first, last = start + 1, end
    if text.startswith("\n", first) and not text[chars.line_start(text, end) : end].strip(chars.BLANKS):
        last_line = chars.line_start(text, end)
        if last_line > first + 1:
            return Range(first + 1, last_line - 1, True)
        return Range(first, first)
    return Range(first, last)


def _paragraph(around: bool) -> Finder:
    def find(text: str, at: int, count: int) -> Range | None:
        return paragraph(text, at, count, around=around)

    return find


def paragraph(text: str, at: int, count: int, *, around: bool) -> Range | None:
    """Lines up to a blank line (or blank lines up to a text line), with the other kind after or before if `around`."""
    first = start = chars.line_start(text, at)
    while start > 0 and _blank_line(text, chars.line_start(text, start - 1)) == _blank_line(text, first):
        start = chars.line_start(text, start - 1)
    end = first
    for left in range(count * (2 if around else 1), 0, -1):
        stop = _same_lines(text, end)
        if stop is None:
            if not (around and left == 1):
                return None
            return _with_lines_before(text, start, end)
        end = stop
    return Range(start, end - 1 if end <= len(text) else len(text), True)


def _same_lines(text: str, start: int) -> int | None:
    """Where the lines of one kind that begin at `start` stop (the next line's start); None at the end."""
    if start > len(text):
        return None
    sort = _blank_line(text, start)
    while start <= len(text) and _blank_line(text, start) == sort:
        start = chars.line_end(text, start) + 1
    return start


def _with_lines_before(text: str, start: int, end: int) -> Range | None:
    if _blank_line(text, start) or start == 0:
        return None if _blank_line(text, start) else Range(start, end - 1, True)
    while start > 0 and _blank_line(text, chars.line_start(text, start - 1)):
        start = chars.line_start(text, start - 1)
    return Range(start, end - 1, True)


def _blank_line(text: str, start: int) -> bool:
    return not text[start : chars.line_end(text, start)].strip(chars.BLANKS)


def extend(editor: Editor, name: str, count: int) -> bool:
    """Select a text object in visual mode; if it is selected already, the next larger one where there is one."""
    text, selected = editor.text, editor.selection
    found = OBJECTS[name].find(text, editor.cursor, count)
    if found and selected and (selected.start, selected.end) == (found.start, found.end):
        wider = OBJECTS[name].find(text, editor.cursor, count + 1)
        found = wider or found
    if found is None or (found.end <= found.start and not found.linewise):
        return False
    if found.linewise:
        editor.mode = "visual-line"
    elif editor.mode == "visual-line" and not found.linewise:
        editor.mode = "visual"
    editor.anchor = found.start
    editor.cursor = max(found.start, chars.preceding(text, found.end))
    return True


def _table() -> dict[str, Object]:
    small, big = chars.kind, chars.big_kind
    rows = [
        Object("inner-word", "word", _word(small, False)),
        Object("around-word", "word and blanks", _word(small, True)),
        Object("inner-big-word", "WORD", _word(big, False)),
        Object("around-big-word", "WORD and blanks", _word(big, True)),
        Object("inner-paragraph", "paragraph", _paragraph(False)),
        Object("around-paragraph", "paragraph and blank lines", _paragraph(True)),
    ]
    for mark, name in (('"', "double-quotes"), ("'", "single-quotes"), ("`", "backticks")):
        rows.append(Object(f"inner-{name}", f"between {name}", _quotes(mark, False)))
        rows.append(Object(f"around-{name}", f"{name} and blanks", _quotes(mark, True)))
    for pair, name in (("()", "parentheses"), ("[]", "brackets"), ("{}", "braces"), ("<>", "angles")):
        rows.append(Object(f"inner-{name}", f"between {name}", _brackets(pair[0], pair[1], False)))
        rows.append(Object(f"around-{name}", f"{name} and what is between", _brackets(pair[0], pair[1], True)))
    return {row.name: row for row in rows}


OBJECTS = MappingProxyType(_table())
