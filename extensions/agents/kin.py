"""The agents below a thread as one looks at them: who they are, how they stand.

Does not: begin, tell or close any.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from csm.api import StoreError

if TYPE_CHECKING:
    from csm.api import Thread

CLOSED = "closed"
_ENDS = {"completed": "done", "failed": "failed", "interrupted": "interrupted", "running": "at work"}


class Kin(NamedTuple):
    """An agent. `depth` is 1 for those that the thread itself began, `state` how it stands in words."""

    id: str
    name: str
    role: str | None
    prompt: str
    depth: int
    state: str

    @property
    def label(self) -> str:
        """Its name, and its role if it has one."""
        return f"{self.name} ({self.role})" if self.role else self.name

    @property
    def task(self) -> str:
        """The beginning of its task."""
        return " ".join(self.prompt.split())


def below(thread: Thread, port: Any) -> list[Kin]:
    """Every agent below a thread, each before its own; of closed ones only those that the thread began. In a worker."""
    return list(_below(thread, port, 1, {thread.thread_id}))


def _below(thread: Thread, port: Any, depth: int, seen: set[str]) -> Iterator[Kin]:
    for born in list(thread.spawned.values()):
        if born.thread_id in seen:
            continue
        seen.add(born.thread_id)
        own = _open(port, born.thread_id)
        stands = CLOSED if own is None else state(own)
        yield Kin(born.thread_id, born.nickname or born.thread_id[-8:], born.role, born.prompt, depth, stands)
        if own is not None:
            yield from _below(own, port, depth + 1, seen)


def _open(port: Any, thread_id: str) -> Thread | None:
    """An open thread as it is now."""
    try:
        attachment = port.attach(thread_id)
    except StoreError:
        return None
    attachment.detach()
    return attachment.snapshot


def state(thread: Thread) -> str:
    """How a thread stands."""
    if thread.asks:
        return "asks"
    turn = thread.turns[-1] if thread.turns else None
    return "about to start" if turn is None or not turn.id else _ENDS[turn.status]


def named(found: list[Kin], name: str) -> Kin | None:
    """The agent of a name, whatever its case, or of the beginning or the end of an id; of several the last one."""
    wanted = name.strip().lower()
    same = [kin for kin in found if kin.name.lower() == wanted]
    alike = [kin for kin in found if len(wanted) >= 4 and (kin.id.startswith(wanted) or kin.id.endswith(wanted))]
    return next(reversed(same or alike), None)
