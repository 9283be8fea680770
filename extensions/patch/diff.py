"""Unified diffs from edits whose places are known, so that nothing has to be compared. Pure.

Does not: write file headers (`---`, `+++`): the paths stand beside the diff.
"""

from __future__ import annotations

from collections.abc import Sequence

from .edit import Edit, Edited

_AROUND = 1
_UNFINISHED = "\\ No newline at end of file\n"


def hunks(edited: Edited) -> list[list[Edit]]:
    """The edits of each hunk of the diff."""
    edits = [one for one in (_trimmed(edited.lines, one) for one in edited.edits) if one is not None]
    return _groups(_finished(edited, edits))


def unified(edited: Edited) -> str:
    """The diff, with one line of context; empty where nothing changes."""
    parts: list[str] = []
    shift = 0
    for group in hunks(edited):
        grown = sum(len(one.new) - (one.stop - one.start) for one in group)
        parts.append(_hunk(edited, group, shift, grown))
        shift += grown
    return "".join(parts)


def _trimmed(lines: Sequence[str], one: Edit) -> Edit | None:
    """The edit without lines that it replaces by the same."""
    start, stop, new = one.start, one.stop, list(one.new)
    while start < stop and new and lines[start] == new[0]:
        start, new = start + 1, new[1:]
    while start < stop and new and lines[stop - 1] == new[-1]:
        stop, new = stop - 1, new[:-1]
    return Edit(start, stop, tuple(new)) if new or start < stop else None


def _finished(edited: Edited, edits: list[Edit]) -> list[Edit]:
    """With the edit that gives the last line its line end, where only that changes."""
    count = len(edited.lines)
    if not edited.unfinished or (edits and edits[-1].start < edits[-1].stop == count):
        return edits
    new: tuple[str, ...] = (edited.lines[-1],)
    if edits and edits[-1].start == count:
        new += edits.pop().new
    return [*edits, Edit(count - 1, count, new)]


def _groups(edits: Sequence[Edit]) -> list[list[Edit]]:
    """Edits so near to each other that they share a hunk."""
    groups: list[list[Edit]] = []
    for one in edits:
        if groups and one.start - groups[-1][-1].stop <= 2 * _AROUND:
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def _hunk(edited: Edited, group: Sequence[Edit], shift: int, grown: int) -> str:
    lines = edited.lines
    start, stop = max(0, group[0].start - _AROUND), min(len(lines), group[-1].stop + _AROUND)
    parts = [f"@@ -{_range(start, stop - start)} +{_range(start + shift, stop - start + grown)} @@\n"]
    at = start
    for one in group:
        parts += [f" {line}\n" for line in lines[at : one.start]]
        parts += [f"-{line}\n" for line in lines[one.start : one.stop]]
        if edited.unfinished and one.start < one.stop == len(lines):
            parts.append(_UNFINISHED)
        parts += [f"+{line}\n" for line in one.new]
        at = one.stop
    parts += [f" {line}\n" for line in lines[at:stop]]
    return "".join(parts)


def _range(start: int, count: int) -> str:
    """Lines as a hunk header counts them: from 1, or the line before where there are none."""
    if count == 1:
        return str(start + 1)
    return f"{start + 1 if count else start},{count}"
