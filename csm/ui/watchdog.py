"""What holds the shell's loop: named when it takes long, interrupted when it takes too long.

A timer signal interrupts system calls too, so a command that sleeps is stopped as well as one that computes.

Does not: watch threads, which hold nobody up.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Coroutine, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from types import coroutine
from typing import Any

#: Seconds after which a step is told of, and after which it is interrupted.
SLOW = 0.1
LIMIT = 2.0


class HeldError(Exception):
    """A step held the shell for too long and was interrupted where the traceback says."""


@coroutine
def stepwise(
    work: Coroutine[Any, Any, Any], watch: Callable[[], AbstractContextManager[None]]
) -> Generator[Any, Any, Any]:
    """Await `work` with each stretch between two waits watched: one that blocks holds the shell as a call does."""
    given: Any = None
    error: BaseException | None = None
    while True:
        try:
            with watch():
                waits = work.send(given) if error is None else work.throw(error)
        except StopIteration as stop:
            return stop.value
        given = error = None
        try:
            given = yield waits
        except BaseException as raised:
            error = raised


class Watchdog:
    """`tell` gets a line about each step that took long. To be used in the main thread."""

    def __init__(self, tell: Callable[[str], None], limit: float = LIMIT) -> None:
        self._tell, self._limit, self._now = tell, limit, limit
        self._excused = self._within = False
        self._before: Any = None

    def start(self) -> None:
        """Take the timer signal."""
        self._before = signal.signal(signal.SIGALRM, self._rung)

    def stop(self) -> None:
        """Give the timer signal back."""
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, self._before if self._before is not None else signal.SIG_DFL)

    def excuse(self) -> None:
        """The step that runs may take as long as it likes: it waits for the user."""
        self._excused = True
        signal.setitimer(signal.ITIMER_REAL, 0)

    @contextmanager
    def step(self, what: str, limit: float | None = None, *, quiet: bool = False) -> Iterator[None]:
        """Watch a step. HeldError is raised inside it where it takes too long. A step in a step is part of it, and may
        have a shorter limit. `quiet`: that it took long is not told.
        """
        if self._within:
            with self._inside(limit):
                yield
            return
        self._excused, self._within = False, True
        began = time.monotonic()
        self._now = self._limit if limit is None else limit
        signal.setitimer(signal.ITIMER_REAL, self._now)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            self._within = False
            took = time.monotonic() - began
            if took > SLOW and not (quiet or self._excused):
                self._tell(f"{what} held the screen for {took:.1f} s")

    @contextmanager
    def _inside(self, limit: float | None) -> Generator[None]:
        left, before, began = signal.getitimer(signal.ITIMER_REAL)[0], self._now, time.monotonic()
        if limit is None or not 0 < limit < left:
            yield
            return
        self._now = limit
        signal.setitimer(signal.ITIMER_REAL, limit)
        try:
            yield
        finally:
            self._now = before
            rest = 0.0 if self._excused else max(0.001, left - (time.monotonic() - began))
            signal.setitimer(signal.ITIMER_REAL, rest)

    def _rung(self, _number: int, _frame: Any) -> None:
        raise HeldError(f"held the shell for {self._now:g} s and was interrupted")
