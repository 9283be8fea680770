"""Changing a file's text by chunks, pure. Lines that stay keep what the file has, also where the patch differs.

New lines end as the file's first line does; the changed file ends with a line end.

Does not: read or write.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .parse import Chunk, Line, PatchError
from .seek import Text

_LINE = re.compile(r"([^\r\n]*)(\r\n|\n|\r|\Z)")


@dataclass(frozen=True)
class Edit:
    """Lines `start` to `stop` of the old file (from 0, `stop` not included) become `new` (without line ends)."""

    start: int
    stop: int
    new: tuple[str, ...]


@dataclass(frozen=True)
class Edited:
    """A file before and after. `edits` are in order; `unfinished` says that the old last line had no line end."""

    lines: tuple[str, ...]
    edits: tuple[Edit, ...]
    unfinished: bool
    text: str


def edit(text: str, chunks: Sequence[Chunk], path: str) -> Edited:
    """Apply `chunks` to `text`. `path` is for messages. Raises PatchError where lines are not to be found."""
    mark, split, end = _split_text(text)
    lines = tuple(line for line, _ in split)
    edits = tuple(_edits(Text(lines), chunks, path))
    new = [line + (ending or end) for line, ending in split]
    for one in reversed(edits):
        new[one.start : one.stop] = [line + end for line in one.new]
    unfinished = bool(split) and not split[-1][1]
    return Edited(lines, edits, unfinished, mark + "".join(new))


def only(text: str, kept: Sequence[Edit]) -> Edited:
    """The text with some of the edits that were found for it. A last line without an end keeps that, unless edited."""
    mark, split, end = _split_text(text)
    new = [line + ending for line, ending in split]
    for one in reversed(kept):
        new[one.start : one.stop] = [line + end for line in one.new]
    last = bool(kept) and kept[-1].start < kept[-1].stop == len(split)
    unfinished = bool(split) and not split[-1][1] and last
    return Edited(tuple(line for line, _ in split), tuple(kept), unfinished, mark + "".join(new))


def _split_text(text: str) -> tuple[str, list[tuple[str, str]], str]:
    """The byte order mark, the lines with their ends, and the end that new lines get."""
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    split = [(found[1], found[2]) for found in _LINE.finditer(text, len(mark)) if found[0]]
    return mark, split, split[0][1] or "\n" if split else "\n"


def _edits(text: Text, chunks: Sequence[Chunk], path: str) -> list[Edit]:
    edits: list[Edit] = []
    at = 0
    for chunk in chunks:
        for place in chunk.places:
            found = text.find([place], at)
            if found is None:
                raise PatchError(f"Failed to find context '{place}' in {path}")
            at = found + 1
        if all(line.mark == "+" for line in chunk.lines):
            edits += _split(len(text.lines), chunk.lines)
            continue
        start, lines = _find(text, chunk, at, path)
        edits += _split(start, lines)
        at = start + sum(line.mark != "+" for line in lines)
    return sorted(edits, key=lambda one: one.start)


def _find(text: Text, chunk: Chunk, at: int, path: str) -> tuple[int, Sequence[Line]]:
    """Where the chunk goes, and its lines, perhaps without an empty last one that the file does not have."""
    lines = chunk.lines
    old = [line.text for line in lines if line.mark != "+"]
    found = text.find(old, at, at_end=chunk.at_end)
    if found is None and old[-1] == "":
        last = max(index for index, line in enumerate(lines) if line.mark != "+")
        lines = (*lines[:last], *lines[last + 1 :])
        found = text.find(old[:-1], at, at_end=chunk.at_end) if len(old) > 1 else at
    if found is None:
        raise PatchError(f"Failed to find expected lines in {path}:\n" + "\n".join(old))
    return found, lines


def _split(start: int, lines: Sequence[Line]) -> list[Edit]:
    """A chunk as edits, one for each run of lines that go or come."""
    edits: list[Edit] = []
    at, gone, new = start, [], []
    for line in (*lines, Line(" ", "")):
        if line.mark == "-":
            gone.append(line.text)
        elif line.mark == "+":
            new.append(line.text)
        else:
            if gone or new:
                edits.append(Edit(at, at + len(gone), tuple(new)))
            at, gone, new = at + len(gone) + 1, [], []
    return edits
