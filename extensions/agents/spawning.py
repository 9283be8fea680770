"""`spawn_agent`.

Does not: open threads.
"""

from __future__ import annotations

from typing import Any

from csm.api import AgentOrder, ToolContext, ToolError, arguments, items, models, tools

from . import given, limits, roles
from .shown import Shown, told

_EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh")
#: What the models that csm knows can do.
_KNOWN_EFFORTS = ("low", "medium", "high", "xhigh")
_KNOWN_TIERS = ("priority",)
_FIELDS = {
    **given.MESSAGE,
    "agent_type": given.Field(),
    "model": given.Field(),
    "reasoning_effort": given.Field(arguments.Words(_EFFORTS)),
    "service_tier": given.Field(),
    "fork_context": given.Field("a boolean", nullable=False),
}
_DEEP = "Agent depth limit reached. Solve the task yourself."
_FORKED = (
    "Full-history forked agents inherit the parent agent type, model, and reasoning effort; omit agent_type, model, "
    "and reasoning_effort, or spawn without a full-history fork."
)


async def spawn(call: tools.ToolCall, cx: ToolContext) -> tools.ToolResult:
    """Begin the agent; its id and name. Raises ToolError."""
    wanted = arguments.read(call.arguments, _FIELDS, name=arguments.Struct("SpawnAgentArgs", 7))
    message = given.message(wanted)
    raw = cx.settings.raw
    if cx.agents.depth >= limits.depth(raw):
        raise ToolError(_DEEP)
    shown = Shown(call, cx, prompt=message.prompt)
    order = _order(wanted, message, cx, raw)
    try:
        agent = await cx.agents.spawn(order)
    except ToolError as error:
        raise ToolError(f"collab spawn failed: {error.message}") from None
    item = shown.ended({agent.id: items.AgentState("pending_init")})
    return told({"agent_id": agent.id, "nickname": agent.nickname}, item)


def _order(wanted: dict[str, Any], message: given.Message, cx: ToolContext, raw: dict[str, Any]) -> AgentOrder:
    """What is asked for, checked. Raises ToolError."""
    name = (wanted.get("agent_type") or "").strip() or None
    model, effort, tier = wanted.get("model"), wanted.get("reasoning_effort"), wanted.get("service_tier")
    fork = wanted.get("fork_context", False)
    if fork and (name or model or effort):
        raise ToolError(_FORKED)
    _check(cx, model, effort, tier)
    role = roles.find(raw, name or roles.DEFAULT)
    settings = {"service_tier": tier, **role.settings()} if tier else role.settings()
    return AgentOrder(
        message.text,
        message.images,
        message.prompt,
        role=name,
        nicknames=roles.nicknames(role),
        settings=settings,
        limit=limits.threads(raw),
        fork=fork,
        model=model,
        effort=effort,
    )


def _check(cx: ToolContext, model: str | None, effort: str | None, tier: str | None) -> None:
    """Refuse what no model can; where csm does not know the model at hand, it cannot tell."""
    if not cx.model.known:
        return
    if model is not None and not models.info(model).known:
        raise ToolError(f"Unknown model `{model}` for spawn_agent. Available models: {', '.join(models.listed())}")
    slug = model or cx.model.slug
    if effort is not None and effort not in _KNOWN_EFFORTS:
        known = ", ".join(_KNOWN_EFFORTS)
        raise ToolError(
            f"Reasoning effort `{effort}` is not supported for model `{slug}`. Supported reasoning efforts: {known}"
        )
    if tier is not None and tier not in _KNOWN_TIERS:
        known = ", ".join(_KNOWN_TIERS)
        raise ToolError(f"Service tier `{tier}` is not supported for model `{slug}`. Supported service tiers: {known}")
