"""What was told the turn machine, read from what it recorded.

Does not: run the machine (`csm.core.rerun`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from csm.core import endings, response_items, turn_compaction
from csm.core.effects import (
    Begin,
    Broke,
    Condense,
    Fail,
    Input,
    Part,
    PlanShown,
    Raised,
    Settled,
    Stop,
    Summarised,
    ToolDone,
    UserInput,
)
from csm.core.fullness import Limit
from csm.core.turn_state import State
from csm.protocol import codec, events, items
from csm.protocol.events import Body
from csm.protocol.model import PartCompleted, PartItemDone, PartItemStarted, PartText, Usage
from csm.protocol.tools import Answer

_put = msgspec.structs.replace
ENDS = (events.TurnCompleted, events.TurnFailed, events.TurnInterrupted)
_MADE = (
    events.TurnStarted, events.TurnContext, events.HistoryAppended, events.HistoryReplaced, events.Asked,
    events.Answered, events.UsageReported, *ENDS,
)  # fmt: skip
_ITEMS = (
    items.UserMessage, items.AgentMessage, items.Reasoning, items.WebSearch, items.Plan, items.Compaction,
)  # fmt: skip
_SAID = (items.AgentMessage, items.Reasoning, items.WebSearch)
_MARKER = response_items.message("user", [endings.MARKER])


class Recorded(NamedTuple):
    """An event of a turn."""

    number: int
    time: str
    body: Body


class Try(NamedTuple):
    """Inputs that may have come, and the state that they came to."""

    state: State
    inputs: list[Input]


def made(body: Body) -> bool:
    """Whether the machine makes such events."""
    if not isinstance(body, events.ItemCompleted):
        return isinstance(body, _MADE)
    # What an agent said within the turn has ids of its own.
    own = body.item.id.startswith(f"{body.turn_id}-") or isinstance(body.item, items.Plan)
    return own and isinstance(body.item, _ITEMS)


def told(body: Body) -> bool:
    """Whether an event may be what an extension told the model."""
    return isinstance(body, events.HistoryAppended) and _role(body) in ("user", "developer") and not _is_marker(body)


def ours(turn: Sequence[Recorded]) -> bool:
    """Whether csm wrote a turn: only then it is told when items began, and which are whose."""
    start = turn[0].body
    shown = (one.body.item for one in turn if isinstance(one.body, events.ItemCompleted))
    ids = [item.id for item in shown if isinstance(item, _ITEMS) and not isinstance(item, items.Plan)]
    return isinstance(start, events.TurnStarted) and bool(ids) and ids[0].removeprefix(f"{start.turn_id}-").isdecimal()


def cut(turn: Sequence[Recorded]) -> bool:
    """Whether a turn was ended when the session was opened again, or not at all."""
    end = turn[-1].body
    if isinstance(end, events.TurnFailed):
        return end.code == "store"
    return not isinstance(end, ENDS) or getattr(end, "reason", "interrupted") != "interrupted"


def plausible(state: State, turn: Sequence[Recorded], at: int) -> bool:
    """Whether what comes next in the log can come now."""
    if at >= len(turn):
        return state.idle
    body = turn[at].body
    if told(body):
        return False
    if state.idle or isinstance(body, events.HistoryReplaced) != state.summarising:
        return not state.idle and isinstance(body, ENDS)
    if _models(body) or _said(body):
        return state.streaming
    return True


def tries(state: State, turn: Sequence[Recorded], at: int) -> Iterator[Try]:
    """The inputs that may bring about the event at a place, the likeliest first."""
    if state.idle:
        yield from _begun(state, turn)
        return
    found = _plain(state, turn, at)
    if found is None:
        return
    state, plain = found
    yield Try(state, plain)
    body, end = turn[at].body, turn[-1].body
    if isinstance(body, events.UsageReported) and isinstance(end, events.TurnFailed):
        yield Try(state, [Broke(end.message, time_of(turn[at]), end.code, usage=body.last)])
    full = _put(state, limit=Limit(0))
    yield Try(full, plain)
    said = list(_steers(turn, at))
    if said:
        for base in (state, full):
            yield _steered(base, said, plain)
    last = plain[-1]
    if isinstance(last, Part) and isinstance(last.part, PartCompleted):
        yield Try(state, [*plain[:-1], _put(last, part=_put(last.part, end_turn=False))])


def tries_said(state: State, turn: Sequence[Recorded], at: int) -> Iterator[Try]:
    """The inputs that may bring about something that was said into a turn which then ended before its time."""
    said = list(_steers(turn, at - 1))
    for later in range(at, len(turn)):
        body = turn[later].body
        item = body.item if isinstance(body, events.ItemCompleted) else None
        if made(body) and not told(body) and not isinstance(item, items.UserMessage):
            early = isinstance(turn[-1].body, events.TurnInterrupted | events.TurnFailed)
            found = _ended(state, turn, later, turn[-1]) if early and not (_models(body) or _said(body)) else None
            if found is not None and said:
                yield _steered(found[0], said, found[1])
            return


def _begun(state: State, turn: Sequence[Recorded]) -> Iterator[Try]:
    begin = beginning(turn)
    if begin is None:
        start = turn[0].body
        assert isinstance(start, events.TurnStarted)
        condense = Condense(start.turn_id, start.started, start.context_window, start.collaboration)
        yield Try(state, [condense])
        return
    context = _context(turn) or 0
    compact = any(isinstance(one.body, events.HistoryReplaced) for one in turn[1:context])
    begin = _put(begin, compact=compact, marked=any(_is_marker(one.body) for one in turn))
    plans = [one.body.item for one in turn if isinstance(one.body, events.ItemCompleted)]
    shown: list[Input] = [PlanShown(item) for item in plans if isinstance(item, items.Plan)]
    yield Try(state, [begin, *shown])


def beginning(turn: Sequence[Recorded]) -> Begin | None:
    """What a turn began with, before a summary if there was one; None for one that only makes a summary."""
    start, context = turn[0].body, _context(turn)
    if context is None or not isinstance(start, events.TurnStarted):
        return None
    lead = [one.body for one in turn[1:context]]
    appended = tuple(bytes(body.raw) for body in lead if isinstance(body, events.HistoryAppended))
    body = turn[context].body
    assert isinstance(body, events.TurnContext)
    return Begin(
        start.turn_id, start.started, _user(turn, context), body, appended, start.context_window, start.collaboration
    )


def answers(turn: Sequence[Recorded]) -> Sequence[Recorded]:
    """What came behind the context that a turn began with, without its end."""
    return turn[(_context(turn) or 0) + 1 : -1]


def _context(turn: Sequence[Recorded]) -> int | None:
    return next((at for at, one in enumerate(turn) if isinstance(one.body, events.TurnContext)), None)


def _user(turn: Sequence[Recorded], context: int) -> UserInput:
    """What the user said: the first message of theirs, and the item that shows it; before it may stand others'."""
    raws: list[bytes] = []
    for one in turn[context + 1 :]:
        if isinstance(one.body, events.HistoryAppended):
            raws.append(bytes(one.body.raw))
        if isinstance(one.body, events.ItemCompleted) and isinstance(one.body.item, items.UserMessage):
            item = one.body.item
            return UserInput(item.text, raws[-1] if raws else b"{}", item.images)
        if made(one.body) and not told(one.body):
            break
    return UserInput("", raws[0] if raws else b"{}", unseen=True)


