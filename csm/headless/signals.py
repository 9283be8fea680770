"""Ctrl-C, SIGTERM and SIGHUP while a run waits: they end the wait, and never strike elsewhere.

Does not: stop the session. Whoever waits does.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any

#: What stands for a signal: a function, or one of the usual answers.
Handler = Callable[[int, FrameType | None], Any] | int | None
_CAUGHT = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(Exception):
    """A signal came while waiting."""


class Signals:
    """Catches the signals while the `with` lasts. `number` is the last that came; a second one ends us at once."""

    def __init__(self) -> None:
        self.number = 0
        self._waiting = False
        self._before: dict[int, Handler] = {}

    def __enter__(self) -> Signals:
        for number in _CAUGHT:
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._caught)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for number, handler in self._before.items():
            if handler is not None:  # one that was not set from Python cannot be set again from here
                signal.signal(number, handler)

    def _caught(self, number: int, frame: FrameType | None) -> None:
        again, self.number = self.number, number
        if again:
            self.die()
            os._exit(1)
        if self._waiting:
            self._waiting = False
            raise Stopped

    def wait(self) -> _Wait:
        """A `with` in which a signal raises Stopped; one that came before raises on entry."""
        return _Wait(self)

    def die(self) -> None:
        """End as the signal would have ended us; returns for Ctrl-C, whose exit status is 1."""
        if self.number in (0, signal.SIGINT):
            return
        signal.signal(self.number, signal.SIG_DFL)
        os.kill(os.getpid(), self.number)


class _Wait:
    def __init__(self, signals: Signals) -> None:
        self.signals = signals

    def __enter__(self) -> None:
        self.signals._waiting = True
        if self.signals.number:
            self.signals._waiting = False
            raise Stopped

    def __exit__(self, *exc: object) -> None:
        self.signals._waiting = False
