"""Emacs commands beyond killing and moving: regions of words and paragraphs, the mark ring, case and blank lines.

Does not: know keys.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from csm.edit import chars, kills, sentences, words
from csm.edit.editor import Editor
from csm.edit.edits import capitalize

_RING = 16


def push_mark(editor: Editor, at: int) -> None:
    """Put the mark somewhere; the one before goes to the ring."""
    if editor.mark is not None:
        editor.mark_ring = [editor.mark, *editor.mark_ring][:_RING]
    editor.mark = at


def pop_mark(editor: Editor) -> bool:
    """Go to the mark, and take the one before it from the ring (C-u C-SPC). False without a mark."""
    if editor.mark is None:
        return False
    at, ring = editor.mark, editor.mark_ring
    editor.cursor = min(at, len(editor.text))
    if ring:
        editor.mark, editor.mark_ring = ring[0], [*ring[1:], at]
    editor.mark_active = False
    return True


def mark_word(editor: Editor, count: int | None = None) -> bool:
    """Put the mark behind the next words; once more takes further ones (M-@)."""
    count = editor.pending.take_count(count) or 1
    again = editor.mark_active and editor.chain == "mark-word" and editor.mark is not None
    start = editor.mark if again and editor.mark is not None else editor.cursor
    end = words.emacs_forward(editor.text, start, count)
    if again:
        editor.mark = end
    else:
        push_mark(editor, end)
    editor.mark_active, editor.chain = True, "mark-word"
    return True


def mark_paragraph(editor: Editor, count: int | None = None) -> bool:
    """Make the paragraph the region, the cursor at its start (M-h)."""
    count = editor.pending.take_count(count) or 1
    end = words.emacs_paragraph_forward(editor.text, editor.cursor, count)
    start = words.emacs_paragraph_backward(editor.text, end, count)
    push_mark(editor, end)
    editor.cursor = start
    editor.mark_active = True
    return True


def kill_sentence(editor: Editor, count: int | None = None) -> bool:
    """Kill to the end of the sentence (M-k)."""
    count = editor.pending.take_count(count) or 1
    text, at = editor.text, editor.cursor
    for _ in range(count):
        while at < len(text) and text[at].isspace():
            at += 1
        found = sentences.parts(text, at, 1)
        here = next((end for start, end, blank in found if start <= at < end and not blank), None)
        at = len(text) if here is None else here
    return kills.kill_range(editor, editor.cursor, at)


def delete_blank_lines(editor: Editor, count: int | None = None) -> bool:
    """On blank lines leave one of them, or none where it is alone; elsewhere take those that follow (C-x C-o)."""
    editor.pending.take_count(count)
    text, start, end = (
        editor.text,
        chars.line_start(editor.text, editor.cursor),
        chars.line_end(editor.text, editor.cursor),
    )
    if text[start:end].strip():
        match = re.compile(r"(?:\n[ \t]*(?=\n|\Z))+").match(text, end)
        if match:
            at = editor.cursor
            editor.replace(end, match.end(), "")
            editor.cursor = at
        return bool(match)
    first, last = start, end
    while first > 0 and not text[chars.line_start(text, first - 1) : first - 1].strip():
        first = chars.line_start(text, first - 1)
    while last < len(text) and not text[last + 1 : chars.line_end(text, last + 1)].strip():
        last = chars.line_end(text, last + 1)
    alone = "\n" not in text[first:last]
    editor.replace(first, min(last + 1, len(text)) if alone else last, "")
    return True


def convert_region(editor: Editor, how: str) -> bool:
    """Make the region capitals (`upper`), small (`lower`), or its words begin with one (`capitalize`)."""
    if editor.mark is None:
        return False
    converters: dict[str, Callable[[str], str]] = {"upper": str.upper, "lower": str.lower, "capitalize": capitalize}
    at = editor.cursor
    start, end = sorted((min(editor.mark, len(editor.text)), at))
    mark = editor.mark
    editor.replace(start, end, converters[how](editor.text[start:end]))
    editor.cursor, editor.mark = min(at, len(editor.text)), mark
    return True
