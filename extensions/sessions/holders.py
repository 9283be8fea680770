"""Who holds a lock: the process and its program, as Linux tells.

Does not: work elsewhere; there nobody is named.
"""

from __future__ import annotations

import os
from pathlib import Path

_PYTHON = ("python", "pypy")


def holder(lock: Path) -> str:
    """`codex (process 4711)`, `this csm`, or nothing where it cannot be told."""
    pid = _pid(lock)
    if not pid:
        return ""
    if pid == os.getpid():
        return "this csm"
    return f"{_program(pid) or 'another program'} (process {pid})"


def _pid(lock: Path) -> int:
    try:
        of = lock.stat()
        lines = Path("/proc/locks").read_text().splitlines()
    except OSError:
        return 0
    inode = f":{of.st_ino}"
    device = f"{os.major(of.st_dev):02x}:{os.minor(of.st_dev):02x}"
    locks = [words for words in map(str.split, lines) if len(words) > 5 and words[1] == "FLOCK"]
    found = [words for words in locks if words[5].endswith(inode)]
    # Some file systems show another device here than in stat.
    found.sort(key=lambda words: not words[5].startswith(device))
    return int(found[0][4]) if found and found[0][4].isdigit() else 0


def _program(pid: int) -> str:
    """The program's name: for a script, that of the script."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode("utf-8", "replace").split("\0")
    except OSError:
        return ""
    names = [Path(word).name for word in words if word]
    if names and names[0].startswith(_PYTHON):
        options = 1
        while options < len(names) and names[options].startswith("-"):
            options += 1
        names = names[options:] or names
    return "".join(char for char in (names[0] if names else "") if char.isprintable())
