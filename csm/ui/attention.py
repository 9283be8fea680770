"""When a question that comes up has the keys: not while they were meant for something else.

Someone in the middle of writing goes on writing until a pause; a key pressed twice does not answer the question after
the one it answered.

Does not: show questions or answer them.
"""

from __future__ import annotations

from collections.abc import Callable

from csm.ui.clock import Clock

#: Seconds without a key before a question takes the keys that were meant for a draft,
QUIET = 0.6
#: or for the question before it.
SETTLE = 0.1


class Attention:
    """One question at a time, by its id. `refresh` is called when the keys become its own by waiting."""

    def __init__(self, clock: Clock, refresh: Callable[[], None]) -> None:
        self._clock, self._refresh = clock, refresh
        self._pressed = -QUIET
        self._answering = False
        self._ask = ""
        self._from = 0.0

    def pressed(self, *, answering: bool) -> None:
        """A key was pressed, for a question or for something else."""
        self._pressed, self._answering = self._clock.now(), answering

    def has(self, ask: str, *, writing: bool) -> bool:
        """Whether the question has the keys. `writing`: there is a draft."""
        if ask != self._ask:
            pause = QUIET if writing else SETTLE if self._answering else 0.0
            wait = self._pressed + pause - self._clock.now()
            self._ask, self._from = ask, self._clock.now() + max(0.0, wait)
            if wait > 0:
                self._clock.later(wait, self._refresh)
        return self._clock.now() >= self._from

    def give(self) -> None:
        """The question has the keys from now on."""
        self._from = 0.0

    def take(self, ask: str) -> None:
        """The question has no keys until they are given."""
        self._ask, self._from = ask, float("inf")
