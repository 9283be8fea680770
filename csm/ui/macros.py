"""Recording keys and pressing them again, in any place: what a macro of an editor does.

Theory. Keys are remembered as the shell gets them, so whatever they do there they do again. What ends the recording (a
key, or a line of the palette) is no part of it. Playing goes on until the steps are done, something fails, or the user
says stop; while a command that was played waits for something, or the screen for a frame, playing waits too, and keys
of the user's wait for the end of it.

Does not: keep macros (the extension `macros` does).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from csm.edit.inputs import Key
from csm.edit.macros import Pasted, Step, text_of
from csm.protocol.errors import CommandError

if TYPE_CHECKING:
    from csm.ui.shell import Shell

#: Seconds of playing before a frame is drawn.
_SLICE = 0.03
#: Steps that one playing may take.
_MOST = 200_000
_STOP = ("C-c", "C-g", "esc")


class _Frame(msgspec.Struct):
    """A macro that is being played."""

    name: str
    steps: Sequence[Step]
    left: int
    at: int = 0


class Macros:
    """Of one shell. `recording` is the name of the macro that is being recorded, None where none is."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self.recording: str | None = None
        self._heard: list[Step] = []
        self._begun = 0
        self._frames: list[_Frame] = []
        self._taken = 0
        self._pressing = False
        self._failed = False
        self._waiting: set[int] = set()
        self._tickets = 0
        self._later: list[Step] = []
        self._timer: Any = None

    @property
    def playing(self) -> bool:
        """Whether a macro is being played."""
        return bool(self._frames)

    # Recording

    def record(self, name: str) -> None:
        """Remember keys from the next one on. Raises CommandError while it already does."""
        if self.recording is not None:
            raise CommandError("a macro is being recorded")
        self.recording, self._heard, self._begun = name, [], 0

    def stop(self) -> tuple[Step, ...]:
        """Remember no more; what was pressed, but for what said so. Raises CommandError where nothing is recorded."""
        if self.recording is None:
            raise CommandError("no macro is being recorded")
        end = len(self._heard) - len(self._shell.dispatcher.last) if self._shell.panels else self._begun
        self.recording, steps = None, tuple(self._heard[: max(0, end)])
        return steps

    def hear(self, step: Step) -> bool:
        """Take note of what the user does; whether it has to wait, since a macro is being played."""
        if self._frames and not self._pressing:
            if step in _STOP:
                self.abandon("the macro was stopped")
            else:
                self._later.append(step)
            return True
        if self.recording is not None and not self._pressing:
            if not self._inside():
                self._begun = len(self._heard)
            self._heard.append(step)
        return False

    def _inside(self) -> bool:
        """Whether the next key goes on with something that was begun."""
        shell = self._shell
        waits = shell.dispatcher.pending or shell.dispatcher.count is not None
        return bool(waits or shell.panels or shell.editor.pending.active or shell.keys.asking)

    # Playing

    def play(self, name: str, steps: Sequence[Step], times: int = 1) -> None:
        """Press steps again. Raises CommandError for a macro that plays itself."""
        if any(frame.name == name for frame in self._frames):
            raise CommandError(f"the macro {name} plays itself")
        if self.recording == name:
            raise CommandError(f"the macro {name} is being recorded")
        if not steps or times < 1:
            return
        self._frames.append(_Frame(name, steps, times))
        if not self._pressing and not self._waiting:
            self._taken, self._failed = 0, False
            self._go()

    def press(self, steps: Sequence[Step]) -> None:
        """Press steps at once, as a part of what is going on."""
        before, self._pressing = self._pressing, True
        try:
            for step in steps:
                self._give(step)
        finally:
            self._pressing = before

    def failed(self) -> None:
        """Something that was played could not be done: the rest is not played."""
        if self._frames:
            self._failed = True

    def wait(self) -> int:
        """A command that was played goes on by itself: play on when `waited` gets this number."""
        self._tickets += 1
        self._waiting.add(self._tickets)
        return self._tickets

    def waited(self, ticket: int) -> None:
        """It has ended."""
        self._waiting.discard(ticket)
        if self._failed:
            self._failed = False
            self.abandon()
        elif not self._waiting and self._frames and not self._pressing:
            self._go()

    def abandon(self, why: str = "") -> None:
        """Play no more."""
        self._frames.clear()
        self._later.clear()
        self._waiting.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if why:
            self._shell.failed(why)

    def _go(self) -> None:
        """Press steps until they are done, or for a while."""
        self._timer = None
        until = self._shell.clock.now() + _SLICE
        while self._frames and not self._waiting:
            if self._shell.clock.now() > until:
                self._timer = self._shell.clock.later(0, self._go)
                self._shell.refresh()
                return
            self._step()
        if not self._frames:
            later, self._later = self._later, []
            for step in later:
                self._give(step)

    def _step(self) -> None:
        frame = self._frames[-1]
        if frame.at == len(frame.steps):
            frame.at, frame.left = 0, frame.left - 1
            if not frame.left:
                self._frames.pop()
                return
        step = frame.steps[frame.at]
        frame.at += 1
        self._taken += 1
        if self._taken > _MOST:
            self.abandon(f"the macro was stopped after {_MOST:,} keys")
            return
        editor = self._shell.editor
        missed = editor.missed
        self._pressing = True
        try:
            self._give(step)
        finally:
            self._pressing = False
        if self._failed or editor.missed > missed:
            self._failed = False
            self.abandon()

    def _give(self, step: Step) -> None:
        if isinstance(step, Pasted):
            self._shell.paste(step.text)
        else:
            self._shell.press(Key(step, text_of(step)))
