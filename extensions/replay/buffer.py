"""A session stepped through, as a buffer: the transcript as it was after an event, and a line that says which.

Does not: read logs (`csm.api.Recording`), or know keys.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from csm.api import Event, Thread, Transcript, events

from . import telling

if TYPE_CHECKING:
    from csm.api import Recording, Step

#: Events that are rather taken one by one than gone to.
_STEPS = 200
#: Lines that are at hand above the end, if there are so many.
_LINES = 400


class Replay(Transcript):
    """See `csm.api.Buffer`. `number` is the event shown, 0 before the first; `found` what was searched for last."""

    name = "replay"
    place = "replay"
    margin = False
    follow = True
    #: Keys step, also where a keymap has a cursor in what is read.
    reading = "scroll"

    def __init__(self, recording: Recording, name: str = "", number: int | None = None) -> None:
        super().__init__(Thread())
        self.recording = recording
        self.title = f"Replay of {name or recording.thread_id}"
        self.number = 0
        self.step: Step | None = None
        self.found = ""
        self._following: Iterator[Step] | None = None
        self.go(recording.events if number is None else number)

    @property
    def turn(self) -> int:
        """How many turns have begun."""
        return self.thread.begun

    def foot(self, width: int) -> telling.Line:
        """Which event this is."""
        return telling.foot(self.recording, self.thread, self.step, width)

    def go(self, number: int) -> None:
        """Show what was after an event; beyond the ends, at the end. Raises StoreError."""
        number = min(max(number, 0), self.recording.events)
        if not 0 <= number - self.number <= _STEPS or self.version == 0:
            self._jump(number)
        else:
            self._walk(number)
        self.layout.leave()
        self.version += 1

    def earlier(self) -> int:
        """Bring back the turns of long ago; how many."""
        before = len(self.thread.turns)
        self.thread.recall()
        self.rebuild()
        self.version += 1
        return len(self.thread.turns) - before

    def _jump(self, number: int) -> None:
        self.thread = self.recording.thread(max(0, number - 1))
        self.number, self._following = max(0, number - 1), None
        self.step = None
        fill(self, _LINES, 80)
        if number:
            self._walk(number)

    def _walk(self, number: int) -> None:
        if self._following is None:
            self._following = iter(self.recording.steps(self.number))
        while self.number < number:
            step = next(self._following)
            past = self.thread.past
            self.thread.take(step.body)
            if self.thread.past is not past or isinstance(step.body, events.RolledBack):
                fill(self, _LINES, 80)
            else:
                self.update(Event(step.number, step.time, step.body))
            self.thread.seq += 1
            self.number, self.step = step.number, step


def fill(shown: Replay, rows: int, columns: int) -> None:
    """Have at least so many lines, if the session has."""
    turns = 8
    while True:
        shown.rebuild()
        if shown.thread.past is None or shown.line_count(columns) >= rows:
            return
        shown.thread.recall(turns)
        turns *= 4
