"""Starts a command's process, its output in a pipe or a terminal.

Does not: read from it or wait for it (`process.py`).
"""

from __future__ import annotations

import fcntl
import functools
import os
import struct
import subprocess
import sys
import termios
from pathlib import Path
from typing import NamedTuple

from csm.api import Launch, orphans

ROWS, COLUMNS = 24, 80


def terminal_argv(argv: tuple[str, ...]) -> tuple[str, ...]:
    """`argv` made to take its standard input as controlling terminal."""
    return (sys.executable, "-I", "-S", str(Path(__file__).with_name("terminal.py")), *argv)


class Spawned(NamedTuple):
    """A process, and our ends: of its terminal or pipe, and of the pipe of its errors if that is another."""

    process: subprocess.Popen[bytes]
    ours: tuple[int, ...]


def spawn(launch: Launch, *, cwd: Path, tty: bool, apart: bool = False) -> Spawned:
    """Start it in a session of its own; errors in a pipe `apart` if wanted. Raises OSError, ValueError."""
    pairs = [os.openpty() if tty else os.pipe()]
    try:
        if apart:
            pairs.append(os.pipe())
        if tty:
            fcntl.ioctl(pairs[0][0], termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        process = _start(launch, cwd, pairs[0][1] if tty else subprocess.DEVNULL, pairs[0][1], pairs[-1][1])
    except BaseException:
        for ours, _ in pairs:
            os.close(ours)
        raise
    finally:
        for _, theirs in pairs:
            os.close(theirs)
    for ours, _ in pairs:
        os.set_blocking(ours, False)
    return Spawned(process, tuple(ours for ours, _ in pairs))


def _start(launch: Launch, cwd: Path, given: int, out: int, errors: int) -> subprocess.Popen[bytes]:
    start = functools.partial(
        subprocess.Popen[bytes],
        [_bytes(word) for word in launch.argv],
        stdin=given,
        stdout=out,
        stderr=errors,
        cwd=cwd,
        env=launch.env,
        start_new_session=True,
        pass_fds=launch.pass_fds,
    )
    if launch.through is not None:
        return launch.through(start)
    # A terminal is hung up on when we are gone, and sandboxes see to it themselves.
    return start(preexec_fn=orphans.die_with_us() if given == subprocess.DEVNULL else None)


def _bytes(word: str) -> bytes:
    """A word as the system takes it; in UTF-8 where the locale has no way to write it."""
    try:
        return os.fsencode(word)
    except UnicodeEncodeError:
        return word.encode("utf-8", "surrogateescape")