def _plain(state: State, turn: Sequence[Recorded], at: int) -> tuple[State, list[Input]] | None:
    """The input that the event at a place names, if one does."""
    one, end = turn[at], turn[-1]
    body, now = one.body, time_of(one)
    if isinstance(body, events.HistoryReplaced):
        # A request that had no room left no trace of its own.
        full: list[Input] = [Broke("", now, turn_compaction.OVERFLOW, room=True)] if state.streaming else []
        return state, [*full, _summary(state, turn, at)]
    if isinstance(body, events.Asked):
        return state, [Raised(body.ask)]
    if isinstance(body, events.Answered) and body.by != "interrupt":
        return state, [_settled(body, now)]
    plan = isinstance(body, events.ItemCompleted) and isinstance(body.item, items.Plan)
    if plan or _partial(body) or _is_marker(body) or isinstance(body, (*ENDS, events.Answered)):
        return _ended(state, turn, at, end)
    if isinstance(body, events.UsageReported):
        return state, [Part(PartCompleted(usage=body.last), _end_time(one, turn))]
    if _said(body) or _models(body):
        return _answered(state, turn, at)
    answered = answered_by(state, body)
    if answered is not None:
        assert isinstance(body, events.HistoryAppended)
        done: Input = ToolDone(answered, _end_time(one, turn), output_of(bytes(body.raw)))
        # A stream that broke, or did not count, ended before this without a trace.
        return state, [Part(PartCompleted(), now), done] if state.streaming else [done]
    if state.streaming:
        return state, [Part(PartCompleted(), now)]
    return None


