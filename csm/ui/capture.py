"""Keeps what is printed off the screen: standard output and error become lines for the messages while a shell runs.

The file descriptors themselves are led into a pipe, so that programs which extensions begin are caught too. The
terminal is written to through a copy. Whoever borrows the terminal (`lend`) has the real ones.

Does not: say where the lines go (`tell`).
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from csm.ui.terminal import Terminal

#: Lines a second that are told of; the rest is counted.
_A_SECOND = 50
_LONGEST = 2_000
_OUT, _ERROR = 1, 2


class Capture:
    """`tell` gets each line, in another thread."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._real: tuple[int, int] | None = None
        self._pipe = -1

    def begin(self, terminal: Terminal) -> None:
        """Catch from now on, if it is standard output that shows on the terminal."""
        if terminal.output != _OUT:
            return
        _flush()
        self._real = os.dup(_OUT), os.dup(_ERROR)
        terminal.output = self._real[0]
        reading, self._pipe = os.pipe()
        self.take()
        threading.Thread(target=self._read, args=(reading,), name="csm-capture", daemon=True).start()

    def end(self) -> None:
        """Let things be printed again. The terminal keeps its copy: it may have to be given back later still."""
        if self._pipe >= 0:
            self.lend()
            os.close(self._pipe)
            self._pipe = -1

    def lend(self) -> None:
        """Have what is printed go to the terminal, since another program has it."""
        if self._real is not None and self._pipe >= 0:
            _flush()
            for copy, number in zip(self._real, (_OUT, _ERROR), strict=True):
                os.dup2(copy, number)

    def take(self) -> None:
        """Catch again."""
        if self._pipe >= 0:
            _flush()
            os.dup2(self._pipe, _OUT)
            os.dup2(self._pipe, _ERROR)

    def _read(self, reading: int) -> None:
        second = told = dropped = 0
        with open(reading, "rb") as stream:
            while line := stream.readline(_LONGEST):
                now = int(time.monotonic())
                if now != second:
                    self._count(dropped)
                    second, told, dropped = now, 0, 0
                text = line.decode("utf-8", "replace").rstrip()
                if told >= _A_SECOND:
                    dropped += 1
                elif text:
                    told += 1
                    self._tell(text)
        self._count(dropped)

    def _count(self, dropped: int) -> None:
        if dropped:
            self._tell(f"… {dropped} more lines were printed")


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
