"""The composer's history across sessions: `$CODEX_HOME/history.jsonl`, lines `{session_id, ts, text}` as of Codex.

Read when history is first asked for, its end only; appended to under a lock, readable by the user alone.

Does not: walk through entries (`csm.edit.history`).
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from pathlib import Path

_MOST_BYTES = 4 << 20
_MOST_LINE = 1 << 20


def read(path: Path) -> list[str]:
    """The texts, oldest first; what is no such line is skipped. Empty where there is no file."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _MOST_BYTES))
            lines = file.read().split(b"\n")
    except OSError:
        return []
    if size > _MOST_BYTES:
        lines = lines[1:]
    found: list[str] = []
    for line in lines:
        with contextlib.suppress(ValueError, TypeError, KeyError):
            text = json.loads(line)["text"]
            if isinstance(text, str):
                found.append(text)
    return found


def append(path: Path, session_id: str, seconds: float, text: str) -> None:
    """Add an entry. Raises OSError. A text of more than 1 MB is not kept."""
    line = json.dumps({"session_id": session_id, "ts": int(seconds), "text": text}, ensure_ascii=False)
    data = line.encode("utf-8", "replace") + b"\n"
    if len(data) > _MOST_LINE:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        os.write(descriptor, data)
    finally:
        os.close(descriptor)
