"""One running command on the session's loop: its output as it comes, its exit code, signals and its end.

Output and errors share one pipe (or the terminal), so their order is the command's own, unless it was started with two.

Does not: keep output, know about sandboxes or items.
"""

from __future__ import annotations

import asyncio
import functools
import os
import signal
import threading
from collections.abc import Callable

from . import tree
from .spawning import Spawned
from .stream import Stream, release

#: Seconds that output may still come after the command ended while a child of it holds the pipe.
_GRACE = 0.05
#: Seconds between asking a command to end and killing it.
_POLITE = 0.05


class Process:
    """A spawned command. `feed` gets its output (`errors` its errors, where they have a pipe of their own), `ended` its
    exit code, once, all on the loop.

    `exit_code` is None while it runs; 128 and the signal's number where a signal ended it.
    """

    def __init__(
        self,
        spawned: Spawned,
        *,
        wrappers: int = 0,
        feed: Callable[[bytes], None],
        ended: Callable[[int], None],
        errors: Callable[[bytes], None] | None = None,
    ) -> None:
        self.pid = spawned.process.pid
        self.exit_code: int | None = None
        self._popen, self._wrappers, self._ended = spawned.process, wrappers, ended
        self._loop = asyncio.get_running_loop()
        self._told = self._left_group = False
        self._gone = asyncio.Event()
        takers = zip(spawned.ours, (feed, errors or feed), strict=False)
        self._streams = [Stream(fd, functools.partial(self._take, taker), self._over) for fd, taker in takers]
        self._pidfd = self._watch()

    def _take(self, feed: Callable[[bytes], None], data: bytes) -> None:
        if not self._told:
            feed(data)

    def _over(self) -> None:
        if self.exit_code is not None and not self._flows():
            self._close_streams()
            self._tell()

    def _flows(self) -> bool:
        return any(stream.open for stream in self._streams)

    def write(self, data: bytes) -> None:
        """Type into the terminal."""
        self._streams[0].write(data)

    def resize(self, rows: int, columns: int) -> None:
        """Give the terminal another size."""
        self._streams[0].resize(rows, columns)

    def _watch(self) -> int | None:
        """Have `_exited` called on the loop: by the kernel where it can, else by a thread that waits."""
        try:
            pidfd = os.pidfd_open(self.pid)
        except (AttributeError, OSError):
            threading.Thread(target=self._wait_in_thread, daemon=True).start()
            return None
        self._loop.add_reader(pidfd, self._exited)
        return pidfd

    def _wait_in_thread(self) -> None:
        self._popen.wait()
        try:
            self._loop.call_soon_threadsafe(self._exited)
        except RuntimeError:
            pass  # The loop was closed first.

    def _close_pidfd(self) -> None:
        if self._pidfd is not None:
            release(self._loop, self._pidfd)
            self._pidfd = None

    def _exited(self) -> None:
        self._close_pidfd()
        if self.exit_code is not None:
            return
        self._reap()
        for stream in self._streams:
            stream.read()
        self._over()
        if not self._told:
            self._loop.call_later(_GRACE, self._tell)

    def _reap(self) -> None:
        code = self._popen.wait()
        self.exit_code = code if code >= 0 else 128 - code
        self._left_group = tree.group_lives(self.pid)
        self._gone.set()

    def _tell(self) -> None:
        if not self._told and self.exit_code is not None:
            self._told = True
            self._ended(self.exit_code)

    def signal(self, number: signal.Signals) -> None:
        """A signal to the command's process group, but not to its sandbox."""
        if self.exit_code is not None:
            return
        if not self._wrappers:
            tree.send_group(self.pid, number)
            return
        inner = tree.command(self.pid, self._wrappers)
        if inner != self.pid:
            group = tree.group_of(inner)
            tree.send((pid for pid in (inner, *tree.descendants(inner)) if tree.group_of(pid) == group), number)

    def lingers(self) -> bool:
        """Whether the command ended but left processes behind (`server &`)."""
        self._left_group = self._left_group and tree.group_lives(self.pid)
        return self._left_group

    def kill(self) -> None:
        """End every process of it now."""
        if self.exit_code is None:
            below = tree.descendants(self.pid)
            tree.send_group(self.pid, signal.SIGKILL)
            tree.send(below, signal.SIGKILL)
        elif self._left_group:
            # The number of a group is not given out again while it has members.
            tree.send_group(self.pid, signal.SIGKILL)
            self._left_group = False

    async def stop(self) -> None:
        """Ask it to end, then make it; returns when it is gone."""
        if self.exit_code is None:
            self.signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(self._gone.wait(), _POLITE)
            except TimeoutError:
                pass
        self.kill()
        await self._gone.wait()

    def close(self) -> None:
        """Kill, reap and close, without the loop's help. May be called twice."""
        self.kill()
        if self.exit_code is None:
            self._reap()
        self._close_pidfd()
        self._close_streams()

    def _close_streams(self) -> None:
        for stream in self._streams:
            stream.close()
