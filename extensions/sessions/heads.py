"""What a list shows of a session, read from the beginning of its file.

Does not: read whole files.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from csm.api import SessionHead, events, items, rollout

#: How many lines may stand before the first prompt, and how many bytes.
_LINES = 60
_BYTES = 1 << 20


def read(path: Path, name: str | None, *, archived: bool = False) -> SessionHead | None:
    """The head of a file; None where it has none (not a session, unreadable, empty)."""
    started: events.ThreadStarted | None = None
    prompt = ""
    try:
        updated = path.stat().st_mtime
        for body in _beginning(path):
            if isinstance(body, events.ThreadStarted):
                started = started or body
            elif isinstance(body, events.ItemCompleted) and isinstance(body.item, items.UserMessage):
                prompt = body.item.text
                break
    except OSError:
        return None
    if started is None:
        return None
    return SessionHead(
        started.thread_id,
        path=str(path),
        cwd=started.cwd,
        source=started.source,
        provider=started.provider,
        created=started.created,
        updated=_rfc3339(updated),
        name=name,
        prompt=prompt,
        archived=archived,
    )


def _beginning(path: Path):
    read = 0
    with path.open("rb") as file:
        for _ in range(_LINES):
            line = file.readline(_BYTES)
            read += len(line)
            if not line or read > _BYTES:
                return
            found = rollout.decode(line)
            if found is not None:
                yield found[1]


def _rfc3339(seconds: float) -> str:
    whole = datetime.fromtimestamp(seconds, UTC)
    return f"{whole:%Y-%m-%dT%H:%M:%S}.{whole.microsecond // 1000:03d}Z"
