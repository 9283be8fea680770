"""The events of threads and turns: what hooks are told, and what follows from their answers.

Does not: know tools (`tooling.py`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from html import escape
from typing import Any

from csm.api import Host, Moment, StoreError, model

from . import given, running, spilling


async def started(cx: Moment, source: str) -> str | None:
    """SessionStart, or SubagentStart in an agent's thread; an answer ends the turn."""
    if cx.lineage is not None:
        if source == "compact":
            return None
        chosen = running.wanted(cx, "SubagentStart", [given.role(cx)])
        told = given.of_agent(cx, "SubagentStart") if chosen else b""
    else:
        chosen = running.wanted(cx, "SessionStart", [source])
        told = given.of_thread(cx, "SessionStart", source=source) if chosen else b""
    ran = await running.run(cx, chosen, told)
    running.tell(cx, ran)
    return "" if any(answer.status == "stopped" for _, answer in ran) else None


async def prompted(cx: Moment, prompt: str) -> str | None:
    """UserPromptSubmit; an answer keeps the prompt from the model."""
    chosen = running.wanted(cx, "UserPromptSubmit")
    if not chosen:
        return None
    ran = await running.run(cx, chosen, given.event(cx, "UserPromptSubmit", prompt=prompt))
    running.tell(cx, ran)
    return "" if any(answer.status in ("blocked", "stopped") for _, answer in ran) else None


async def requesting(cx: Moment) -> None:
    """PreModelRequest."""
    chosen = running.wanted(cx, "PreModelRequest")
    if chosen:
        await running.run(cx, chosen, given.of_request(cx, "PreModelRequest"))


async def requested(cx: Moment, status: str, error: str | None, usage: model.Usage | None) -> None:
    """PostModelRequest."""
    chosen = running.wanted(cx, "PostModelRequest")
    if chosen:
        told = given.of_request(cx, "PostModelRequest", status=status, error=error, token_usage=_tokens(usage))
        await running.run(cx, chosen, told)


def _tokens(usage: model.Usage | None) -> dict[str, int] | None:
    if usage is None:
        return None
    return {
        "input_tokens": usage.input,
        "cached_input_tokens": usage.cached,
        "cache_write_input_tokens": getattr(usage, "written", 0),
        "output_tokens": usage.output,
        "reasoning_output_tokens": usage.reasoning,
        "total_tokens": usage.total,
    }


async def compacting(cx: Moment, name: str, trigger: str) -> str | None:
    """PreCompact and PostCompact; an answer ends the turn."""
    chosen = running.wanted(cx, name, [trigger])
    if not chosen:
        return None
    ran = await running.run(cx, chosen, given.of_summary(cx, name, trigger))
    return "" if any(answer.status == "stopped" for _, answer in ran) else None


async def stopping(host: Host, cx: Moment, message: str, again: bool) -> Sequence[str] | None:
    """Stop, or SubagentStop in an agent's thread: what the model is sent back with."""
    agent = cx.lineage is not None
    chosen = running.wanted(cx, "SubagentStop" if agent else "Stop", [given.role(cx)] if agent else ())
    if not chosen:
        return None
    said: dict[str, Any] = {"stop_hook_active": again, "last_assistant_message": message or None}
    if agent:
        place = {"transcript_path": await _parents_log(host, cx), "agent_transcript_path": cx.log or None}
        told = given.of_agent(cx, "SubagentStop", before=place, **said)
    else:
        told = given.event(cx, "Stop", **said)
    ran = await running.run(cx, chosen, told)
    if any(answer.status == "stopped" for _, answer in ran):
        return None
    return [
        _prompt(handler.run_id, spilling.bounded(cx, answer.reason))
        for handler, answer in ran
        if answer.status == "blocked"
    ]


def _prompt(run_id: str, reason: str) -> str:
    return f'<hook_prompt hook_run_id="{escape(run_id)}">{escape(reason, quote=False)}</hook_prompt>'


async def _parents_log(host: Host, cx: Moment) -> str | None:
    assert cx.lineage is not None
    try:
        head = await asyncio.to_thread(host.store().find, cx.lineage.parent)
    except StoreError:
        return None
    return head.path or None


async def interrupted(cx: Moment) -> None:
    """Interrupt."""
    chosen = running.wanted(cx, "Interrupt")
    if chosen:
        await running.run(cx, chosen, given.event(cx, "Interrupt"))


async def ended(cx: Moment) -> None:
    """SessionEnd. What it has to say is not shown: there is nobody left to read it."""
    chosen = running.wanted(cx, "SessionEnd", ["other"])
    if chosen:
        await running.run(cx, chosen, given.of_thread(cx, "SessionEnd", whole=False, reason="other"))
