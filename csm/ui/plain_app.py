"""A session in plain lines on a terminal that knows no more, or for someone who wants no more.

The terminal stays as it is: it edits the line that is typed, and C-c, C-d and C-z mean what they always do. Nothing is
written but visible text and the ends of lines.

Does not: know what is told or asked (`csm.ui.plain`).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import signal
import sys
import termios
from typing import TYPE_CHECKING

from csm.ui.clock import LoopClock
from csm.ui.plain import Plain
from csm.ui.shell import Shell

if TYPE_CHECKING:
    from csm.host.host import Host
    from csm.runtime.port import Port, Start

#: Seconds between two looks at what is new, so that what comes at once is told at once.
_PACE = 0.05


def run(host: Host, port: Port, start: Start, *, prompt: str = "", first: str = "") -> int:
    """Run a session until it is left; the exit status."""
    return asyncio.run(_run(host, port, start, prompt, first))


async def _run(host: Host, port: Port, start: Start, prompt: str, first: str) -> int:
    app = _App(host, port, start)
    app.shell.first = first
    try:
        return await app.run(prompt)
    finally:
        app.close()


class _App:
    def __init__(self, host: Host, port: Port, start: Start) -> None:
        self._loop = asyncio.get_running_loop()
        self._clock = LoopClock(self._loop)
        self._done: asyncio.Future[int] = self._loop.create_future()
        self._kept = not start.ephemeral
        self.shell = Shell(host, port, start, self._clock, inline=True)
        self.shell.on_exit = self._exit
        self.shell.elapsed.moving = lambda: False
        self._plain = Plain(self.shell, self._write, new=not (start.resume or start.fork))
        self._in, self._out = sys.stdin.fileno(), sys.stdout.fileno()
        self._asked = self._hushed = self._warned = False
        self._rest = b""

    async def run(self, prompt: str) -> int:
        """Begin, and go on until the session is left."""
        for number in (signal.SIGTERM, signal.SIGHUP):
            self._loop.add_signal_handler(number, self._exit, 128 + number)
        self._loop.add_signal_handler(signal.SIGINT, self._interrupt)
        self._loop.add_reader(self._in, self._read)
        self.shell.on_change = self._changed
        self._write("csm, in plain lines. /help tells what there is; C-c stops the turn, C-d leaves.\n")
        self.shell.begin(prompt)
        self._plain.sent()
        self._plain.prompted = bool(prompt)
        self._changed()
        code = await self._done
        self._goodbye()
        return code

    def close(self) -> None:
        """Stop everything of ours."""
        self._hush(False)
        self._loop.remove_reader(self._in)
        self.shell.scripts.end()
        self.shell.session.close()
        self._clock.cancel_all()

    def _changed(self) -> None:
        if not self._asked and not self._done.done():
            self._asked = True
            self._clock.later(_PACE, self._look)

    def _look(self) -> None:
        self._asked = False
        if self._done.done():
            return
        try:
            self._plain.news()
        except OSError:
            self._exit(129)
        except Exception as error:
            self.shell.teller.crashed("plain lines", error)
        self._hush(self._plain.masked)

    def _read(self) -> None:
        """Take what was typed, whole lines; the end of input leaves."""
        try:
            data = os.read(self._in, 65536)
            while data and data.endswith(b"\n") and select.select([self._in], [], [], 0)[0]:
                more = os.read(self._in, 65536)
                if not more:
                    break
                data += more
        except OSError:
            self._exit(129)
            return
        if not data:
            self._write("\n")
            self._exit(0)
            return
        self._warned = False
        *lines, self._rest = (self._rest + data).split(b"\n")
        if lines:
            self._guarded([line.decode("utf-8", "replace").removesuffix("\r") for line in lines])
        self._changed()

    def _guarded(self, lines: list[str]) -> None:
        try:
            self._plain.take(lines)
        except Exception as error:
            self.shell.teller.crashed("what was typed", error)

    def _interrupt(self) -> None:
        if self._plain.interrupt():
            self._warned = False
        elif self._warned:
            self._exit(130)
        else:
            self._warned = True
            self._plain.tell(["C-c again, or C-d, leaves."])
        self._changed()

    def _hush(self, on: bool) -> None:
        """Have the terminal not show what is typed, for a secret."""
        if on == self._hushed:
            return
        self._hushed = on
        with contextlib.suppress(termios.error, OSError):
            mode = termios.tcgetattr(self._in)
            mode[3] = mode[3] & ~termios.ECHO if on else mode[3] | termios.ECHO
            termios.tcsetattr(self._in, termios.TCSADRAIN, mode)

    def _exit(self, code: int) -> None:
        if not self._done.done():
            self._done.set_result(code)

    def _goodbye(self) -> None:
        session = self.shell.session
        if self._kept and session.thread_id and (session.thread.turns or session.thread.past):
            with contextlib.suppress(OSError):
                self._plain.tell([f"To go on with this session: csm resume {session.thread_id}"])

    def _write(self, text: str) -> None:
        data = memoryview(text.encode("utf-8", "replace"))
        while data:
            try:
                data = data[os.write(self._out, data) :]
            except BlockingIOError:
                select.select([], [self._out], [])
