"""One running thread: ops in, events out. Everything here runs on the session's own loop.

A step of the turn machine gives bodies and effects: the bodies are stamped, cleaned of secrets, folded, logged and
handed out, in this order; then the effects are performed.

Does not: decide what comes next (`csm.core.turn`), stream or run tools itself (`streaming`, `tooling`), or open threads
(`opening`).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from csm.core import effects as fx
from csm.core.fold import Thread
from csm.core.turn import step
from csm.core.turn_state import State
from csm.protocol import events, ops
from csm.protocol.errors import StoreError
from csm.protocol.events import Body, Event
from csm.protocol.items import Notice
from csm.runtime import admission, gates, perform
from csm.runtime.children import Children
from csm.runtime.fanout import Hub
from csm.runtime.notifying import Notifier
from csm.runtime.observing import Observers

if TYPE_CHECKING:
    from csm.runtime.idling import Idle
    from csm.runtime.lineage import Born
    from csm.runtime.local import LocalPort
    from csm.runtime.opening import Opened
    from csm.runtime.port import Start

_ENDS = (events.TurnCompleted, events.TurnFailed, events.TurnInterrupted)
_ITEMS = (events.ItemStarted, events.ItemUpdated, events.ItemCompleted)
_DELTAS = (events.TextDelta, events.ReasoningDelta, events.OutputDelta)
_OUTPUTS = {
    events.TextDelta: "text",
    events.ReasoningDelta: "reasoning",
    events.OutputDelta: "output",
}


class Session:
    """A thread that runs. Made by `opening`, driven by `main`."""

    def __init__(self, opened: Opened, port: LocalPort | None = None, born: Born | None = None) -> None:
        self.host = opened.host
        self.settings = opened.settings
        self.start = opened.start
        self.clock = opened.clock
        self.journal = opened.journal
        self.redactor = opened.redactor
        self.thread: Thread = opened.thread
        self.config = opened.config
        self.state = State(usage=self.thread.usage)
        self.hub = Hub(self.thread)
        self.loop = asyncio.get_running_loop()
        self.observers = Observers(self.host)
        self.notifier = Notifier(self) if self.settings.notify and not self.start.subagent else None
        self.performer = perform.Performer(self)
        self.children = Children(self, port, born)
        self.closing = False
        #: Why the thread begins here, until that was told: `startup`, `resume`, `fork`, `clear`, later `compact`.
        self.begun = _begun(opened.start)
        self.turned = False
        #: The code of the error by which the last turn ended.
        self.failure: str | None = None
        #: Why the log cannot be written, as it was told last; "" where it can.
        self._told = ""
        #: What extensions hear beside the turn.
        self.hearing: set[asyncio.Task[None]] = set()
        self._ops: deque[tuple[ops.Op | Idle, Future[ops.Ack] | None]] = deque()
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def thread_id(self) -> str:
        """The thread's id."""
        return self.thread.thread_id

    async def main(self) -> None:
        """Serve ops until a `Shutdown`, then close."""
        while not self.closing:
            await self._wake.wait()
            self._wake.clear()
            while self._ops and not self.closing:
                op, answer = self._ops.popleft()
                ack = await self._admit(op)
                if answer is not None and not answer.done():
                    answer.set_result(ack)
        await self._close()

    @property
    def asked(self) -> bool:
        """Whether something waits to be done."""
        return bool(self._ops)

    async def _admit(self, op: ops.Op | Idle) -> ops.Ack:
        try:
            return await admission.admit(self, op)
        except Exception as error:
            self.host.report("error", f"{type(op).__name__} failed: {error!r}")
            return ops.Ack(False, str(error))

    def submit(self, op: ops.Op) -> Future[ops.Ack]:
        """Ask for something. From any thread."""
        answer: Future[ops.Ack] = Future()
        try:
            self.loop.call_soon_threadsafe(self.push, op, answer)
        except RuntimeError:  # the loop is closed
            answer.set_result(ops.Ack(False, "the thread is closed"))
        return answer

    def push(self, op: ops.Op | Idle, answer: Future[ops.Ack] | None, *, first: bool = False) -> None:
        """Have an op wait its turn; on the loop."""
        if self.closing and answer is not None:
            answer.set_result(ops.Ack(False, "the thread is closed"))
            return
        (self._ops.appendleft if first else self._ops.append)((op, answer))
        self._wake.set()

    async def unless_stopped(self, doing: Coroutine[Any, Any, None]) -> None:
        """Wait for something before an op is done, but no longer than until the user stops it; for `main` alone."""
        task = self.loop.create_task(doing)
        while not task.done() and not any(isinstance(op, ops.Interrupt | ops.Shutdown) for op, _ in self._ops):
            self._wake.clear()
            woken = self.loop.create_task(self._wake.wait())
            await asyncio.wait({task, woken}, return_when=asyncio.FIRST_COMPLETED)
            woken.cancel()
        if task.done():
            task.result()
        task.cancel()

    def feed(self, given: fx.Input) -> None:
        """Give the turn machine an input; record and perform what follows."""
        turn_id = self.state.turn_id
        self.state, bodies, effects = step(self.state, given)
        self.turned = self.turned or not self.state.idle
        self._idle.set() if self.state.idle else self._idle.clear()
        trouble = self.publish(bodies)
        for effect in effects:
            self.performer.perform(effect)
        if trouble is not None and not self.state.idle:
            self.fail(_unwritten(trouble), "store")
        if isinstance(given, fx.Stop) and turn_id and self.host.hooks.any("interrupted"):
            self.beside(gates.tell(self, "interrupted", turn_id))

    def beside(self, doing: Coroutine[Any, Any, None]) -> None:
        """Do something while the turn goes on; closing waits a moment for it."""
        task = self.loop.create_task(doing)
        self.hearing.add(task)
        task.add_done_callback(self.hearing.discard)

    def fail(self, message: str, code: str) -> None:
        """End the running turn by an error of ours."""
        self.feed(fx.Fail(message, self.clock.now(), code, self.partial()))

    def store_failed(self, error: StoreError) -> None:
        """The log did not reach the disk: end the running turn, which says why."""
        if self.state.idle:
            self._report(error)
        self.fail(_unwritten(error), "store")

    def partial(self) -> dict[str, str]:
        """The texts of the model's unfinished items."""
        shown = (item.id for item in self.state.opens if item.shown)
        entries = self.thread.entries
        return {item_id: entries[item_id].text() for item_id in shown if item_id in entries}

    def publish(self, bodies: list[Body]) -> StoreError | None:
        """Record bodies as events, in order. Returns what kept the log from being written; they go out even so."""
        if not bodies:
            return None
        time = self.clock.stamp()
        made: list[Event] = []
        logged = 0
        with self.hub.lock:
            for body in bodies:
                event = self._event(time, body)
                if event is None:
                    continue
                if isinstance(event.body, _ENDS):
                    event = self._end([*made[logged:], event])
                    logged = len(made) + 1
                self.thread.apply(event)
                made.append(event)
            trouble = self._log(made[logged:])
            if trouble is not None and self.state.idle:  # a turn that runs fails, and says why
                self._report(trouble)
            self.hub.send(made)
        self.observers.show(made)
        if self.notifier is not None:
            self.notifier.show(made)
        return trouble

    def _end(self, made: list[Event]) -> Event:
        """Log the end of a turn and all before it; the turn has failed if that cannot be written."""
        end = made[-1]
        self.failure = getattr(end.body, "code", None)
        trouble = self._log(made)
        if trouble is not None:
            failed = self._failed(end, trouble)
            self.journal.amend(failed)
            return msgspec.structs.replace(end, body=failed)
        try:
            self.journal.sync()
        except StoreError as error:
            return self._take_back(end, error)
        return end

    def _take_back(self, end: Event, trouble: StoreError) -> Event:
        """The end of a turn that did not reach the disk: a failure takes its place there too."""
        try:
            self.journal.take_back()
        except StoreError as error:
            self._report(trouble)
            self._report(error)
            return end
        failed = self._failed(end, trouble)
        self.journal.amend(failed)
        self._log([])
        return msgspec.structs.replace(end, body=failed)

    def _failed(self, end: Event, trouble: StoreError) -> events.TurnFailed:
        """What stands for the end of a turn that could not be written; it says why."""
        self._told = _unwritten(trouble)
        return events.TurnFailed(getattr(end.body, "turn_id", ""), self._told, "store")

    def _event(self, time: str, body: Body) -> Event | None:
        if isinstance(body, _DELTAS):
            text = self.redactor.delta(f"{_OUTPUTS[type(body)]} {body.item_id}", body.text)
            if not text:
                return None
            return Event(self.thread.seq + 1, time, msgspec.structs.replace(body, text=text))
        if isinstance(body, events.ItemCompleted):
            for name in _OUTPUTS.values():
                self.redactor.forget(f"{name} {body.item.id}")
            if body.place is None:
                body = msgspec.structs.replace(body, place=self.thread.place(body.turn_id, body.item.id))
        return Event(self.thread.seq + 1, time, self.redactor.body(body))

    def _log(self, made: list[Event]) -> StoreError | None:
        try:
            self.journal.append([(event.time, event.body) for event in made])
        except StoreError as error:
            return error
        if made:
            self._told = ""
        return None

    def _report(self, error: StoreError) -> None:
        """Say why the log cannot be written, unless that was said already."""
        text = _unwritten(error)
        if text != self._told:
            self._told = text
            self.host.report("error", text)

    def notice(
        self, message: str, level: Literal["info", "warning", "error"] = "warning", turn_id: str | None = None
    ) -> None:
        """Tell the user something."""
        turn = self.state.turn_id if turn_id is None else turn_id
        item = Notice(self.clock.new_id(), message, level)
        self.publish([events.ItemCompleted(turn, item)])

    async def _close(self) -> None:
        if not self.state.idle:
            self.feed(fx.Stop(self.clock.now(), self.partial()))
            await self._idle.wait()
        await self.children.close()
        await gates.end(self)
        await self.performer.close()
        log = self.journal.path
        try:
            self.journal.close()
        except StoreError as error:
            self._report(error)
        self.children.closed(log)
        self.publish([events.ThreadClosed()])
        self.hub.close()
        self.observers.close()
        while self._ops:
            _, answer = self._ops.popleft()
            if answer is not None:
                answer.set_result(ops.Ack(False, "the thread is closed"))


def _begun(start: Start) -> str:
    if start.resume is not None:
        return "resume"
    return "fork" if start.fork is not None else ("clear" if start.cleared else "startup")


def _unwritten(error: StoreError) -> str:
    return f"This session's log cannot be written: {error.message}"
