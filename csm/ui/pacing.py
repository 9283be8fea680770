"""When frames are painted: at once after quiet, at most sixty a second otherwise, never without a reason.

Does not: paint.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from csm.ui.clock import Clock

#: Seconds between two frames.
FRAME = 1 / 60
#: The same inline, where a frame that meets a terminal in the middle of a resize leaves traces.
INLINE = 1 / 20
#: The same where someone waits for what they typed.
URGENT = 1 / 240
#: Seconds that a terminal's size must have stood still before a frame is painted inline. What a terminal shows is
#: ahead of what it tells: tmux tells of a size up to 250 ms after it has rewrapped its rows.
SETTLED = 0.3


class Pacer:
    """`ask` for a frame as often as you like; `paint` is called no more often than the pace allows."""

    def __init__(self, clock: Clock, paint: Callable[[], None], pace: float = FRAME) -> None:
        self._clock, self._paint, self._pace = clock, paint, pace
        self._last = -pace
        self._asked: Any = None
        self._urgent = False
        self._quiet_until = -pace
        self.stopped = False

    def ask(self, *, urgent: bool = False) -> None:
        """Have a frame painted soon; an urgent one sooner than the pace, but after what else is due now."""
        if self.stopped or (self._asked is not None and (self._urgent or not urgent)):
            return
        if self._asked is not None:
            self._asked.cancel()
        self._urgent = urgent
        due = max(self._last + (URGENT if urgent else self._pace), self._quiet_until)
        self._asked = self._clock.later(max(0.0, due - self._clock.now()), self._due)

    def hold(self, seconds: float) -> None:
        """Paint nothing for so long, counted anew each time, then a frame."""
        self._quiet_until = self._clock.now() + seconds
        if self._asked is not None:
            self._asked.cancel()
            self._asked = None
        self.ask()

    def now(self) -> None:
        """Paint a frame now."""
        if self._asked is not None:
            self._asked.cancel()
        self._due()

    def stop(self) -> None:
        """Paint no more."""
        self.stopped = True
        if self._asked is not None:
            self._asked.cancel()
            self._asked = None

    def _due(self) -> None:
        self._asked, self._urgent = None, False
        if self.stopped:
            return
        self._paint()
        self._last = self._clock.now()
