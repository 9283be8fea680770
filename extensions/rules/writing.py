"""Adding a rule to a file that people edit too: one line at its end, all else kept.

Does not: change rules, or take any away.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from csm.api import SettingError, rules


def add(path: Path, prefix: tuple[str, ...]) -> None:
    """Add the rule unless it is there. The file is made for its owner alone. Raises SettingError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            text = file.read()
            new = rules.text(prefix).encode()
            if new in text.splitlines():
                return
            file.write((b"" if not text or text.endswith(b"\n") else b"\n") + new + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise SettingError(f"the rule could not be kept in {path}: {error.strerror}") from None
    except UnicodeEncodeError:
        raise SettingError(f"the rule could not be kept in {path}: its words are no text") from None
