"""Which log is the newest: Codex goes on with that one, tells files apart by whole seconds, and counts agents' too.

Does not: write logs.
"""

from __future__ import annotations

import os
from pathlib import Path

#: What Codex tells apart, in nanoseconds.
_SECOND = 1_000_000_000


def put_behind(path: str, first: str) -> None:
    """Have a log count as older than the one that is to be gone on with, and than it was itself."""
    try:
        found = Path(path).stat()
        newest = min(found.st_mtime_ns, Path(first).stat().st_mtime_ns)
        os.utime(path, ns=(found.st_atime_ns, newest - _SECOND))
    except OSError:
        pass  # it is no file here