def _answered(state: State, turn: Sequence[Recorded], at: int) -> tuple[State, list[Input]] | None:
    """An item of the model's answer: what shows it stands before it in the log."""
    found = next((one for one in turn[at:] if _models(one.body)), None)
    if found is None or not isinstance(found.body, events.HistoryAppended):
        return None
    body, source = turn[at].body, ""
    if isinstance(body, events.ItemCompleted):
        state = _numbered(state, body.item.id)
        source = body.item.call_id if isinstance(body.item, items.WebSearch) else ""
    return state, [Part(PartItemDone(source, bytes(found.body.raw)), time_of(turn[at]))]


def _numbered(state: State, item_id: str) -> State:
    """Streams that broke have left gaps in the numbers of items."""
    number = item_id.removeprefix(f"{state.turn_id}-")
    return _put(state, items=int(number)) if number.isdecimal() and len(number) < 10 else state


def _ended(state: State, turn: Sequence[Recorded], at: int, end: Recorded) -> tuple[State, list[Input]] | None:
    """How the turn ended, with what it had begun to say."""
    body, now, before = end.body, time_of(end), list[Input]()
    partial: dict[str, str] = {}
    for one in turn[at:]:
        item = one.body.item if isinstance(one.body, events.ItemCompleted) else None
        if isinstance(item, items.AgentMessage | items.Reasoning) and item.partial:
            kind = "message" if isinstance(item, items.AgentMessage) else "reasoning"
            state = _numbered(state, item.id)
            before.append(Part(PartItemStarted(item.id, kind, getattr(item, "phase", None)), now))
            before.append(Part(PartText(item.id, item.text), now))
            partial[item.id] = item.text
    if isinstance(body, events.TurnInterrupted):
        return state, [*before, Stop(now, partial)]
    if isinstance(body, events.TurnFailed):
        broke = Broke(body.message, now, body.code, partial=partial)
        return state, [*before, broke if state.streaming or state.summarising else Fail(body.message, now, body.code)]
    if isinstance(body, events.TurnCompleted) and state.streaming:
        return state, [*before, Part(PartCompleted(), body.ended, partial)]
    return None


def _summary(state: State, turn: Sequence[Recorded], at: int) -> Summarised:
    body = turn[at].body
    assert isinstance(body, events.HistoryReplaced)
    rest = [one.body for one in turn[at:]]
    shown = next((one.item for one in rest if isinstance(one, events.ItemCompleted)), None)
    used = next((one for one in rest if isinstance(one, events.UsageReported)), None)
    summary = shown.summary if isinstance(shown, items.Compaction) else body.message
    now = _end_time(turn[at], turn)
    history = tuple(bytes(raw) for raw in body.history)
    if used is None:
        return Summarised(now, summary, history)
    return Summarised(now, summary, history, used.last.total, _difference(used.total, state.usage))


def _settled(body: events.Answered, now: int) -> Settled:
    given = {name: getattr(body, name) for name in Answer.__struct_fields__}
    return Settled(Answer(**given), now, body.by)


