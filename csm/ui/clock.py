"""The shell's loop as its parts see it: the time, calls for later, calls from other threads, tasks.

Does not: draw or read keys.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Protocol


class Clock(Protocol):
    """What the shell needs of a loop."""

    def now(self) -> float:
        """Seconds, never going back."""
        ...

    def wall(self) -> float:
        """Seconds since the epoch."""
        ...

    def later(self, seconds: float, call: Callable[[], None]) -> Any:
        """Call once, after a while; the result has `cancel()`."""
        ...

    def soon(self, call: Callable[[], None]) -> None:
        """Call once on the loop; from any thread."""
        ...

    def spawn(self, work: Awaitable[Any], done: Callable[[Any, BaseException | None], None]) -> Any:
        """Run `work`; `done` gets its result or what it raised, on the loop. The result has `cancel()`."""
        ...


class LoopClock:
    """A clock on an asyncio loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._tasks: set[asyncio.Task[Any]] = set()

    def now(self) -> float:
        """The loop's time."""
        return self._loop.time()

    def wall(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def later(self, seconds: float, call: Callable[[], None]) -> asyncio.TimerHandle:
        """Call once, after a while."""
        return self._loop.call_later(seconds, call)

    def soon(self, call: Callable[[], None]) -> None:
        """Call once on the loop; once the loop is closed there is nothing left to call for."""
        try:
            self._loop.call_soon_threadsafe(call)
        except RuntimeError:
            if not self._loop.is_closed():
                raise

    def spawn(self, work: Awaitable[Any], done: Callable[[Any, BaseException | None], None]) -> asyncio.Task[Any]:
        """Run `work` as a task."""

        async def run() -> Any:
            return await work

        def ended(task: asyncio.Task[Any]) -> None:
            self._tasks.discard(task)
            if not task.cancelled():
                error = task.exception()
                done(None if error else task.result(), error)

        task = self._loop.create_task(run())
        self._tasks.add(task)
        task.add_done_callback(ended)
        return task

    def cancel_all(self) -> None:
        """Cancel what still runs."""
        for task in list(self._tasks):
            task.cancel()
