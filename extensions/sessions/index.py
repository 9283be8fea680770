"""The index of one log, as a file: where turns begin, and states from which a thread can go on.

It is a help and never the truth. It says of which file it tells (device, inode, size, time of change) and has sums of
all bytes it covers. The same file, untouched since, is believed after a look at its last bytes; any other is compared
byte for byte, and what follows the first difference counts as not covered. What cannot be used is made anew.

Does not: read logs (`scanning`), or decide when to write (`tracking`).
"""

from __future__ import annotations

import os
import threading
from array import array
from contextlib import suppress
from pathlib import Path
from typing import Literal
from zlib import crc32

import msgspec

from csm.api import seed

from . import places
from .sections import PLACE, Section, Sections, section_of
from .sums import Sums

#: Grows with every change of what an index holds or of what it means.
VERSION = 2
_MAGIC = b"csm log index\n"
#: So many states are kept, and so many places where turns begin; then every other one goes.
POINTS = 32
MARKS = 2048
#: Bytes between two of them at the least, to begin with.
POINT_EVERY = 1 << 16
MARK_EVERY = 1 << 15


class Point(msgspec.Struct, array_like=True):
    """A state between two turns: what was read from `at` on goes on from it, if all before `until` is as it was.

    `since` is the address of the line that last put something in the place of the history, or 0; `history` counts its
    items. It can be read again from there if it is `plain`.
    """

    at: int
    until: int
    since: int
    history: int
    plain: bool
    begun: int
    skipped: int
    salvaged: int
    strange: int
    seed: bytes


class Part(msgspec.Struct, array_like=True, frozen=True):
    """A file that the log is in, as it was, and how far it counts."""

    device: int
    inode: int
    size: int
    changed: int
    start: int
    end: int | None


class Index(msgspec.Struct, array_like=True):
    """See the module. `starts` and `lengths` say where the history of the last point lies, `inline` what lies nowhere.

    `marks` are four numbers each: address, turns begun before, those of old rollouts among them, pairs read before.
    `dead` are two numbers for each time that turns were taken back: what was made between these pairs no longer shows.
    """

    version: int
    seeds: int
    thread_id: str
    parts: list[Part]
    missing: str
    headless: bool
    sums: bytes
    last: int
    size: int
    instructions: str | None
    points: list[Point]
    point_every: int
    marks: bytes
    mark_every: int
    dead: list[int]
    starts: bytes
    lengths: bytes
    inline: list[bytes]

    def covered(self) -> Sums:
        """The sums."""
        return Sums(numbers("I", self.sums), self.last, self.size)

    def sound(self, sections: Sections) -> int:
        """How much of the own file is as it was. Raises OSError."""
        now = parts(sections)
        if now[1:-1] != self.parts[1:-1]:
            return 0
        sums = self.covered()
        if now == self.parts and sums.ends(sections.path):
            return self.size
        return sums.sound(sections.path)

    def sections(self, path: Path, others: list[Path], missing: str) -> Sections | None:
        """The sections of the log at `path`, if it still builds on as many files; None if not."""
        if len(others) + 2 != len(self.parts) or missing != self.missing:
            return None
        paths = [path, *others, path]
        found = [Section(one, part.start, part.end) for one, part in zip(paths, self.parts, strict=True)]
        return Sections(found, self.missing, headless=self.headless, thread_id=self.thread_id)


_decoder = msgspec.msgpack.Decoder(Index)


def parts(sections: Sections) -> list[Part]:
    """The files of a log as they are now. Raises OSError."""
    found: list[Part] = []
    for section in sections.sections:
        stat = section.path.stat()
        found.append(Part(stat.st_dev, stat.st_ino, stat.st_size, stat.st_ctime_ns, section.start, section.end))
    return found


def own_place(at: int, sections: Sections) -> int:
    """How much of the own file is read when one has come to an address."""
    if section_of(at) in (0, sections.own):
        return at & PLACE
    return sections.sections[0].end or 0


def file(folder: Path, thread_id: str) -> Path:
    """Where the index of a thread is."""
    return folder / f"{thread_id}.log-index"


def load(path: Path, thread_id: str) -> Index | None:
    """The index as it was written; None where there is none that this csm can use."""
    try:
        data = path.read_bytes()
        end = len(_MAGIC) + 4
        body = memoryview(data)[end:]
        if data[: len(_MAGIC)] != _MAGIC or int.from_bytes(data[len(_MAGIC) : end], "big") != crc32(body):
            return None
        # An index of another version may have another shape: these two come first in all of them.
        found = _decoder.decode(body)
    except (OSError, msgspec.MsgspecError, ValueError):
        return None
    mine = found.version == VERSION and found.seeds == seed.VERSION and found.thread_id == thread_id
    return found if mine and len(found.parts) >= 2 else None


def save(path: Path, index: Index) -> int:
    """Write it, whole or not at all; its size. A disk that takes none is no trouble: the log is what counts."""
    body = msgspec.msgpack.encode(index)
    new = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.new")
    try:
        places.make(path.parent)
        fd = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(fd, "wb") as out:
            out.write(_MAGIC + crc32(body).to_bytes(4, "big") + body)
        new.replace(path)
    except OSError:
        with suppress(OSError):
            new.unlink()
    return len(body)


def forget(path: Path) -> None:
    """Remove it."""
    with suppress(OSError):
        path.unlink()


def numbers(kind: Literal["I", "Q"], data: bytes) -> array[int]:
    """Numbers that were kept as bytes. Raises ValueError."""
    found: array[int] = array(kind)
    found.frombytes(data)
    return found
