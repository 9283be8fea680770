"""Unified diffs as data: hunks, what they make of a text, their reverse, and the text that git takes.

A hunk fits a text where all its old lines stand together, at its place or, if they stand nowhere else, elsewhere: what
was changed since is never overwritten.

Does not: make diffs of two texts, read files or draw.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from csm.protocol.items import PatchChange

_HEAD = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)")
_NO_NEWLINE = "\\ No newline at end of file"


class Hunk(NamedTuple):
    """A part of a diff. `lines` begin with a blank, `+`, `-` or a backslash; `head` is what follows the second `@@`.

    Places count from 1.
    """

    old_start: int
    new_start: int
    lines: tuple[str, ...]
    head: str = ""

    @property
    def old_count(self) -> int:
        """Lines of the old text."""
        return sum(line[:1] in (" ", "-") for line in self.lines)

    @property
    def new_count(self) -> int:
        """Lines of the new text."""
        return sum(line[:1] in (" ", "+") for line in self.lines)


class Conflict(Exception):
    """A hunk does not fit a text. `hunk` is which, `why` in a few words."""

    def __init__(self, hunk: Hunk, why: str) -> None:
        super().__init__(why)
        self.hunk, self.why = hunk, why


class FileDiff(NamedTuple):
    """What a diff does to one file. `kind` is `add`, `delete` or `update`; `old_path` is another one where it moved.

    `mode` is what git calls its mode: the new one of a file that comes or goes, or two where it has changed.
    """

    path: str
    kind: str
    hunks: tuple[Hunk, ...]
    old_path: str = ""
    binary: bool = False
    mode: str = ""


class Piece(NamedTuple):
    """What can be allowed of a patch by itself: a hunk of one of its changes; -1 is all that is done to the file."""

    change: int
    hunk: int


def pieces(changes: Sequence[PatchChange]) -> tuple[Piece, ...]:
    """The pieces of recorded changes, in order; an answer names them by their places here."""
    found: list[Piece] = []
    for index, change in enumerate(changes):
        hunks = len(parse(change.diff)) if change.kind == "update" else 0
        found += [Piece(index, hunk) for hunk in range(hunks)] or [Piece(index, -1)]
    return tuple(found)


def parse(diff: str) -> tuple[Hunk, ...]:
    """The hunks of one file's unified diff; what stands before them is left out."""
    hunks: list[Hunk] = []
    lines: list[str] = []
    head: re.Match[str] | None = None
    left = (0, 0)
    for line in diff.split("\n"):
        found = _HEAD.match(line) if left == (0, 0) else None
        if found:
            _close(hunks, head, lines)
            head, lines = found, []
            left = (int(found[2] or 1), int(found[4] or 1))
        elif line == _NO_NEWLINE and head is not None:
            lines.append(line)
        elif head is not None and left != (0, 0):
            line = line or " "
            lines.append(line)
            left = (left[0] - (line[0] in " -"), left[1] - (line[0] in " +"))
    _close(hunks, head, lines)
    return tuple(hunks)


def _close(hunks: list[Hunk], head: re.Match[str] | None, lines: list[str]) -> None:
    if head is not None and lines:
        hunks.append(Hunk(int(head[1]), int(head[3]), tuple(lines), head[5]))


def whole(text: str, *, added: bool) -> tuple[Hunk, ...]:
    """A whole file as one hunk, all added or all removed."""
    if not text:
        return ()
    sign = "+" if added else "-"
    lines = [sign + line for line in text.removesuffix("\n").split("\n")]
    lines += [] if text.endswith("\n") else [_NO_NEWLINE]
    return (Hunk(0, 1, tuple(lines)) if added else Hunk(1, 0, tuple(lines)),)


def reverse(hunks: Iterable[Hunk]) -> tuple[Hunk, ...]:
    """What undoes hunks."""
    return tuple(
        Hunk(hunk.new_start, hunk.old_start, _ordered(_swapped(line) for line in hunk.lines), hunk.head)
        for hunk in hunks
    )


def _swapped(line: str) -> str:
    return {"+": "-", "-": "+"}.get(line[0], line[0]) + line[1:]


def _ordered(lines: Iterable[str]) -> tuple[str, ...]:
    """Removed lines before added ones, as diffs have them; a note on the last line stays with its line."""
    made: list[str] = []
    removed: list[str] = []
    added: list[str] = []
    last: list[str] = made
    for line in lines:
        if line[0] == " ":
            made += [*removed, *added, line]
            removed, added = [], []
            last = made
        elif line[0] == "\\":
            last.append(line)
        else:
            last = removed if line[0] == "-" else added
            last.append(line)
    return (*made, *removed, *added)


def apply(text: str, hunks: Sequence[Hunk]) -> str:
    """The text with hunks applied, in order. Raises Conflict for one that does not fit."""
    lines = text.split("\n")
    shift = 0
    for hunk in hunks:
        old, new = _sides(hunk)
        at = _find(lines, old, hunk, shift, ends=_ends(hunk, "-"))
        lines[at : at + len(old)] = new
        shift += len(new) - len(old)
    return "\n".join(lines)


