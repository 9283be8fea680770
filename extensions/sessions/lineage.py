"""Forks as Codex 0.169 makes them: files that hold no history but point to the file they go on from.

Such a file's first line says which file (`thread_id`), up to which number and byte. The files that others build on may
be archived, but not removed.

Does not: read what the files say.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from csm.api import StoreError, codec, rollout

from . import places
from .ends import ordinal


class Part(NamedTuple):
    """A file, and where what counts of it ends: by number and by byte, None where that is not said."""

    path: Path
    ordinals: int | None
    offset: int | None


class Base(msgspec.Struct, rename={"ordinals": "end_ordinal_exclusive", "offset": "end_byte_offset"}):
    """What a fork's first line points to."""

    thread_id: str
    ordinals: int | None = None
    offset: int | None = None


class _Head(msgspec.Struct):
    history_base: Base | None = None


_heads = msgspec.json.Decoder(_Head)


def chain(home: Path, path: Path) -> tuple[list[Part], str]:
    """The files that `path` builds on, the oldest first; and the id of one that is missing, or nothing."""
    parts: list[Part] = []
    seen = {path}
    base = base_of(first_line(path))
    while base is not None:
        found = places.find_rollout(home, base.thread_id) or _unpacked(home, base.thread_id)
        if found is None or found in seen:
            return parts, base.thread_id
        seen.add(found)
        parts.insert(0, Part(found, base.ordinals, base.offset))
        base = base_of(first_line(found))
    return parts, ""


def _unpacked(home: Path, rollout_id: str) -> Path | None:
    """A file that was packed; None also where it cannot be unpacked, which is as if it were not there."""
    from . import packed

    try:
        return packed.restore(home, rollout_id)
    except StoreError:
        return None


def first_line(path: Path) -> bytes:
    """The first line that is not empty; nothing where the file cannot be read."""
    try:
        with path.open("rb") as file:
            return next((line for line in file if not line.isspace()), b"")
    except OSError:
        return b""


def base_of(line: bytes) -> Base | None:
    """What a file's first line points to; None for a file that holds its own history."""
    found = rollout.envelope(line) if b'"history_base"' in line else None
    if found is None or found.type != "session_meta":
        return None
    try:
        return codec.decode_as(_heads, found.payload).history_base
    except (msgspec.MsgspecError, ValueError):
        return None


def lines(part: Part) -> Iterator[bytes]:
    """The lines of a file that count. Raises OSError.

    Numbers are surer than bytes, since a mended file may be longer than it was; but lines without a number belong
    to what comes before them.
    """
    with part.path.open("rb") as file:
        at, last = 0, -1
        for line in file:
            number = ordinal(line) if part.ordinals is not None else None
            if number is not None and part.ordinals is not None and number >= part.ordinals:
                return
            if part.offset is not None and at >= part.offset and (part.ordinals is None or last >= part.ordinals - 1):
                return
            last = last if number is None else number
            at += len(line)
            yield line
