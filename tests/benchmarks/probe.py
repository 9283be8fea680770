"""Runs a command and prints what it cost: `STATUS START WALL CPU RSS` (monotonic s, s, s, s, KiB).

A process of its own, small: Linux counts the memory of whoever starts a program to that program's peak.

usage: python -I -S probe.py COMMAND...
"""

import os
import sys
import time


def main() -> None:
    command = sys.argv[1:]
    null = os.open(os.devnull, os.O_RDWR)
    actions = [(os.POSIX_SPAWN_DUP2, null, fd) for fd in (0, 1, 2)]
    start = time.monotonic()
    pid = os.posix_spawn(command[0], command, os.environ, file_actions=actions)
    _, status, usage = os.wait4(pid, 0)
    wall = time.monotonic() - start
    code = os.waitstatus_to_exitcode(status)
    print(code, start, wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss)


main()
