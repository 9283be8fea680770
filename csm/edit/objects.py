"""Text objects: ranges around the cursor that mean something. Each is a row of `OBJECTS`.

Does not: operate on them; see `csm.edit.modal`.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import NamedTuple

from csm.edit import chars, scan, sentences
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
    """A word or the blanks between words; with a count, that many of them. Line feeds between do not count."""
    found = _run(text, at, kind)
    start, end = found.start, found.end
    for _ in range(count - 1):
        if text.startswith("\n", end):
            end += 1
        if end >= len(text):
            return None
        end = _run(text, end, kind).end
    return Range(start, end)


def around_word(text: str, at: int, count: int, kind: Callable[[str], int]) -> Range | None:
    """Words with the blanks after them, or else before them."""
    first = _run(text, at, kind)
    start, end = first.start, first.end
    blank_first = at >= len(text) or kind(text[at]) == chars.BLANK
    for number in range(count):
        if blank_first:
            end = _past_blanks(text, end if end > at else at)
            if end >= len(text):
                return None
            end = _run(text, end, kind).end
        elif number:
            if end >= len(text):
                return None
            end = _run(text, _past_blanks(text, end), kind).end
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
    """The quotes around the cursor in its line, or the next ones; a backslash hides a quote. On a quote, which one it
    is follows from the line's start; elsewhere the nearest quote before counts as the opening one, as Vim has it.
    """
    high, low = chars.line_end(text, at), chars.line_start(text, at)
    if text.startswith(mark, at):
        start: int | None = _next_quote(text, low, high, mark)
        while start is not None and start <= at:
            end = _next_quote(text, start + 1, high, mark)
            if end is None:
                return None
            if at <= end:
                return start, end
            start = _next_quote(text, end + 1, high, mark)
        return None
    start = _previous_quote(text, at, low, mark)
    if start is None:
        start = _next_quote(text, at, high, mark)
    end = None if start is None else _next_quote(text, start + 1, high, mark)
    return None if start is None or end is None else (start, end)


def _next_quote(text: str, at: int, high: int, mark: str) -> int | None:
    while at < high:
        if text[at] == "\\":
            at += 1
        elif text[at] == mark:
            return at
        at += 1
    return None


def _previous_quote(text: str, at: int, low: int, mark: str) -> int | None:
    while (at := text.rfind(mark, low, at)) >= 0:
        before = text[low:at]
        if (len(before) - len(before.rstrip("\\"))) % 2 == 0:
            return at
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
    """The brackets around the cursor, `count` levels out; where there are none, the next ones, `count` levels in."""
    start = _outward(text, at, opener, closer, count)
    if start is None and scan.opening(text, at, opener, closer) is None:
        start = _inward(text, at, opener, closer, count)
    end = None if start is None else scan.closing(text, start + 1, opener, closer)
    return None if end is None or start is None else (start, end)


def _outward(text: str, at: int, opener: str, closer: str, count: int) -> int | None:
    start: int | None = at
    if text.startswith(opener, at):
        count -= 1
    for _ in range(count):
        start = scan.opening(text, start or 0, opener, closer)
        if start is None:
            return None
    return start


def _inward(text: str, at: int, opener: str, closer: str, count: int) -> int | None:
    start, end = at, len(text)
    for _ in range(count):
        start = text.find(opener, start + 1, end)
        if start < 0 or closer in text[at:start]:
            return None
        at, end = start + 1, scan.closing(text, start + 1, opener, closer) or end
    return start


def _inside(text: str, start: int, end: int) -> Range:
    """Between brackets, without the line feed behind the opening one and the blank line before the closing one."""
    first, last = start + 1, end
    if text.startswith("\n", first) and first < end:
        first += 1
    own_line = False
    while last > first and not text[(line := chars.line_start(text, last)) : last].strip(chars.BLANKS):
        own_line, last = True, line - 1
        if chars.line_start(text, last) == last:
            break
    if last < first:
        return Range(first, first)
    if own_line and first <= chars.indent_end(text, first):
        return Range(chars.line_start(text, first), last, True)
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
    """Select a text object in visual mode. What is selected already grows: words and paragraphs by the next one, the
    others to the next one out.
    """
    text, selected = editor.text, editor.selection
    find = OBJECTS[name].find
    grown = selected is not None and editor.cursor != editor.anchor
    if grown and selected and name.endswith(("word", "paragraph")):
        return _extend_on(editor, find(text, _beyond(text, selected), count), selected)
    found = find(text, editor.cursor, count)
    if grown and selected and found and found.start >= selected.start and found.end <= selected.end:
        found = find(text, editor.cursor, count + 1) or found
    if found is None or (found.end <= found.start and not found.linewise):
        return False
    editor.mode = "visual-line" if found.linewise else "visual"
    editor.anchor = found.start
    editor.cursor = _last_of(text, found)
    return True


def _last_of(text: str, found: Range) -> int:
    """Where the cursor stands when a range is selected."""
    if found.linewise:
        return chars.line_start(text, found.end)
    return max(found.start, chars.preceding(text, found.end))


def _beyond(text: str, selected: Range) -> int:
    """Where what follows a selection begins."""
    return min(selected.end + 1, len(text)) if text.startswith("\n", selected.end) else selected.end


def _extend_on(editor: Editor, found: Range | None, selected: Range) -> bool:
    if found is None or found.end <= selected.end:
        return False
    editor.cursor = _last_of(editor.text, found)
    return True


def _sentence(around: bool) -> Finder:
    def find(text: str, at: int, count: int) -> Range | None:
        parts = sentences.parts(text, at, count + 1)
        here = next((index for index, (_, end, _) in enumerate(parts) if end > at), len(parts) - 1)
        if here < 0:
            return None
        if not around:
            return Range(parts[here][0], parts[min(here + count, len(parts)) - 1][1])
        last = here + 2 * count - 1
        if not parts[here][2] and (last >= len(parts) or not parts[last][2]) and here and parts[here - 1][2]:
            return Range(parts[here - 1][0], parts[min(last, len(parts)) - 1 if last >= len(parts) else last - 1][1])
        return Range(parts[here][0], parts[min(last, len(parts) - 1)][1])

    return find


def _table() -> dict[str, Object]:
    small, big = chars.kind, chars.big_kind
    rows = [
        Object("inner-word", "word", _word(small, False)),
        Object("around-word", "word and blanks", _word(small, True)),
        Object("inner-big-word", "WORD", _word(big, False)),
        Object("around-big-word", "WORD and blanks", _word(big, True)),
        Object("inner-paragraph", "paragraph", _paragraph(False)),
        Object("around-paragraph", "paragraph and blank lines", _paragraph(True)),
        Object("inner-sentence", "sentence", _sentence(False)),
        Object("around-sentence", "sentence and blanks", _sentence(True)),
    ]
    for mark, name in (('"', "double-quotes"), ("'", "single-quotes"), ("`", "backticks")):
        rows.append(Object(f"inner-{name}", f"between {name}", _quotes(mark, False)))
        rows.append(Object(f"around-{name}", f"{name} and blanks", _quotes(mark, True)))
    for pair, name in (("()", "parentheses"), ("[]", "brackets"), ("{}", "braces"), ("<>", "angles")):
        rows.append(Object(f"inner-{name}", f"between {name}", _brackets(pair[0], pair[1], False)))
        rows.append(Object(f"around-{name}", f"{name} and what is between", _brackets(pair[0], pair[1], True)))
    return {row.name: row for row in rows}


OBJECTS = MappingProxyType(_table())
