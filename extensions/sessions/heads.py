"""What a list shows of a session, read from the beginning of its file.

Does not: read whole files, or keep what it read (`listing`).
"""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec

from csm.api import SessionHead, codec, events, items, rollout

from . import places

if TYPE_CHECKING:
    from collections.abc import Iterator

#: How many bytes may stand before the first prompt's end, and how many are read at first.
_BYTES = 1 << 20
_FIRST = 1 << 16
#: How much of a file's end tells what was said last.
_TAIL = 1 << 18
_ROLLED = re.compile(rb'"num_turns": ?([0-9]{1,9})')


class _Base(msgspec.Struct):
    thread_id: str = ""


class _Payload(msgspec.Struct):
    history_base: _Base | None = None


class _Line(msgspec.Struct):
    payload: _Payload


_decoder = msgspec.json.Decoder(_Line)


class Start(msgspec.Struct, array_like=True):
    """What the beginning of a file tells; no session where `thread_id` is empty.

    `base` is the id of the file it builds on, `parent` the thread that began it. `turns` is known of short files.
    """

    thread_id: str = ""
    cwd: str = ""
    source: str = ""
    provider: str = ""
    created: str = ""
    prompt: str = ""
    branch: str = ""
    base: str = ""
    parent: str = ""
    turns: int | None = None


def read(path: Path) -> Start:
    """The beginning of a file. Raises OSError."""
    with path.open("rb") as file:
        return _read(file)


def packed(path: Path) -> Start:
    """The beginning of what is packed in a file. Raises OSError; StoreError where nothing can unpack it."""
    from .packed import beginning

    return _read(io.BytesIO(beginning(path, _BYTES)))


def named(path: Path) -> Start:
    """What the name of a file tells, where nothing else can be read of it."""
    found = places.NAME.fullmatch(path.name.removesuffix(places.PACKED))
    if found is None:
        return Start()
    return Start(found["thread"], source="cli", created=f"{found[1]}-{found[2]}-{found[3]}T00:00:00Z")


def _read(file: BinaryIO) -> Start:
    found = Start()
    data = file.read(_FIRST)
    whole = len(data) < _FIRST
    turns = 0
    for line in _lines(file, data):
        if b'"session_meta"' in line[:200] and not found.thread_id:
            _begin(found, line)
        elif not found.prompt and (b'"user_message"' in line or b'"UserMessage"' in line):
            found.prompt = _prompt(line)
        turns = _counted(turns, line[:200])
        if found.prompt and not whole:
            break
    found.turns = turns if whole else None
    return found


def tail(path: Path) -> Iterator[tuple[str, events.Body]]:
    """What the last lines of a file say. Raises OSError; StoreError where it is packed and nothing can unpack it."""
    if path.suffix == places.PACKED:
        from .packed import end as packed_end

        data, begin = packed_end(path, _TAIL)
    else:
        with path.open("rb") as file:
            begin = max(0, file.seek(0, 2) - _TAIL)
            file.seek(begin)
            data = file.read(_TAIL)
    lines = data.split(b"\n")
    for line in lines[1:] if begin else lines:
        found = rollout.decode(line) if line.startswith(b"{") else None
        if found is not None:
            yield found


def head(start: Start, path: str, size: int, modified: float, name: str | None, archived: bool) -> SessionHead:
    """A head as lists show it; `modified` in seconds since the epoch."""
    return SessionHead(
        start.thread_id,
        path=path,
        cwd=start.cwd,
        source=start.source,
        provider=start.provider,
        created=start.created,
        updated=rfc3339(modified),
        name=name,
        prompt=start.prompt,
        archived=archived,
        branch=start.branch,
        size=size,
        turns=start.turns,
        parent=start.parent,
        base=start.base,
    )


def rfc3339(seconds: float) -> str:
    """A time in UTC, to the millisecond."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def _counted(turns: int, line: bytes) -> int:
    """How many turns there are after a line, of which its beginning tells."""
    if b'"thread_rolled_back"' in line:
        told = _ROLLED.search(line)
        return max(0, turns - int(told[1])) if told else turns
    return turns + (b'"task_started"' in line)


def _lines(file: Any, data: bytes) -> Iterator[bytes]:
    """The whole lines of the first chunk, then of what follows it, within bounds."""
    read = len(data)
    while data:
        *whole, rest = data.split(b"\n")
        yield from whole
        more = file.read(min(_BYTES - read, 4 * _FIRST)) if read >= _FIRST else b""
        read += len(more)
        if not more and rest:
            yield rest
        data = rest + more if more else b""


def _begin(found: Start, line: bytes) -> None:
    pair = rollout.decode(line)
    if pair is None or not isinstance(pair[1], events.ThreadStarted):
        return
    body = pair[1]
    found.thread_id, found.cwd, found.source = body.thread_id, body.cwd, body.source
    found.provider, found.created, found.parent = body.provider, body.created, body.parent or ""
    found.branch = body.git.get("branch", "")
    found.base = _base(line) if b'"history_base"' in line else ""


def _prompt(line: bytes) -> str:
    pair = rollout.decode(line)
    if pair is None or not isinstance(pair[1], events.ItemCompleted):
        return ""
    item = pair[1].item
    return item.text if isinstance(item, items.UserMessage) else ""


def _base(line: bytes) -> str:
    try:
        base = codec.decode_as(_decoder, line).payload.history_base
    except (msgspec.MsgspecError, ValueError):
        return ""
    return base.thread_id if base is not None else ""
