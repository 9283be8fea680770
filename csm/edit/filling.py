"""Filling paragraphs: their words in lines that are not longer than wanted.

Does not: know keys, or what a paragraph is beyond lines that are not blank.
"""

from __future__ import annotations

import re

from csm.edit import chars
from csm.edit.editor import Editor, Range

#: The widest a filled line may be.
COLUMN = 70
#: As wide as Vim fills where nothing else is said.
VIM_COLUMN = 79


def fill(text: str, column: int) -> str:
    """Lines of text with each run of lines that are not blank filled. The second line's blanks begin those below."""
    parts = re.split(r"((?:^[ \t]*(?:\n|\Z))+)", text, flags=re.MULTILINE)
    return "".join(part if not part.strip() else _paragraph(part, column) for part in parts)


def _paragraph(part: str, column: int) -> str:
    end = "\n" if part.endswith("\n") else ""
    rows = part.removesuffix("\n").split("\n")
    first = rows[0][: len(rows[0]) - len(rows[0].lstrip(chars.BLANKS))]
    other = rows[min(1, len(rows) - 1)]
    rest = other[: len(other) - len(other.lstrip(chars.BLANKS))]
    lines, line = list[str](), first
    for word in part.split():
        if line.strip() and chars.column(f"{line} {word}", len(line) + 1 + len(word)) > column:
            lines.append(line)
            line = rest + word
        else:
            line = f"{line} {word}" if line.strip() else line + word
    return "\n".join([*lines, line]) + end


def fill_paragraph(editor: Editor, count: int | None = None) -> bool:
    """Fill the paragraph at the cursor, or the active region (M-q). The cursor stays at its word."""
    count = editor.pending.take_count(count)
    found = editor.selection if editor.mark_active else paragraph(editor.text, editor.cursor)
    if found is None:
        return False
    text, at = editor.text, editor.cursor
    new = fill(text[found.start : found.end], count or COLUMN)
    gone = sum(not char.isspace() for char in text[found.start : at])
    touches = at > found.start and not text[at - 1].isspace()
    if new != text[found.start : found.end]:
        editor.replace(found.start, found.end, new)
    editor.cursor = _behind(editor.text, found.start, gone, touches) if found.start <= at <= found.end else at
    return True


def _behind(text: str, at: int, characters: int, touches: bool) -> int:
    """Where so many characters that are no blanks have gone by, and behind the blanks then if it did not touch one."""
    while at < len(text) and characters:
        characters -= not text[at].isspace()
        at += 1
    while not touches and at < len(text) and text[at] in chars.BLANKS:
        at += 1
    return at


def paragraph(text: str, at: int) -> Range | None:
    """The lines around `at` that are not blank; the next ones if it is on a blank line."""
    start = chars.line_start(text, at)
    while start < len(text) and not text[start : chars.line_end(text, start)].strip():
        if chars.line_end(text, start) == len(text):
            return None
        start = chars.line_end(text, start) + 1
    end = chars.line_end(text, start)
    while start > 0 and text[chars.line_start(text, start - 1) : start - 1].strip():
        start = chars.line_start(text, start - 1)
    while end < len(text) and text[end + 1 : chars.line_end(text, end + 1)].strip():
        end = chars.line_end(text, end + 1)
    return Range(start, end) if start < end else None
