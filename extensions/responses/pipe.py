"""The way from the reading thread to the session's loop.

Does not: start or end the thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading

from csm.api import model

from .wire import Aborted, Line

_WAITING = 64


class Pipe:
    """Batches on their way from the thread to the loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._change = threading.Condition()
        self._batches: list[list[model.ModelPart]] = []
        self._error: BaseException | None = None
        self._ended = False
        self._abandoned = False
        self._waiter: asyncio.Future[None] | None = None

    def put(self, batch: list[model.ModelPart]) -> None:
        """Hand over parts, from the thread. Waits while too much is waiting. Raises Aborted when nobody reads."""
        with self._change:
            self._change.wait_for(lambda: self._abandoned or len(self._batches) < _WAITING)
            if self._abandoned:
                raise Aborted
            self._batches.append(batch)
            self._wake()

    def end(self, error: BaseException | None = None) -> None:
        """Nothing more comes."""
        with self._change:
            self._error, self._ended = error, True
            self._wake()

    def abandon(self, line: Line | None) -> None:
        """Nobody reads any more. Breaks the thread's line, if given, unless the thread has ended and passed it on."""
        with self._change:
            self._abandoned = True
            self._change.notify_all()
            if line is not None and not self._ended:
                line.abort()

    async def get(self) -> list[list[model.ModelPart]]:
        """All batches that wait; none at the end. Raises what `end` was given."""
        while True:
            with self._change:
                batches, self._batches = self._batches, []
                self._change.notify_all()
                if batches:
                    return batches
                if self._error is not None:
                    raise self._error
                if self._ended:
                    return []
                waiter = self._waiter = self._loop.create_future()
            await waiter

    def _wake(self) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is not None:
            with contextlib.suppress(RuntimeError):  # the loop was closed: nobody waits any more
                self._loop.call_soon_threadsafe(_resolve, waiter)


def _resolve(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)
