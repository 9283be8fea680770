"""Bytes of the terminal to key presses, on the event loop: reads what is there, and knows a lone Esc after a while.

Does not: decode (`csm.edit.keys`) or decide what a key does (`csm.ui.dispatch`).
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import Any

from csm.edit.keys import ESC_WAIT, Decoder

_CHUNK = 1 << 16


class Keyboard:
    """Calls `sink` with each key, paste, focus report and reply, and `hangup` when the terminal is gone.

    `patience` says how many seconds an ESC may wait for what makes it Alt.
    """

    def __init__(
        self,
        fd: int,
        loop: asyncio.AbstractEventLoop,
        sink: Callable[[Any], None],
        hangup: Callable[[], None],
        patience: Callable[[], float] = lambda: ESC_WAIT,
    ) -> None:
        self._fd, self._loop, self._sink, self._hangup = fd, loop, sink, hangup
        self._decoder, self._patience = Decoder(), patience
        self._timer: asyncio.TimerHandle | None = None

    def open(self) -> None:
        """Begin to read."""
        self._loop.add_reader(self._fd, self._ready)

    def expect_answer(self, seconds: float) -> None:
        """Wait longer for an answer that comes in pieces, until it is there or the time is over."""
        self._decoder.expect_answer(self._loop.time() + seconds)

    def close(self) -> None:
        """Stop reading; bytes not read yet stay for whoever reads next."""
        self._loop.remove_reader(self._fd)
        if self._timer:
            self._timer.cancel()

    def _ready(self) -> None:
        try:
            data = os.read(self._fd, _CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.close()
            self._hangup()
            return
        self._decoder.esc_wait = self._patience()
        self._give(self._decoder.feed(data, self._loop.time()))
        self._arm()

    def _arm(self) -> None:
        if self._timer:
            self._timer.cancel()
        deadline = self._decoder.deadline
        self._timer = None if deadline is None else self._loop.call_at(deadline, self._expired)

    def _expired(self) -> None:
        self._timer = None
        self._give(self._decoder.flush(max(self._loop.time(), self._decoder.deadline or 0.0)))
        self._arm()

    def _give(self, inputs: list[Any]) -> None:
        for each in inputs:
            self._sink(each)
