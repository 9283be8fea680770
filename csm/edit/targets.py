"""What an operator takes: the range of a motion, of lines, or as much as was selected before.

Does not: operate, or move the cursor.
"""

from __future__ import annotations

from typing import NamedTuple

from csm.edit import chars, words
from csm.edit.editor import Editor, Range
from csm.edit.motions import Motion, again_kind


class Extent(NamedTuple):
    """How much a selection was: line feeds in it, characters in its last line, whole lines or not."""

    lines: int
    length: int
    linewise: bool


def run(editor: Editor, motion: Motion, count: int | None, char: str | None) -> int | None:
    """Where a motion goes; a find is remembered for its repetition."""
    if not motion.char:
        return motion.run(editor, count)
    if motion.name.startswith(("find", "till")):
        editor.last_find = (motion.name, char or "")
    return motion.run(editor, count, char)


def of_motion(
    editor: Editor, name: str, motion: Motion, count: int | None, char: str | None = None
) -> tuple[Range, int] | None:
    """What operator `name` takes with a motion, and where the cursor was meant to go; None if it cannot go."""
    text, at = editor.text, editor.cursor
    kind = motion.kind
    if name == "change" and motion.name in ("word-forward", "big-word-forward") and at < len(text):
        sort = chars.kind if motion.name == "word-forward" else chars.big_kind
        if sort(text[at]) != chars.BLANK:
            return _range(text, at, words.word_end(text, at, count or 1, sort, stop=True), "inclusive")
    if motion.name.startswith("find-again"):
        kind = again_kind(editor, motion.name)
    if motion.name == "match-pair" and count is not None:
        kind = "linewise"
    target = run(editor, motion, count, char)
    if target is None:
        return None
    found, cursor = _range(text, at, target, kind)
    return found, at if name == "yank" and motion.name == "this-line" else cursor


def _range(text: str, at: int, target: int, kind: str) -> tuple[Range, int]:
    low, high = sorted((at, target))
    if kind == "linewise":
        return Range(chars.line_start(text, low), chars.line_end(text, high), True), low
    if kind == "inclusive":
        if high < len(text) and text[high] != "\n":
            high = chars.following(text, high)
        return Range(low, high), low
    if kind == "exclusive" and high > low and text[high - 1] == "\n" and "\n" in text[low:high]:
        if low <= chars.indent_end(text, low):
            return Range(chars.line_start(text, low), high - 1, True), low
        return Range(low, high - 1), low
    return Range(low, high), low


def lines(text: str, at: int, count: int) -> Range | None:
    """`count` lines from the one that holds `at`, or as many as there are; None if only that one is there."""
    last, gone = chars.line_down(text, at, count - 1)
    if count > 1 and not gone:
        return None
    return Range(chars.line_start(text, at), chars.line_end(text, last), True)


def extent(text: str, found: Range) -> Extent:
    """How much a range is."""
    part = text[found.start : found.end]
    last_line = part[part.rfind("\n") + 1 :]
    return Extent(part.count("\n"), sum(1 for _ in chars.graphemes(last_line)), found.linewise)


def extent_at(text: str, at: int, much: Extent) -> Range:
    """As much as `much` from `at` on. Over a line's end it takes the line feed too, as Vim does."""
    last = chars.line_down(text, at, much.lines)[0]
    if much.linewise:
        return Range(chars.line_start(text, at), chars.line_end(text, last), True)
    start = last if much.lines else at
    end = chars.line_end(text, start)
    short = end < len(text) and end < chars.forward(text, start, much.length, len(text))
    return Range(at, end + 1 if short else chars.forward(text, start, much.length, end))
