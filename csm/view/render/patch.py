"""Changes of files to lines: a summary, a row for each file, and diffs with line numbers and the words that differ.

Does not: make diffs (`csm.core.diff`, the patch tool) or decide how much of one is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from csm.protocol.items import PatchChange
from csm.view.lines import StyledLine, clean, clip, fold, merge

#: Words are compared in lines up to this length, and in runs of up to this many lines.
_LONGEST_WORDS = 400
_MOST_PAIRS = 40
_HUNK = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@ ?(.*)")
_WORD = re.compile(r"\w+|\s+|[^\w\s]")


class DiffLine:
    """A line of a diff: `kind` is `context added removed hunk note`, `number` its line (old for removed ones).

    `old` is the old line's number where that is known of one that stays.
    """

    __slots__ = ("kind", "marks", "number", "old", "text")

    def __init__(self, kind: str, number: int | None, text: str) -> None:
        self.kind = kind
        self.number = number
        self.text = text
        self.old: int | None = None
        #: Character ranges that differ from the line's partner.
        self.marks: list[tuple[int, int]] = []


def parse_diff(diff: str) -> list[DiffLine]:
    """The lines of a unified diff, file headers left out, the words of changed lines marked."""
    out: list[DiffLine] = []
    old = new = 0
    started = False
    for line in diff.split("\n"):
        match = _HUNK.match(line)
        if match:
            old, new, started = int(match[1]), int(match[2]), True
            out.append(DiffLine("hunk", None, match[3]))
        elif line.startswith("@@"):
            started = True
            out.append(DiffLine("hunk", None, line.strip("@ ")))
        elif not started:
            continue
        elif line.startswith("+"):
            out.append(DiffLine("added", new or None, line[1:]))
            new += 1 if new else 0
        elif line.startswith("-"):
            out.append(DiffLine("removed", old or None, line[1:]))
            old += 1 if old else 0
        elif line.startswith("\\"):
            out.append(DiffLine("note", None, line[2:]))
        elif line:
            out.append(DiffLine("context", new or None, line[1:]))
            old, new = old + (1 if old else 0), new + (1 if new else 0)
    mark_words(out)
    return out


def change_lines(change: PatchChange) -> list[DiffLine]:
    """The diff of one file; an added or deleted file is all added or all removed."""
    if change.kind == "update":
        return parse_diff(change.diff)
    kind = "added" if change.kind == "add" else "removed"
    lines = change.diff.split("\n")
    if lines and not lines[-1]:
        lines.pop()
    return [DiffLine(kind, number, line) for number, line in enumerate(lines, 1)]


def counts(lines: Sequence[DiffLine]) -> tuple[int, int]:
    """How many lines were added and removed."""
    kinds = [line.kind for line in lines]
    return kinds.count("added"), kinds.count("removed")


def diff_rows(
    lines: Sequence[DiffLine], width: int, digits: int | None = None, *, first: bool = True
) -> list[StyledLine]:
    """Diff lines as rows: number (of `digits` digits), sign, text; long lines go on below their text.

    The head of a hunk is a row only where it says something or other lines came before (not `first`).
    """
    digits = digits or max([2, *(len(str(line.number)) for line in lines if line.number)])
    rows: list[StyledLine] = []
    for index, line in enumerate(lines):
        if line.kind == "hunk":
            if index or line.text or not first:
                gutter = ("diff.gutter", " " * (digits - 1) + "⋮ ")
                rows.append(clip(merge([gutter, ("diff.hunk", clean(line.text, 4))]), width))
            continue
        if line.kind == "note":
            rows.append(clip([("diff.gutter", " " * (digits + 3)), ("dim", clean(line.text, 4))], width))
            continue
        rows += _rows(line, digits, width)
    return rows


def _rows(line: DiffLine, digits: int, width: int) -> Iterator[StyledLine]:
    sign = {"added": "+", "removed": "-"}.get(line.kind, " ")
    role = f"diff.{line.kind}"
    number = str(line.number) if line.number else ""
    gutter = digits + 1 if width >= digits + 9 else 0
    for index, row in enumerate(fold(_marked(line, role), max(1, width - gutter - 2))):
        head = f"{number:>{digits}} "[:gutter] if not index else " " * gutter
        yield merge([("diff.gutter", head), (role, f"{sign} " if not index else "  "), *row])


def _marked(line: DiffLine, role: str) -> StyledLine:
    if not line.marks:
        return [(role, clean(line.text, 4))]
    out: StyledLine = []
    at = 0
    for start, stop in line.marks:
        out += [(role, clean(line.text[at:start], 4)), (f"{role}.word", clean(line.text[start:stop], 4))]
        at = stop
    return merge([*out, (role, clean(line.text[at:], 4))])


def mark_words(lines: list[DiffLine]) -> None:
    """Pair each run of removed lines with the run of added lines after it, and mark where they differ."""
    at = 0
    while at < len(lines):
        removed = _run(lines, at, "removed")
        added = _run(lines, at + len(removed), "added")
        if max(len(removed), len(added)) <= _MOST_PAIRS:
            for old, new in zip(removed, added, strict=False):
                _mark_pair(old, new)
        at += max(1, len(removed) + len(added))


def _run(lines: list[DiffLine], at: int, kind: str) -> list[DiffLine]:
    stop = at
    while stop < len(lines) and lines[stop].kind == kind:
        stop += 1
    return lines[at:stop]


def _mark_pair(old: DiffLine, new: DiffLine) -> None:
    if max(len(old.text), len(new.text)) > _LONGEST_WORDS or "\t" in old.text + new.text:
        return
    from difflib import SequenceMatcher

    before, after = _WORD.findall(old.text), _WORD.findall(new.text)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if matcher.ratio() < 0.5:
        return
    for tag, start, stop, new_start, new_stop in matcher.get_opcodes():
        if tag != "equal":
            _mark(old, before, start, stop)
            _mark(new, after, new_start, new_stop)


def _mark(line: DiffLine, words: list[str], start: int, stop: int) -> None:
    first = sum(map(len, words[:start]))
    size = sum(map(len, words[start:stop]))
    if size:
        line.marks.append((first, first + size))


def summary(
    changes: Sequence[PatchChange], sizes: Sequence[tuple[int, int]], cwd: str, *, done: bool = True
) -> StyledLine:
    """`Edited 3 files (+7 -2)`, or the file's name where there is one; `Editing` where it is not `done`."""
    verbs = {"add": "Add", "delete": "Delet", "update": "Edit"}
    kinds = {change.kind for change in changes}
    verb = verbs[changes[0].kind if len(kinds) == 1 else "update"] + ("ed" if done else "ing")
    added, removed = (sum(size[side] for size in sizes) for side in (0, 1))
    count = _count(added, removed, "diff.summary")
    if len(changes) == 1:
        return [("diff.summary", f"{verb} "), ("diff.file", file_name(changes[0], cwd)), *count]
    return [("diff.summary", f"{verb} {len(changes)} files"), *count]


def file_row(change: PatchChange, size: tuple[int, int], cwd: str) -> StyledLine:
    """One file of several: its name and counts."""
    note = {"add": " new", "delete": " deleted"}.get(change.kind, "")
    return merge([("diff.file", file_name(change, cwd)), ("dim", note), *_count(*size, "dim")])


def file_name(change: PatchChange, cwd: str) -> str:
    """The path, relative to the working directory where it is inside; for a move, both."""
    name = relative(change.path, cwd)
    return f"{name} → {relative(change.move_path, cwd)}" if change.move_path else name


def relative(path: str, cwd: str) -> str:
    """A path as shown: from `cwd` where it is inside."""
    root = cwd.rstrip("/") + "/"
    return clean(path.removeprefix(root) if cwd and path.startswith(root) else path)


def _count(added: int, removed: int, role: str) -> StyledLine:
    """` (+7 -2)`; nothing where nothing was added or removed."""
    out: StyledLine = []
    if added:
        out.append(("diff.count.added", f"+{added}"))
    if removed:
        out += [*([(role, " ")] if out else []), ("diff.count.removed", f"-{removed}")]
    return merge([(role, " ("), *out, (role, ")")]) if out else []