def _ends(hunk: Hunk, sign: str) -> bool:
    """Whether the last line of a side has no newline."""
    return any(
        line[0] == "\\" and before[0] in (sign, " ") for before, line in zip(hunk.lines, hunk.lines[1:], strict=False)
    )


def _sides(hunk: Hunk) -> tuple[list[str], list[str]]:
    """The old and the new lines. The end of a file is an empty string after its last newline."""
    old = [line[1:] for line in hunk.lines if line[0] in " -"]
    new = [line[1:] for line in hunk.lines if line[0] in " +"]
    if any(line[0] == "\\" for line in hunk.lines):
        # Where one side ends in a newline, it has the empty string after it that the other lacks.
        old += [] if _ends(hunk, "-") else [""]
        new += [] if _ends(hunk, "+") else [""]
    return old, new


def _find(lines: list[str], old: list[str], hunk: Hunk, shift: int, *, ends: bool) -> int:
    expected = max(0, hunk.old_start - 1) + shift if old else min(hunk.old_start + shift, len(lines))
    if not old:
        if lines == [""] or (hunk.old_count == 0 and hunk.old_start == 0):
            return 0
        return expected
    if lines[expected : expected + len(old)] == old and expected >= 0:
        return expected
    found = [at for at in range(len(lines) - len(old) + 1) if lines[at] == old[0] and lines[at : at + len(old)] == old]
    if len(found) == 1 and (not ends or found[0] + len(old) == len(lines)):
        return found[0]
    raise Conflict(hunk, "the lines it would change stand there more than once" if found else "the file has changed")


def text(path: str, hunks: Sequence[Hunk], *, kind: str = "update", old_path: str = "", mode: str = "") -> str:
    """The diff of one file as `git apply` takes it."""
    source, target = _quoted(f"a/{old_path or path}"), _quoted(f"b/{path}")
    made = [f"diff --git {source} {target}"]
    if kind != "update":
        made.append(f"{'new' if kind == 'add' else 'deleted'} file mode {mode or '100644'}")
    elif old_path:
        made += [f"rename from {_quoted(old_path)}", f"rename to {_quoted(path)}"]
    made += [f"--- {'/dev/null' if kind == 'add' else source}", f"+++ {'/dev/null' if kind == 'delete' else target}"]
    for hunk in hunks:
        made.append(f"@@ -{hunk.old_start},{hunk.old_count} +{hunk.new_start},{hunk.new_count} @@")
        made += hunk.lines
    return "\n".join(made) + "\n"


def files(diff: str) -> tuple[FileDiff, ...]:
    """The files of what `git diff` printed."""
    found: list[FileDiff] = []
    for part in re.split(r"^(?=diff --git )", diff, flags=re.MULTILINE):
        if part.startswith("diff --git "):
            found.append(_file(part))
    return tuple(found)


def _file(part: str) -> FileDiff:
    head = part.split("\n@@ ", 1)[0]
    old, new = _name(head, "--- "), _name(head, "+++ ")
    moved = re.search(r"^rename from (.*)\nrename to (.*)$", head, re.MULTILINE)
    if moved:
        old, new = _unquoted(moved[1]), _unquoted(moved[2])
    if not old and not new:
        names = re.match(r"diff --git (\"?a/.*?\"?) (\"?b/.*\"?)$", head, re.MULTILINE)
        old = new = _unquoted(names[2]).removeprefix("b/") if names else ""
    kind = "add" if "\nnew file mode" in head else "delete" if "\ndeleted file mode" in head else "update"
    path = old if kind == "delete" else new
    mode = " → ".join(re.findall(r"^(?:new file|deleted file|old|new) mode (\d+)$", head, re.MULTILINE))
    binary = re.search(r"^Binary files ", head, re.MULTILINE) is not None
    return FileDiff(path, kind, parse(part), old if old not in ("", path) else "", binary, mode)


def _name(head: str, sign: str) -> str:
    found = re.search(rf"^{re.escape(sign)}(.*?)\t?$", head, re.MULTILINE)
    name = _unquoted(found[1]) if found else ""
    return "" if name == "/dev/null" else name[2:] if name[:2] in ("a/", "b/") else name


def _quoted(name: str) -> str:
    """A name as git wants it in a patch."""
    if not any(char in '"\\' or ord(char) < 32 for char in name):
        return name
    special = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    return '"' + "".join(special.get(char) or (char if ord(char) > 31 else f"\\{ord(char):03o}") for char in name) + '"'


def _unquoted(name: str) -> str:
    """git quotes names with odd characters as C does."""
    if not (name.startswith('"') and name.endswith('"')):
        return name
    data = re.sub(rb"\\(?:([0-7]{3})|(.))", _unescaped, name[1:-1].encode())
    return data.decode("utf-8", "surrogateescape")


def _unescaped(found: re.Match[bytes]) -> bytes:
    if found[1]:
        return bytes([int(found[1], 8) & 255])
    return {b"n": b"\n", b"t": b"\t", b"r": b"\r"}.get(found[2], found[2])