def _steers(turn: Sequence[Recorded], at: int) -> Iterator[tuple[str, UserInput]]:
    """What was said into the turn before the next answer of the model, with the item's id; "" where nobody sees it."""
    raw: bytes | None = None
    stopped = _partial(turn[at].body)  # then what it had said so far comes first
    for one in turn[at + 1 :]:
        body = one.body
        if _said(body) or (_models(body) and not stopped) or isinstance(body, ENDS) or _is_marker(body):
            break
        if isinstance(body, events.ItemCompleted) and isinstance(body.item, items.UserMessage) and raw is not None:
            yield body.item.id, UserInput(body.item.text, raw, body.item.images)
            raw = None
        elif told(body) and isinstance(body, events.HistoryAppended):
            if raw is not None:
                yield "", UserInput("", raw)
            raw = bytes(body.raw)
    if raw is not None:
        yield "", UserInput("", raw)


def _steered(state: State, said: list[tuple[str, UserInput]], plain: list[Input]) -> Try:
    """The same after something had been said; it keeps the number that it had then."""
    return Try(_put(state, steers=(*state.steers, *said)), plain)


def _end_time(one: Recorded, turn: Sequence[Recorded]) -> int:
    """When an input came: what may end the turn came when that ended."""
    end = turn[-1].body
    return end.ended if isinstance(end, events.TurnCompleted) and end.ended else time_of(one)


def time_of(one: Recorded) -> int:
    """When an event came, in milliseconds since the epoch."""
    try:
        return int(datetime.fromisoformat(one.time).timestamp() * 1000)
    except ValueError:
        return 0


def _said(body: Body) -> bool:
    """Whether an event shows something of the model's that came whole."""
    return isinstance(body, events.ItemCompleted) and isinstance(body.item, _SAID) and not _partial(body)


def _partial(body: Body) -> bool:
    return isinstance(body, events.ItemCompleted) and getattr(body.item, "partial", False) is True


def _models(body: Body) -> bool:
    """Whether an event is an item that a model made."""
    if not isinstance(body, events.HistoryAppended):
        return False
    value = response_items.value_of(bytes(body.raw))
    kind = value.get("type")
    if kind == "message":
        return value.get("role", "assistant") == "assistant"
    return isinstance(kind, str) and not kind.endswith("_output")


def answered_by(state: State, body: Body) -> str | None:
    """The call that an event answers, by the machine's id of it where it waits for that; None for other events."""
    call_id = answers_to(body)
    if call_id is None:
        return None
    return next((call.id for call in state.calls if call.call.call_id == call_id and call.output is None), call_id)


def answers_to(body: Body) -> str | None:
    """The model's id of the call that an event answers."""
    if not isinstance(body, events.HistoryAppended):
        return None
    value = response_items.value_of(bytes(body.raw))
    kind, call_id = value.get("type"), value.get("call_id")
    return call_id if isinstance(kind, str) and kind.endswith("_output") and isinstance(call_id, str) else None


def usage_before(turn: Sequence[Recorded]) -> Usage:
    """What a thread had used before a turn, by the first report in it."""
    report = next((one.body for one in turn if isinstance(one.body, events.UsageReported)), None)
    return Usage() if report is None else _difference(report.total, report.last)


def _difference(total: Usage, part: Usage) -> Usage:
    return Usage(**{name: getattr(total, name) - getattr(part, name) for name in total.__struct_fields__})


def output_of(raw: bytes) -> str | list[dict[str, Any]] | None:
    """What an item that answers a call says."""
    value = response_items.value_of(raw)
    return value.get("output", value.get("tools"))


def _role(body: events.HistoryAppended) -> str:
    value = response_items.value_of(bytes(body.raw))
    role = value.get("role")
    return role if value.get("type") == "message" and isinstance(role, str) else ""


def _is_marker(body: Body) -> bool:
    return isinstance(body, events.HistoryAppended) and codec.decode(body.raw) == codec.decode(_MARKER)
