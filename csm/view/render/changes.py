"""A change of files as an item: what it amounts to, then each file with its diff, folded after some lines.

Does not: lay out diff lines (`patch`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from csm.protocol.items import FileChange, PatchChange
from csm.view.lines import Segment, StyledLine, wrap
from csm.view.render.leaves import Leaf
from csm.view.render.look import CHUNK_ROWS, Look, Rows, View, more, text_rows
from csm.view.render.patch import DiffLine, change_lines, counts, diff_rows, file_row, summary

#: Diff lines of a change that are shown folded.
FOLDED = 12
_MARKS: dict[str, Segment] = {
    "in_progress": ("spinner", "•"),
    "completed": ("command.ok", "✓"),
    "failed": ("command.failed", "✗"),
    "declined": ("command.declined", "⊘"),
}


def render_change(item: FileChange, view: View) -> Look:
    """The summary, the files and their diffs."""
    status = "declined" if view.done and item.status == "in_progress" else item.status
    leaves = change_leaves(
        item.changes, view.cwd, FOLDED if view.folded else None, _note(status), done=status == "completed"
    )
    if status == "failed" and item.stderr:
        leaves.append(Rows(lambda width: text_rows(item.stderr.rstrip(), "notice.error", width), item.stderr))
    total = sum(len(change_lines(change)) for change in item.changes)
    return Look(leaves, _MARKS[status], total > FOLDED)


def _note(status: str) -> StyledLine:
    return {
        "failed": [("command.failed", "  failed")],
        "declined": [("command.declined", "  declined")],
    }.get(status, [])


def change_leaves(
    changes: Sequence[PatchChange], cwd: str, limit: int | None, note: StyledLine | None = None, *, done: bool = True
) -> list[Leaf]:
    """A summary row, then for each file its row (where there are several) and its diff, `limit` diff lines in all."""
    if not changes:
        return [Rows(lambda width: [[("diff.summary", "No files changed")]])]
    parsed = [change_lines(change) for change in changes]
    sizes = [counts(lines) for lines in parsed]
    title = [*summary(changes, sizes, cwd, done=done), *(note or [])]
    leaves: list[Leaf] = [Rows(lambda width: wrap(title, width, None, [("", "  ")]), _source(changes), "change")]
    left = limit
    for change, size, lines in zip(changes, sizes, parsed, strict=True):
        if len(changes) > 1:
            leaves.append(_indented(partial(wrap, file_row(change, size, cwd)), change.diff))
        shown = lines if left is None or len(lines) <= left + 1 else lines[:left]
        left = None if left is None else max(0, left - len(shown))
        leaves += _diff(shown)
        if len(shown) < len(lines):
            leaves.append(_indented(partial(_hidden, len(lines) - len(shown)), ""))
    return leaves


def _hidden(count: int, width: int) -> list[StyledLine]:
    return [more(count)]


def _diff(lines: Sequence[DiffLine]) -> list[Leaf]:
    out: list[Leaf] = []
    digits = max([2, *(len(str(line.number)) for line in lines if line.number)])
    for at in range(0, len(lines), CHUNK_ROWS):
        part = lines[at : at + CHUNK_ROWS]
        make = partial(diff_rows, part, digits=digits, first=not at)
        out.append(_indented(make, "\n".join(line.text for line in part)))
    return out


def _indented(make: Callable[[int], list[StyledLine]], text: str) -> Leaf:
    leaf = Rows(make, text, "diff")
    leaf.first = leaf.rest = [("", "  ")]
    return leaf


def _source(changes: Sequence[PatchChange]) -> str:
    return "\n".join(change.diff.rstrip("\n") for change in changes)
