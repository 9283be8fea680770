"""What a server writes to its standard error: the newest of it in a file, its end in memory for the user.

Does not: show it.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

#: Bytes of one file; the one before it is kept beside it.
_FILE = 262_144
_TAIL = 4_096


class Log:
    """The log of one server. A file that cannot be written costs nothing but the log."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: BinaryIO | None = None
        self._size = 0
        self._tail = b""

    def write(self, data: bytes) -> None:
        """Add to it."""
        self._tail = (self._tail + data)[-_TAIL:]
        try:
            if self._file is None or self._size + len(data) > _FILE:
                self._turn()
            if self._file is not None:
                self._size += self._file.write(data[-_FILE:])
        except OSError:
            self.close()

    def tail(self, lines: int = 5) -> list[str]:
        """Its last lines."""
        return self._tail.decode("utf-8", "replace").splitlines()[-lines:]

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
        self._file = None

    def _turn(self) -> None:
        self.close()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if self.path.exists():
            self.path.replace(self.path.with_name(f"{self.path.name}.1"))
        self._file = self.path.open("wb", buffering=0)
        self.path.chmod(0o600)
        self._size = 0
