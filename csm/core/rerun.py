"""Turns of a log run again: the turn machine gets what models, tools and users answered then, and has to do the same.

Theory. Of each event that the machine recorded, the next tells which input brought it about: an item of a model's
answer, tokens the end of that answer, an output a tool's. The input is given to the machine, and what it emits is held
against the log, in order. Inputs that leave no trace of their own (something said into the turn, a history that grew
too long) show in what follows: they are tried where the plain input leads elsewhere, which a pure function allows.
What others than the machine record (tools' items, notices, what extensions keep) is passed over.

Does not: read logs, ask a model, or run a tool.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec

from csm.core import rerun_foreign
from csm.core import rerun_inputs as inputs
from csm.core.effects import CallModel, Input, RunTool, Summarise
from csm.core.rerun_inputs import Recorded, Try
from csm.core.turn import step
from csm.core.turn_state import State
from csm.protocol import codec, events, items, rollout
from csm.protocol.events import TRANSIENT, Body
from csm.protocol.model import Usage

#: Characters of either side that are told.
_SHOWN = 2000


class Difference(msgspec.Struct):
    """Where a run again leads elsewhere. `number` is the event, `recorded` and `made` are the two sides, as JSON.

    `kind` names the recorded event; either side is empty where it has nothing.
    """

    number: int
    turn: int
    kind: str
    recorded: str
    made: str


class Rerun(msgspec.Struct):
    """What came of it. `turns` were run again, `foreign` of them are another program's: by the history alone.

    `cut` were ended by no machine, `untold` are another program's that do not say what they began with.
    `compared` events were the same, `passed` came from elsewhere; so many `requests` were made and `tools` called.
    """

    turns: int = 0
    foreign: int = 0
    cut: int = 0
    untold: int = 0
    compared: int = 0
    passed: int = 0
    requests: int = 0
    tools: int = 0
    difference: Difference | None = None


def rerun(steps: Iterable[tuple[int, str, Body]]) -> Rerun:
    """Run the turns of a log again, up to the first difference. `steps` are numbers, times and bodies, in order."""
    run = _Run()
    for turn in _turns(steps, run):
        run.number += 1
        if inputs.cut(turn):
            run.found.cut += 1
            run.settle(turn)
        elif not (run.play(turn) if inputs.ours(turn) else run.play_foreign(turn)):
            break
    return run.found


def _turns(steps: Iterable[tuple[int, str, Body]], run: _Run) -> Iterator[list[Recorded]]:
    """The events of each turn, from its beginning to its end."""
    turn: list[Recorded] = []
    for number, time, body in steps:
        if isinstance(body, events.TurnStarted) and turn:
            yield turn
            turn = []
        if turn or isinstance(body, events.TurnStarted):
            turn.append(Recorded(number, time, body))
        else:
            run.between(body)
        if turn and isinstance(body, inputs.ENDS):
            yield turn
            turn = []
    if turn:
        yield turn


class _Fit(NamedTuple):
    """What some inputs bring about: the place in the log behind it, and the machine's state then."""

    after: int
    state: State
    effects: list[Any]
    passed: int
    compared: int


