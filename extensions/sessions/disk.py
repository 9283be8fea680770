"""What is asked of the system where a session is written: one small object, so that a test can have any call fail.

Does not: decide anything, or catch an error.
"""

from __future__ import annotations

import os
from pathlib import Path


class Disk:
    """The calls, as the system has them. All raise OSError."""

    def open(self, path: Path, flags: int) -> int:
        """A file descriptor that no child inherits. New files are the user's alone."""
        return os.open(path, flags | os.O_CLOEXEC, 0o600)

    def write(self, fd: int, data: bytes | memoryview) -> int:
        """How many bytes were written, which may be fewer than given."""
        return os.write(fd, data)

    def truncate(self, fd: int, size: int) -> None:
        """Cut a file off."""
        os.ftruncate(fd, size)

    def sync(self, fd: int) -> None:
        """Bring a file's content to the disk."""
        getattr(os, "fdatasync", os.fsync)(fd)

    def sync_folder(self, folder: Path) -> None:
        """Bring to the disk that files were made in a folder."""
        fd = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)

    def replace(self, source: Path, target: Path) -> None:
        """Put a file in the place of another, at once."""
        source.replace(target)

    def remove(self, path: Path) -> None:
        """Remove a file."""
        path.unlink()

    def write_all(self, fd: int, data: bytes) -> None:
        """Write every byte."""
        written = self.write(fd, data)
        if written < len(data):
            rest = memoryview(data)
            while written < len(data):
                written += self.write(fd, rest[written:])
