"""Hunks of a unified diff: the file before them from the file after them, and the same with git's three lines around.

A diff of a thread has one line around each change, and no more of the file. Pure.

Does not: read files or write headers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_HEAD = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_UNFINISHED = "\\ No newline at end of file"
_AROUND = 3


class Edit(NamedTuple):
    """`gone` stood at line `old` (from 0) of the file before, `came` stands at line `new` of the file after."""

    old: int
    new: int
    gone: tuple[str, ...]
    came: tuple[str, ...]


class Whole(NamedTuple):
    """A file before and after, and the hunks between them."""

    before: str
    after: str
    hunks: list[str]


def whole(diff: str, after: str) -> Whole | None:
    """All of it, where `after` is what `diff` led to; None where that cannot be, or line ends are mixed."""
    end = "\r\n" if "\r\n" in after else "\n"
    if not after.endswith(end) or after.count("\n") != after.count(end) or "\r" in after.replace("\r\n", ""):
        return None
    new = after.split(end)[:-1]
    found = _edits(diff, new)
    if found is None:
        return None
    edits, unfinished = found
    old, at = list[str](), 0
    for edit in edits:
        old += [*new[at : edit.new], *edit.gone]
        at = edit.new + len(edit.came)
    old += new[at:]
    before = "".join(f"{line}{end}" for line in old)
    before = before.removesuffix(end) if unfinished else before
    return Whole(before, after, [line for group in _groups(edits) for line in _hunk(old, group, unfinished)])


def _edits(diff: str, new: Sequence[str]) -> tuple[list[Edit], bool] | None:
    """The edits, and whether the last line before them had no line end. None where they do not fit `new`."""
    edits, unfinished, old_at, new_at = list[Edit](), False, 0, 0
    gone, came = list[str](), list[str]()
    for line in [*diff.removesuffix("\n").split("\n"), "@@ -1,0 +1,0 @@"]:
        if line[:1] in ("-", "+"):
            (gone if line[0] == "-" else came).append(line[1:])
        elif line == _UNFINISHED:
            unfinished = True
        else:
            edits += [Edit(old_at, new_at, tuple(gone), tuple(came))] if gone or came else []
            old_at, new_at = old_at + len(gone), new_at + len(came)
            gone, came = [], []
            head = _HEAD.match(line)
            if head is not None:
                old_at, new_at = _start(head[1], head[2]), _start(head[3], head[4])
            elif line[:1] != " " or new[new_at : new_at + 1] != [line[1:]]:
                return None
            else:
                old_at, new_at = old_at + 1, new_at + 1
    fits = all(tuple(new[edit.new : edit.new + len(edit.came)]) == edit.came for edit in edits)
    return (edits, unfinished) if fits and edits else None


def _start(line: str, count: str | None) -> int:
    return int(line) if count == "0" else int(line) - 1


def _groups(edits: Sequence[Edit]) -> Iterator[list[Edit]]:
    group = [edits[0]]
    for edit in edits[1:]:
        if edit.old - group[-1].old - len(group[-1].gone) > 2 * _AROUND:
            yield group
            group = []
        group.append(edit)
    yield group


def _hunk(old: Sequence[str], group: Sequence[Edit], unfinished: bool) -> Iterator[str]:
    first, last = group[0], group[-1]
    start, stop = max(0, first.old - _AROUND), min(len(old), last.old + len(last.gone) + _AROUND)
    grown = sum(len(edit.came) - len(edit.gone) for edit in group)
    shift = first.new - first.old
    yield f"@@ -{_range(start, stop - start)} +{_range(start + shift, stop - start + grown)} @@"
    at = start
    for edit in group:
        yield from (f" {line}" for line in old[at : edit.old])
        yield from (f"-{line}" for line in edit.gone)
        at = edit.old + len(edit.gone)
        if unfinished and edit.gone and at == len(old):
            yield _UNFINISHED
        yield from (f"+{line}" for line in edit.came)
    yield from (f" {line}" for line in old[at:stop])


def _range(start: int, count: int) -> str:
    """Lines as a head counts them: from 1, or the line before where there are none."""
    if count == 1:
        return str(start + 1)
    return f"{start + 1 if count else start},{count}"
