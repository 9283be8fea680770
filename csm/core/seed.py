"""Seeds: a thread's state between two turns as bytes, from which a thread goes on without the turns before.

The history is not in it (it may be large, and stands in the log), nor is what the thread began with: the model's
instructions, which no event changes.

Does not: say where seeds are kept.
"""

from __future__ import annotations

from typing import Any

import msgspec

from csm.core.fold import Past, Thread
from csm.protocol import codec
from csm.protocol.events import ThreadSpawned
from csm.protocol.model import Usage
from csm.protocol.tools import ApprovalPolicy, Ask, Collaboration, SandboxPolicy

#: Grows with every change of what a seed holds or of what it means: of the fold, then.
VERSION = 1


class _Seed(msgspec.Struct, array_like=True):
    thread_id: str
    cwd: str
    name: str | None
    source: str
    originator: str
    provider: str
    model: str
    effort: str | None
    approval: ApprovalPolicy
    sandbox: SandboxPolicy
    collaboration: Collaboration
    kept: dict[str, dict[str, msgspec.Raw]]
    forked_from: str | None
    created: str
    seq: int
    compactions: int
    usage: Usage
    last_usage: Usage | None
    context_window: int | None
    asks: list[Ask]
    queued: tuple[str, ...]
    spawned: list[ThreadSpawned]
    begun: int
    unnamed: int
    worked_ms: int
    #: The sum of what was shown, in hexadecimal; empty where nobody has added it up.
    total: str


_decoder = msgspec.json.Decoder(_Seed)
#: What a seed and a thread call by the same name.
_SAME = (
    "thread_id", "cwd", "name", "source", "originator", "provider", "model", "effort", "approval", "sandbox",
    "collaboration", "forked_from", "created", "seq", "compactions", "usage", "last_usage", "context_window", "queued",
    "begun", "unnamed", "worked_ms",
)  # fmt: skip


def sound(thread: Thread) -> bool:
    """Whether a seed can be made now: no turn runs, and nothing at hand can change any more."""
    if thread.current is not None or thread.running is not None:
        return False
    return not thread.turns or thread.turns[-1].epoch != thread.epoch


def encode(thread: Thread, total: int | None) -> bytes:
    """The seed of a thread that is `sound`; `total` is the sum of all that was shown, None if unknown."""
    kept = {owner: {name: msgspec.Raw(value) for name, value in own.items()} for owner, own in thread.kept.items()}
    asks, spawned = list(thread.asks.values()), list(thread.spawned.values())
    fields: dict[str, Any] = {name: getattr(thread, name) for name in _SAME}
    fields |= {"kept": kept, "asks": asks, "spawned": spawned, "total": "" if total is None else f"{total:x}"}
    return codec.encode(_Seed(**fields))


def decode(data: bytes, instructions: str | None, history: list[bytes]) -> tuple[Thread, int | None]:
    """The thread of a seed, and the sum of what was shown, if known. Raises ValueError, msgspec.ValidationError."""
    seed = codec.decode_as(_decoder, data)
    thread = Thread()
    for name in _SAME:
        setattr(thread, name, getattr(seed, name))
    thread.kept = {owner: {name: bytes(value) for name, value in own.items()} for owner, own in seed.kept.items()}
    thread.asks = {ask.id: ask for ask in seed.asks}
    thread.spawned = {body.thread_id: body for body in seed.spawned}
    thread.instructions = instructions
    thread.history = history
    return thread, int(seed.total, 16) if seed.total else None


def leave(thread: Thread, past: Past | None, total: int | None) -> None:
    """Have a thread go on without the turns before it, which `past` has."""
    thread.past = past
    thread.summed = total or 0
    thread.origin = past if total is None else None
