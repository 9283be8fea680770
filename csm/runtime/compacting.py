"""A summary of the history: asked of extensions, else of the model, and fed to the turn machine with the new history.

Does not: decide when, or try again (`csm.core.turn_compaction`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csm.core import compaction, request, response_items
from csm.core import effects as fx
from csm.core.fullness import Limit
from csm.protocol.errors import ModelError
from csm.protocol.model import ModelRequest, PartCompleted, PartItemDone, Usage
from csm.runtime import briefing, streaming

if TYPE_CHECKING:
    from csm.host.contracts import ModelProvider
    from csm.runtime.session import Session

_EMPTY = "The model was asked for a summary of this session and gave none."


async def summarise(session: Session, level: int) -> None:
    """Feed `Summarised`, `Broke` or `Fail`, unless cancelled."""
    history = list(session.thread.history)

    async def work(provider: ModelProvider) -> None:
        given = await _extension(session)
        summary, usage = (given, None) if given else await _model(session, provider, history, level)
        await _done(session, history, summary, usage)

    await streaming.told(session, work)


async def _extension(session: Session) -> str | None:
    answer = await session.host.hooks.pipeline("compact", None, host=session.host, thread=session.thread)
    return answer.strip() or None if isinstance(answer, str) else None


async def _model(
    session: Session, provider: ModelProvider, history: list[bytes], level: int
) -> tuple[str, Usage | None]:
    """The text of the model's last message, and what it cost. Raises ModelError."""
    text, usage = "", None
    async for part in streaming.parts(session, provider, await _request(session, history, level)):
        if isinstance(part, PartItemDone):
            item = response_items.received(part.raw)
            text = (response_items.message_text(item) if item.kind == "message" else "") or text
        elif isinstance(part, PartCompleted):
            usage = part.usage
    if not text.strip():
        raise ModelError(_EMPTY, code="no_summary")
    return text.strip(), usage


async def _request(session: Session, history: list[bytes], level: int) -> ModelRequest:
    """The request that any turn would send, but for the tools, the schema and the question at its end."""
    own = session.settings.raw.get("compact_prompt")
    asked = compaction.span(history, own if isinstance(own, str) and own.strip() else compaction.ASK, level)
    return await streaming.prepared(session, asked, tools=(), schema=None)


async def _done(session: Session, history: list[bytes], summary: str, usage: Usage | None) -> None:
    brief = await briefing.brief(session, session.state.turn_id)
    new = compaction.replacement(history, request.missing((), brief.wanted), summary)
    tokens = compaction.estimate(new, session.config.base)
    session.feed(fx.Summarised(session.clock.now(), summary, new, tokens, usage))


def possible(session: Session) -> bool:
    """Whether there is anything to sum up."""
    return compaction.worthwhile(session.thread.history)


def due(session: Session, limit: Limit) -> bool:
    """Whether a turn that begins now must begin with it. Where the provider gives no figures, they are estimated."""
    thread = session.thread
    last = thread.last_usage.total if thread.last_usage is not None else 0
    tokens = last or compaction.estimate(thread.history, session.config.base)
    return limit.reached(tokens, session.state.prefix) and possible(session)


def room(session: Session, error: ModelError) -> bool:
    """Whether a history that did not fit can be made shorter."""
    return error.code == "context_length_exceeded" and not session.state.summarising and possible(session)
