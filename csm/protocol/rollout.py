"""Rollout lines: how a body is written as a line of Codex's session file, and read back.

A body that Codex has a word for becomes Codex's own line; what else we know of it (ids, order, milliseconds) goes
into one more key, `csm`, which Codex skips. Every other body is a line of type `csm_event`, which Codex skips too.
The model's history stands in Codex's lines alone.

Does not: open files, or know which thread a file belongs to.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import cast

import msgspec

from csm.protocol import codec, items
from csm.protocol.events import TRANSIENT, Body, ItemCompleted, UnknownLine
from csm.protocol.rollout_out import WRITERS, has_words

#: The type of lines that hold a body of ours.
CSM_EVENT = "csm_event"


class Line(msgspec.Struct, omit_defaults=True):
    """The envelope. `payload` stays JSON until asked for. Paginated files number what Codex knows by `ordinal`."""

    type: str
    payload: msgspec.Raw = msgspec.Raw(b"{}")
    timestamp: str = ""
    ordinal: int | None = None


#: Envelopes of lines that are strictly right; `envelope` reads others too.
LINES = msgspec.json.Decoder(Line)


def encode(time: str, body: Body, *, thread_id: str = "", ordinal: int | None = None) -> list[bytes]:
    """The lines, without line ends, that keep `body`: one, or none for what is never stored.

    `ordinal` goes on the line if Codex knows its type: see `numbered`. `thread_id` is asked for by names.
    """
    if isinstance(body, TRANSIENT):
        return []
    if isinstance(body, UnknownLine):
        return [bytes(body.raw)]
    if isinstance(body, ItemCompleted):
        body = msgspec.structs.replace(body, item=items.stored(body.item))
    writer = WRITERS.get(type(body))
    written = writer(body, thread_id) if writer is not None else None
    if written is None:
        return [_line(time, CSM_EVENT, codec.encode(body), None)]
    kind, payload = written
    return [_line(time, kind, payload, ordinal)]


def numbered(body: Body) -> bool:
    """Whether the body's line takes an ordinal in a file that has them."""
    if isinstance(body, ItemCompleted):
        return has_words(body.item)
    return type(body) in WRITERS


def envelope(line: bytes) -> Line | None:
    """The line's envelope; None where it is no rollout line."""
    try:
        return LINES.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return _odd_envelope(line)


def decode(line: bytes) -> tuple[str, Body] | None:
    """The time and body of a line; None where it is no rollout line. Kinds we do not know come back to the byte.

    Lines of Codex name no item ids: those items have the id "", which the fold replaces.
    """
    found = envelope(line)
    if found is None:
        return None
    return found.timestamp, body_of(found, line)


def body_of(found: Line, line: bytes) -> Body:
    """The body of an envelope; `line` is kept where nobody can read it."""
    try:
        if found.type == CSM_EVENT:
            body = codec.decode_as(_bodies(), found.payload)
        else:
            reader = _readers().get(found.type)
            body = reader(found.payload) if reader is not None else None
    except (msgspec.MsgspecError, ValueError, TypeError):
        body = None
    if body is None or isinstance(body, TRANSIENT):
        return UnknownLine(msgspec.Raw(line.rstrip(b"\r\n")))
    return body


# Who only writes has no use for what reads, and making it takes longer than a session's first lines.


@cache
def _bodies() -> msgspec.json.Decoder[Body]:
    """Bodies from `csm_event` lines."""
    return msgspec.json.Decoder(Body)


@cache
def _readers() -> dict[str, Callable[[msgspec.Raw], Body | None]]:
    from csm.protocol.rollout_in import READERS

    return READERS


def _line(time: str, kind: str, payload: bytes, ordinal: int | None) -> bytes:
    number = b"" if ordinal is None else b'"ordinal":%d,' % ordinal
    if b"\n" in payload or b"\r" in payload:
        payload = codec.encode(codec.decode(payload))
    return b'{"timestamp":%b,%b"type":"%b","payload":%b}' % (codec.encode(time), number, kind.encode(), payload)


def _odd_envelope(line: bytes) -> Line | None:
    try:
        value = codec.decode(line)
        if not isinstance(value, dict):
            return None
        fields = cast("dict[str, object]", value)
        payload = msgspec.Raw(codec.encode(fields.pop("payload", None)))
        return msgspec.structs.replace(msgspec.convert(fields, Line), payload=payload)
    except (ValueError, TypeError):
        return None
