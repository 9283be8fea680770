"""Names to be protected that lie deeper in a writable folder, such as the `.git` of a repository in a repository.

A folder is looked through once, when the first command may write it: what was there then is not the commands' own. What
they make later is, and stays theirs to change.

Does not: protect anything.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Collection

#: How many folders below a root the names may lie, and how many folders of a root are looked into, nearest first.
DEPTH = 3
FOLDERS = 2_000


class Nested:
    """Looks for `names`. Used from several threads."""

    def __init__(self, names: Collection[str]) -> None:
        self._names = frozenset(names)
        self._lock = threading.Lock()
        self._seen: dict[str, tuple[str, ...]] = {}

    def below(self, root: str) -> tuple[str, ...]:
        """Absolute paths of what bore one of the names when `root` was first asked for; not those in `root` itself."""
        with self._lock:
            if root not in self._seen:
                self._seen[root] = tuple(_found(root, self._names))
            return self._seen[root]


def _found(root: str, names: Collection[str]) -> list[str]:
    found: list[str] = []
    waiting = deque([(root, 0)])
    for _ in range(FOLDERS):
        if not waiting:
            break
        folder, depth = waiting.popleft()
        inner = _entries(folder)
        found += [entry.path for entry in inner if entry.name in names and depth]
        if depth < DEPTH:
            deeper = (entry for entry in inner if entry.name not in names and entry.is_dir(follow_symlinks=False))
            waiting.extend((entry.path, depth + 1) for entry in deeper)
    return found


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return []
