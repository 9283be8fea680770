"""The prompts of earlier days: Codex's `history.jsonl`, one `{"session_id", "ts", "text"}` a line.

Does not: walk through them (`csm.edit.history`). A file that cannot be read or written only means fewer prompts.
"""

from __future__ import annotations

import os
from pathlib import Path

from csm.api import codec

#: How much of the file's end is read, and how many prompts are kept of it.
TAIL = 1 << 20
MOST = 2_000
#: Longer prompts are not written: one of them would push all others out of what is read.
LARGEST = TAIL // 4


def read(path: Path) -> list[str]:
    """The newest prompts, oldest first. Lines that are none are passed over."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - TAIL))
            lines = file.read().split(b"\n")
    except OSError:
        return []
    found = [_text(line) for line in (lines[1:] if size > TAIL else lines)]
    return [text for text in found if text][-MOST:]


def append(path: Path, thread_id: str, seconds: int, text: str) -> None:
    """Add one prompt, readable by its owner alone."""
    line = codec.encode({"session_id": thread_id, "ts": seconds, "text": text}) + b"\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    except OSError:
        return
    try:
        os.write(file, line)
    except OSError:
        pass
    finally:
        os.close(file)


def _text(line: bytes) -> str:
    if not line.strip():
        return ""
    try:
        value = codec.decode(line)
    except ValueError:
        return ""
    text = value.get("text") if isinstance(value, dict) else None
    return text if isinstance(text, str) else ""
