"""The turn machine's state, as values.

Does not: change it (`csm.core.turn`).
"""

from __future__ import annotations

from typing import Literal

import msgspec

from csm.core.effects import Begin, Broke, Effect, UserInput
from csm.core.fullness import Limit
from csm.protocol.events import Body
from csm.protocol.items import Plan
from csm.protocol.model import Usage
from csm.protocol.ops import Submit
from csm.protocol.tools import ToolCall


class Open(msgspec.Struct, frozen=True):
    """An item of the model that is not done. `source` is the provider's id; `stale`: its stream broke.

    `raw` is what is known of a search.
    """

    source: str
    id: str
    kind: Literal["message", "reasoning", "web_search_call"]
    phase: str | None = None
    shown: bool = False
    stale: bool = False
    raw: bytes = b""


class Call(msgspec.Struct, frozen=True):
    """A tool call of this round, as the model made it; `output` is the response item that answers it.

    `id` is what the call and its item are known by here: the model's own id, unless it is blank or was used before.
    """

    call: ToolCall
    started: int
    id: str
    output: bytes | None = None


class Ending(msgspec.Struct, frozen=True):
    """Why the turn ends before its time; it ends once its tools have stopped."""

    kind: Literal["interrupted", "failed"]
    message: str = ""
    code: str | None = None


class State(msgspec.Struct, frozen=True):
    """Where a thread's turn stands. `turn_id` is "" between turns.

    `round` counts requests with new input, `attempt` the broken streams since the last whole answer. `done` are the
    provider's ids of the items that this stream brought whole, in sets that grow in size towards the first; `finished`
    those of streams that broke.
    `calls[:told]` are answered in the history; `named` are the ids of all calls of this turn, in sets as above.
    `broken` is told once they all are.

    Where a response (`tokens`) reaches `limit`, the history is compacted; `prefix` are the tokens that the first since
    the last compaction was asked with. `compacting` says where in the turn that
    happens, `summarising` that the summary is being asked for, `level` how much its request leaves out; `recovered`:
    a history that did not fit was compacted in this turn. `waiting` is a turn whose beginning waits for it.

    Extensions are heard at `gates`, now at `gate`; `steers[:judged]` they have heard of; `sent_back`: they had the
    model go on after it was done.
    """

    turn_id: str = ""
    started: int = 0
    window: int | None = None
    items: int = 0
    round: int = 0
    attempt: int = 0
    streaming: bool = False
    retrying: bool = False
    asleep: bool = False
    broken: Broke | None = None
    again: bool = False
    opens: tuple[Open, ...] = ()
    done: tuple[frozenset[str], ...] = ()
    finished: frozenset[str] = frozenset()
    calls: tuple[Call, ...] = ()
    told: int = 0
    named: tuple[frozenset[str], ...] = ()
    asks: tuple[str, ...] = ()
    steers: tuple[tuple[str, UserInput], ...] = ()
    queue: tuple[Submit, ...] = ()
    plan: Plan | None = None
    ending: Ending | None = None
    last_message: str | None = None
    usage: Usage = Usage()
    limit: Limit | None = None
    tokens: int = 0
    prefix: int | None = None
    compacting: Literal["", "before", "within", "alone"] = ""
    summarising: bool = False
    level: int = 0
    recovered: bool = False
    waiting: Begin | None = None
    marked: bool = True
    gates: frozenset[str] = frozenset()
    gate: str = ""
    judged: int = 0
    sent_back: bool = False

    @property
    def idle(self) -> bool:
        """Whether no turn runs."""
        return not self.turn_id

    def next_id(self) -> str:
        """The id of the next item of this turn."""
        return f"{self.turn_id}-{self.items}"


def noted(known: tuple[frozenset[str], ...], *ids: str) -> tuple[frozenset[str], ...]:
    """With `ids`, blank ones left out. One set would be copied whole for each item; of several, small ones are."""
    sets = [*known, frozenset(ids) - {""}]
    while len(sets) > 1 and len(sets[-2]) <= 2 * len(sets[-1]):
        last = sets.pop()
        sets[-1] |= last
    return tuple(sets)


class Out:
    """What one step gives beside the state: event bodies and effects, in order."""

    __slots__ = ("effects", "events")

    def __init__(self) -> None:
        self.events: list[Body] = []
        self.effects: list[Effect] = []
