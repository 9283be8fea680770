"""One request to the model: built, sent, and its answer fed to the turn machine part by part.

Text that arrives in one go, or within `PAUSE`, is fed as one part: a flood of tiny pieces costs no more than a trickle.

Does not: retry; a broken stream is an input like any other.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import msgspec

from csm import __version__
from csm.core import effects as fx
from csm.core import request
from csm.protocol.errors import CsmError, ModelError
from csm.protocol.model import ModelPart, ModelRequest, PartCompleted, PartReasoning, PartText

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
    feeder = _Feeder(session)
    try:
        provider = session.host.model_provider(session.settings.model_provider)
        problem = provider.problem()
        if problem is not None:
            session.fail(problem, "no_credentials")
            return
        await _pump(session, provider, await _request(session), feeder)
    except asyncio.CancelledError:
        raise
    except ModelError as error:
        feeder.flush()
        _broke(session, error)
    except CsmError as error:
        feeder.flush()
        session.fail(error.message, "settings")
    except Exception as error:
        feeder.flush()
        session.host.report("error", f"the model provider {session.settings.model_provider} failed: {error!r}")
        session.fail(f"The model provider {session.settings.model_provider} failed: {error}", "provider")
    finally:
        feeder.stop()


async def _pump(session: Session, provider: ModelProvider, wanted: ModelRequest, feeder: _Feeder) -> None:
    parts = provider.stream(wanted, _Context(session))  # type: ignore[arg-type]
    try:
        async for part in parts:
            feeder.take(part)
            if isinstance(part, PartCompleted):
                return
    finally:
        close = getattr(parts, "aclose", None)
        if close is not None:
            await close()
    raise ModelError(_CLOSED, code="stream_closed", retryable=True)


async def _request(session: Session) -> ModelRequest:
    settings, config, performer = session.settings, session.config, session.performer
    built = request.build(
        session.thread.history,
        thread_id=session.thread_id,
        turn_id=session.state.turn_id,
        instructions=config.base,
        tools=performer.specs,
        info=performer.info,
        choices=request.Choices(
            config.model, config.effort, settings.summary, settings.verbosity, settings.service_tier
        ),
        schema=performer.schema,
    )
    if session.start.subagent:
        built = msgspec.structs.replace(built, subagent=session.start.subagent)
    hooks = session.host.hooks
    if not hooks.any("before_request"):
        return built
    return await hooks.pipeline("before_request", built, host=session.host, thread=session.thread)


def _broke(session: Session, error: ModelError) -> None:
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
        )
    )


class _Feeder:
    """Joins the text that comes without a pause, and feeds everything in order."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._key: tuple[type, str, int] | None = None
        self._texts: list[str] = []
        self._scheduled = False
        self._stopped = False
        self._flushed = 0.0

    def take(self, part: ModelPart) -> None:
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
