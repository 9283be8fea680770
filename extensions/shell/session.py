"""A command from its start to its end, across the calls that look at it.

Does not: parse arguments, ask for approval or word answers.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from csm.api import Launch, ToolContext, items

from . import quoting, reaching
from .live import Live
from .output import SHOWN_BYTES, UNREAD_BYTES, Capture
from .process import Process
from .spawning import spawn


class Command(NamedTuple):
    """What is run, and how it is shown."""

    argv: tuple[str, ...]
    shown: str
    cwd: Path
    tty: bool
    #: Whether output and errors are kept apart, errors after output.
    apart: bool = False

    def of(self, script: str) -> Command:
        """The same with another script for its shell."""
        argv = (*self.argv[:-1], script)
        return self._replace(argv=argv, shown=quoting.join(argv))


class Session:
    """One command. `number` is what the model calls it; `ended` is set once its item is complete."""

    def __init__(self, number: int, command: Command, cx: ToolContext, over: Callable[[Session], None]) -> None:
        self.number, self.command, self._over = number, command, over
        self.unread = Capture(UNREAD_BYTES)
        self.errors = Capture(UNREAD_BYTES)
        self.exit_code: int | None = None
        #: Why it could not be started, if so.
        self.failure: str | None = None
        #: What the sandbox had to say afterwards.
        self.notes: list[str] = []
        self.item = items.CommandExecution(
            id=cx.call_id,
            command=command.shown,
            cwd=str(command.cwd),
            process=None if command.apart else number,
            argv=command.argv,
        )
        self.ended = asyncio.Event()
        self._let_go = asyncio.Event()
        self.background = False
        self.process: Process | None = None
        self._code: int | None = None
        self._cx = cx
        self._shown = Capture(SHOWN_BYTES)
        self._live = Live(lambda text: cx.output(self.item.id, text))
        self._launch: Launch | None = None
        self._started = time.monotonic()
        self._settling: asyncio.Task[None] | None = None

    def start(self, launch: Launch) -> None:
        """Start the process. Raises OSError or ValueError; the launch is then finished by the caller."""
        self._launch = launch
        spawned = spawn(launch, cwd=self.command.cwd, tty=self.command.tty, apart=self.command.apart)
        self.process = Process(
            spawned, wrappers=launch.wrappers, feed=self._feed, errors=self._feed_errors, ended=self._ended
        )
        self._cx.reachable(self.item.id, self.reach)

    def reach(self, action: str, text: str) -> None:
        """What the user does to it; see `csm.protocol.ops.Reach`. Raises ToolError for what cannot be done."""
        if action == "background":
            self._let_go.set()
        elif action in ("attach", "detach"):
            self._live.whole(action == "attach")
        elif self.process is not None:
            reaching.act(self.process, action, text, tty=self.command.tty)

    def fail(self, why: str) -> None:
        """It could not be started: its item ends with the reason as output."""
        self.failure = why
        self._shown.feed(why.encode("utf-8", "replace"))
        self._complete()

    def ends_with(self, code: int) -> None:
        """Whatever its process ends with, its exit code is this."""
        self._code = code

    def _feed(self, data: bytes) -> None:
        self.unread.feed(data)
        self._shown.feed(data)
        self._live.feed(data)

    def _feed_errors(self, data: bytes) -> None:
        if not self.command.apart:
            return self._feed(data)
        self.errors.feed(data)
        self._live.feed(data)
        return None

    def _ended(self, code: int) -> None:
        self._live.close()
        self.exit_code = code if self._code is None else self._code
        if self._launch is None or self._launch.finish is None:
            self._complete()
        else:
            self._settling = asyncio.ensure_future(self._settle())

    async def _settle(self) -> None:
        """A sandbox may have a lot to put in order: not on the loop."""
        if self.process is not None:
            self.process.kill()
        await asyncio.to_thread(self._put_in_order)
        self._complete()

    def _put_in_order(self) -> None:
        """Have the sandbox clean up, once every process is gone; what it had to do is told to user and model."""
        launch, self._launch = self._launch, None
        if launch is None or launch.finish is None:
            return
        try:
            self.notes += launch.finish()
        except OSError as error:
            self.notes.append(f"the sandbox could not clean up: {error}")
        for note in self.notes:
            self._cx.warn(note)

    def _complete(self) -> None:
        if self.ended.is_set():
            return
        code = self.exit_code if self.exit_code is not None else -1
        self._shown.feed(self.errors.joined())
        self.item = finished(self.item, self._shown.joined().decode("utf-8", "replace"), code, self._elapsed())
        self.ended.set()
        self._cx.reachable(self.item.id, None)
        self._over(self)
        if self.background:
            self._cx.completed(self.item)

    def _elapsed(self) -> int:
        return round((time.monotonic() - self._started) * 1000)

    async def wait(self, seconds: float) -> bool:
        """Wait for the end, at most so long, or until the user has the model go on; whether it ended."""
        self._let_go.clear()
        waits = [asyncio.ensure_future(event.wait()) for event in (self.ended, self._let_go)]
        try:
            await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waits:
                one.cancel()
        return self.ended.is_set()

    async def stop(self) -> None:
        """End it and wait until its item is complete."""
        if self.process is not None:
            await self.process.stop()
        await self.wait(1.0)

    def close(self) -> None:
        """End it without the loop's help. One that ran has the exit code -1, as nobody asked for its end."""
        self._live.close()
        if self.process is None:
            return
        code = self.process.exit_code
        self.process.close()
        if not self.ended.is_set():
            self.exit_code = -1 if code is None else code
            self._put_in_order()
            self._complete()


def finished(
    item: items.CommandExecution, output: str, code: int, milliseconds: int | None = None
) -> items.CommandExecution:
    """The item of a command that ended."""
    return items.CommandExecution(
        id=item.id, command=item.command, cwd=item.cwd, process=item.process, argv=item.argv, output=output,
        status="completed" if code == 0 else "failed", exit_code=code, duration_ms=milliseconds,
    )  # fmt: skip
