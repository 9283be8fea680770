"""The way to a log's index that costs nothing where there is none to speak of: the parts are loaded when needed.

Does not: know what an index is (`tracking`).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from csm.api import Thread

    from .findings import Findings
    from .tracking import Tracker

#: Bytes from which on a log has an index.
LEAST = 1 << 16


class Track:
    """One log and its index below `state`, if there is a state. `whole`: see `tracking.Tracker`."""

    def __init__(self, home: Path, path: Path, thread_id: str, state: Path | None, *, whole: bool = False) -> None:
        self._home = home
        self._path = path
        self._thread_id = thread_id
        self._folder = None if state is None else state / "index"
        self._whole = whole
        self._tracker: Tracker | None = None

    def thread(self, findings: Findings) -> Thread | None:
        """The thread, without its earlier turns; None where it must be read whole. Raises StoreError."""
        if self._folder is None or self._short():
            return None
        return self._track().thread(findings)

    def grown(self, size: int, last: bool) -> None:
        """The log is this long now, for good if it is the `last` time. Never raises."""
        if self._folder is not None and size >= LEAST:
            self._track().grown(size, last=last)

    def make(self) -> Path | None:
        """Make the index anew; where it is. Raises StoreError."""
        return None if self._folder is None or self._short() else self._track().make()

    def _short(self) -> bool:
        try:
            return self._path.stat().st_size < LEAST
        except OSError:
            return True

    def _track(self) -> Tracker:
        if self._tracker is None:
            from .tracking import Tracker

            self._tracker = Tracker(self._home, self._path, self._thread_id, self._folder, whole=self._whole)
        return self._tracker
