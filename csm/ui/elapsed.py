"""How long the running turn takes: something to draw once a second, and nothing while no turn runs.

Where nothing may move by itself, no clock runs and nobody is told.

Does not: draw.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from csm.ui.clock import Clock


class Elapsed:
    """`tick` is called each second of a turn. `started` is seconds since the epoch, None while no turn runs.

    `moving()`: whether it may be shown how time passes.
    """

    def __init__(self, clock: Clock, tick: Callable[[], None], moving: Callable[[], bool] = lambda: True) -> None:
        self._clock, self._call, self.moving = clock, tick, moving
        self._timer: Any = None
        self.started: float | None = None

    @property
    def seconds(self) -> float | None:
        """How long the turn has run; None while none runs."""
        return None if self.started is None else max(0.0, self._clock.wall() - self.started)

    def begin(self, milliseconds: int = 0) -> None:
        """A turn runs, since then (since now if not known)."""
        self.started = milliseconds / 1000 if milliseconds else self._clock.wall()
        if self._timer is None and self.moving():
            self._timer = self._clock.later(1.0, self._second)

    def end(self) -> None:
        """No turn runs."""
        self.started = None

    def _second(self) -> None:
        self._timer = None
        if self.started is not None and self.moving():
            self._timer = self._clock.later(1.0, self._second)
            self._call()
