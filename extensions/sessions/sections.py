"""Where a log's bytes lie: the session's own file, and those it goes on from, in the order in which they are read.

The own first line comes first, then what the files below say, then the rest of the own file. An address is a section's
number and a place in its file, so addresses grow as one reads.

Does not: say what the lines mean, or notice that a file changed.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator
from io import BytesIO, FileIO
from pathlib import Path
from typing import NamedTuple

from csm.api import rollout

from . import lineage
from .salvage import salvage
from .wholeness import decodable

_SHIFT = 48
PLACE = (1 << _SHIFT) - 1
#: Bytes read at once.
_BLOCK = 1 << 20
#: Bytes that are rather read than skipped between two that are wanted.
_GAP = 1 << 14
#: Bytes of a run that is read at once.
_RUN = 1 << 22
#: So many times as much may be read of a run as is wanted of it.
_SPARSE = 8


class Section(NamedTuple):
    """What counts of a file: from `start` up to `end`, None where that is the end of the file."""

    path: Path
    start: int
    end: int | None


def address(section: int, place: int) -> int:
    """An address."""
    return section << _SHIFT | place


def section_of(at: int) -> int:
    """The section of an address."""
    return at >> _SHIFT


class Sections:
    """The sections of one log. Made by `find`, or by `known` where it was found before how far each one goes."""

    def __init__(
        self, sections: list[Section], missing: str = "", *, headless: bool = False, thread_id: str = ""
    ) -> None:
        self.sections = sections
        #: The id that the session has where its first line is lost.
        self.thread_id = thread_id
        self.missing = missing
        self.headless = headless

    @property
    def own(self) -> int:
        """The number of the section that grows."""
        return len(self.sections) - 1

    @property
    def path(self) -> Path:
        """The session's own file."""
        return self.sections[-1].path

    def within(self, at: int) -> bool:
        """Whether an address is in a file that this one only goes on from."""
        return 0 < section_of(at) < self.own

    def is_own(self, at: int) -> bool:
        """Whether an address is in the own file."""
        return self.sections[section_of(at)].path == self.path

    def lines(self, start: int = 0) -> Iterator[tuple[int, bytes]]:
        """The lines from an address on, each with its own; the very last may have no end. Raises OSError."""
        for at, lines in self.blocks(start):
            for line in lines:
                yield at, line
                at += len(line)

    def blocks(
        self, start: int = 0, watch: Callable[[bytes], object] | None = None
    ) -> Iterator[tuple[int, list[bytes]]]:
        """The lines from an address on, many at once, and the first one's address; a line without an end comes alone.

        `watch` gets what is read of the own file up to the last line end, in order. Raises OSError.
        """
        for number in range(section_of(start), len(self.sections)):
            path, first, end = self.sections[number]
            if number == section_of(start):
                first = max(first, start & PLACE)
            seen = watch if path == self.path else None
            with path.open("rb", buffering=0) as file:
                file.seek(first)
                for place, lines in _blocks(file, first, end, seen):
                    yield number << _SHIFT | place, lines

    def read(self, starts: array[int], lengths: array[int]) -> list[bytes]:
        """The bytes at addresses in rising order, read in few goes. Raises OSError; ValueError: not all is there."""
        found: list[bytes] = []
        at = 0
        while at < len(starts):
            base = starts[at]
            stop = bisect_left(starts, base + _RUN, at)
            stop = max(at + 1, min(stop, bisect_left(starts, address(section_of(base) + 1, 0), at)))
            if starts[stop - 1] - base > _SPARSE * sum(lengths[at:stop]):
                stop = self._run(starts, lengths, at, stop)
            data = self._bytes(base, starts[stop - 1] + lengths[stop - 1] - base)
            spans = zip(starts[at:stop], lengths[at:stop], strict=True)
            found += [data[one - base : one - base + size] for one, size in spans]
            at = stop
        return found

    @staticmethod
    def _run(starts: array[int], lengths: array[int], at: int, most: int) -> int:
        """Where a part ends in which nothing large lies between what is wanted."""
        stop = at + 1
        while stop < most and starts[stop] - starts[stop - 1] - lengths[stop - 1] <= _GAP:
            stop += 1
        return stop

    def _bytes(self, at: int, size: int) -> bytes:
        with self.sections[section_of(at)].path.open("rb", buffering=0) as file:
            file.seek(at & PLACE)
            data = file.read(size) or b""
        if len(data) < size:
            raise ValueError("the log is shorter than it was")
        return data


def find(home: Path, path: Path, thread_id: str = "") -> Sections:
    """The sections of a log, found by looking at its files. Raises OSError."""
    parts, missing = lineage.chain(home, path)
    head, headless = _head(path)
    between = [Section(part.path, 0, sum(map(len, lineage.lines(part)))) for part in parts]
    found = [Section(path, 0, head), *between, Section(path, head, None)]
    return Sections(found, missing, headless=headless, thread_id=thread_id)


def _head(path: Path) -> tuple[int, bool]:
    """How long the own file's beginning is, up to the first line that can be read; whether it tells no beginning."""
    place = 0
    with path.open("rb") as file:
        for line in file:
            place += len(line)
            found = rollout.decode(decodable(line))
            if found is None and (salvaged := salvage(line)) is not None:
                found = salvaged[1]
            if found is not None:
                return place, type(found[1]).__name__ != "ThreadStarted"
    return place, True


def _blocks(
    file: FileIO, place: int, end: int | None, watch: Callable[[bytes], object] | None
) -> Iterator[tuple[int, list[bytes]]]:
    """The lines of a file from its place on, each put together once, however long it is."""
    parts: list[bytes] = []
    read = place
    while data := file.read(_BLOCK if end is None else min(_BLOCK, end - read)):
        read += len(data)
        cut = data.rfind(b"\n") + 1
        if not cut:
            parts.append(data)
            continue
        whole = b"".join([*parts, data[:cut]]) if parts or cut < len(data) else data
        parts = [data[cut:]] if cut < len(data) else []
        if watch is not None:
            watch(whole)
        yield place, list(BytesIO(whole))
        place += len(whole)
    if parts:
        yield place, [b"".join(parts)]
