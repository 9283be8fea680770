"""Going back: a thread without its last turns, and a log up to one of them.

What was rolled back stays in the log; an event says how many messages of the user's no longer count, as Codex has it.

Does not: read logs, or decide where to go back to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from csm.core import compaction, response_items
from csm.protocol import events
from csm.protocol.errors import CommandError
from csm.protocol.events import Body
from csm.protocol.items import OWN_COMMAND, UserMessage

if TYPE_CHECKING:
    from csm.core.fold import Thread, Turn

Pair = tuple[str, Body]


def roll_back(thread: Thread, body: events.RolledBack) -> None:
    """Take the last turns out of a thread. They still count in its digest, as everything does that was stored."""
    from csm.core import digest

    thread.history = cut(thread.history, body.said)
    if thread.past is not None and not _at_hand(thread, body):
        thread.recall()
    thread.summed = digest.settle(thread, thread.summed)
    for turn in [turn for turn in thread.turns[_first_of(thread, body) :] if turn.id or _is_own(turn)]:
        thread.turns.remove(turn)
        for entry in turn.entries:
            if thread.entries.get(entry.item.id) is entry:
                del thread.entries[entry.item.id]
    thread.asks.clear()
    thread.running = thread.current = None
    thread.epoch += 1


def cut(history: Sequence[bytes], said: int) -> list[bytes]:
    """A history without the last `said` messages of the user and all that follows them.

    With them goes context that was put before the first of them in the user's name; what stands before the user's very
    first message stays.
    """
    places = [index for index, raw in enumerate(history) if compaction.is_said(raw)]
    if not places or said < 1:
        return list(history)
    at = places[-said] if said <= len(places) else places[0]
    while at > places[0] and _is_context(history[at - 1]):
        at -= 1
    return list(history[:at])


def said(thread: Thread, turn_id: str) -> int:
    """How many messages of the user's a turn and those after it hold, as they are shown."""
    return sum(_said_in(turn) for turn in thread.turns[_index(thread, turn_id) :])


def spoken(history: Iterable[bytes]) -> int:
    """How many messages of the user's a history holds."""
    return sum(map(compaction.is_said, history))


def turn_of(thread: Thread, which: str) -> str:
    """The id of a turn by its number from 1, or by its id. Raises CommandError."""
    ids = [turn.id for turn in thread.turns if turn.id]
    if which in ids:
        return which
    if re.fullmatch("[0-9]{1,9}", which) and 0 < int(which) <= len(ids):
        return ids[int(which) - 1]
    count = f"{len(ids)} turn{'s' * (len(ids) != 1)}" if ids else "no turns"
    raise CommandError(f"there is no turn {which[:80]!r}: the session has {count}", "a turn is named by number or id")


def prompt(turn: Turn) -> str:
    """What the user said first in a turn."""
    said = (entry.item.text for entry in turn.entries if isinstance(entry.item, UserMessage))
    return next(said, "")


def before(pairs: Iterable[Pair], turn_id: str) -> list[Pair]:
    """The stored pairs up to the beginning of a turn."""
    from csm.core.fold import Thread

    thread, kept = Thread(), list[Pair]()
    for pair in pairs:
        known = len(thread.turns)
        thread.take(pair[1])
        if len(thread.turns) > known and thread.turns[-1].id == turn_id:
            return kept if isinstance(pair[1], events.TurnStarted) else _without_lead(kept)
        kept.append(pair)
    return kept


def through(pairs: Sequence[Pair], which: str) -> list[Pair]:
    """The stored pairs up to the end of a turn, by number or id; by id also of one that was taken back later.

    Raises CommandError.
    """
    from csm.core.fold import fold

    thread = fold(pairs)
    ids = [turn.id for turn in thread.turns if turn.id]
    if which not in ids and (gone := _taken_back(pairs, which)):
        return gone
    following = ids[ids.index(turn_of(thread, which)) + 1 :]
    return before(pairs, following[0]) if following else list(pairs)


def _taken_back(pairs: Sequence[Pair], turn_id: str) -> list[Pair]:
    """The stored pairs up to the end of a turn that was taken back later; none if there never was such a turn."""
    began = False
    for at, (_, body) in enumerate(pairs):
        if began and isinstance(body, events.TurnStarted | events.RolledBack):
            return list(pairs[:at])
        began = began or (isinstance(body, events.TurnStarted) and body.turn_id == turn_id)
    return []


def _without_lead(kept: list[Pair]) -> list[Pair]:
    """Old logs tell a turn by the user's message, which stands in the history before that."""
    while kept and isinstance(kept[-1][1], events.HistoryAppended | events.TurnContext):
        if isinstance(kept[-1][1], events.HistoryAppended) and b'"assistant"' in bytes(kept[-1][1].raw):
            break
        kept.pop()
    return kept


def _at_hand(thread: Thread, body: events.RolledBack) -> bool:
    if body.turn_id:
        return _index(thread, body.turn_id) < len(thread.turns)
    return sum(map(_said_in, thread.turns)) >= body.said


def _first_of(thread: Thread, body: events.RolledBack) -> int:
    """Where the turns begin that go: told by csm, else counted by what the user said."""
    if body.turn_id:
        return _index(thread, body.turn_id)
    left = body.said
    for index in range(len(thread.turns) - 1, -1, -1):
        if left < 1:
            return index + 1
        left -= _said_in(thread.turns[index])
    return 0 if left < 1 else _index(thread, next((turn.id for turn in thread.turns if turn.id), ""))


def _index(thread: Thread, turn_id: str) -> int:
    for index, turn in enumerate(thread.turns):
        if turn.id == turn_id:
            return index
    return len(thread.turns)


def _is_own(turn: Turn) -> bool:
    """Whether these are commands that the user ran between turns: the model forgets them too."""
    return any(entry.item.id.startswith(OWN_COMMAND) for entry in turn.entries)


def _said_in(turn: Turn) -> int:
    return sum(isinstance(entry.item, UserMessage) for entry in turn.entries)


def _is_context(raw: bytes) -> bool:
    """Whether an item is in the user's name and not the user's."""
    if b"<user_shell_command>" in raw:  # the user's own doing, which no turn began with
        return False
    return b'"user"' in raw and response_items.value_of(raw).get("role") == "user" and not compaction.is_said(raw)
