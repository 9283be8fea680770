"""Wakes the shell's loop for every signal.

Python runs signal handlers in the main thread alone, when it next runs code. The kernel may give the signal to any
other thread (it does so with SIGCONT, whose process is only just waking), and then the main thread would sleep on in
its loop.

Does not: handle signals.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket


class Wakeup:
    """A pair of sockets: the interpreter writes to one at each signal, the loop reads the other."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)
        loop.add_reader(self._reader, self._drain)
        signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)

    def close(self) -> None:
        """Stop waking."""
        signal.set_wakeup_fd(-1)
        self._loop.remove_reader(self._reader)
        self._reader.close()
        self._writer.close()

    def _drain(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._reader.recv(4096)
