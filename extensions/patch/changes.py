"""What a patch would do to the files there are: read and compared, nothing written.

Does not: ask whether it may be done (`roots`), or do it (`write`).
"""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from csm.api import items, patches

from .diff import hunks as hunks_of
from .diff import unified
from .edit import edit, only
from .parse import PatchError, Section


@dataclass(frozen=True)
class Change:
    """One file of a verified patch. Paths are absolute, without `.` and `..`, symlinks not followed.

    `content` is what the file will hold, None where it goes. `shown` is the path as the patch has it, the new one for
    a move.
    """

    section: Section
    path: str
    content: str | None
    move: str | None
    item: items.PatchChange
    #: What the file held, where it is updated.
    before: str = ""

    @property
    def shown(self) -> str:
        """The path as the model wrote it."""
        return self.section.move or self.section.path

    @property
    def written(self) -> tuple[str, ...]:
        """Every path that is touched."""
        return (self.path,) if self.move is None else (self.path, self.move)

    @property
    def replaced(self) -> bool:
        """Whether the file at `path` gets new content there, rather than going."""
        return self.content is not None and self.move is None


def verify(sections: Sequence[Section], cwd: Path) -> list[Change]:
    """The changes in the patch's order. Raises PatchError where one of them cannot be."""
    _named_once(sections, cwd)
    return [_change(section, cwd) for section in sections]


def _named_once(sections: Sequence[Section], cwd: Path) -> None:
    seen: set[str] = set()
    for section in sections:
        path = _absolute(section.path, cwd)
        move = None if section.move is None else _absolute(section.move, cwd)
        for target in {path, move} - {None}:
            if target in seen:
                raise PatchError(f"invalid patch: multiple operations target {target}")
            seen.add(str(target))


def _change(section: Section, cwd: Path) -> Change:
    path = _absolute(section.path, cwd)
    if section.kind == "add":
        shown = items.PatchChange(path, "add", section.content)
        return Change(section, path, section.content, None, shown)
    if section.kind == "delete":
        text = _read(path, f"Failed to read {path}")
        return Change(section, path, None, None, items.PatchChange(path, "delete", text))
    before = _read(path, f"Failed to read file to update {path}")
    edited = edit(before, section.chunks, path)
    move = None if section.move is None else _absolute(section.move, cwd)
    move = None if move == path else move
    return Change(section, path, edited.text, move, items.PatchChange(path, "update", unified(edited), move), before)


def part(changes: Sequence[Change], kept: Collection[int]) -> tuple[list[Change], list[items.PatchChange]]:
    """The changes with only those pieces that are kept, numbered as `csm.api.patches.pieces` does; what is left out."""
    made: list[Change] = []
    left: list[items.PatchChange] = []
    pieces = list(enumerate(patches.pieces([change.item for change in changes])))
    for index, change in enumerate(changes):
        own = [(number, piece.hunk) for number, piece in pieces if piece.change == index]
        wanted = [hunk for number, hunk in own if number in kept]
        if len(wanted) == len(own):
            made.append(change)
        elif not wanted:
            left.append(change.item)
        else:
            made.append(_with(change, wanted))
            rest = _with(change, [hunk for _, hunk in own if hunk not in wanted])
            left.append(items.PatchChange(change.path, "update", rest.item.diff))
    return made, left


def _with(change: Change, hunks: Sequence[int]) -> Change:
    """An update with some of its hunks."""
    groups = hunks_of(edit(change.before, change.section.chunks, change.path))
    edited = only(change.before, [one for hunk in hunks for one in groups[hunk]])
    item = items.PatchChange(change.path, "update", unified(edited), change.move)
    return replace(change, content=edited.text, item=item)


def _absolute(path: str, cwd: Path) -> str:
    if "\0" in path:
        raise PatchError("invalid patch: a path holds a NUL character")
    return os.path.normpath(cwd / path)


def _read(path: str, failed: str) -> str:
    try:
        if Path(path).exists() and not Path(path).is_file():
            raise PatchError(f"{failed}: path `{path}` is not a file")
        return Path(path).read_bytes().decode()
    except OSError as error:
        raise PatchError(f"{failed}: {error.strerror} (os error {error.errno})") from error
    except UnicodeDecodeError as error:
        raise PatchError(f"{failed}: {_not_text(error)}") from error


def _not_text(error: UnicodeDecodeError) -> str:
    if error.reason == "unexpected end of data":
        return f"incomplete utf-8 byte sequence from index {error.start}"
    return f"invalid utf-8 sequence of {error.end - error.start} bytes from index {error.start}"
