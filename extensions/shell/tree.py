"""Which processes belong to a started command, read from `/proc`; elsewhere, its process group.

Does not: wait for any of them.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable
from pathlib import Path


def children(pid: int) -> list[int]:
    """The children of a process, oldest first; none where `/proc` does not tell."""
    found: list[int] = []
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    except OSError:
        return found
    return found


def descendants(pid: int) -> list[int]:
    """A process's children, their children and so on."""
    found: list[int] = []
    waiting = children(pid)
    while waiting:
        found += waiting
        waiting = [child for parent in waiting for child in children(parent)]
    return found


def command(pid: int, wrappers: int) -> int:
    """The command's own process below as many processes of its sandbox; `pid` where it is not there (yet)."""
    inner = pid
    for _ in range(wrappers):
        below = children(inner)
        if not below:
            return pid
        inner = below[0]
    return inner


def send(pids: Iterable[int], number: signal.Signals) -> None:
    """A signal to those that are still there."""
    for pid in pids:
        try:
            os.kill(pid, number)
        except (ProcessLookupError, PermissionError):
            continue


def send_group(pid: int, number: signal.Signals) -> None:
    """A signal to the whole process group that `pid` leads or led."""
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        pass


def group_of(pid: int) -> int:
    """The process group; -1 for a process that is gone."""
    try:
        return os.getpgid(pid)
    except (ProcessLookupError, PermissionError):
        return -1


def group_lives(pid: int) -> bool:
    """Whether the process group that `pid` led still has members."""
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
