"""Processes that must not outlive us, however we end.

Does not: start or stop any.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

#: What a process asks the kernel of Linux for, to be told of its parent's end.
_PDEATHSIG = 1


def die_with_us() -> Callable[[], None] | None:
    """What a child runs before its program (`preexec_fn`), to be killed once we are gone; None without Linux."""
    import ctypes

    parent = os.getpid()
    try:
        prctl = ctypes.CDLL(None).prctl
    except AttributeError:
        return None

    def ask() -> None:
        prctl(_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(127)

    return ask
