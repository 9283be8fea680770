"""The rules of all files, read anew when one changes.

Does not: know what stands in a file (`reading.py`), or judge commands.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

from csm.api import SettingError
from csm.api import rules as types

from . import places

_LARGEST = 1 << 20


class Files:
    """A source of rules, and the keeper of new ones."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read: dict[Path, tuple[tuple[int, ...], types.Rules]] = {}

    def current(self, settings: Any) -> types.Rules:
        """See the contract."""
        try:
            files = places.files(settings)
        except OSError as error:
            return types.Rules(faults=(f"{error.filename}: {error.strerror}",))
        with self._lock:
            return types.merged([self._file(path) for path in files]) if files else types.Rules()

    def add(self, settings: Any, prefix: tuple[str, ...]) -> str:
        """See the contract."""
        from . import writing

        if settings.skipped.rules:
            raise SettingError("rules are ignored in this session, so none is kept")
        path = places.own(settings)
        writing.add(path, prefix)
        return str(path)

    def _file(self, path: Path) -> types.Rules:
        try:
            found = path.stat()
            state = (found.st_mtime_ns, found.st_size, found.st_ino, found.st_ctime_ns)
            known = self._read.get(path)
            if known is None or known[0] != state:
                known = self._read[path] = state, read(path, found)
        except OSError as error:
            return types.Rules(faults=(f"{path}: {error.strerror}",))
        return known[1]


def read(path: Path, found: os.stat_result) -> types.Rules:
    """The rules in a file; what is wrong with it is a fault. Raises OSError."""
    import stat

    if not stat.S_ISREG(found.st_mode) or found.st_size > _LARGEST:
        return types.Rules(faults=(f"{path}: no plain file of at most {_LARGEST} bytes",))
    from . import reading

    try:
        return reading.rules(path.read_bytes().decode(), str(path))
    except UnicodeDecodeError as error:
        return types.Rules(faults=(f"{path}: byte {error.start} is no UTF-8",))
    except reading.BadRules as error:
        return types.Rules(faults=(f"{path}:{error.line}: {error.brief}",))
