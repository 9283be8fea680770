"""Output on the screen while a command runs: at once, then in bounded pieces at a bounded rate.

Does not: keep it; the finished item has the output.
"""

from __future__ import annotations

import asyncio
import codecs
from collections.abc import Callable

from .output import Capture

#: Seconds between two pieces, bytes in one of them, and bytes in all.
_EVERY = 0.05
_AT_ONCE = 65_536
_WHOLE = 4 << 20
_IN_ALL = 4 << 20


class Live:
    """Calls `show` with text. On the loop only."""

    def __init__(self, show: Callable[[str], None]) -> None:
        self._show = show
        self._waiting = Capture(_AT_ONCE)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._timer: asyncio.TimerHandle | None = None
        self._left = _IN_ALL
        self._whole = False

    def whole(self, on: bool) -> None:
        """Whether somebody looks at it as at a terminal: then all of it is shown, whatever it comes to."""
        self._whole = on

    def feed(self, data: bytes) -> None:
        """Take output; shown now if nothing was for a while."""
        if self._left <= 0 and not self._whole:
            return
        self._waiting.feed(data)
        if self._timer is None:
            self._emit()
            self._timer = asyncio.get_running_loop().call_later(_EVERY, self._tick)

    def close(self) -> None:
        """Show no more. The finished item has the output."""
        if self._timer is not None:
            self._timer.cancel()
        if self._whole and self._waiting.total:
            self._emit()
        self._left, self._whole = 0, False

    def _tick(self) -> None:
        self._timer = None
        if self._waiting.total and (self._left > 0 or self._whole):
            self._emit()
            self._timer = asyncio.get_running_loop().call_later(_EVERY, self._tick)

    def _emit(self) -> None:
        data = self._waiting.joined()
        self._waiting = Capture(_WHOLE if self._whole else _AT_ONCE)
        before, self._left = self._left, max(0, self._left - len(data))
        text = self._decoder.decode(data)
        if before > self._left <= 0 and not self._whole:
            text += "\n... more output is not shown while the command runs ...\n"
        if text:
            self._show(text)
