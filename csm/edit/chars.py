"""Characters and lines of plain text: graphemes, columns, line ends, classes of characters.

Offsets count code points. A character is a grapheme cluster; a column is a terminal cell.

Does not: know an editor.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping

from csm.edit.visible import visible

TAB = 8
#: No character is longer; more combining marks than that begin another one.
CLUSTER = 256
BLANKS = " \t"
#: Labels of characters that are shown as something else (`csm.edit.chips`).
Names = Mapping[str, str]


#: Ranges in which every character is one cell wide and stands alone; a test compares them with the tables.
NARROW = re.compile(
    "[ -~\xa0-\xac\xae-\u02ff\u03a3-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2190-\u2319"
    "\u2400-\u2426\u2460-\u25fc\u25ff-\u2613\u2654-\u267e\u2713-\u2727\u2800-\u28ff]*"
)


def graphemes(text: str) -> Iterator[str]:
    """The characters of a text. The tables for this are imported with the first text that is not plain."""
    if NARROW.fullmatch(text):
        return iter(text)
    from wcwidth import iter_graphemes

    return iter_graphemes(text)


def _width(char: str) -> int:
    """The cells of a code point; less than 0 for what terminals obey."""
    if NARROW.fullmatch(char):
        return 1
    from wcwidth import wcwidth

    return wcwidth(char)


def following(text: str, at: int) -> int:
    """Where the character at `at` ends."""
    if at + 1 >= len(text):
        return len(text)
    if text[at] == "\n" or text[at + 1] < "\x80":
        return at + 1
    return at + len(next(graphemes(text[at : at + CLUSTER])))


def preceding(text: str, at: int) -> int:
    """Where the character before `at` begins."""
    if at <= 1:
        return 0
    if text[at - 1] < "\x80":
        return at - 1
    start = max(line_start(text, at - 1), at - CLUSTER)
    from wcwidth import grapheme_boundary_before

    return start + grapheme_boundary_before(text[start:at], at - start)


def is_boundary(text: str, at: int) -> bool:
    """Whether a character begins (or the text ends) at `at`."""
    return at <= 0 or at >= len(text) or preceding(text, at + 1) == at


def boundary_before(text: str, at: int) -> int:
    """The start of the character that holds `at`; `at` itself on a boundary."""
    return at if at <= 0 or at >= len(text) else preceding(text, at + 1)


def boundary_after(text: str, at: int) -> int:
    """The end of the character that holds `at`; `at` itself on a boundary."""
    return at if is_boundary(text, at) else following(text, preceding(text, at + 1))


def forward(text: str, at: int, count: int, limit: int) -> int:
    """`count` characters on, at most `limit`."""
    while count > 0 and at < limit:
        at = following(text, at)
        count -= 1
    return min(at, limit)


def backward(text: str, at: int, count: int, limit: int = 0) -> int:
    """`count` characters back, at least `limit`."""
    while count > 0 and at > limit:
        at = preceding(text, at)
        count -= 1
    return max(at, limit)


def line_start(text: str, at: int) -> int:
    """Where the line that holds `at` begins."""
    return text.rfind("\n", 0, at) + 1


def line_end(text: str, at: int) -> int:
    """Where the line that holds `at` ends: its line feed, or the end of the text."""
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def last_char(text: str, at: int) -> int:
    """The last character of the line that holds `at`; its start if it is empty."""
    start, end = line_start(text, at), line_end(text, at)
    return max(start, preceding(text, end)) if end > start else start


def first_nonblank(text: str, at: int) -> int:
    """The first character of the line that is not blank; on a blank line the last one."""
    start, end = line_start(text, at), line_end(text, at)
    found = start
    while found < end and text[found] in BLANKS:
        found += 1
    return found if found < end else max(start, last_char(text, at))


def indent_end(text: str, at: int) -> int:
    """Where the blanks that begin the line end."""
    start, end = line_start(text, at), line_end(text, at)
    while start < end and text[start] in BLANKS:
        start += 1
    return start


def line_down(text: str, at: int, count: int) -> tuple[int, int]:
    """The start of the line `count` below and how many lines there were to go."""
    start, gone = line_start(text, at), 0
    while gone < count and (end := text.find("\n", start)) >= 0:
        start, gone = end + 1, gone + 1
    return start, gone


def line_up(text: str, at: int, count: int) -> tuple[int, int]:
    """The start of the line `count` above and how many lines there were to go."""
    start, gone = line_start(text, at), 0
    while gone < count and start > 0:
        start, gone = line_start(text, start - 1), gone + 1
    return start, gone


def line_at(text: str, number: int) -> int:
    """The start of line `number` (from 1); of the last line if there are fewer."""
    return line_down(text, 0, max(number - 1, 0))[0]


def line_and_offset(text: str, at: int) -> tuple[int, int]:
    """The number of the line that holds `at`, from 0, and the offset in it."""
    return text.count("\n", 0, at), at - line_start(text, at)


def offset_in_line(text: str, number: int, offset: int) -> int:
    """The reverse of `line_and_offset`, within the line; the last line if there are fewer."""
    start = line_at(text, number + 1)
    return min(start + offset, line_end(text, start))


def shown(char: str, column: int, names: Names | None = None) -> str:
    """How a character is drawn at `column`: by its label, tabs as blanks, what is invisible as `^X` or `<U+200B>`.

    Emoji of several parts are taken apart, so that every terminal takes as many cells for them.
    """
    if char == "\t":
        return " " * (TAB - column % TAB)
    if names and char[0] in names:
        return names[char[0]]
    if char[0] > "\x7e" and _width(char[0]) == 0:
        return "".join(f"<U+{ord(one):04X}>" for one in char)
    return visible(char)


def cells(char: str, column: int, names: Names | None = None) -> int:
    """How many cells a character takes at `column`."""
    if " " <= char < "\x7f" and len(char) == 1:
        return 1
    return sum(max(0, _width(one)) for one in shown(char, column, names))


def plain(text: str) -> bool:
    """Whether every character takes exactly one cell and one code point."""
    return text.isascii() and text.isprintable()


def column(text: str, at: int) -> int:
    """The column of `at` in its line, counted in cells."""
    part = text[line_start(text, at) : at]
    if plain(part):
        return len(part)
    total = 0
    for char in graphemes(part):
        total += cells(char, total)
    return total


def at_column(text: str, start: int, goal: int) -> int:
    """The character that covers column `goal` of the line that begins at `start`, or the line's end."""
    end = line_end(text, start)
    part = text[start : min(end, start + goal + 1)]
    if plain(part):
        return min(start + goal, end)
    total, at = 0, start
    for char in graphemes(text[start:end]):
        total += cells(char, total)
        if total > goal:
            return at
        at += len(char)
    return at


