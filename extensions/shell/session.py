"""A command from its start to its end, across the calls that look at it, and the commands of a thread.

Does not: parse arguments, ask for approval or word answers.
"""

from __future__ import annotations

import asyncio
import codecs
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from csm.api import Launch, ToolContext, items

from .output import SHOWN_BYTES, UNREAD_BYTES, Capture
from .process import Process, spawn

#: Sessions kept at once; the oldest goes, ended ones first.
LIMIT = 64
#: Seconds between two pieces of output shown while a command runs, and how many bytes of it in all.
_SHOW_EVERY = 0.05
_SHOW_AT_ONCE = 65_536
_SHOW_IN_ALL = 4 << 20


class Command(NamedTuple):
    """What is run, and how it is shown."""

    argv: tuple[str, ...]
    shown: str
    cwd: Path
    tty: bool


class Live:
    """Shows output while the command runs: at once, then in bounded pieces at a bounded rate."""

    def __init__(self, show: Callable[[str], None]) -> None:
        self._show = show
        self._waiting = Capture(_SHOW_AT_ONCE)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._timer: asyncio.TimerHandle | None = None
        self._left = _SHOW_IN_ALL

    def feed(self, data: bytes) -> None:
        """Take output; shown now if nothing was for a while."""
        if self._left <= 0:
            return
        self._waiting.feed(data)
        if self._timer is None:
            self._emit()
            self._timer = asyncio.get_running_loop().call_later(_SHOW_EVERY, self._tick)

    def close(self) -> None:
        """Show no more. The finished item has the output."""
        if self._timer is not None:
            self._timer.cancel()
        self._left = 0

    def _tick(self) -> None:
        self._timer = None
        if self._waiting.total and self._left > 0:
            self._emit()
            self._timer = asyncio.get_running_loop().call_later(_SHOW_EVERY, self._tick)

    def _emit(self) -> None:
        data = self._waiting.joined()
        self._waiting = Capture(_SHOW_AT_ONCE)
        self._left -= len(data)
        text = self._decoder.decode(data)
        if self._left <= 0:
            text += "\n... more output is not shown while the command runs ...\n"
        if text:
            self._show(text)


class Session:
    """One command. `number` is what the model calls it; `ended` is set once its item is complete."""

    def __init__(self, number: int, command: Command, cx: ToolContext, over: Callable[[Session], None]) -> None:
        self.number, self.command, self._over = number, command, over
        self.unread = Capture(UNREAD_BYTES)
        self.exit_code: int | None = None
        #: Why it could not be started, if so.
        self.failure: str | None = None
        self.item = items.CommandExecution(
            id=cx.call_id, command=command.shown, cwd=str(command.cwd), process=number, argv=command.argv
        )
        self.ended = asyncio.Event()
        self.background = False
        self.process: Process | None = None
        self._cx = cx
        self._shown = Capture(SHOWN_BYTES)
        self._live = Live(lambda text: cx.output(self.item.id, text))
        self._launch: Launch | None = None
        self._started = time.monotonic()
        self._settling: asyncio.Task[None] | None = None

    def start(self, launch: Launch) -> None:
        """Start the process. Raises OSError or ValueError; the launch is then finished by the caller."""
        self._launch = launch
        popen, fd = spawn(launch, cwd=self.command.cwd, tty=self.command.tty)
        self.process = Process(popen, fd, wrappers=launch.wrappers, feed=self._feed, ended=self._ended)

    def fail(self, why: str) -> None:
        """It could not be started: its item ends with the reason as output."""
        self.failure = why
        self._shown.feed(why.encode("utf-8", "replace"))
        self._complete()

    def _feed(self, data: bytes) -> None:
        self.unread.feed(data)
        self._shown.feed(data)
        self._live.feed(data)

    def _ended(self, code: int) -> None:
        self._live.close()
        self.exit_code = code
        launch = self._launch
        if launch is None or launch.finish is None:
            self._complete()
        else:
            self._settling = asyncio.ensure_future(self._settle(launch.finish))

    async def _settle(self, finish: Callable[[], list[str]]) -> None:
        """The sandbox puts things in order once every process is gone; what it had to do is told."""
        if self.process is not None:
            self.process.kill()
        try:
            for warning in await asyncio.to_thread(finish):
                self._cx.warn(warning)
        except OSError as error:
            self._cx.warn(f"the sandbox could not clean up: {error}")
        self._complete()

    def _complete(self) -> None:
        code = self.exit_code if self.exit_code is not None else -1
        self.item = finished(self.item, self._shown.joined().decode("utf-8", "replace"), code, self._elapsed())
        self.ended.set()
        self._over(self)
        if self.background:
            self._cx.completed(self.item)

    def _elapsed(self) -> int:
        return round((time.monotonic() - self._started) * 1000)

    async def wait(self, seconds: float) -> bool:
        """Wait for the end, at most so long; whether it came."""
        try:
            await asyncio.wait_for(self.ended.wait(), seconds)
        except TimeoutError:
            return False
        return True

    async def stop(self) -> None:
        """End it and wait until its item is complete."""
        if self.process is not None:
            await self.process.stop()
        await self.wait(1.0)

    def close(self) -> None:
        """End it without the loop's help."""
        self._live.close()
        unfinished = self.exit_code is None and self.process is not None
        if self.process is not None:
            self.process.close()
        if unfinished:
            self.exit_code = self.process.exit_code if self.process else -1
            for warning in self._launch.finish() if self._launch and self._launch.finish else ():
                self._cx.warn(warning)
            self._complete()