class _Run:
    def __init__(self) -> None:
        self.found = Rerun()
        self.number = 0
        self.state = State()
        #: Whether it is known what had been used before: a log may go on from one that is not there.
        self._counted = False
        self._told: tuple[int, str] = (0, "")

    def between(self, body: Body) -> None:
        """An event of no turn."""
        if isinstance(body, events.UsageReported):
            self._count(body.total)
        self.found.passed += 1

    def _count(self, usage: Usage) -> None:
        self.state, self._counted = State(usage=usage), True

    def settle(self, turn: list[Recorded]) -> None:
        """Go on behind a turn that is not run again."""
        total = next((one.body.total for one in reversed(turn) if isinstance(one.body, events.UsageReported)), None)
        if total is not None:
            self._count(total)

    def play_foreign(self, turn: list[Recorded]) -> bool:
        """Run a turn of another program; False at a difference."""
        found, played = self.found, rerun_foreign.play(turn)
        self.settle(turn)
        if played is None:
            found.untold += 1
            return True
        found.turns, found.foreign = found.turns + 1, found.foreign + 1
        found.compared, found.passed = found.compared + played.compared, found.passed + played.passed
        found.requests, found.tools = found.requests + played.requests, found.tools + played.tools
        if played.differs is None:
            return True
        kind = str(type(played.differs.body).__struct_config__.tag)
        sides = (played.recorded[:_SHOWN], played.made[:_SHOWN])
        found.difference = Difference(played.differs.number, self.number, kind, *sides)
        return False

    def play(self, turn: list[Recorded]) -> bool:
        """Run a turn; False at a difference."""
        found = self.found
        found.turns += 1
        self._count(self.state.usage if self._counted else inputs.usage_before(turn))
        at = 0
        while (at := self._next(turn, at)) < len(turn):
            self._told = (at, "")
            said = inputs.told(turn[at].body)
            after = self._advance(turn, at, (inputs.tries_said if said else inputs.tries)(self.state, turn, at))
            if after is None and said:  # an extension told the model
                found.passed, at = found.passed + 1, at + 1
                continue
            if after is None:
                self._differ(turn, *self._told)
                return False
            at = after
        if not self.state.idle:
            self._differ(turn, len(turn), "the turn goes on")
            return False
        return True

    def _advance(self, turn: list[Recorded], at: int, tries: Iterator[Try]) -> int | None:
        """Where the log stands after the next input; None where no input brings about what comes."""
        best: _Fit | None = None
        for tried in tries:
            fit = self._fits(tried, turn, at)
            if fit is None or fit.after == at:
                continue
            if inputs.plausible(fit.state, turn, self._next(turn, fit.after)):
                best = fit
                break
            best = best or fit
        if best is None:
            return None
        self._take(best)
        return best.after

    def _take(self, fit: _Fit) -> None:
        found = self.found
        self.state = fit.state
        found.passed += fit.passed
        found.compared += fit.compared
        found.requests += sum(isinstance(effect, CallModel | Summarise) for effect in fit.effects)
        found.tools += sum(isinstance(effect, RunTool) for effect in fit.effects)

    def _fits(self, tried: Try, turn: list[Recorded], at: int) -> _Fit | None:
        """How far the log agrees with what some inputs bring about; None where it does not."""
        state, effects, passed, compared = tried.state, list[Any](), 0, 0
        for given in tried.inputs:
            state, bodies, asked = _step(state, given)
            effects += asked
            for body in bodies:
                here = self._match(turn, at, body)
                if here is None:
                    if at >= self._told[0]:
                        self._told = (self._next(turn, at), _text(body))
                    return None
                passed += here - at
                compared += 1
                at = here + 1
        return _Fit(at, state, effects, passed, compared)

    def _match(self, turn: list[Recorded], at: int, body: Body) -> int | None:
        """The place of an event that is what the machine emits; what extensions told the model may stand before it."""
        wanted = _text(body)
        for here in range(at, len(turn)):
            recorded = turn[here].body
            if inputs.made(recorded) and _text(recorded) == wanted:
                return here
            if inputs.made(recorded) and not inputs.told(recorded):
                return None
        return None

    def _next(self, turn: list[Recorded], at: int) -> int:
        """The place of the next event that the machine recorded."""
        while at < len(turn) and not inputs.made(turn[at].body):
            at += 1
        return at

    def _differ(self, turn: list[Recorded], at: int, text: str) -> None:
        one = turn[at] if at < len(turn) else None
        recorded = _text(one.body)[:_SHOWN] if one else ""
        kind = str(type(one.body).__struct_config__.tag) if one else "the end of the turn"
        number = one.number if one else turn[-1].number
        self.found.difference = Difference(number, self.number, kind, recorded, text[:_SHOWN])


def _step(state: State, given: Input) -> tuple[State, list[Body], list[Any]]:
    state, bodies, effects = step(state, given)
    return state, [body for body in bodies if not isinstance(body, TRANSIENT)], list(effects)


def _text(body: Body) -> str:
    """An event as far as it is the machine's: where an item stands in its turn is not."""
    if isinstance(body, events.ItemCompleted):
        body = msgspec.structs.replace(body, item=items.stored(body.item), place=None)
    lines = rollout.encode("", body)
    pair = rollout.decode(lines[0]) if lines else None
    return codec.encode(pair[1] if pair is not None else body).decode()
