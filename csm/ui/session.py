"""The thread on the screen: opened and attached through the port, folded event by event on the shell's loop.

Ops submitted before a thread is open wait for it. Another thread can be put in its place; the old one is then closed.

Does not: draw, or decide what an op does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from csm.core import called
from csm.core.fold import Thread, Turn
from csm.protocol import events, ops
from csm.protocol.errors import CsmError, StoreError
from csm.view.transcript import Transcript

if TYPE_CHECKING:
    from csm.protocol.events import Event
    from csm.runtime.port import Attachment, Port, Start
    from csm.ui.clock import Clock
    from csm.view.blocks import Custom

Done = Callable[[ops.Ack], None]
#: A thread that was left may take a moment to close before it can be opened again: tries, and seconds between them.
_TRIES, _PAUSE = 60, 0.05
#: Turns that a thread comes with, and that come back at a time when the reader scrolls up to where they would be.
_RECALLED = 50


class Watcher(Protocol):
    """Who is told what happens."""

    def opened(self) -> None:
        """Another thread is on the screen."""
        ...

    def happened(self, event: Event) -> None:
        """An event was folded."""
        ...

    def failed(self, text: str) -> None:
        """Something could not be done."""
        ...

    def unopened(self, why: str) -> None:
        """No thread could be put on the screen; what was there before stays."""
        ...

    def warned(self, text: str) -> None:
        """Something was done, but not as it was meant."""
        ...

    def refresh(self) -> None:
        """Have the next frame drawn."""
        ...

    def moved(self, transcript: Transcript, lines: int) -> None:
        """Lines were put before all others of a transcript."""
        ...


class SessionView:
    """Implements `csm.host.context.Session`. `custom` is what extensions show for items, in the place of ours."""

    def __init__(
        self,
        port: Port,
        start: Start,
        clock: Clock,
        watcher: Watcher,
        custom: Custom | None = None,
        left: set[str] | None = None,
    ) -> None:
        start = msgspec.structs.replace(start, bounded=True)
        self._port, self._start, self._clock, self._watcher = port, start, clock, watcher
        self._custom = custom
        self._thread = Thread()
        self._attachment: Attachment | None = None
        self._waiting: list[tuple[ops.Op, Done | None]] = []
        self._opening: Future[str] | None = None
        self._tried = False
        self._draining = False
        self._left: set[str] = set() if left is None else left
        self.transcript = Transcript(self._thread, custom=custom)
        self._others: list[Transcript] = []
        self._recalling = False
        #: What waits for all turns while some are on their way.
        self._then: Callable[[], None] | None = None
        self._folded: dict[str, dict[str, bool]] = {}
        #: Ops that nobody has answered yet.
        self.sending = 0
        self.thread_id = ""
        #: The user's own commands that run, by their items.
        self.own: frozenset[str] = frozenset()

    @property
    def thread(self) -> Thread:
        """The state folded so far; empty before a thread is open."""
        return self._thread

    @property
    def cwd(self) -> str:
        """The working directory of the thread, known before it is open."""
        return self._thread.cwd or self._start.cwd

    def shown(self, another: bool = False) -> Transcript:
        """The thread's transcript; or `another` one of it, for a second window, which scrolls and folds by itself."""
        if not another:
            return self.transcript
        self._others.append(Transcript(self._thread, custom=self._custom))
        return self._others[-1]

    def keep(self, wanted: set[int]) -> None:
        """Forget the other transcripts that no window shows, by their `id()`."""
        self._others = [one for one in self._others if id(one) in wanted]

    def recall(self, *, everything: bool = False, then: Callable[[], None] | None = None) -> bool:
        """Bring back some turns that the thread was opened without, or all, read beside the loop; `then` is called once
        they are there. False if there are none, or some are on their way; all are asked for once these are here.
        """
        thread, past = self._thread, self._thread.past
        if past is None or self._recalling:
            if past is not None and everything and then is not None:
                self._then = then
                return True
            return False
        self._recalling = True
        start = 0 if everything else max(0, past.turns - _RECALLED)

        def load() -> list[Turn]:
            found = past.load(start, past.turns)
            if self._lacking(thread):
                _insert(found, called.complete(found, *past.bodies(start)))
            return found

        def loaded(found: list[Turn] | None, error: BaseException | None) -> None:
            self._recalling = False
            if error is not None:
                self._watcher.failed(_told(error))
            elif found is not None and self._thread is thread and thread.past is past:
                thread.put_back(found, start)
                self._put_back(found)
                if then is not None:
                    then()
            further, self._then = self._then, None
            if further is not None and not self.recall(everything=True, then=further):
                further()

        self._clock.spawn(asyncio.to_thread(load), loaded)
        return True

    def _complete(self, thread: Thread) -> None:
        """Have the calls of tools shown that a log of Codex tells of in the model's history only."""
        past = thread.past
        if not self._lacking(thread) or not any(map(called.lacking, thread.turns)):
            return

        def known(calls: dict[int, called.Found] | None, _error: BaseException | None = None) -> None:
            if self._thread is not thread or not calls:
                return
            _insert(thread.turns, calls)
            for transcript in (self.transcript, *self._others):
                transcript.rebuild()
            self._watcher.refresh()

        if past is None:
            self.query("calls", known, thread_id=self.thread_id)
            return
        turns = list(thread.turns)  # of a long log no more is read than is shown
        self._clock.spawn(asyncio.to_thread(lambda: called.complete(turns, *past.bodies(past.turns))), known)

    @staticmethod
    def _lacking(thread: Thread) -> bool:
        """Whether a log may tell of calls in the model's history only."""
        return not thread.originator.startswith("csm") and any(b"_call" in raw for raw in thread.history)

    def _put_back(self, found: list[Turn]) -> None:
        for transcript in (self.transcript, *self._others):
            self._watcher.moved(transcript, transcript.prepend(found))
        self._watcher.refresh()

    def renew(self) -> None:
        """What extensions show for items may be something else now."""
        for transcript in (self.transcript, *self._others):
            transcript.renew()

    @property
    def waits(self) -> bool:
        """Whether prompts wait for a thread."""
        return bool(self._waiting)

    @property
    def start(self) -> Start:
        """What it was opened with."""
        return self._start

    @property
    def opening(self) -> bool:
        """Whether a thread is being opened."""
        return self._opening is not None

    def begin(self, overrides: dict[str, Any] | None = None) -> None:
        """Open the thread the shell was started for, with more settings above every layer."""
        merged = {**self._start.overrides, **(overrides or {})}
        self._start = msgspec.structs.replace(self._start, overrides=merged)
        self._open(self._start)

    def open(self, *, resume: str | None = None, fork: str | None = None, at: str = "") -> None:
        """Put another thread on the screen: a new one, a stored one or a fork, up to the turn `at`."""
        if resume and resume == self.thread_id:
            return
        cleared = resume is None and fork is None
        self._open(msgspec.structs.replace(self._start, resume=resume, fork=fork, fork_at=at, cleared=cleared))

    def submit(self, op: ops.Op, done: Done | None = None) -> None:
        """Submit an op; a refusal that nobody waits for is told."""
        if (self._opening or not self._tried) and isinstance(op, ops.Submit):
            self._waiting.append((op, done))
            return
        if self._opening or not self.thread_id:
            why = "the session is not open yet" if self._opening else "there is no session: none could be opened"
            self._refuse(why, done)
            return
        future = self._port.submit(self.thread_id, op)
        self.sending += 1
        future.add_done_callback(lambda made: self._clock.soon(lambda: self._answered(made, done)))

    def note_own(self, body: events.ItemStarted | events.ItemCompleted) -> None:
        """A command of the user's own began or ended."""
        item = {body.item.id}
        self.own = self.own | item if isinstance(body, events.ItemStarted) else self.own - item

    def query(self, name: str, done: Callable[[Any], None], **arguments: Any) -> None:
        """Ask the port; `done` gets the answer on the loop, a failure is told."""

        def answered(future: Future[Any]) -> None:
            error = future.exception()
            if error is not None:
                self._watcher.failed(_told(error))
            else:
                done(future.result())

        future = self._port.query(name, **arguments)
        future.add_done_callback(lambda made: self._clock.soon(lambda: answered(made)))

    def close(self) -> None:
        """Stop receiving."""
        if self._attachment is not None:
            self._attachment.on_ready(None)
            self._attachment.detach()
            self._attachment = None

    def end(self) -> None:
        """Stop receiving, and have the thread closed; one that is being opened is closed once it is open."""
        self._waiting.clear()
        self.close()
        if self._opening is not None:
            port = self._port
            self._opening.add_done_callback(lambda made: None if made.exception() else _shut(port, made.result()))
        elif self.thread_id:
            self._left.add(self.thread_id)
            _shut(self._port, self.thread_id)

    def _open(self, start: Start) -> None:
        if self._opening:
            self._watcher.failed("a session is being opened")
            return
        self._tried = True
        self._try(start, _TRIES if start.resume in self._left else 1)
        self._watcher.refresh()

    def _try(self, start: Start, tries: int) -> None:
        self._opening = future = self._port.start(start)
        future.add_done_callback(lambda made: self._clock.soon(lambda: self._started(made, start, tries)))

    def _started(self, future: Future[str], start: Start, tries: int) -> None:
        error = None if future.cancelled() else future.exception()
        if isinstance(error, StoreError) and tries > 1:
            self._clock.later(_PAUSE, lambda: self._try(start, tries - 1))
            return
        self._opening = None
        if error is not None or future.cancelled():
            self._watcher.unopened(_told(error) if error else "cancelled")
            return
        try:
            self._attach(future.result())
        except CsmError as problem:
            self._watcher.unopened(_told(problem))
            return
        waiting, self._waiting = self._waiting, []
        for op, done in waiting:
            self.submit(op, done)

    def _attach(self, thread_id: str) -> None:
        attachment = self._port.attach(thread_id)
        old, old_id = self._attachment, self.thread_id
        self._attachment, self.thread_id, self._thread = attachment, thread_id, attachment.snapshot
        self._thread.recall(_RECALLED)
        folded = self._folded.setdefault(thread_id, {})
        self.transcript = Transcript(self._thread, custom=self._custom, folded=folded)
        self._others.clear()
        self.own = frozenset()
        if old is not None:
            old.on_ready(None)
            old.detach()
        if old_id and old_id != thread_id:
            self._left.add(old_id)
            _shut(self._port, old_id)
        self._watcher.opened()
        self._complete(self._thread)
        attachment.on_ready(self._ready)
        self._drain()

    def _ready(self) -> None:
        """Events wait. Called from the session's thread, often; the loop is asked once."""
        if not self._draining:
            self._draining = True
            self._clock.soon(self._drain)

    def _drain(self) -> None:
        self._draining = False
        attachment = self._attachment
        if attachment is None:
            return
        found = attachment.drain()
        for event in found:
            self._thread.apply(event)
            for transcript in (self.transcript, *self._others):
                transcript.update(event)
            self._watcher.happened(event)
        if found:
            self._watcher.refresh()

    def _refuse(self, why: str, done: Done | None) -> None:
        if done:
            done(ops.Ack(False, why))
        else:
            self._watcher.failed(why)

    def _answered(self, future: Future[ops.Ack], done: Done | None) -> None:
        self.sending -= 1
        error = future.exception()
        ack = ops.Ack(False, _told(error)) if error is not None else future.result()
        if done:
            done(ack)
        elif not ack.accepted:
            self._watcher.failed(ack.reason or "refused")
        if ack.accepted and ack.reason:
            self._watcher.warned(ack.reason)
        self._watcher.refresh()


def _shut(port: Port, thread_id: str) -> None:
    port.submit(thread_id, ops.Shutdown())


def ends_turn(event: Event) -> bool:
    """Whether a turn ended with this event."""
    return isinstance(event.body, events.TurnCompleted | events.TurnFailed | events.TurnInterrupted)


def _insert(turns: list[Turn], calls: dict[int, called.Found]) -> None:
    for turn in turns:
        called.insert(turn, calls.get(turn.number, called.NONE))


def _told(error: BaseException) -> str:
    if isinstance(error, CsmError):
        return f"{error.message} ({error.hint})" if error.hint else error.message
    return f"{type(error).__name__}: {error}"
