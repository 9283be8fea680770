"""Starts a command's process, its output in a pipe or a terminal.

Does not: read from it or wait for it (`process.py`).
"""

from __future__ import annotations

import fcntl
import os
import struct
import subprocess
import sys
import termios
from pathlib import Path

from csm.api import Launch

ROWS, COLUMNS = 24, 80


def terminal_argv(argv: tuple[str, ...]) -> tuple[str, ...]:
    """`argv` made to take its standard input as controlling terminal."""
    return (sys.executable, "-I", "-S", str(Path(__file__).with_name("terminal.py")), *argv)


def spawn(launch: Launch, *, cwd: Path, tty: bool) -> tuple[subprocess.Popen[bytes], int]:
    """Start it in a session of its own; the process and our end of pipe or terminal. Raises OSError, ValueError."""
    ours, theirs = os.openpty() if tty else os.pipe()
    try:
        if tty:
            fcntl.ioctl(ours, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        process = subprocess.Popen(
            launch.argv,
            stdin=theirs if tty else subprocess.DEVNULL,
            stdout=theirs,
            stderr=theirs,
            cwd=cwd,
            env=launch.env,
            start_new_session=True,
            pass_fds=launch.pass_fds,
        )
    except BaseException:
        os.close(ours)
        raise
    finally:
        os.close(theirs)
    os.set_blocking(ours, False)
    return process, ours
