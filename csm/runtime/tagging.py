"""Tags of sessions: words that their user gives them, kept beside the state in a file of csm's own.

The file has a line for each time that tags were given; the last one of a session counts. Codex's files know nothing
of it.

Does not: know whether there is a session of an id.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

from csm.protocol import codec
from csm.protocol.errors import CommandError

#: How many tags a session may have, and how many characters one.
MOST, LONGEST = 20, 40
_PARTED = re.compile(r"[\s,]+")


def parse(text: str) -> tuple[str, ...]:
    """The tags in a text, parted by blanks or commas, with `#` or without. Raises CommandError for what is too much."""
    found = tuple(dict.fromkeys(word.lstrip("#") for word in _PARTED.split(text) if word.strip("#")))
    for word in found:
        if len(word) > LONGEST or not word.isprintable():
            raise CommandError(f"this is no tag: {word[:LONGEST]!r}", f"a word of at most {LONGEST} characters is one")
    if len(found) > MOST:
        raise CommandError(f"a session has at most {MOST} tags")
    return found


def read(state: Path) -> dict[str, tuple[str, ...]]:
    """The tags of all sessions that have any; none where the file cannot be read. What is broken in it is left out."""
    try:
        lines = _path(state).read_bytes().split(b"\n")
    except OSError:
        return {}
    found: dict[str, tuple[str, ...]] = {}
    for line in lines:
        given = _line(line)
        if given is not None:
            found.pop(given[0], None)
            if given[1]:
                found[given[0]] = given[1]
    return found


def put(state: Path, thread_id: str, tags: Iterable[str]) -> None:
    """Give a session these tags, and no others. Raises CommandError where that cannot be written."""
    path = _path(state)
    line = codec.encode({"session_id": thread_id, "tags": list(tags)}) + b"\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            size = os.fstat(file).st_size
            torn = size and os.pread(file, 1, size - 1) != b"\n"
            os.write(file, b"\n" + line if torn else line)
        finally:
            os.close(file)
    except OSError as error:
        raise CommandError(f"the tags cannot be kept in {path}: {error.strerror}") from error


def _path(state: Path) -> Path:
    return state / "tags.jsonl"


def _line(line: bytes) -> tuple[str, tuple[str, ...]] | None:
    if not line.strip():
        return None
    try:
        value: Any = codec.decode(line)
    except ValueError:
        return None
    given: dict[str, Any] = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
    thread_id, tags = given.get("session_id"), given.get("tags")
    if not isinstance(thread_id, str) or not isinstance(tags, list):
        return None
    return thread_id, tuple(tag for tag in cast("list[Any]", tags) if isinstance(tag, str) and tag)[:MOST]
