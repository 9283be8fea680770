"""Checksums of a file's bytes, piece by piece, so that a change can be told and be told where it begins.

Does not: protect against people, only against accidents.
"""

from __future__ import annotations

from array import array
from pathlib import Path
from zlib import crc32

#: Bytes of a piece.
PIECE = 1 << 16
_BLOCK = 1 << 20


class Sums:
    """The sums of the first `size` bytes: one of each whole piece, and `last`, of what follows these."""

    def __init__(self, sums: array[int] | None = None, last: int = 0, size: int = 0) -> None:
        self.sums = sums if sums is not None else array("I")
        self.last = last
        self.size = size

    def feed(self, data: bytes) -> None:
        """Take the next bytes."""
        view = memoryview(data)
        at = 0
        while at < len(view):
            room = PIECE - self.size % PIECE
            piece = view[at : at + room]
            self.last = crc32(piece, self.last)
            self.size += len(piece)
            at += len(piece)
            if self.size % PIECE == 0:
                self.sums.append(self.last)
                self.last = 0

    def sound(self, path: Path) -> int:
        """How many of the bytes are in a file unchanged, from its beginning on. Raises OSError."""
        seen = Sums()
        with path.open("rb", buffering=0) as file:
            while seen.size < self.size and (data := file.read(min(_BLOCK, self.size - seen.size))):
                seen.feed(data)
                known = len(seen.sums)
                if seen.sums != self.sums[:known]:
                    same = next(at for at in range(known) if seen.sums[at] != self.sums[at])
                    return same * PIECE
        if seen.size == self.size and seen.last == self.last:
            return self.size
        return len(seen.sums) * PIECE

    def ends(self, path: Path) -> bool:
        """Whether the last bytes, less than two pieces of them, are in a file unchanged. Raises OSError."""
        whole = len(self.sums) - (self.size % PIECE == 0 and bool(self.sums))
        start = whole * PIECE
        with path.open("rb", buffering=0) as file:
            file.seek(start)
            data = file.read(self.size - start) or b""
        if len(data) < self.size - start:
            return False
        return crc32(data) == (self.last if self.size % PIECE else self.sums[-1] if self.sums else 0)

    def cut(self, path: Path, size: int) -> Sums:
        """The sums of the first `size` bytes of the file, which are known to be as they were. Raises OSError."""
        if size == self.size:
            return self.copy()
        whole = size // PIECE
        found = Sums(self.sums[:whole], 0, whole * PIECE)
        with path.open("rb", buffering=0) as file:
            file.seek(whole * PIECE)
            found.feed(file.read(size - whole * PIECE) or b"")
        return found

    def copy(self) -> Sums:
        """Sums of their own."""
        return Sums(array("I", self.sums), self.last, self.size)