def finished(
    item: items.CommandExecution, output: str, code: int, milliseconds: int | None = None
) -> items.CommandExecution:
    """The item of a command that ended."""
    return items.CommandExecution(
        id=item.id, command=item.command, cwd=item.cwd, process=item.process, argv=item.argv, output=output,
        status="completed" if code == 0 else "failed", exit_code=code, duration_ms=milliseconds,
    )  # fmt: skip


class Sessions:
    """The commands of one thread: those the model may still name, and all that still have a process.

    `close` ends them all.
    """

    def __init__(self) -> None:
        self._named: dict[int, Session] = {}
        self._running: list[Session] = []
        self._loop = asyncio.get_running_loop()

    def new(self, command: Command, cx: ToolContext) -> Session:
        """A session with a number of four or five digits that no other has. Ended with the thread at the latest."""
        while (number := 1000 + secrets.randbelow(99_000)) in self._named:
            pass
        session = Session(number, command, cx, self._over)
        self._running.append(session)
        return session

    def _over(self, session: Session) -> None:
        if session.process is None or not session.process.lingers():
            self._running.remove(session)

    def get(self, number: int) -> Session | None:
        """The session of that number."""
        return self._named.get(number)

    def keep(self, session: Session) -> None:
        """Let later calls find it; makes room first."""
        if len(self._named) >= LIMIT:
            everyone = list(self._named.values())
            oldest = next((each for each in everyone if each.ended.is_set()), everyone[0])
            self.forget(oldest)
            oldest.close()
        self._named[session.number] = session

    def forget(self, session: Session) -> None:
        """No later call finds it."""
        self._named.pop(session.number, None)

    def close(self) -> None:
        """End every command, from whatever thread, before this returns."""
        try:
            own = asyncio.get_running_loop() is self._loop
        except RuntimeError:
            own = False
        if own or not self._loop.is_running():
            self._close_all()
        else:
            asyncio.run_coroutine_threadsafe(self._close_on_loop(), self._loop).result(timeout=5)

    async def _close_on_loop(self) -> None:
        self._close_all()

    def _close_all(self) -> None:
        self._named.clear()
        for session in tuple(self._running):
            session.close()
        self._running.clear()
