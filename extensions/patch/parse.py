"""A patch's text to what it wants done, pure.

    *** Begin Patch
    *** Add File: PATH        then lines with +
    *** Delete File: PATH
    *** Update File: PATH     then perhaps `*** Move to: PATH`, then chunks
    *** End Patch

A chunk begins with `@@`, or `@@ LINE` once or more to say below which lines it is (the first chunk of a file may do
without), holds lines with a space, `-` or `+`, and may end with `*** End of File`. Line ends may be CRLF; the whole may
be wrapped in a here-document.

Does not: look at files.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, NamedTuple

_BEGIN, _END, _EOF = "*** Begin Patch", "*** End Patch", "*** End of File"
_ADD, _DELETE, _UPDATE, _MOVE = "*** Add File: ", "*** Delete File: ", "*** Update File: ", "*** Move to: "
_ENVIRONMENT = "*** Environment ID:"
_HEREDOC = re.compile(r"<<(['\"]?)EOF\1")
_HEADERS = "'*** Add File: {path}', '*** Delete File: {path}', '*** Update File: {path}'"
_LINES = "Every line should start with ' ' (context line), '+' (added line), or '-' (removed line)"


class PatchError(ValueError):
    """The patch is malformed or does not fit; the text is for the model."""


class Line(NamedTuple):
    """One line of a chunk, without its line end: it stays (` `), goes (`-`) or comes (`+`)."""

    mark: Literal[" ", "-", "+"]
    text: str


@dataclass(frozen=True)
class Chunk:
    """Lines to find and change, somewhere below the `places`, at the very end of the file if `at_end`."""

    places: tuple[str, ...]
    lines: tuple[Line, ...]
    at_end: bool = False


@dataclass(frozen=True)
class Section:
    """What is to be done with one file. `content` for `add`, `chunks` and `move` for `update`. Paths as written."""

    kind: Literal["add", "delete", "update"]
    path: str
    content: str = ""
    move: str | None = None
    chunks: tuple[Chunk, ...] = ()


def parse(text: str) -> tuple[Section, ...]:
    """The sections in order; none for an empty patch. Raises PatchError."""
    lines = _inside(text)
    if lines and lines[0].strip().startswith(_ENVIRONMENT):
        raise PatchError("apply_patch environment selection is unavailable for this turn")
    reader = _Reader(lines)
    sections: list[Section] = []
    while reader.line is not None:
        sections.append(_section(reader))
    return tuple(sections)


class _Reader:
    """The lines between the markers, one at a time."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._at = 0

    @property
    def line(self) -> str | None:
        """The line to be read next; None at the end."""
        return self._lines[self._at] if self._at < len(self._lines) else None

    @property
    def number(self) -> int:
        """Its number in the patch, where the first marker is line 1."""
        return self._at + 2

    def take(self) -> str:
        """Read the line."""
        self._at += 1
        return self._lines[self._at - 1]

    def fault(self, message: str, number: int | None = None) -> PatchError:
        """An error here, or in an earlier line."""
        return PatchError(f"invalid hunk at line {self.number if number is None else number}, {message}")


def _inside(text: str) -> list[str]:
    """The lines between first and last marker."""
    lines = [line.removesuffix("\r") for line in text.strip().split("\n")] if text.strip() else []
    if len(lines) >= 4 and _HEREDOC.fullmatch(lines[0]) and lines[-1].endswith("EOF"):
        lines = "\n".join(lines[1:-1]).strip().split("\n")
    if lines and lines[0].strip() != _BEGIN:
        raise PatchError(f"invalid patch: The first line of the patch must be '{_BEGIN}'")
    if len(lines) < 2 or lines[-1].strip() != _END:
        raise PatchError(f"invalid patch: The last line of the patch must be '{_END}'")
    return lines[1:-1]


def _section(reader: _Reader) -> Section:
    number, header = reader.number, reader.take().strip()
    if header.startswith(_ADD):
        return Section("add", header.removeprefix(_ADD), content=_added(reader))
    if header.startswith(_DELETE):
        return Section("delete", header.removeprefix(_DELETE))
    if header.startswith(_UPDATE):
        return _update(reader, header.removeprefix(_UPDATE), number)
    raise reader.fault(f"'{header}' is not a valid hunk header. Valid hunk headers: {_HEADERS}", number)


def _added(reader: _Reader) -> str:
    content: list[str] = []
    while reader.line is not None and reader.line.startswith("+"):
        content.append(reader.take()[1:] + "\n")
    return "".join(content)


def _update(reader: _Reader, path: str, number: int) -> Section:
    move = None
    if reader.line is not None and reader.line.strip().startswith(_MOVE):
        move = reader.take().strip().removeprefix(_MOVE)
    chunks: list[Chunk] = []
    while reader.line is not None and not reader.line.lstrip().startswith("***"):
        if reader.line.strip():
            chunks.append(_chunk(reader, first=not chunks))
        else:
            reader.take()
    if not chunks:
        raise reader.fault(f"Update file hunk for path '{path}' is empty", number)
    return Section("update", path, move=move, chunks=tuple(chunks))


def _chunk(reader: _Reader, *, first: bool) -> Chunk:
    places = _places(reader)
    if places is None and not first:
        raise reader.fault(f"Expected update hunk to start with a @@ context marker, got: '{reader.line}'")
    lines: list[Line] = []
    while reader.line is not None and reader.line != _EOF and (line := _line(reader.line)) is not None:
        lines.append(line)
        reader.take()
    if not lines:
        raise reader.fault(_why_empty(reader.line))
    at_end = reader.line == _EOF
    if at_end:
        reader.take()
    return Chunk(places or (), tuple(lines), at_end)


def _places(reader: _Reader) -> tuple[str, ...] | None:
    """The lines below which the chunk is; None where no `@@` stands."""
    places: list[str] = []
    seen = False
    while reader.line is not None and (reader.line.rstrip() == "@@" or reader.line.startswith("@@ ")):
        seen = True
        place = reader.take().rstrip("\r\n")[3:]
        if place.strip():
            places.append(place)
    return tuple(places) if seen else None


def _line(text: str) -> Line | None:
    """A line of a chunk; None for one that cannot be. An empty line stands for one that stays."""
    if not text:
        return Line(" ", "")
    mark = text[0]
    if mark == " " or mark == "+" or mark == "-":
        return Line(mark, text[1:])
    return None


def _why_empty(line: str | None) -> str:
    if line is None or line == _EOF:
        return "Update hunk does not contain any lines"
    return f"Unexpected line found in update hunk: '{line}'. {_LINES}"
