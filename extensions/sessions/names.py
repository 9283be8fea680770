"""The index of names, `session_index.jsonl`: one line whenever a session gets a name; the last one of an id counts.

Lines are appended and never moved. Those of a deleted session are blanked where they stand, so that its name is gone
and nobody who appends meanwhile loses theirs; Codex skips blank lines.

Does not: hold sessions without a name.
"""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from csm.api import codec

from . import places

FILE = "session_index.jsonl"


class _Entry(msgspec.Struct):
    id: str
    thread_name: str


_decoder = msgspec.json.Decoder(_Entry)


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
            found.pop(entry.id, None)
            found[entry.id] = entry.thread_name
    return {thread_id: name for thread_id, name in found.items() if name}


def add(home: Path, thread_id: str, name: str, time: str) -> None:
    """Write a name. Raises OSError."""
    line = codec.encode({"id": thread_id, "thread_name": name, "updated_at": time}) + b"\n"
    places.make(home)
    fd = os.open(home / FILE, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        size = os.fstat(fd).st_size
        if size and os.pread(fd, 1, size - 1) != b"\n":
            line = b"\n" + line  # somebody died in the middle of a line
        _write(fd, line)
    finally:
        os.close(fd)


def blank(home: Path, thread_id: str) -> None:
    """Overwrite the lines of a session by blanks. Raises OSError."""
    try:
        data = (home / FILE).read_bytes()
    except FileNotFoundError:
        return
    fd = os.open(home / FILE, os.O_WRONLY | os.O_CLOEXEC)
    try:
        at = 0
        for line in data.splitlines(keepends=True):
            entry = _entry(line) if thread_id.encode() in line else None
            if entry is not None and entry.id == thread_id:
                os.pwrite(fd, b" " * len(line.rstrip(b"\r\n")), at)
            at += len(line)
    finally:
        os.close(fd)


def _write(fd: int, line: bytes) -> None:
    """All of it or, as far as it can be taken back, nothing."""
    written = os.write(fd, line)
    while written < len(line):
        written += os.write(fd, line[written:])


def _entry(line: bytes) -> _Entry | None:
    try:
        return codec.decode_as(_decoder, line)
    except (msgspec.MsgspecError, ValueError):
        return None
