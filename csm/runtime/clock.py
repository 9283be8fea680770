"""Time, ids and chance for a session, in one place so that tests can give their own.

Does not: block.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from csm.protocol.ids import uuid7

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, TimerHandle


class Clock:
    """The system's."""

    def now(self) -> int:
        """Milliseconds since the epoch."""
        return time.time_ns() // 1_000_000

    def stamp(self) -> str:
        """The time for an event: RFC 3339, UTC, milliseconds."""
        return rfc3339(self.now())

    def local(self) -> datetime:
        """The time in the user's zone."""
        return datetime.fromtimestamp(self.now() / 1000).astimezone()

    def new_id(self) -> str:
        """A fresh id for a thread, a turn or an item."""
        return uuid7(self.now(), os.urandom(10))

    def jitter(self) -> float:
        """A number from -1 to 1."""
        return random.uniform(-1, 1)

    def later(self, loop: AbstractEventLoop, seconds: float, call: Callable[..., None], *given: Any) -> TimerHandle:
        """Have something called on the loop after some seconds."""
        return loop.call_later(seconds, call, *given)


def rfc3339(ms: int) -> str:
    """Milliseconds since the epoch as `2026-01-02T03:04:05.678Z`."""
    return f"{datetime.fromtimestamp(ms // 1000, UTC).isoformat()[:19]}.{ms % 1000:03d}Z"
