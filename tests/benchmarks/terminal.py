"""Runs a program in a terminal of its own until a text shows, and prints what that cost, as `probe.py` does.

It answers what programs ask a terminal (cursor, attributes, colours), so that none waits for an answer.

usage: python -I -S terminal.py TEXT COMMAND...
"""

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

ROWS, COLUMNS, PATIENCE = 50, 200, 10.0
ANSWERS = (
    (b"\x1b[6n", b"\x1b[1;1R"),
    (b"\x1b[c", b"\x1b[?62;22c"),
    (b"\x1b[?u", b"\x1b[?0u"),
    (b"\x1b[>q", b"\x1bP>|bench 1\x1b\\"),
    (b"\x1b]10;?", b"\x1b]10;rgb:ffff/ffff/ffff\x1b\\"),
    (b"\x1b]11;?", b"\x1b]11;rgb:0000/0000/0000\x1b\\"),
)


def main() -> None:
    wanted, command = sys.argv[1].encode(), sys.argv[2:]
    start = time.monotonic()
    pid, fd = pty.fork()
    if pid == 0:
        os.execv(command[0], command)
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    found = watch(fd, wanted, start + PATIENCE)
    wall = time.monotonic() - start
    os.kill(pid, signal.SIGKILL)
    os.close(fd)
    _, _, usage = os.wait4(pid, 0)
    print(0 if found else 1, start, wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss)


def watch(fd: int, wanted: bytes, until: float) -> bool:
    """Read and answer until the text came; whether it did."""
    seen, answered = b"", 0
    while time.monotonic() < until:
        if not select.select([fd], [], [], 0.1)[0]:
            continue
        try:
            seen += os.read(fd, 65536)
        except OSError:
            return False
        if wanted in seen:
            return True
        for query, answer in ANSWERS:
            if query in seen[answered:]:
                os.write(fd, answer)
        answered = max(0, len(seen) - 8)
    return False


main()
