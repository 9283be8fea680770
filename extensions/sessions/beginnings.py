"""The first line of a log that has lost it: made of what the rest of the file, and what is left of it, still tell.

Does not: write it anywhere (`mending`).
"""

from __future__ import annotations

import re
from pathlib import Path

from csm.api import StoreError, codec, events, rollout

from . import lineage
from .checking import Check
from .wholeness import Seen, lines

#: What can be read of a first line that is torn.
_FIELDS = {
    name: re.compile(rb'"%b":("(?:[^"\\\n]|\\.)*")' % name.encode())
    for name in ("timestamp", "cwd", "originator", "cli_version", "source", "model_provider")
}
_NO_TIME = "1970-01-01T00:00:00.000Z"
#: What in a first line points to another session.
_BASE = ("history_base", "forked_from_ordinal_exclusive")


def beginning(path: Path, before: Check) -> bytes:
    """The first line that a copy needs, without its end; nothing where the original has a good one."""
    if before.missing:
        return _without_base(lineage.first_line(path))
    if before.first == "session_meta":
        return b""
    if not before.thread_id:
        raise StoreError(f"nothing in {path} tells which session it is")
    # Whose provider is left open may be resumed with any.
    fields: dict[str, object] = {"id": before.thread_id, "timestamp": "", "cwd": "", "originator": "csm"}
    fields |= {"cli_version": "0.0.0", "source": "cli"}
    for seen in lines(path):
        if seen.found is not None and seen.found.type == "session_meta":
            fields = codec.decode(seen.found.payload)
            break
        _learn(fields, seen)
    return _line(fields, before)


def _learn(fields: dict[str, object], seen: Seen) -> None:
    if seen.found is None:
        if seen.at == 0:
            fields |= _left(seen.line)
        return
    fields["timestamp"] = fields["timestamp"] or seen.found.timestamp
    if seen.found.type == "turn_context" and not fields["cwd"]:
        body = rollout.body_of(seen.found, seen.line)
        fields["cwd"] = body.cwd if isinstance(body, events.TurnContext) else ""


def _left(line: bytes) -> dict[str, object]:
    """What a torn line still tells."""
    found = {name: pattern.search(line) for name, pattern in _FIELDS.items()}
    return {name: codec.decode(match[1]) for name, match in found.items() if match is not None}


def _line(fields: dict[str, object], before: Check) -> bytes:
    time = fields.get("timestamp") or _NO_TIME
    envelope: dict[str, object] = {"timestamp": time, "type": "session_meta"}
    fields = {**fields, "timestamp": time, "cwd": fields.get("cwd") or "/"}
    if before.numbered:
        envelope["ordinal"] = 0
        fields["history_mode"] = "paginated"
    return codec.encode({**envelope, "payload": fields})


def _without_base(line: bytes) -> bytes:
    whole = codec.decode(line)
    whole["payload"] = {name: value for name, value in whole["payload"].items() if name not in _BASE}
    return codec.encode(whole)
