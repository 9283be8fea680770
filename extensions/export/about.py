"""What stands at the head of a session that is written out.

Does not: read the log.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from csm.api import __version__

if TYPE_CHECKING:
    from csm.api import SessionHead, Thread


class About(NamedTuple):
    """A session in short. `rows` are names and values, to be shown in this order."""

    title: str
    thread_id: str
    name: str | None
    cwd: str
    created: str
    updated: str
    model: str
    provider: str
    originator: str
    turns: int
    tokens: dict[str, int]

    @property
    def rows(self) -> list[tuple[str, str]]:
        """What is worth showing."""
        tokens = ", ".join(f"{name} {count:,}" for name, count in self.tokens.items() if count)
        rows = [
            ("Session", self.thread_id),
            ("Folder", self.cwd),
            ("Model", " of ".join(filter(None, (self.model, self.provider)))),
            ("Begun", " by ".join(filter(None, (moment(self.created), self.originator)))),
            ("Updated", moment(self.updated)),
            ("Tokens", tokens),
            ("Written by", f"csm {__version__}"),
        ]
        return [row for row in rows if row[1]]


def about(thread: Thread, head: SessionHead | None) -> About:
    """Of a thread, stored or not."""
    import msgspec

    name = thread.name or (head.name if head is not None else None)
    prompt = head.prompt if head is not None else ""
    title = " ".join((name or prompt or "A session").split())
    return About(
        title if len(title) <= 100 else f"{title[:99]}…", thread.thread_id, name, thread.cwd, thread.created,
        head.updated if head is not None else "", thread.model, thread.provider, thread.originator, thread.begun,
        msgspec.to_builtins(thread.usage),
    )  # fmt: skip


def moment(time: str) -> str:
    """A time of day in UTC, as people read it."""
    try:
        return f"{datetime.fromisoformat(time):%Y-%m-%d %H:%M} UTC" if time else ""
    except ValueError:
        return time[:40]


def when(milliseconds: int) -> str:
    """The same for milliseconds since the epoch; nothing where there are none."""
    from datetime import UTC

    try:
        return f"{datetime.fromtimestamp(milliseconds / 1000, UTC):%Y-%m-%d %H:%M} UTC" if milliseconds > 0 else ""
    except (OverflowError, OSError, ValueError):
        return ""
