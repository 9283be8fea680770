"""What of a folded thread counts when two foldings are compared: all that is stored, nothing that is on its way.

What was shown counts as a sum over turns and finished items, so that it can be carried on without those before.

Does not: fold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csm.protocol import codec

if TYPE_CHECKING:
    from csm.core.fold import Thread
    from csm.core.turns import Turn

_MASK = (1 << 256) - 1


def state_hash(thread: Thread) -> str:
    """See `csm.core.fold.Thread`."""
    import hashlib

    digest = hashlib.sha256()
    for part in [*_parts(thread), f"{total(thread):x}"]:
        digest.update(codec.encode(part))
        digest.update(b"\n")
    for raw in thread.history:
        digest.update(raw)
        digest.update(b"\n")
    return digest.hexdigest()


def facts(thread: Thread) -> bytes:
    """What counts of a thread beside what was shown and the history."""
    return b"\n".join(codec.encode(part) for part in _parts(thread))


def total(thread: Thread) -> int:
    """The sum over all turns, those left behind included."""
    found = thread.sum_before()
    for turn in thread.turns:
        found += _turn(turn, settle=False)
    return found & _MASK


def settle(thread: Thread, before: int) -> int:
    """Add what the turns at hand hold to a sum, once: they can be let go of then."""
    for turn in thread.turns:
        if not turn.settled:
            before += _turn(turn, settle=True)
            turn.settled = True
    thread.settled = True
    return before & _MASK


def _turn(turn: Turn, *, settle: bool) -> int:
    """What is not in the sum yet of a turn."""
    if turn.settled:
        return 0
    found = 0
    for entry in turn.entries:
        if entry.done and not entry.counted:
            found += _number([entry.turn_id, entry.place, entry.item])
            entry.counted = settle
    if turn.told and not turn.counted:
        told = [turn.number, turn.id, turn.status, turn.error, turn.started, turn.ended, turn.duration_ms]
        found += _number([*told, turn.last_message])
        turn.counted = settle
    return found


def _number(value: object) -> int:
    import hashlib

    return int.from_bytes(hashlib.sha256(codec.encode(value)).digest(), "big")


def _parts(thread: Thread) -> list[object]:
    """The state as values to encode, without turns and history."""
    return [
        [thread.thread_id, thread.cwd, thread.name, thread.source, thread.provider, thread.model, thread.effort],
        [thread.approval, thread.sandbox, thread.forked_from, thread.created, thread.instructions],
        [thread.usage, thread.last_usage, thread.context_window, list(thread.asks.values()), thread.begun],
        [thread.collaboration, sorted((owner, sorted(values.items())) for owner, values in thread.kept.items())],
        [thread.compactions, thread.worked_ms, *thread.spawned.values()],
    ]
