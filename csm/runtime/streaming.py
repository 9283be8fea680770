"""One request to the model: built, sent, and its answer fed to the turn machine part by part.

Text that arrives in one go, or within `PAUSE`, is fed as one part: a flood of tiny pieces costs no more than a trickle.

Does not: retry; a broken stream is an input like any other.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from typing import TYPE_CHECKING

import msgspec

from csm import __version__
from csm.core import effects as fx
from csm.core import request
from csm.protocol.errors import CsmError, ModelError
from csm.protocol.model import ModelPart, ModelRequest, PartCompleted, PartCreated, PartReasoning, PartText
from csm.protocol.tools import ToolSpec
from csm.runtime import chaining, gates, lineage

if TYPE_CHECKING:
    from csm.host.contracts import ModelProvider
    from csm.runtime.session import Session

_CLOSED = "stream disconnected before completion: stream closed before response.completed"
_RETRIES = 5
#: Seconds between two pieces of text at the least; the first one is never held.
PAUSE = 0.004


class _Context:
    """See `csm.host.contracts.ModelContext`."""

    def __init__(self, session: Session) -> None:
        self.env = session.host.env
        self.thread_id = session.thread_id
        self.originator = session.start.originator
        self.version = __version__
        self.secret = session.redactor.add


async def stream(session: Session) -> None:
    """Ask the model and feed what it says; always ends by `PartCompleted`, `Broke` or `Fail`, unless cancelled."""
    performer = session.performer
    feeder = _Feeder(session)

    async def work(provider: ModelProvider) -> None:
        history = list(session.thread.history)
        wanted = await prepared(session, history, tools=performer.specs, schema=performer.schema)
        linked = wanted if session.host.hooks.any("before_request") else performer.chain.link(wanted, history)
        async with gates.request(session) as told_of:
            feeder.request = told_of
            try:
                await _feed(session, provider, linked, feeder, len(history))
            except ModelError as error:
                if feeder.began or not chaining.forgotten(linked, error):
                    raise
                performer.chain.forget()
                await _feed(session, provider, performer.chain.link(wanted, history), feeder, len(history))

    try:
        await told(session, work)
    finally:
        feeder.stop()


async def _feed(session: Session, provider: ModelProvider, wanted: ModelRequest, feeder: _Feeder, before: int) -> None:
    """Send, and feed the answer."""
    try:
        async for part in parts(session, provider, wanted):
            if isinstance(part, PartCompleted):
                session.performer.chain.answered(part.response_id, wanted.model, before, session.thread.history)
                if feeder.request is not None:
                    feeder.flush()
                    await feeder.request.answered(part.usage)
            feeder.take(part)
    except Exception:
        feeder.flush()
        raise


async def told(session: Session, work: Callable[[ModelProvider], Awaitable[None]]) -> None:
    """Do what needs the model's provider; what goes wrong is fed as `Broke` or `Fail`."""
    name = session.settings.model_provider
    try:
        provider = session.host.model_provider(name)
        problem = provider.problem()
        if problem is not None:
            session.fail(problem, "no_credentials")
            return
        await work(provider)
    except asyncio.CancelledError:
        raise
    except ModelError as error:
        _broke(session, error)
    except CsmError as error:
        session.fail(error.message, "settings")
    except Exception as error:
        session.host.report("error", f"the model provider {name} failed: {error!r}")
        session.fail(f"The model provider {name} failed: {error}", "provider")


async def parts(session: Session, provider: ModelProvider, wanted: ModelRequest) -> AsyncIterator[ModelPart]:
    """The parts of an answer up to its `PartCompleted`. Raises ModelError, also where there is none."""
    found = provider.stream(wanted, _Context(session))  # type: ignore[arg-type]
    try:
        async for part in found:
            yield part
            if isinstance(part, PartCompleted):
                return
    finally:
        close = getattr(found, "aclose", None)
        if close is not None:
            await close()
    raise ModelError(_CLOSED, code="stream_closed", retryable=True)


async def prepared(
    session: Session, history: Iterable[bytes], *, tools: Sequence[ToolSpec], schema: bytes | None
) -> ModelRequest:
    """The request that puts a history to the model, as extensions let it pass."""
    settings, config, performer = session.settings, session.config, session.performer
    built = request.build(
        history,
        thread_id=session.thread_id,
        turn_id=session.state.turn_id,
        instructions=config.base,
        tools=tools,
        info=performer.info,
        choices=request.Choices(
            config.model, config.effort, settings.summary, settings.verbosity, settings.service_tier
        ),
        schema=schema,
    )
    subagent = session.start.subagent or (lineage.KIND if session.children.depth else "")
    built = msgspec.structs.replace(built, subagent=subagent or None, window=session.thread.compactions)
    if subagent == lineage.KIND:
        root, parent = session.children.root, session.start.parent
        built = msgspec.structs.replace(built, session_id=root, parent_id=parent)
    hooks = session.host.hooks
    if not hooks.any("before_request"):
        return built
    return await hooks.pipeline("before_request", built, host=session.host, thread=session.thread)


def _broke(session: Session, error: ModelError) -> None:
    from csm.runtime import compacting

    provider = session.settings.model_providers.get(session.settings.model_provider)
    session.feed(
        fx.Broke(
            error.message,
            session.clock.now(),
            error.code,
            error.retryable,
            error.retry_after,
            session.clock.jitter(),
            provider.stream_max_retries if provider is not None else _RETRIES,
            session.partial(),
            compacting.room(session, error),
            error.usage,
        )
    )


class _Feeder:
    """Joins the text that comes without a pause, and feeds everything in order."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.began = False
        self.request: gates.Request | None = None
        self._key: tuple[type, str, int] | None = None
        self._texts: list[str] = []
        self._scheduled = False
        self._stopped = False
        self._flushed = 0.0

    def take(self, part: ModelPart) -> None:
        self.began = self.began or not isinstance(part, PartCreated)
        if isinstance(part, PartText | PartReasoning):
            key = (type(part), part.item_id, getattr(part, "index", 0))
            if key != self._key:
                self.flush()
                self._key = key
            self._texts.append(part.text)
            if not self._scheduled:
                self._schedule()
            return
        self.flush()
        partial = self._session.partial() if isinstance(part, PartCompleted) else {}
        self._session.feed(fx.Part(part, self._session.clock.now(), partial))

    def _schedule(self) -> None:
        self._scheduled = True
        loop = self._session.loop
        due = self._flushed + PAUSE
        if due <= loop.time():
            loop.call_soon(self._tick)
        else:
            loop.call_at(due, self._tick)

    def _tick(self) -> None:
        self._scheduled = False
        if not self._stopped:
            self.flush()
            self._flushed = self._session.loop.time()

    def flush(self) -> None:
        if self._key is None:
            return
        kind, item_id, index = self._key
        text = "".join(self._texts)
        self._key = None
        self._texts = []
        part = PartText(item_id, text) if kind is PartText else PartReasoning(item_id, text, index)
        self._session.feed(fx.Part(part, self._session.clock.now()))

    def stop(self) -> None:
        self._stopped = True
