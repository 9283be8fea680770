"""One run of a hook's command: told on its standard input, listened to for a while, killed with its group if need be.

A worker waits for it, so that the loop need not; whoever is cancelled kills it and goes.

Does not: know what its answer means (`answers.py`).
"""

from __future__ import annotations

import asyncio
import os
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import IO, Any, NamedTuple

#: Bytes of output, and of errors, that a hook may write: more is a mistake, and not waited for.
MOST = 1 << 20
#: Seconds that output may still come after the command ended, while something it left behind holds the pipe.
_GRACE = 0.1
#: Seconds between two looks at a command where the kernel does not tell of its end.
_LOOK = 0.02
#: Seconds that a worker has to see a killed command go.
_BURIAL = 1.0
#: Names of variables that hold secrets more often than not.
_SECRETS = ("*KEY*", "*SECRET*", "*TOKEN*")


class Ran(NamedTuple):
    """What came of a run. `code` is None where a signal ended it; `fault` says why there is no answer at all."""

    code: int | None = None
    out: str = ""
    errors: str = ""
    fault: str = ""


async def run(command: str, given: bytes, *, cwd: Path, env: Mapping[str, str], timeout: float) -> Ran:
    """Run a command line with the user's shell. Cancelled, nothing of its group is left running."""
    running = Running()
    work = asyncio.ensure_future(asyncio.to_thread(running.run, command, given, cwd, dict(env), timeout))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        running.kill()
        # One that is just being started is killed by the worker, which does not outlive us.
        await asyncio.wait([work], timeout=_BURIAL)
        raise


class Running:
    """A command that a worker runs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._group: int | None = None
        self._unwanted = False

    def kill(self) -> None:
        """End every process of its group now, or as soon as it begins. From any thread."""
        with self._lock:
            self._unwanted = True
            if self._group is not None:
                _kill(self._group)

    def run(self, command: str, given: bytes, cwd: Path, env: dict[str, str], timeout: float) -> Ran:
        """Run it to its end, or until the time is over."""
        shell = env.get("SHELL") or "/bin/sh"
        if self._unwanted:
            return Ran(fault="it was not wanted any more")
        try:
            process = subprocess.Popen(
                (shell, "-lc", command),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=cwd if cwd.is_dir() else None,
                env=env,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            return Ran(fault=f"it cannot be started: {error}")
        with self._lock:
            self._group = process.pid
            if self._unwanted:
                _kill(process.pid)
        try:
            return _Ear(process, given, timeout).listen()
        finally:
            self._end(process)

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        """Make sure that it is gone; its number may be another's from then on."""
        with self._lock:
            self._group = None
            if process.poll() is None:
                _kill(process.pid)
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            _close(pipe)


def _close(pipe: IO[bytes] | None) -> None:
    try:
        if pipe is not None:
            pipe.close()
    except OSError:
        pass  # what was still to be told


def _kill(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass


class _Ear:
    """Tells a command what it is given, and takes what it writes."""

    def __init__(self, process: subprocess.Popen[bytes], given: bytes, timeout: float) -> None:
        self._process, self._left, self._timeout = process, memoryview(given), timeout
        assert process.stdin is not None and process.stdout is not None and process.stderr is not None
        self._stdin = process.stdin
        self._heard = {process.stdout: bytearray(), process.stderr: bytearray()}
        self._open = set(self._heard)

    def listen(self) -> Ran:
        until = time.monotonic() + self._timeout
        with selectors.DefaultSelector() as selector:
            for pipe in (self._stdin, *self._heard):
                os.set_blocking(pipe.fileno(), False)
                selector.register(pipe, selectors.EVENT_WRITE if pipe is self._stdin else selectors.EVENT_READ, pipe)
            pidfd = _pidfd(self._process.pid)
            if pidfd is not None:
                selector.register(pidfd, selectors.EVENT_READ)
            try:
                return self._listen(selector, until, _LOOK if pidfd is None else self._timeout)
            finally:
                if pidfd is not None:
                    os.close(pidfd)

    def _listen(self, selector: selectors.BaseSelector, until: float, look: float) -> Ran:
        ended = False
        while self._open or not ended:
            now = time.monotonic()
            if now >= until:
                break
            for key, _ in selector.select(min(until - now, look)):
                if key.data is not None:
                    self._serve(selector, key.data)
            if any(len(data) > MOST for data in self._heard.values()):
                return Ran(fault=f"it wrote more than {MOST >> 20} MiB")
            if not ended and self._process.poll() is not None:
                ended, until, look = True, time.monotonic() + _GRACE, _LOOK
        if not ended:
            return Ran(fault=f"hook timed out after {self._timeout:g}s")
        out, errors = (bytes(data).decode("utf-8", "replace") for data in self._heard.values())
        code = self._process.returncode
        return Ran(None if code < 0 else code, out, errors)

    def _serve(self, selector: selectors.BaseSelector, pipe: IO[bytes]) -> None:
        if pipe is self._stdin:
            if not self._tell():
                selector.unregister(pipe)
                _close(pipe)
            return
        data = os.read(pipe.fileno(), 1 << 16)
        self._heard[pipe] += data
        if not data:
            selector.unregister(pipe)
            self._open.discard(pipe)

    def _tell(self) -> bool:
        """Whether there is more to tell."""
        try:
            self._left = self._left[os.write(self._stdin.fileno(), self._left) :]
        except BlockingIOError:
            return True
        except OSError:
            return False  # it does not listen
        return len(self._left) > 0


def _pidfd(pid: int) -> int | None:
    try:
        return os.pidfd_open(pid)
    except (AttributeError, OSError):
        return None


def environment(env: Mapping[str, str], settings: Any) -> dict[str, str]:
    """What a hook finds in its environment: without what looks like a secret, unless the setting
    `shell_environment_policy` says otherwise.
    """
    policy = settings.raw.get("shell_environment_policy")
    policy = policy if isinstance(policy, dict) else {}
    kept = dict(env)
    if policy.get("ignore_default_excludes") is not True:
        kept = {name: text for name, text in env.items() if not any(fnmatchcase(name.upper(), p) for p in _SECRETS)}
    given = policy.get("set")
    return {**kept, **{str(name): str(text) for name, text in given.items()}} if isinstance(given, dict) else kept
