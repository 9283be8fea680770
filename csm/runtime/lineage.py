"""Who descends from whom: what an agent takes over from the thread that began it, and what all of one tree share.

Does not: open threads or talk to them (`children`).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from csm.core.fold import Thread
from csm.protocol import codec, events
from csm.protocol.errors import ToolError
from csm.protocol.events import Body
from csm.protocol.items import AgentMessage, Item, UserMessage

#: What requests of an agent are marked with.
KIND = "collab_spawn"


class Family:
    """What the agents below the thread `root` share: who is open, by nickname. Asked from several loops."""

    def __init__(self) -> None:
        self.root = ""
        #: The logs of those that were closed.
        self.logs: set[str] = set()
        self._lock = threading.Lock()
        self._open: dict[str, str] = {}
        self._coming: list[str] = []

    def admit(self, names: Sequence[str], limit: int, chance: str) -> str:
        """Take a place for an agent and give it a name nobody bears. `chance` is any id. Raises ToolError if full."""
        with self._lock:
            if len(self._open) + len(self._coming) >= limit:
                raise ToolError("agent thread limit reached")
            name = _unborne(names or ("agent",), {*self._open.values(), *self._coming}, int(chance[-8:], 16))
            self._coming.append(name)
            return name

    def opened(self, thread_id: str, name: str) -> None:
        """The agent with a place is there."""
        with self._lock:
            self._coming.remove(name)
            self._open[thread_id] = name

    def refused(self, name: str) -> None:
        """The agent with a place could not be opened."""
        with self._lock:
            self._coming.remove(name)

    def closed(self, thread_id: str) -> None:
        """An agent is gone."""
        with self._lock:
            self._open.pop(thread_id, None)

    def name(self, thread_id: str) -> str | None:
        """The nickname of an open agent; None for other threads."""
        with self._lock:
            return self._open.get(thread_id)


class Born(NamedTuple):
    """What an agent is opened with. `config` are fields to put into its `Config`, `history` bodies it begins with."""

    family: Any
    depth: int
    config: dict[str, Any]
    history: tuple[Body, ...] = ()


class Origin(NamedTuple):
    """What the source of an agent's log says of it. The user's own threads have depth 0."""

    depth: int = 0
    nickname: str = ""
    role: str | None = None


def source(parent: str, origin: Origin) -> str:
    """The source of an agent's log, as Codex writes it."""
    spawn = {
        "parent_thread_id": parent,
        "depth": origin.depth,
        "agent_path": None,
        "agent_nickname": origin.nickname,
        "agent_role": origin.role,
    }
    return codec.encode({"subagent": {"thread_spawn": spawn}}).decode()


def origin(text: str) -> Origin:
    """What a log's source says."""
    if not text.startswith("{"):
        return Origin()
    value: Any = codec.decode(text)
    for key in ("subagent", "thread_spawn"):
        value = value.get(key) if isinstance(value, dict) else None
    if not isinstance(value, dict):
        return Origin()
    depth, name, role = (value.get(key) for key in ("depth", "agent_nickname", "agent_role"))
    return Origin(
        depth if isinstance(depth, int) else 1,
        name if isinstance(name, str) else "",
        role if isinstance(role, str) else None,
    )


def past(thread: Thread) -> Iterator[Body]:
    """A thread's history for an agent that is to know it: what was said, without the work in between."""
    for raw in thread.history:
        if _said(raw):
            yield events.HistoryAppended(msgspec.Raw(raw))
    for turn in thread.whole():
        told = [entry for entry in turn.entries if entry.done and _words(entry.item)]
        if not turn.id or not told:
            continue
        yield events.TurnStarted(turn.id, turn.started)
        yield from (events.ItemCompleted(turn.id, entry.item, entry.place) for entry in told)
        if turn.status == "completed":
            yield events.TurnCompleted(turn.id, turn.last_message, turn.ended, turn.duration_ms)
        else:
            yield events.TurnInterrupted(turn.id, "replaced")


def _said(raw: bytes) -> bool:
    """Whether a history item is somebody's words: not a call, a thought, or a remark along the way."""
    if b'"message"' not in raw:
        return False
    value = codec.decode(raw)
    return isinstance(value, dict) and value.get("type") == "message" and value.get("phase") != "commentary"


def _words(item: Item) -> bool:
    return isinstance(item, UserMessage) or (isinstance(item, AgentMessage) and item.phase != "commentary")


def _unborne(names: Sequence[str], borne: set[str], chance: int) -> str:
    """A name that is free; where none is, one with a number."""
    number = 1
    while True:
        told = [name if number == 1 else f"{name} {number}" for name in names]
        free = [name for name in told if name not in borne]
        if free:
            return free[chance % len(free)]
        number += 1
