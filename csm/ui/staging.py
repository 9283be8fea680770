"""Steps played on a shell without a terminal, so that what it shows can be kept, compared and measured.

    key CHORDS    press keys: `key C-x w v`, `key enter`
    type TEXT     type text, letter by letter; `\\n` is Enter
    paste TEXT    paste text
    run COMMAND   run a command line: `run theme.use light`
    size WxH      give the terminal another size
    wait TEXT     until TEXT is on the screen
    gone TEXT     until TEXT has left it

In TEXT stand `\\n`, `\\t`, `\\\\` and `\\e` for what they are elsewhere. Time stands still, and ids are counted.

Does not: open hosts or settings, or print.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from csm.protocol.errors import CsmError
from csm.protocol.ids import uuid7
from csm.runtime.clock import Clock

if TYPE_CHECKING:
    from csm.ui.driver import ScreenDriver

#: Milliseconds since the epoch at which all of it happens: 2 January 2026, 15:04 UTC.
MOMENT = 1_767_366_240_000
LARGEST = 1_000
_KINDS = ("key", "type", "paste", "run", "size", "wait", "gone")
_ESCAPES = {"n": "\n", "t": "\t", "\\": "\\", "e": "\x1b"}
#: Seconds for a turn to end in, once there is on the screen what was waited for.
_GRACE = 2.0
#: Looks in a row that must find nothing going on.
_STILL = 10


class Step(NamedTuple):
    """See the module. `size` holds columns and rows."""

    kind: str
    text: str
    size: tuple[int, int] = (0, 0)


class StillClock(Clock):
    """Always the same moment; ids are counted."""

    def __init__(self, moment: int = MOMENT) -> None:
        self._moment, self._ids = moment, 0

    def now(self) -> int:
        """Milliseconds since the epoch."""
        return self._moment

    def new_id(self) -> str:
        """The next id."""
        self._ids += 1
        return uuid7(self._moment, self._ids.to_bytes(10, "big"))

    def jitter(self) -> float:
        """None."""
        return 0.0


def read(lines: Iterable[str]) -> list[Step]:
    """Steps, one a line; empty lines and those that begin with `#` are left out. Raises CsmError."""
    return [step(line.strip()) for line in lines if line.strip() and not line.lstrip().startswith("#")]


def step(line: str) -> Step:
    """One step. Raises CsmError."""
    kind, _, rest = line.partition(" ")
    if kind not in _KINDS or not rest:
        raise CsmError(f"Error: {line} is no step: {' …, '.join(_KINDS)} …")
    if kind == "size":
        return Step(kind, rest, size(rest))
    return Step(kind, rest if kind in ("key", "run") else _unescaped(rest))


def size(text: str) -> tuple[int, int]:
    """`80x24` as columns and rows. Raises CsmError."""
    found = re.fullmatch(r"([0-9]{1,4})[xX]([0-9]{1,4})", text.strip())
    columns, rows = (int(found[1]), int(found[2])) if found else (0, 0)
    if not (0 < columns <= LARGEST and 0 < rows <= LARGEST):
        raise CsmError(f"Error: {text} is no size: columns and rows are needed, as 80x24, at most {LARGEST} each.")
    return columns, rows


def play(driver: ScreenDriver, steps: Iterable[Step], seconds: float = 10.0) -> None:
    """Perform steps, then wait until nothing goes on any more, not long where the last step waited. Raises CsmError."""
    last = ""
    for one in steps:
        last = one.kind
        try:
            _perform(driver, one, seconds)
        except AssertionError as error:
            raise CsmError(f"Error: {one.kind} {one.text}: it did not happen.", str(error)) from error
    try:
        settle(driver, min(seconds, _GRACE) if last in ("wait", "gone") else seconds)
    except CsmError:
        if last not in ("wait", "gone"):
            raise


def settle(driver: ScreenDriver, seconds: float = 10.0) -> None:
    """Wait until no turn runs, or it waits for the user. Raises CsmError where it does not end."""
    seen = 0

    def still() -> bool:
        nonlocal seen
        seen = 0 if _busy(driver.shell) else seen + 1
        return seen >= _STILL

    try:
        driver.wait(still, seconds)
    except AssertionError as error:
        raise CsmError("Error: a turn is still running.", f"a step `wait TEXT` ends the wait\n{error}") from error


def _perform(driver: ScreenDriver, one: Step, seconds: float) -> None:
    match one.kind:
        case "key":
            driver.keys(one.text)
        case "type":
            driver.type(one.text)
        case "paste":
            driver.paste(one.text)
        case "run":
            driver.shell.run(one.text)
            driver.settle()
        case "size":
            driver.resize(*one.size)
        case "wait":
            driver.wait_for(one.text, seconds)
        case _:
            driver.wait(lambda: one.text not in driver.screen(), seconds)


def _busy(shell: Any) -> bool:
    """Whether something more will happen by itself."""
    session = shell.session
    if session.opening or session.sending:
        return True
    return session.thread.running is not None and shell.ask is None


def _unescaped(text: str) -> str:
    return re.sub(r"\\([nt\\e])", lambda found: _ESCAPES[found[1]], text)
