"""The agents of a thread: threads of their own, which it begins, tells, awaits, reopens and closes.

An agent is reached as everybody reaches a thread, through the port, and watched by an attachment: from its events comes
how it stands, its questions are asked again in the thread that began it, and its first end is told to the model there.

Does not: know the tools by which a model does this, or roles. See `csm.host.delegation.Agents`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from csm.core import effects as fx
from csm.core import response_items
from csm.host.delegation import Agent, AgentOrder
from csm.host.storage import SessionHead
from csm.protocol import codec, events, ops
from csm.protocol.errors import CsmError, StoreError, ToolError
from csm.protocol.events import Body
from csm.protocol.items import AgentState
from csm.runtime import lineage
from csm.runtime.behind import put_behind
from csm.runtime.minding import Minded
from csm.runtime.port import Start

if TYPE_CHECKING:
    from csm.runtime.session import Session

#: Seconds that an agent has to stop a turn, or to close.
_GRACE = 3.0
#: How an agent stands while there is something to wait for.
_UNDER_WAY = ("pending_init", "running", "interrupted")
_NOT_FOUND = AgentState("not_found")
#: Seconds after which the model is told of an agent's end; at once if a call tells of it first.
_LATER = 0.1


class Children:
    """The agents of a session, on its loop."""

    def __init__(self, session: Session, port: Any, born: lineage.Born | None = None) -> None:
        self._session = session
        self._port = port
        self._family: lineage.Family = born.family if born is not None else lineage.Family()
        self._minded: dict[str, Minded] = {}
        #: Notes on agents' ends that the model has not been told yet.
        self._untold: dict[str, bytes] = {}
        self._changed = asyncio.Event()
        #: How many threads stand above this one. An agent's log that the user goes on with has none above it.
        self.depth = born.depth if born is not None else 0

    @property
    def root(self) -> str:
        """The thread above all of this tree."""
        return self._family.root or self._session.thread_id

    async def spawn(self, order: AgentOrder) -> Agent:
        """Begin an agent and give it its task. Raises ToolError: too many, or why it cannot be opened."""
        name = self._admit(order.nicknames, order.limit)
        start, born = self._plan(order, name)
        agent = await self._open(start, born, name)
        role = lineage.origin(start.source).role
        self._announce(agent, role, order.prompt or order.text)
        await self._submit(agent.id, ops.Submit(order.text, order.images, busy="reject"))
        return agent

    async def send(self, agent_id: str, text: str, images: Sequence[str] = (), *, interrupt: bool = False) -> str:
        """Say something to an agent, into its turn if it has one; with `interrupt`, the turn is stopped before.

        The id of what was sent. Raises ToolError.
        """
        minded = self._reach(agent_id)
        if minded is None:
            raise ToolError(f"agent with id {agent_id} not found")
        if interrupt and minded.running:
            await self._submit(agent_id, ops.Interrupt(), needed=False)
            await self._until(lambda: not minded.running, _GRACE)
        try:
            await self._submit(agent_id, ops.Submit(text, tuple(images), busy="steer"))
        except ToolError as error:
            raise ToolError(f"collab tool failed: {error.message}") from None
        minded.take_all()
        return self._session.clock.new_id()

    def state(self, agent_id: str) -> AgentState:
        """How an agent stands."""
        minded = self._reach(agent_id)
        return minded.state if minded is not None else _NOT_FOUND

    def name(self, agent_id: str) -> str:
        """The nickname of an agent, open or not; empty for one nobody knows."""
        known = self._session.thread.spawned.get(agent_id)
        return self._family.name(agent_id) or (known.nickname if known is not None else "")

    async def wait(self, agent_ids: Iterable[str], seconds: float) -> dict[str, AgentState]:
        """How those agents stand that are done, once one of them is; nothing when the time is over."""
        wanted = list(dict.fromkeys(agent_ids))

        def done() -> dict[str, AgentState]:
            found = {agent_id: self.state(agent_id) for agent_id in wanted}
            return {agent_id: state for agent_id, state in found.items() if state.status not in _UNDER_WAY}

        await self._until(lambda: bool(done()), seconds)
        found = done()
        for agent_id in found:
            self._tell(agent_id)
        return found

    async def close_agent(self, agent_id: str) -> AgentState:
        """Close an agent, and its own agents with it; how it stood before."""
        minded = self._reach(agent_id)
        if minded is None:
            raise ToolError(f"agent with id {agent_id} not found")
        before = minded.state
        self._port.submit(agent_id, ops.Shutdown())
        await self._until(lambda: agent_id not in self._minded, _GRACE)
        self._tell(agent_id)
        return before

    async def resume(self, agent_id: str, limit: int) -> AgentState:
        """Open an agent again that was closed; how it stands. Raises ToolError."""
        if self._reach(agent_id) is not None:
            return self.state(agent_id)
        try:
            head = await asyncio.to_thread(self._session.host.store().find, agent_id)
        except StoreError:
            raise ToolError(f"agent with id {agent_id} not found") from None
        try:
            await self._reopen(agent_id, head, limit)
        except ToolError as error:
            raise ToolError(f"collab tool failed: {error.message}") from None
        return self.state(agent_id)

    def answer(self, op: ops.AnswerAsk) -> Any:
        """Hand the answer to an agent's question on: a future of the `Ack`; None where it is no agent's."""
        for minded in self._minded.values():
            asked = minded.asks.get(op.ask_id)
            if asked is not None:
                handed = self._port.submit(minded.id, msgspec.structs.replace(op, ask_id=asked.id))
                return asyncio.wrap_future(handed)
        return None

    def closed(self, log: str) -> None:
        """The thread is closed, and its log. That of an agent is not the one to be gone on with."""
        if self.depth:
            self._family.logs.add(log)
            return
        for below in self._family.logs:
            put_behind(below, log)

    def turn_over(self) -> None:
        """A turn of this thread ended: what its agents still ask is asked on."""
        for minded in self._minded.values():
            for ask_id, asked in minded.asks.items():
                self._ask(minded, ask_id, asked)

    async def close(self) -> None:
        """Close every agent that this thread began."""
        own = [minded for minded in self._minded.values() if minded.own]
        for minded in own:
            self._port.submit(minded.id, ops.Shutdown())
        await self._until(lambda: not any(minded.own for minded in self._minded.values()), _GRACE)
        for minded in list(self._minded.values()):
            self._gone(minded)

    async def _reopen(self, agent_id: str, head: SessionHead, limit: int) -> None:
        origin = lineage.origin(head.source)
        name = self._admit((origin.nickname or "agent",), limit)
        born = lineage.Born(self._family, max(1, origin.depth), self._inherited())
        agent = await self._open(msgspec.structs.replace(self._start(), resume=agent_id), born, name)
        known = self._session.thread.spawned.get(agent_id)
        self._announce(agent, origin.role, known.prompt if known is not None else head.prompt)

    def _admit(self, names: Sequence[str], limit: int) -> str:
        if self._port is None or self._session.closing:
            raise ToolError("this thread cannot begin agents")
        self._family.root = self.root
        return self._family.admit(names, limit, self._session.clock.new_id())

    def _start(self) -> Start:
        """A start like this thread's own."""
        start = self._session.start
        return msgspec.structs.replace(
            start, resume=None, fork=None, parent=self._session.thread_id, subagent="", thread_source="subagent"
        )

    def _plan(self, order: AgentOrder, name: str) -> tuple[Start, lineage.Born]:
        session = self._session
        origin = lineage.Origin(self.depth + 1, name, order.role)
        start = msgspec.structs.replace(
            self._start(),
            source=lineage.source(session.thread_id, origin),
            overrides={**session.start.overrides, **order.settings},
        )
        history = tuple(lineage.past(session.thread)) if order.fork else ()
        return start, lineage.Born(self._family, origin.depth, self._inherited(order), history)

    def _inherited(self, order: AgentOrder | None = None) -> dict[str, Any]:
        """What the agent's settings do not decide. A role's file counts more than the call."""
        config = self._session.config
        taken: dict[str, Any] = {"approval": config.approval, "sandbox": config.sandbox}
        if order is None:
            return taken
        if "model_instructions_file" not in order.settings:
            taken["base"] = config.base
        if "model" not in order.settings:
            taken["model"] = order.model or config.model
        if "model_reasoning_effort" not in order.settings:
            other = order.model or "model" in order.settings
            taken["effort"] = order.effort or (None if other else config.effort)
        return taken

    async def _open(self, start: Start, born: lineage.Born, name: str) -> Agent:
        """Open a thread for the place that `name` has. One that nobody waits for any more is closed again."""
        opening = asyncio.wrap_future(self._port.born(start, born))
        try:
            thread_id = await asyncio.shield(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(lambda done: self._unwanted(done, name))
            raise
        except CsmError as error:
            self._family.refused(name)
            raise ToolError(error.message) from error
        except BaseException:
            self._family.refused(name)
            raise
        self._family.opened(thread_id, name)
        self._mind(thread_id, name, own=True)
        return Agent(thread_id, name)

    def _unwanted(self, done: asyncio.Future[str], name: str) -> None:
        self._family.refused(name)
        if not done.cancelled() and done.exception() is None:
            self._port.submit(done.result(), ops.Shutdown())

    def _announce(self, agent: Agent, role: str | None, prompt: str) -> None:
        session = self._session
        session.publish([events.ThreadSpawned(agent.id, session.thread_id, agent.nickname, role, prompt)])

    async def _submit(self, agent_id: str, op: ops.Op, *, needed: bool = True) -> None:
        ack = await asyncio.wrap_future(self._port.submit(agent_id, op))
        if needed and not ack.accepted:
            raise ToolError(ack.reason)

    def _reach(self, agent_id: str) -> Minded | None:
        """An open agent of this tree; one that another thread began is watched from now on."""
        minded = self._minded.get(agent_id)
        if minded is None and agent_id != self._session.thread_id:
            name = self._family.name(agent_id)
            if name is not None:
                minded = self._mind(agent_id, name, own=False)
        return minded

    def _mind(self, agent_id: str, name: str, *, own: bool) -> Minded | None:
        try:
            watcher = self._port.attach(agent_id)
        except StoreError:
            self._family.closed(agent_id)
            return None
        minded = self._minded[agent_id] = Minded(agent_id, name, watcher, self._see, own=own)
        loop = self._session.loop

        def ready() -> None:
            try:
                loop.call_soon_threadsafe(minded.take_all)
            except RuntimeError:
                pass  # this session is closed

        watcher.on_ready(ready)
        return minded

    def _see(self, minded: Minded, body: Body | None) -> None:
        """Something happened to an agent; None says that it is gone."""
        if body is None:
            self._gone(minded)
        elif isinstance(body, events.Asked) and minded.own:
            asked = self._session.clock.new_id()
            minded.asks[asked] = body.ask
            self._ask(minded, asked, body.ask)
        elif isinstance(body, events.Answered):
            for ask_id in [ask_id for ask_id, asked in minded.asks.items() if asked.id == body.ask_id]:
                del minded.asks[ask_id]
                self._settled(ask_id, body.decision, body.text, body.by)
        if minded.own and not minded.told and minded.state.status not in _UNDER_WAY:
            minded.told = True
            told = self._untold[minded.id] = _note(minded)
            self._session.loop.call_later(_LATER, self._tell, minded.id, told)
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    def _gone(self, minded: Minded) -> None:
        if self._minded.pop(minded.id, None) is None:
            return
        minded.watcher.detach()
        self._family.closed(minded.id)
        for ask_id in minded.asks:
            self._settled(ask_id, "cancel", "", "interrupt")
        minded.asks.clear()

    def _ask(self, minded: Minded, ask_id: str, asked: Any) -> None:
        why = f"asked by the agent {minded.name}" + (f": {asked.why}" if asked.why else "")
        turn_id = self._session.state.turn_id
        whose = {"agent": asked.agent or minded.name, "agent_id": asked.agent_id or minded.id}
        self._session.publish([events.Asked(turn_id, msgspec.structs.replace(asked, id=ask_id, why=why, **whose))])

    def _settled(self, ask_id: str, decision: Any, text: str, by: str) -> None:
        self._session.publish([events.Answered(ask_id, decision, text, by)])

    def _tell(self, agent_id: str, told: bytes | None = None) -> None:
        """Have the model read how an agent ended, when it next reads; unless it was told already."""
        untold = self._untold.get(agent_id)
        if untold is None or told not in (None, untold):
            return
        del self._untold[agent_id]
        if not self._session.closing:
            self._session.feed(fx.Note(untold))

    async def _until(self, held: Any, seconds: float) -> None:
        """Wait until something holds, or for so long."""
        loop = self._session.loop
        until = loop.time() + seconds
        while not held() and loop.time() < until:
            try:
                await asyncio.wait_for(self._changed.wait(), until - loop.time())
            except TimeoutError:
                return


def _note(minded: Minded) -> bytes:
    """How an agent stands, as the model reads it between two steps."""
    state = minded.state
    status = {state.status: state.message} if state.status in ("completed", "errored") else state.status
    told = codec.encode({"agent_path": minded.id, "status": status}).decode()
    return response_items.message("user", [f"<subagent_notification>\n{told}\n</subagent_notification>"])
