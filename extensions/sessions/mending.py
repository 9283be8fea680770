"""A clean copy of a damaged log, which csm and Codex open. The original is never written to.

Every sound line stays as it is and, where that can be, at its place: forks point into their parent by bytes. What
cannot be read is blanked, and what Codex stumbles over is put right in as many bytes as it had.

Does not: put the copy in the original's place.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from csm.api import StoreError

from .beginnings import beginning
from .checking import Check, check
from .disk import Disk
from .wholeness import KNOWN, Seen, lines, mended

_CHUNK = 1 << 20


class Mended(msgspec.Struct):
    """What was done. `shifted` says by how many bytes lines moved; forks of the session are lost to Codex then."""

    path: str
    copy: str
    before: Check
    after: Check
    shifted: int = 0


def mend(home: Path, path: Path, out: Path, disk: Disk, progress: Callable[[int], object] | None = None) -> Mended:
    """Write the copy to `out`, which must not be there. Raises StoreError; OSError where a file says no."""
    if out.exists() or out.is_symlink():
        raise StoreError(f"{out} is there already: a copy goes where nothing is")
    before = check(home, path, progress)
    copy = _Copy(before, beginning(path, before))
    part = out.with_name(f"{out.name}.part")
    fd = disk.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    try:
        try:
            for data in _chunks(copy.lines(lines(path, progress))):
                disk.write_all(fd, data)
            disk.sync(fd)
        finally:
            os.close(fd)
        disk.replace(part, out)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return Mended(str(path), str(out), before, check(home, out), copy.shifted)


class _Copy:
    """The lines of the copy. `head` is a first line to be put there, nothing if the original's will do."""

    def __init__(self, before: Check, head: bytes) -> None:
        self.shifted = 0
        self._before = before
        self._head = head
        self._number = before.last_number

    def lines(self, given: Iterator[Seen]) -> Iterator[bytes]:
        """All of them, with their ends."""
        for seen in given:
            text = mended(seen)
            if self._head:
                yield self._first(seen)
                if self._replaces(seen):
                    self._head = b""
                    continue
                self._head = b""
            yield self._numbered(seen, text)
        if self._head:
            yield self._head + b"\n"

    def _replaces(self, seen: Seen) -> bool:
        """Whether the new first line stands for the old one, rather than before it."""
        return seen.found is None or (bool(self._before.missing) and seen.found.type == "session_meta")

    def _first(self, seen: Seen) -> bytes:
        size = len(seen.line) - 1 if self._replaces(seen) else 0
        self.shifted += max(0, len(self._head) - size) + (not size)
        return self._head.ljust(size) + b"\n"

    def _numbered(self, seen: Seen, text: bytes) -> bytes:
        found, before = seen.found, self._before
        if not before.numbered or found is None or found.ordinal is not None or found.type not in KNOWN:
            return text
        if seen.at < before.last_numbered:
            return text
        self._number += 1
        number = b'"ordinal":%d,' % self._number
        self.shifted += len(number)
        return text.replace(b"{", b"{" + number, 1)


def _chunks(given: Iterator[bytes]) -> Iterator[bytes]:
    held: list[bytes] = []
    size = 0
    for line in given:
        held.append(line)
        size += len(line)
        if size >= _CHUNK:
            yield b"".join(held)
            held, size = [], 0
    yield b"".join(held)
