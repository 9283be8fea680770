"""From chords to command lines: prefixes that wait, counts, chords that are a command and a prefix, text that is typed.

Theory. A chord is looked up after the chords that wait. A whole match runs. A mere prefix waits, and after a moment the
popup tells what may follow. What is both runs after the key timeout, or at once when the next chord does not continue
it, which is then taken anew. Anything else is typed into the editor where one takes text, or said to be unbound.

Does not: read keymaps (`csm.host.keymaps`) or run commands; `run`, `insert` and `unbound` are called back.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from csm.ui.clock import Clock

#: Seconds until a chord that is both a command and a prefix runs.
KEY_TIMEOUT = 0.4
#: Seconds until the popup shows what may follow a prefix.
POPUP_DELAY = 0.3
_CANCEL = ("esc", "C-g", "C-c")
#: Keys that turn the pages of the popup, where they do not continue what waits.
PAGES = {"page-down": 1, "page-up": -1, "C-h": 1}
_MAX_COUNT = 99_999


class Keys(Protocol):
    """What the dispatcher asks and tells."""

    def lookup(self, chords: tuple[str, ...]) -> Any:
        """The match of chords where the focus is: `command` (or None), `prefix`, `label`."""
        ...

    def run(self, line: str, count: int | None) -> None:
        """Run a command line."""
        ...

    def insert(self, chord: str) -> bool:
        """Type a chord into the focused editor, if it is text and the editor takes text now."""
        ...

    def counts(self) -> bool:
        """Whether digits are a count here."""
        ...

    def unbound(self, chords: Sequence[str]) -> None:
        """Say that nothing is bound to these chords."""
        ...

    def changed(self) -> None:
        """What waits has changed; draw."""
        ...


class Dispatcher:
    """Takes chords one by one. `pending` are the chords that wait, `popup` whether to show what may follow."""

    def __init__(self, keys: Keys, clock: Clock, *, timeout: float = KEY_TIMEOUT) -> None:
        self._keys, self._clock, self._timeout = keys, clock, timeout
        self.pending: tuple[str, ...] = ()
        self.popup = False
        #: How many pages of the popup were turned.
        self.page = 0
        self.count: int | None = None
        #: The chords of the last command that ran.
        self.last: tuple[str, ...] = ()
        self._held: str | None = None
        self._timer: Any = None

    def press(self, chord: str) -> None:
        """Take a chord."""
        self._stop()
        chords = (*self.pending, chord)
        match = self._keys.lookup(chords)
        if match.prefix:
            self._wait(chords, match.command)
        elif match.command:
            self._run(match.command, chords)
        elif not self.pending:
            self._alone(chord)
        else:
            self._astray(chords)

    def reset(self) -> None:
        """Forget what waits."""
        self._stop()
        waited = bool(self.pending) or self.count is not None
        self.pending, self.popup, self.page, self.count, self._held = (), False, 0, None, None
        if waited:
            self._keys.changed()

    def _wait(self, chords: tuple[str, ...], command: str | None) -> None:
        self.pending, self._held, self.page = chords, command, 0
        delay = self._timeout if command else POPUP_DELAY
        if self.popup and not command:
            self._keys.changed()
        else:
            self._timer = self._clock.later(delay, self._expired)

    def _expired(self) -> None:
        self._timer = None
        if self._held:
            self._run(self._held, self.pending)
        else:
            self.popup = True
            self._keys.changed()

    def _run(self, line: str, chords: tuple[str, ...]) -> None:
        count = self.count
        self.last = chords
        self.reset()
        self._keys.run(line, count)

    def _alone(self, chord: str) -> None:
        digit = chord.isdecimal() and chord.isascii() and len(chord) == 1
        if digit and self._keys.counts() and (self.count is not None or chord != "0"):
            self.count = min((self.count or 0) * 10 + int(chord), _MAX_COUNT)
            self._keys.changed()
            return
        self.count = None
        if not self._keys.insert(chord):
            self._keys.unbound((chord,))

    def _astray(self, chords: tuple[str, ...]) -> None:
        """A chord that does not continue what waits."""
        held = self._held
        if held:
            self._run(held, chords[:-1])
            self.press(chords[-1])
            return
        if chords[-1] in PAGES:
            self.page += PAGES[chords[-1]] if self.popup else 0
            self.popup = True
            self._keys.changed()
            return
        self.reset()
        if chords[-1] not in _CANCEL:
            self._keys.unbound(chords)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
