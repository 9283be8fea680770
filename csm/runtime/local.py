"""The session port in this process: each thread runs on a loop of its own, in a thread of its own.

Does not: know who holds it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from csm.protocol.errors import StoreError
from csm.protocol.ops import Ack, Op, Rename, Shutdown
from csm.runtime import queries, stored
from csm.runtime.clock import Clock
from csm.runtime.fanout import LIMIT, Watcher
from csm.runtime.port import Start

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, Task

    from csm.host.host import Host
    from csm.host.settings import Settings
    from csm.runtime.lineage import Born
    from csm.runtime.session import Session


class LocalPort:
    """Implements `csm.runtime.port.Port`. `limit`: events that may wait for a watcher before deltas are joined."""

    def __init__(self, host: Host, clock: Clock | None = None, *, limit: int = LIMIT) -> None:
        self._host = host
        self._clock = clock or Clock()
        self._limit = limit
        self._lock = threading.Lock()
        self._sessions: dict[str, Session] = {}
        self._workers: list[threading.Thread] = []
        self._preparing: list[tuple[AbstractEventLoop, Task[None]]] = []
        self._closed = False

    def start(self, start: Start) -> Future[str]:
        """See the port."""
        return self.born(start, None)

    def born(self, start: Start, born: Born | None) -> Future[str]:
        """As `start`, for an agent that takes something over from the thread that begins it."""
        future: Future[str] = Future()
        with self._lock:
            if self._closed:
                future.set_exception(StoreError("the port is closed"))
                return future
            worker = threading.Thread(target=self._run, args=(start, born, future), name="csm-session", daemon=True)
            self._workers.append(worker)
        worker.start()
        return future

    def attach(self, thread_id: str) -> Watcher:
        """See the port."""
        return self._session(thread_id).hub.attach(self._limit)

    def submit(self, thread_id: str, op: Op) -> Future[Ack]:
        """See the port."""
        try:
            session = self._session(thread_id)
        except StoreError as error:
            future: Future[Ack] = Future()
            future.set_result(Ack(False, error.message))
            return future
        return session.submit(op)

    def query(self, name: str, **arguments: Any) -> Future[Any]:
        """See the port."""
        return _beside("csm-query", lambda: queries.answer(self._host, name, arguments))

    def manage(self, act: str, thread_id: str, **arguments: Any) -> Future[Any]:
        """See the port."""
        with self._lock:
            opened = thread_id in self._sessions
        if not opened or act == "tag":  # tags are in no log: it does not matter who has that open
            return _beside("csm-manage", lambda: stored.manage(self._host, act, thread_id, **arguments))
        if act == "rename":
            return _accepted(self.submit(thread_id, Rename(**arguments)))
        future: Future[Any] = Future()
        future.set_exception(StoreError(f"the thread {thread_id} is open here", "open another one first"))
        return future

    def close(self, timeout: float = 5.0) -> None:
        """See the port."""
        with self._lock:
            self._closed = True
            sessions, workers = list(self._sessions.values()), list(self._workers)
            preparing = list(self._preparing)
        for loop, task in preparing:
            try:
                loop.call_soon_threadsafe(task.cancel)
            except RuntimeError:
                continue  # it has just opened, or failed to
        for session in sessions:
            session.submit(Shutdown())
        until = time.monotonic() + timeout
        for worker in workers:
            if worker is not threading.current_thread():
                worker.join(max(0.0, until - time.monotonic()))

    async def _prepare(self, settings: Settings) -> None:
        """Have extensions get ready for a thread, unless the port closes meanwhile. Raises what they refuse."""
        import asyncio

        loop = asyncio.get_running_loop()
        task = loop.create_task(self._host.hooks.prepare("open_thread", host=self._host, settings=settings))
        with self._lock:
            self._preparing.append((loop, task))
            closed = self._closed
        try:
            if closed:
                task.cancel()
            await task
        except asyncio.CancelledError:
            raise StoreError("the port is closed") from None
        finally:
            with self._lock:
                self._preparing.remove((loop, task))

    def _session(self, thread_id: str) -> Session:
        with self._lock:
            session = self._sessions.get(thread_id)
        if session is None:
            raise StoreError(f"the thread {thread_id} is not open")
        return session

    def _run(self, start: Start, born: Born | None, future: Future[str]) -> None:
        import asyncio

        try:
            asyncio.run(self._serve(start, born, future))
        except BaseException as error:
            if not future.done():
                future.set_exception(error)
            else:
                self._host.report("error", f"a session ended unexpectedly: {error!r}")

    async def _serve(self, start: Start, born: Born | None, future: Future[str]) -> None:
        import asyncio

        from csm.runtime.opening import open_thread
        from csm.runtime.session import Session
        from csm.runtime.workers import Workers

        asyncio.get_running_loop().set_default_executor(Workers())
        with self._lock:
            taken = start.resume in self._sessions
        if taken:
            raise StoreError(f"the thread {start.resume} is open already")
        opened = open_thread(self._host, start, self._clock, born)
        try:
            await self._prepare(opened.settings)
        except BaseException:
            opened.journal.close()
            raise
        session = Session(opened, self, born)
        session.publish(opened.bodies)
        with self._lock:
            self._sessions[session.thread_id] = session
            closed = self._closed
        if closed:
            session.push(Shutdown(), None)
        future.set_result(session.thread_id)
        try:
            await session.main()
        finally:
            session.hub.close()
            with self._lock:
                self._sessions.pop(session.thread_id, None)


def _beside(name: str, call: Callable[[], Any]) -> Future[Any]:
    """What `call` gives, in a thread of its own."""
    future: Future[Any] = Future()

    def work() -> None:
        try:
            future.set_result(call())
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=work, name=name, daemon=True).start()
    return future


def _accepted(ack: Future[Ack]) -> Future[Any]:
    """The same, failing where the op was refused."""
    future: Future[Any] = Future()

    def answered(found: Future[Ack]) -> None:
        error = found.exception()
        if error is None and not found.result().accepted:
            error = StoreError(found.result().reason)
        future.set_exception(error) if error is not None else future.set_result(None)

    ack.add_done_callback(answered)
    return future
