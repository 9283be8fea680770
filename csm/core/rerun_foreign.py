"""Turns of another program run again, as far as its log tells: by the history alone.

Codex does not log when items began or a stream ended, and shows things of its own. But it logs what the model answered
and what tools did. Given these, the turn machine must come to the same history, and its turn to the same end. What
others told the model (what the user said meanwhile, context, summaries) is passed over, and so is what Codex only
puts into its requests: answers to calls that it cannot answer.

Does not: run turns of csm's own (`csm.core.rerun`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from csm.core import rerun_inputs as inputs
from csm.core import response_items
from csm.core.effects import Broke, CallModel, Fail, Input, Part, RunTool, Stop, ToolDone, UserInput
from csm.core.rerun_inputs import Recorded
from csm.core.turn import step
from csm.core.turn_state import State
from csm.protocol import codec, events
from csm.protocol.model import PartCompleted, PartItemDone

_OTHERS = ("user", "developer", "system")
#: What the user said is not compared; in the log it may stand behind a summary.
_SAID = UserInput("", response_items.user_message(""), unseen=True)


class Outcome(NamedTuple):
    """What came of a turn. `differs` is where the log says `recorded` and the machine did `made`; None for nowhere."""

    compared: int
    passed: int
    requests: int
    tools: int
    differs: Recorded | None = None
    recorded: str = ""
    made: str = ""


class _Differs(Exception):
    def __init__(self, one: Recorded, recorded: str, made: str) -> None:
        super().__init__(made)
        self.told = (one, recorded, made)


def play(turn: Sequence[Recorded]) -> Outcome | None:
    """Run a whole turn again; None for one that does not say what it began with."""
    begin = inputs.beginning(turn)
    if begin is None:
        return None
    rest = inputs.answers(turn)
    run = _Play(_answered(rest))
    try:
        run.feed(msgspec.structs.replace(begin, appended=(), user=_SAID))
        for at, one in enumerate(rest):
            if not _summary(rest, at):
                run.take(one)
        run.end(turn[-1])
    except _Differs as found:
        return Outcome(run.compared, run.passed, run.requests, run.tools, *found.told)
    return Outcome(run.compared, run.passed, run.requests, run.tools)


class _Play:
    def __init__(self, answered: frozenset[str]) -> None:
        self.state = State()
        self._answered = answered
        #: Whether a call was made that nothing answers: then only what is reported of tokens tells the answer's end.
        self._unheard = False
        self.compared = self.passed = self.requests = self.tools = 0
        self._made: deque[bytes] = deque()
        self._wanted: deque[tuple[Recorded, bytes]] = deque()
        self._over: events.Body | None = None

    def feed(self, given: Input) -> None:
        """Give the machine an input; keep what it adds to the history."""
        self.state, bodies, effects = step(self.state, given)
        self.requests += sum(isinstance(effect, CallModel) for effect in effects)
        self.tools += sum(isinstance(effect, RunTool) for effect in effects)
        for body in bodies:
            if isinstance(body, events.HistoryAppended) and not _others(bytes(body.raw)):
                if (answers := inputs.answers_to(body)) is None or answers in self._answered:
                    self._made.append(bytes(body.raw))
            elif isinstance(body, inputs.ENDS):
                self._over = body

    def take(self, one: Recorded) -> None:
        """The next event of the log."""
        body = one.body
        if not isinstance(body, events.HistoryAppended) or _others(bytes(body.raw)):
            self.passed += 1
            if isinstance(body, events.UsageReported) and self._unheard:
                self.feed(Part(PartCompleted(), inputs.time_of(one)))
                self._unheard = False
            return
        raw, now = bytes(body.raw), inputs.time_of(one)
        answered = inputs.answered_by(self.state, body)
        if answered is not None:
            if self.state.streaming:
                self.feed(Part(PartCompleted(), now))
            self.feed(ToolDone(answered, now, inputs.output_of(raw)))
        elif not self.state.streaming:
            why = "the turn is over" if self.state.idle else "outputs of tools are waited for"
            raise _Differs(one, _text(raw), why)
        else:
            self._item(raw, now)
        self._wanted.append((one, raw))
        self._match()

    def _item(self, raw: bytes, now: int) -> None:
        known = len(self.state.calls)
        self.feed(Part(PartItemDone("", raw), now))
        for call in self.state.calls[known:]:
            if call.call.call_id not in self._answered:
                self.feed(ToolDone(call.id, now, None))
                self._unheard = True

    def end(self, one: Recorded) -> None:
        """How the turn ended."""
        body, now = one.body, inputs.time_of(one)
        if isinstance(body, events.TurnInterrupted):
            self.feed(Stop(now, {}))
        elif isinstance(body, events.TurnFailed):
            streams = self.state.streaming
            self.feed(Broke(body.message, now, body.code) if streams else Fail(body.message, now, body.code))
        elif self.state.streaming:
            self.feed(Part(PartCompleted(), now))
        self._match()
        early = not isinstance(body, events.TurnCompleted)
        for call in self.state.calls if early else ():
            self.feed(ToolDone(call.id, now, None))
        if not self.state.idle:
            raise _Differs(one, _kind(body), "the turn goes on")
        if type(self._over) is not type(body):
            raise _Differs(one, _kind(body), _kind(self._over))
        wanted, made = (str(getattr(end, "last_message", None) or "") for end in (body, self._over))
        if wanted and wanted != made:
            raise _Differs(one, wanted, made)
        if self._wanted or (self._made and not early):
            wanted = _text(self._wanted[0][1]) if self._wanted else ""
            raise _Differs(self._wanted[0][0] if self._wanted else one, wanted, _text(next(iter(self._made), b"")))
        self.compared += 1

    def _match(self) -> None:
        """Hold what the machine added to the history against the log."""
        while self._wanted and self._made:
            (one, wanted), made = self._wanted.popleft(), self._made.popleft()
            if _essence(wanted) != _essence(made):
                raise _Differs(one, _text(wanted), _text(made))
            self.compared += 1


def _answered(rest: Sequence[Recorded]) -> frozenset[str]:
    """The ids of the calls that the log has answers to."""
    found = (inputs.answers_to(one.body) for one in rest)
    return frozenset(one for one in found if one is not None)


def _summary(rest: Sequence[Recorded], at: int) -> bool:
    """Whether this is the model's answer to the question for a summary, which 0.169 logs: the new history follows."""
    body = rest[at].body
    said = isinstance(body, events.HistoryAppended) and response_items.value_of(bytes(body.raw)).get("type")
    if said != "message":
        return False
    history = (events.HistoryAppended, events.HistoryReplaced)
    following = next((one.body for one in rest[at + 1 :] if isinstance(one.body, history)), None)
    return isinstance(following, events.HistoryReplaced)


def _others(raw: bytes) -> bool:
    """Whether an item is a message of another than the model."""
    value = response_items.value_of(raw)
    return value.get("type") == "message" and value.get("role") in _OTHERS


def _essence(raw: bytes) -> dict[str, Any]:
    """An item without what each program keeps of it in its own way."""
    item = response_items.received(raw)
    value = codec.decode(item.raw)
    kept = ((key, part) for key, part in value.items() if key not in ("id", "status") and part is not None)
    return {key: part for key, part in kept if not key.startswith("internal_")}


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _kind(body: msgspec.Struct | None) -> str:
    return str(type(body).__struct_config__.tag) if body is not None else "nothing"
