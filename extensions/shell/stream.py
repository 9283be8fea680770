"""Our end of a command's pipe or terminal on the loop: what comes out of it, and what is typed into it.

Does not: know the process.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import struct
import termios
from collections.abc import Callable

_READ = 65_536
#: Reads a turn of the loop, so that a flood does not starve the rest.
_READS = 16


class Stream:
    """`feed` gets what is read, `over` is called at its end. `close` it after the command's own end."""

    def __init__(self, fd: int, feed: Callable[[bytes], None], over: Callable[[], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._fd: int | None = fd
        self._feed, self._over = feed, over
        self._ended = False
        self._unwritten = bytearray()
        self._loop.add_reader(fd, self.read)

    @property
    def open(self) -> bool:
        """Whether more may come."""
        return self._fd is not None and not self._ended

    def read(self) -> None:
        """Read what there is."""
        for _ in range(_READS):
            if self._fd is None or self._ended:
                return
            try:
                data = os.read(self._fd, _READ)
            except BlockingIOError:
                return
            except OSError:
                data = b""  # A terminal whose last user left.
            if not data:
                # Not closed: a terminal that hangs up would kill the command that is about to end by itself.
                self._ended = True
                self._loop.remove_reader(self._fd)
                self._over()
                return
            self._feed(data)

    def write(self, data: bytes) -> None:
        """Type into the terminal; what does not fit now follows when there is room."""
        self._unwritten += data
        self._flush()

    def _flush(self) -> None:
        if self._fd is None:
            return
        try:
            del self._unwritten[: os.write(self._fd, self._unwritten)]
        except BlockingIOError:
            pass
        except OSError:
            self._unwritten.clear()
        if self._unwritten:
            self._loop.add_writer(self._fd, self._flush)
        else:
            self._loop.remove_writer(self._fd)

    def resize(self, rows: int, columns: int) -> None:
        """Give the terminal another size."""
        if self._fd is not None:
            fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def close(self) -> None:
        """Read no more. May be called twice."""
        if self._fd is not None:
            release(self._loop, self._fd)
            self._fd = None


def release(loop: asyncio.AbstractEventLoop, fd: int) -> None:
    """Have the loop forget a descriptor, and close it."""
    if not loop.is_closed():
        loop.remove_reader(fd)
        loop.remove_writer(fd)
    os.close(fd)
