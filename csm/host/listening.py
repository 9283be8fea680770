"""Starts a process under a seccomp filter whose calls are answered here, without a program in between to load it.

A filter holds for the thread that loads it and for what that thread starts. So a thread of its own loads the filter,
starts the process, and stays until the process has ended: a process may have asked to die with the thread that started
it. No other thread of csm is held by the filter.

Does not: answer calls (`csm.host.mediation`).
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import threading
from collections.abc import Callable
from typing import Any

_SECCOMP = {"x86_64": 317, "aarch64": 277}
_SET_FILTER, _NO_NEW_PRIVS = 1, 38
#: SECCOMP_FILTER_FLAG_NEW_LISTENER and _WAIT_KILLABLE_RECV, which kernels before 5.19 do not know.
_LISTENER, _KILLABLE = 1 << 3, 1 << 5

#: Starts a process and returns it; it has a `pid`.
Start = Callable[[], Any]


class Held:
    """One start under the filter `code`. `listens` gets the listener, which it owns, before the process is started.

    It is not called where the kernel gives no listener (an outer filter has one): then there is no filter either.
    """

    def __init__(self, code: bytes, listens: Callable[[int], None]) -> None:
        self._code, self._listens = code, listens
        self._process: Any = None
        self._error: BaseException | None = None
        self._started = threading.Event()

    def start(self, start: Start) -> Any:
        """What `start` returns; raises what it raises."""
        threading.Thread(target=self._run, args=(start,), name="csm-holder", daemon=True).start()
        self._started.wait()
        if self._error is not None:
            raise self._error
        return self._process

    def _run(self, start: Start) -> None:
        try:
            listener = _load(self._code)
            if listener is not None:
                self._listens(listener)
            self._process = start()
        except BaseException as error:
            self._error = error
            return
        finally:
            self._started.set()
        _wait(self._process.pid)


def _load(code: bytes) -> int | None:
    """Load the filter for this thread."""
    libc = ctypes.CDLL(None, use_errno=True)
    text = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("@HxxxxxxP", len(code) // 8, ctypes.addressof(text))
    if libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return None
    for flags in (_LISTENER | _KILLABLE, _LISTENER):
        listener = libc.syscall(_SECCOMP[platform.machine()], _SET_FILTER, flags, program)
        if listener >= 0:
            return int(listener)
    return None


def _wait(pid: int) -> None:
    """Until the process has ended; whoever started it reaps it."""
    try:
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    except ChildProcessError:
        pass
