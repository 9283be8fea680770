"""What holds when a turn begins: the model's facts, the context it must be told, the room there is.

Does not: decide what of the context has been said already (`csm.core.request`), or begin anything.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from csm.core import fullness, models, prompts, request
from csm.core.fullness import Limit
from csm.protocol import events
from csm.protocol.errors import ModelError, SettingError
from csm.protocol.model import ModelInfo
from csm.runtime import catalog, surroundings

if TYPE_CHECKING:
    from csm.host.host import Host
    from csm.host.settings import Settings
    from csm.runtime.session import Session


class Brief(msgspec.Struct, frozen=True):
    """`window` is what a conversation may fill of the model's window, `limit` where it is compacted."""

    info: ModelInfo
    context: events.TurnContext
    wanted: request.Wanted
    window: int
    limit: Limit


async def brief(session: Session, turn_id: str) -> Brief:
    """All of it, read now."""
    config, settings = session.config, session.settings
    info = facts(session, config.model)
    rules = await asyncio.to_thread(surroundings.rules, settings, Path(session.start.cwd))
    context = _context(session, turn_id)
    whole = settings.context_window or info.context_window
    shell = surroundings.shell(session.host.env)
    wanted = request.Wanted(
        (
            prompts.permissions(config.sandbox, config.approval, session.start.cwd),
            prompts.collaboration(config.collaboration),
            settings.developer_instructions or "",
            *config.instructions,
        ),
        (rules, prompts.environment(session.start.cwd, shell, context.date, context.timezone)),
    )
    usable = models.usable(whole)
    body = settings.auto_compact_scope == "body_after_prefix"
    limit = fullness.limit(whole, usable, settings.auto_compact_limit, body=body)
    return Brief(info, context, wanted, usable, limit)


def facts(session: Session, slug: str) -> ModelInfo:
    """What is known of a model in a session."""
    return known(session.host, session.settings, slug)


def known(host: Host, settings: Settings, slug: str) -> ModelInfo:
    """What the settings' provider knows of a model, else what the user's catalog or our table says."""
    try:
        ask = getattr(host.model_provider(settings.model_provider), "info", None)
    except ModelError:
        ask = None  # the turn will fail with this error where it is told
    return (ask(slug) if ask else None) or models.info(slug, _catalog(host, settings))


def _catalog(host: Host, settings: Settings) -> models.Catalog | None:
    try:
        return catalog.catalog(settings)
    except SettingError as error:  # it was well when the session was opened
        host.report("error", error.message)
        return None


def _context(session: Session, turn_id: str) -> events.TurnContext:
    config = session.config
    return events.TurnContext(
        turn_id=turn_id,
        cwd=session.start.cwd,
        model=config.model,
        effort=config.effort,
        summary=session.settings.summary,
        approval=config.approval,
        sandbox=config.sandbox,
        date=f"{session.clock.local():%Y-%m-%d}",
        timezone=surroundings.zone(session.host.env),
    )
