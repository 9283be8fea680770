"""A shell without a terminal, for tests: keys in as chord text, the screen out as text.

    with ScreenDriver(host, port, start) as driver:
        driver.keys("h e l l o enter")
        driver.wait_for("hello back")
        print(driver.screen())

Does not: paint. What it shows are the frames that a painter gets.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from csm.edit import chords
from csm.edit.inputs import Key
from csm.ui import arrange, shots
from csm.ui.clock import LoopClock
from csm.ui.frame import Frame
from csm.ui.shell import Shell
from csm.ui.watchdog import HeldError
from csm.view.lines import StyledLine, plain

if TYPE_CHECKING:
    from csm.host.host import Host
    from csm.runtime.port import Port, Start
    from csm.ui.scripts import Watch
    from csm.view.shot import Shot


class _Still(LoopClock):
    """The time of day does not pass."""

    def __init__(self, loop: asyncio.AbstractEventLoop, wall: float) -> None:
        super().__init__(loop)
        self._wall = wall

    def wall(self) -> float:
        """Always the same."""
        return self._wall


class ScreenDriver:
    """Drives a shell of `columns` by `rows`. Use it as a context manager, or `close` it.

    `watch` guards the steps of its loop from the first one on, as `csm.ui.watchdog.Watchdog.step` does. `wall`:
    seconds since the epoch at which all of it happens; the real time if left out.
    """

    def __init__(
        self,
        host: Host,
        port: Port,
        start: Start,
        *,
        columns: int = 80,
        rows: int = 24,
        inline: bool = False,
        watch: Watch | None = None,
        wall: float | None = None,
    ) -> None:
        self.columns, self.rows = columns, rows
        self.printed: list[StyledLine] = []
        self.exit_code: int | None = None
        self._loop = asyncio.new_event_loop()
        self.clock = LoopClock(self._loop) if wall is None else _Still(self._loop, wall)
        self.shell = Shell(host, port, start, self.clock, inline=inline)
        self.shell.on_exit = self._left
        if watch is not None:
            self.shell.scripts.watch = watch
        self.shell.begin()

    def __enter__(self) -> ScreenDriver:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def keys(self, text: str) -> None:
        """Press keys: chords separated by blanks (`"C-x b"`, `"h i enter"`)."""
        for chord in chords.parse(text):
            typed = " " if chord == "space" else chord if len(chord) == 1 else ""
            try:
                with self.shell.scripts.watch(chord):
                    self.shell.press(Key(chord, typed))
            except HeldError as error:
                self.shell.teller.crashed(chord, error)
            self.settle()

    def type(self, text: str) -> None:
        """Type text, each character a key press; a newline is Enter."""
        for char in text:
            self.keys({" ": "space", "\n": "enter", "\t": "tab"}.get(char, char))

    def paste(self, text: str) -> None:
        """Paste text."""
        self.shell.paste(text)
        self.settle()

    def resize(self, columns: int, rows: int) -> None:
        """Change the size of the terminal, which has shown the last frame before that."""
        self.frame()
        self.columns, self.rows = columns, rows
        self.shell.scripts.tell("resize")

    def settle(self) -> None:
        """Run what is due now, without waiting for anything."""
        for _ in range(3):
            self._loop.call_soon(self._loop.stop)
            self._loop.run_forever()

    def wait(self, condition: Callable[[], Any], timeout: float = 10.0) -> Any:
        """Wait until `condition()` is true, and give it. AssertionError with the screen after `timeout` seconds."""
        end = time.monotonic() + timeout
        while True:
            self.settle()
            found = condition()
            if found:
                return found
            if time.monotonic() > end:
                raise AssertionError(f"still waiting after {timeout} s; the screen is\n{self.screen()}")
            self._loop.call_later(0.005, self._loop.stop)
            self._loop.run_forever()

    def wait_for(self, text: str, timeout: float = 10.0) -> str:
        """Wait until `text` is on the screen (or printed, inline); the screen."""
        found: str = self.wait(lambda: shown if text in (shown := self.screen()) else None, timeout)
        return found

    def frame(self) -> Frame:
        """The frame as it now is. Inline, finished lines are collected in `printed`."""
        try:
            with self.shell.scripts.watch("a frame"):
                made = arrange.frame(self.shell, self.columns, self.rows)
        except HeldError as error:
            made = arrange.broken(self.columns, self.rows, f"{type(error).__name__}: {error}")
        self.printed += made.printed
        made.printed = []
        return made

    def shot(self) -> Shot:
        """The screen as data: lines with roles, regions, the cursor."""
        return shots.taken(self.frame())

    def screen(self) -> str:
        """The screen as text, no blanks at line ends; inline, after all that was printed."""
        made = self.frame()
        return "\n".join(plain(line).rstrip() for line in [*self.printed, *made.rows()])

    @property
    def text(self) -> str:
        """The draft in the composer."""
        return self.shell.composer.editor.text

    @property
    def messages(self) -> list[str]:
        """What the host was told so far."""
        return [message.text for message in self.shell.host.messages]

    def close(self) -> None:
        """Detach from the session and close the loop. Port and host stay the caller's."""
        if self._loop.is_closed():
            return
        self.shell.scripts.end()
        self.shell.seats.close()
        self.clock.cancel_all()
        self.settle()
        self._loop.close()

    def _left(self, code: int) -> None:
        self.exit_code = code