_SCRIPTS = (
    (0x3040, 0x309F, 6), (0x30A0, 0x30FF, 7), (0x3130, 0x318F, 8), (0x3400, 0x4DBF, 5), (0x4E00, 0x9FFF, 5),
    (0xAC00, 0xD7A3, 8), (0xF900, 0xFAFF, 5), (0x1F300, 0x1FAFF, 4), (0x20000, 0x3134F, 5),
)  # fmt: skip
BLANK, PUNCTUATION, WORD = 0, 1, 2


def kind(char: str) -> int:
    """The class of a character for Vim words: blank 0, punctuation 1, word 2, others by script (emoji, han, kana)."""
    if char in " \t\n":
        return BLANK
    if char < "\x80":
        return WORD if char.isalnum() or char == "_" else PUNCTUATION
    code = ord(char)
    for first, last, number in _SCRIPTS:
        if first <= code <= last:
            return number
    if char.isspace():
        return BLANK
    return PUNCTUATION if unicodedata.category(char)[0] in "PSZC" else WORD


def big_kind(char: str) -> int:
    """The class of a character for Vim WORDs: blank 0, everything else 1."""
    return BLANK if char in " \t\n" else PUNCTUATION


def in_word(char: str) -> bool:
    """Whether Emacs takes the character as part of a word. A chip is one: nothing before it goes with it."""
    return char.isalnum() or unicodedata.category(char)[0] == "M" or char >= "\U00100000"
