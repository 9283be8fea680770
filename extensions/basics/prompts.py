"""The prompts of earlier days: Codex's `history.jsonl`, one `{"session_id", "ts", "text"}` a line.

That file does not say where a prompt was written. Which project a session is of stands in one of csm's own.

Does not: walk through them (`csm.edit.history`). A file that cannot be read or written only means fewer prompts.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, cast

from csm.api import codec

#: How much of a file's end is read, and how many prompts are kept of it.
TAIL = 1 << 20
MOST = 2_000
#: Longer prompts are not written: one of them would push all others out of what is read.
LARGEST = TAIL // 4


class Prompt(NamedTuple):
    """What was said, in which session."""

    text: str
    session: str = ""


def read(path: Path) -> list[Prompt]:
    """The newest prompts, oldest first. Lines that are none are passed over."""
    found = [Prompt(_text(line, "text"), _text(line, "session_id")) for line in _lines(path)]
    return [prompt for prompt in found if prompt.text][-MOST:]


def append(path: Path, thread_id: str, seconds: int, text: str) -> None:
    """Add one prompt, readable by its owner alone."""
    _append(path, {"session_id": thread_id, "ts": seconds, "text": text})


def projects(path: Path) -> dict[str, str]:
    """The projects of sessions, by their ids."""
    return {_text(line, "session_id"): _text(line, "project") for line in _lines(path)}


def note(path: Path, thread_id: str, project: str) -> None:
    """Say which project a session is of."""
    _append(path, {"session_id": thread_id, "project": project})


def _lines(path: Path) -> list[dict[str, Any]]:
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - TAIL))
            lines = file.read().split(b"\n")
    except OSError:
        return []
    found = [_object(line) for line in (lines[1:] if size > TAIL else lines)]
    return [line for line in found if line]


def _object(line: bytes) -> dict[str, Any]:
    if not line.strip():
        return {}
    try:
        value = codec.decode(line)
    except ValueError:
        return {}
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _text(line: Mapping[str, Any], name: str) -> str:
    text = line.get(name)
    return text if isinstance(text, str) else ""


def _append(path: Path, value: dict[str, Any]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    except OSError:
        return
    try:
        os.write(file, codec.encode(value) + b"\n")
    except OSError:
        pass
    finally:
        os.close(file)
