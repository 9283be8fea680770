"""`spawn_agent`.

Without the namespace it checks arguments as 0.132 does, within it as 0.169.

Does not: open threads.
"""

from __future__ import annotations

from typing import Any

from csm.api import AgentOrder, ToolContext, ToolError, arguments, items, models, tools

from . import catalogs, given, limits, roles
from .shown import Shown, told

_EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh")
_KNOWN_TIERS = ("priority",)
_FIELDS = {
    **given.MESSAGE,
    "agent_type": given.Field(),
    "model": given.Field(),
    "reasoning_effort": given.Field(),
    "fork_context": given.Field("a boolean", nullable=False),
}
_PLAIN_FIELDS = {
    **_FIELDS,
    "reasoning_effort": given.Field(arguments.Words(_EFFORTS)),
    "service_tier": given.Field(),
}
_DEEP = "Agent depth limit reached. Solve the task yourself."
_FORKED = (
    "Full-history forked agents inherit the parent agent type; omit agent_type, or spawn without a full-history fork."
)
_PLAIN_FORKED = (
    "Full-history forked agents inherit the parent agent type, model, and reasoning effort; omit agent_type, model, "
    "and reasoning_effort, or spawn without a full-history fork."
)


async def spawn(call: tools.ToolCall, cx: ToolContext) -> tools.ToolResult:
    """Begin the agent; its id and name. Raises ToolError."""
    plain = call.namespace is None
    wanted = arguments.read(call.arguments, _PLAIN_FIELDS if plain else _FIELDS, name="struct SpawnAgentArgs")
    message = given.message(wanted)
    if cx.agents.depth >= limits.depth(cx.settings.raw):
        raise ToolError(_DEEP)
    shown = Shown(call, cx, prompt=message.prompt)
    order = _order(wanted, message, cx, plain=plain)
    try:
        agent = await cx.agents.spawn(order)
    except ToolError as error:
        raise ToolError(f"collab spawn failed: {error.message}") from None
    item = shown.ended({agent.id: items.AgentState("pending_init")})
    return told({"agent_id": agent.id, "nickname": agent.nickname}, item)


def _order(wanted: dict[str, Any], message: given.Message, cx: ToolContext, *, plain: bool) -> AgentOrder:
    """What is asked for, checked. Raises ToolError."""
    name = (wanted.get("agent_type") or "").strip() or None
    model, effort, tier = wanted.get("model"), wanted.get("reasoning_effort"), wanted.get("service_tier")
    fork = wanted.get("fork_context", False)
    if fork and (name or (plain and (model or effort))):
        raise ToolError(_PLAIN_FORKED if plain else _FORKED)
    _check(cx, model, effort, tier)
    role = roles.find(cx.settings, name or roles.DEFAULT)
    settings = {"service_tier": tier, **role.settings()} if tier else role.settings()
    return AgentOrder(
        message.text,
        message.images,
        message.prompt,
        role=name,
        nicknames=roles.nicknames(role),
        settings=settings,
        limit=limits.threads(cx.settings.raw),
        fork=fork,
        model=model,
        effort=effort,
    )


def _check(cx: ToolContext, model: str | None, effort: str | None, tier: str | None) -> None:
    """Refuse what no model can; where csm does not know the model at hand, it cannot tell."""
    if not cx.model.known:
        return
    catalog = catalogs.of(cx.settings)
    info = cx.model if model is None else models.info(model, catalog)
    if model is not None and not info.known:
        known = ", ".join(models.listed(catalog))
        raise ToolError(f"Unknown model `{model}` for spawn_agent. Available models: {known}")
    if effort is not None and info.efforts and effort not in info.efforts:
        _refuse("Reasoning effort", effort, info.slug, info.efforts)
    if tier is not None and tier not in _KNOWN_TIERS:
        _refuse("Service tier", tier, info.slug, _KNOWN_TIERS)


def _refuse(what: str, wanted: str, slug: str, known: tuple[str, ...]) -> None:
    there = f"Supported {what.lower()}s: {', '.join(known)}"
    raise ToolError(f"{what} `{wanted}` is not supported for model `{slug}`. {there}")
