"""The effects of the turn machine, performed: streams opened, tools run, timers set, answers handed on.

Does not: decide anything; whatever comes of an effect goes back as an input.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from csm.core import effects as fx
from csm.core.approvals import Allowed
from csm.host.contracts import Offer, Tool
from csm.host.delegation import ReviewPlan
from csm.protocol.model import ModelInfo, Usage
from csm.protocol.ops import Submit
from csm.protocol.tools import Answer, ToolSpec
from csm.runtime import compacting, idling, offering, streaming, tooling
from csm.runtime.chaining import Chain

if TYPE_CHECKING:
    from csm.runtime.session import Session

#: Seconds that cancelled tasks have to end when the session closes.
_GRACE = 1.0


class Performer:
    """The tasks and timers of one session."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.schema: bytes | None = None
        self.info = ModelInfo("")
        self.review: ReviewPlan | None = None
        self.without: frozenset[str] = frozenset()
        self.tools: dict[tuple[str | None, str], tuple[str, Tool]] = {}
        self.specs: tuple[ToolSpec, ...] = ()
        self.deferred: tuple[ToolSpec, ...] = ()
        self._provided: Any = None
        #: What the thread had used when its last request was sent.
        self.before = Usage()
        self.chain = Chain(session.settings)
        self.states: dict[str, dict[str, Any]] = {}
        #: How the user acts on running tools, by their items.
        self.reachable: dict[str, Callable[[str, str], None]] = {}
        self.turns: dict[str, asyncio.Lock] = {}
        #: Commands of the user's own that run.
        self.own: set[asyncio.Task[None]] = set()
        self.warned: set[str] = set()
        self.allowed = Allowed()
        self.waiting: dict[str, asyncio.Future[Answer]] = {}
        self._model: asyncio.Task[None] | None = None
        self._gate: asyncio.Task[None] | None = None
        self._running: list[asyncio.Task[None]] = []
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def begin(self, op: Submit, info: ModelInfo, review: ReviewPlan | None = None) -> None:
        """Note what holds for a turn, and offer all tools but those in `without`."""
        self.schema = op.schema
        self.info = info
        self.review = review
        self._take_tools()

    def _take_tools(self) -> None:
        """Offer what extensions now provide; nothing changes where that is what it was."""
        host = self.session.host
        provided = host.provided("tools")
        offered = offering.offer(host, self._offer(), self.without)
        self.tools, self.specs, self.deferred = offered.tools, offered.specs, offered.deferred
        self._provided = provided

    def perform(self, effect: fx.Effect) -> None:
        """Perform one effect; nothing of it happens before this returns."""
        session = self.session
        if isinstance(effect, fx.CallModel):
            self.before = session.thread.usage
            if self._provided is not session.host.provided("tools"):
                self._take_tools()
            self._model = session.loop.create_task(self._answer())
        elif isinstance(effect, fx.Summarise):
            self._model = session.loop.create_task(compacting.summarise(session, effect.level))
        elif isinstance(effect, fx.Gate):
            self._gate = session.loop.create_task(self._stand(effect))
        elif isinstance(effect, fx.CancelGate):
            _cancel(self._gate)
        elif isinstance(effect, fx.RunTool):
            self._running.append(session.loop.create_task(tooling.run(session, effect.call)))
        elif isinstance(effect, fx.CancelModel):
            _cancel(self._model)
        elif isinstance(effect, fx.CancelTools):
            for task in self._running:
                _cancel(task)
        elif isinstance(effect, fx.Sleep):
            self._timers[effect.timer] = session.clock.later(session.loop, effect.seconds, self._woke, effect.timer)
        elif isinstance(effect, fx.CancelSleep):
            timer = self._timers.pop(effect.timer, None)
            if timer is not None:
                timer.cancel()
        elif isinstance(effect, fx.Resolve):
            self._resolve(effect.answer)
        elif isinstance(effect, fx.StartNext):
            session.push(effect.submit, None, first=True)
        else:
            self._running.clear()
            session.children.turn_over()
            idling.over(session)

    def _answer(self) -> Coroutine[Any, Any, None]:
        """Who answers: the model, or for the first time in a review's turn the reviewer."""
        review, self.review = self.review, None
        if review is None:
            return streaming.stream(self.session)
        from csm.runtime import reviewing

        return reviewing.run(self.session, review)

    async def _stand(self, gate: fx.Gate) -> None:
        from csm.runtime import gates

        try:
            await gates.stand(self.session, gate)
        except Exception as error:  # whoever is heard, the turn goes on
            self.session.host.report("error", f"the gate {gate.name} failed: {error!r}")
            self.session.feed(fx.Passed(gate.name, self.session.clock.now()))

    async def answered(self) -> None:
        """Wait until the response that is coming in has come."""
        task = self._model
        if task is not None and not task.done():
            await asyncio.wait([task])

    def _offer(self) -> Offer:
        session, config = self.session, self.session.config
        return Offer(
            self.info,
            session.settings,
            config.sandbox,
            config.collaboration,
            session.start.headless,
            depth=session.children.depth,
        )

    def _woke(self, timer: str) -> None:
        self._timers.pop(timer, None)
        self.session.feed(fx.Woke(timer, self.session.clock.now()))

    def _resolve(self, answer: Answer) -> None:
        future = self.waiting.pop(answer.ask_id, None)
        if future is not None and not future.done():
            future.set_result(answer)

    async def close(self) -> None:
        """Cancel what is left, and close what extensions keep."""
        tasks = (self._model, self._gate, *self._running, *self.own)
        left = [task for task in tasks if task is not None and not task.done()]
        for task in left:
            task.cancel()
        for timer in self._timers.values():
            timer.cancel()
        if left:
            await asyncio.wait(left, timeout=_GRACE)
        for owner, state in self.states.items():
            for value in list(state.values()):
                await self._close(owner, value)

    async def _close(self, owner: str, value: Any) -> None:
        close = getattr(value, "close", None)
        if close is None:
            return
        try:
            closing = close()
            if asyncio.iscoroutine(closing):
                await asyncio.wait_for(closing, _GRACE)
        except Exception as error:
            self.session.host.report("error", f"{owner} could not close: {error!r}")


def _cancel(task: asyncio.Task[None] | None) -> None:
    if task is not None and not task.done():
        task.cancel()
