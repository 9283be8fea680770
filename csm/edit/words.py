"""Where words begin and end: Vim words and WORDs, Emacs words, paragraphs.

All functions take the text and an offset and give an offset; `count` is at least 1.

Does not: know an editor, operators or the rules that hold only under one (but for `stop_at_line_end`).
"""

from __future__ import annotations

from collections.abc import Callable

from csm.edit import chars

Kind = Callable[[str], int]


def _kind_at(text: str, at: int, kind: Kind) -> int:
    return kind(text[at]) if at < len(text) else chars.BLANK


def _empty_line(text: str, at: int) -> bool:
    return (at == 0 or text[at - 1] == "\n") and (at >= len(text) or text[at] == "\n")


def _at_end(text: str, at: int) -> bool:
    return at >= len(text) or text[at] == "\n"


def _skip(text: str, at: int, kind: Kind, number: int) -> int:
    """Past all characters of class `number`; the end of a line counts as blank."""
    while at < len(text) and kind(text[at]) == number:
        at = chars.following(text, at)
    return at


def _skip_back(text: str, at: int, kind: Kind, number: int) -> int:
    """The first of the characters of class `number` that end at `at`."""
    while at > 0 and kind(text[before := chars.preceding(text, at)]) == number:
        at = before
    return at


def word_forward(text: str, at: int, count: int, kind: Kind = chars.kind, *, stop_at_line_end: bool = False) -> int:
    """Vim's `w` and `W`. `stop_at_line_end`: the last word ends with its line, as under an operator."""
    for left in range(count - 1, -1, -1):
        if at >= len(text):
            break
        stop = stop_at_line_end and left == 0
        here = _kind_at(text, at, kind)
        if text[at] == "\n" and stop:
            return at + 1
        if here != chars.BLANK:
            at = _skip(text, at, kind, here)
            if stop and _at_end(text, at):
                return at
        else:
            at = chars.following(text, at)
            if stop and _at_end(text, at):
                return at
        while at < len(text) and kind(text[at]) == chars.BLANK and not _empty_line(text, at):
            if stop and text[at] == "\n":
                return at
            at += 1
    return at


def word_backward(text: str, at: int, count: int, kind: Kind = chars.kind) -> int:
    """Vim's `b` and `B`."""
    for _ in range(count):
        if at <= 0:
            break
        at = chars.preceding(text, at)
        while _kind_at(text, at, kind) == chars.BLANK:
            if _empty_line(text, at) or at == 0:
                break
            at -= 1
        at = chars.boundary_before(text, at)
        if _kind_at(text, at, kind) != chars.BLANK:
            at = _skip_back(text, at, kind, _kind_at(text, at, kind))
    return at


def word_end(text: str, at: int, count: int, kind: Kind = chars.kind, *, stop: bool = False) -> int:
    """Vim's `e` and `E`. `stop`: the end of a word counts as reached when the cursor is on it, as for `cw`."""
    for _ in range(count):
        here, after = _kind_at(text, at, kind), chars.following(text, at)
        if at >= len(text):
            break
        if here != chars.BLANK and _kind_at(text, after, kind) == here:
            after = _skip(text, after, kind, here)
        elif not stop or here == chars.BLANK:
            after = _skip(text, after, kind, chars.BLANK)
            after = _skip(text, after, kind, _kind_at(text, after, kind))
        at, stop = chars.preceding(text, after), False
        if after >= len(text) and text[-1] == "\n":
            at = len(text)
    return at


def word_end_backward(text: str, at: int, count: int, kind: Kind = chars.kind) -> int:
    """Vim's `ge` and `gE`."""
    for _ in range(count):
        if at <= 0:
            break
        here = _kind_at(text, at, kind)
        if here != chars.BLANK:
            at = _skip_back(text, at, kind, here)
        if at <= 0:
            break
        at = chars.preceding(text, at)
        while at > 0 and _kind_at(text, at, kind) == chars.BLANK and not _empty_line(text, at):
            at = chars.preceding(text, at)
    return at


def emacs_forward(text: str, at: int, count: int) -> int:
    """The end of this or the next Emacs word."""
    for _ in range(count):
        while at < len(text) and not chars.in_word(text[at]):
            at += 1
        if at < len(text):
            script = chars.kind(text[at])
            while at < len(text) and chars.in_word(text[at]) and _same_script(text[at], script):
                at = chars.following(text, at)
    return at


def emacs_backward(text: str, at: int, count: int) -> int:
    """The start of this or the previous Emacs word."""
    for _ in range(count):
        while at > 0 and not chars.in_word(text[at - 1]):
            at -= 1
        if at > 0:
            script = chars.kind(text[chars.preceding(text, at)])
            while at > 0 and chars.in_word(text[at - 1]) and _same_script(text[chars.preceding(text, at)], script):
                at = chars.preceding(text, at)
    return at


def _same_script(char: str, script: int) -> bool:
    return chars.kind(char) == script


def paragraph_forward(text: str, at: int, count: int) -> int | None:
    """Vim's `}`: the next empty line after some text, or the end."""

    def step(start: int) -> int | None:
        end = text.find("\n", start)
        return None if end < 0 else end + 1

    return _paragraph(text, at, count, step, len(text))


def paragraph_backward(text: str, at: int, count: int) -> int | None:
    """Vim's `{`: the empty line before some text, or the start."""

    def step(start: int) -> int | None:
        return None if start == 0 else chars.line_start(text, start - 1)

    return _paragraph(text, at, count, step, 0)


def _paragraph(text: str, at: int, count: int, step: Callable[[int], int | None], last: int) -> int | None:
    """`step` gives the start of the next line to look at; `last` is where the last of `count` may end without one."""
    start = chars.line_start(text, at)
    for left in range(count - 1, -1, -1):
        seen, first = False, True
        while True:
            empty = _empty_line(text, start)
            seen = seen or not empty
            if not first and seen and empty:
                break
            first = False
            after = step(start)
            if after is None:
                return None if left else last
            start = after
    return start


def emacs_paragraph_forward(text: str, at: int, count: int) -> int:
    """Emacs's M-}: the blank line after this or the next paragraph, or the end."""
    for _ in range(count):
        at = chars.line_start(text, at)
        while at < len(text) and _blank_line(text, at):
            at = _next_line(text, at)
        while at < len(text) and not _blank_line(text, at):
            at = _next_line(text, at)
    return at


def emacs_paragraph_backward(text: str, at: int, count: int) -> int:
    """Emacs's M-{: the first line of this or the previous paragraph, or the empty line before that, or the start."""
    for _ in range(count):
        start = chars.line_start(text, at)
        if at == start and text[start - 2 : start] == "\n\n" and not _blank_line(text, start):
            at = start - 1
            continue
        at = chars.line_start(text, max(at - 1, 0))
        while at > 0 and _blank_line(text, at):
            at = chars.line_start(text, at - 1)
        while at > 0 and not _blank_line(text, above := chars.line_start(text, at - 1)):
            at = above
        if at > 1 and text[at - 2] == "\n":
            at -= 1
    return at


def _next_line(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end + 1


def _blank_line(text: str, start: int) -> bool:
    return not text[start : chars.line_end(text, start)].strip()
