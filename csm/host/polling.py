"""A value that is asked for now and then, beside the shell: a function, a command line, or a program.

Does not: decide when (`csm.ui.jobs`). `ask` blocks, and belongs in a thread of its own.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

#: Bytes of a command's output that are looked at.
_MOST = 4_096


class Polled:
    """Called with a thread it gives what was last answered, so that it is a segment of the status line."""

    def __init__(self, name: str, what: Callable[[], Any] | str | Sequence[str]) -> None:
        self.name, self._what = name, what
        self.last: Any = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def __call__(self, thread: Any = None) -> Any:
        """The last answer."""
        return self.last

    def ask(self, cwd: str, env: Mapping[str, str], timeout: float) -> Any:
        """Ask now. Raises TimeoutError, OSError, and what a function raises."""
        if callable(self._what):
            return self._what()
        argv = ["/bin/sh", "-c", self._what] if isinstance(self._what, str) else list(self._what)
        with self._lock:
            self._process = process = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=cwd,
                env=dict(env),
                start_new_session=True,
            )
        try:
            output = _first(process, time.monotonic() + timeout)
        finally:
            self.stop()
            self._process = None
            process.wait()
        if output is None:
            raise TimeoutError(f"no answer within {timeout:g} s")
        return output.decode("utf-8", "replace").strip().partition("\n")[0].strip()

    def stop(self) -> None:
        """End the program that is being asked, with all that it began. From any thread."""
        process = self._process
        if process is not None:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                pass


def _first(process: subprocess.Popen[bytes], end: float) -> bytes | None:
    """The first line that the program prints, or all it prints where there is no newline; None after the time."""
    assert process.stdout is not None
    found = b""
    with process.stdout as stream:
        while len(found) < _MOST and b"\n" not in found.lstrip():
            left = end - time.monotonic()
            if left <= 0 or not select.select([stream], [], [], left)[0]:
                return None
            more = os.read(stream.fileno(), _MOST)
            if not more:
                break
            found += more
    return found
