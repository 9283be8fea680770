"""What of a folded thread counts when two foldings are compared: all that is stored, nothing that is on its way.

Does not: fold, or hash (`csm.core.fold.Thread.state_hash`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from csm.core.fold import Thread


def parts(thread: Thread) -> list[object]:
    """The state as values to encode, without the history."""
    found: list[object] = [
        [thread.thread_id, thread.cwd, thread.name, thread.source, thread.provider, thread.model, thread.effort],
        [thread.approval, thread.sandbox, thread.forked_from, thread.created, thread.instructions],
        [thread.usage, thread.last_usage, thread.context_window, list(thread.asks.values())],
        [thread.collaboration, sorted((owner, sorted(values.items())) for owner, values in thread.kept.items())],
        list(thread.spawned.values()),
    ]
    for turn in thread.turns:
        done = [[entry.place, entry.item] for entry in turn.entries if entry.done]
        if turn.id or done:
            found.append([turn.id, turn.status, turn.error, turn.started, turn.ended, turn.duration_ms])
            found.append([turn.last_message, done])
    return found
