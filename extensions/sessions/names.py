"""The index of names, `session_index.jsonl`: one line whenever a session gets a name; the last one of an id counts.

Does not: hold sessions without a name.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from csm.api import codec

from . import places

FILE = "session_index.jsonl"


def read(home: Path) -> dict[str, str]:
    """Names by session id, oldest naming first. Lines that cannot be read are left out."""
    found: dict[str, str] = {}
    try:
        lines = (home / FILE).read_bytes().splitlines()
    except OSError:
        return found
    for line in lines:
        entry = _entry(line)
        if entry is not None:
            found.pop(entry[0], None)
            found[entry[0]] = entry[1]
    return found


def add(home: Path, thread_id: str, name: str, time: str) -> None:
    """Write a name. Raises OSError."""
    line = codec.encode({"id": thread_id, "thread_name": name, "updated_at": time}) + b"\n"
    places.make(home)
    fd = os.open(home / FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.write(fd, line)
    finally:
        os.close(fd)


def _entry(line: bytes) -> tuple[str, str] | None:
    try:
        value: Any = codec.decode(line)
        thread_id, name = value["id"], value["thread_name"]
    except (ValueError, KeyError, TypeError):
        return None
    return (thread_id, name) if isinstance(thread_id, str) and isinstance(name, str) else None
