"""Bodies to the payloads of Codex's own lines, as 0.132 writes them.

Does not: write envelopes, or bodies that Codex has no word for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from csm.protocol import codec, events, items, rollout_calls
from csm.protocol.model import Usage
from csm.protocol.tools import SandboxPolicy

#: Items that Codex has words for, once they are finished.
_SAID = (
    items.UserMessage,
    items.AgentMessage,
    items.Reasoning,
    items.FileChange,
    items.Compaction,
    items.WebSearch,
    items.McpToolCall,
)

#: A line's type and payload, or None where Codex has no word for the body.
Written = tuple[str, bytes] | None


def _session_meta(body: events.ThreadStarted, _: str) -> Written:
    payload: dict[str, Any] = {
        "id": body.thread_id,
        "timestamp": body.created,
        "cwd": body.cwd,
        "originator": body.originator,
        "cli_version": body.version,
        "source": msgspec.Raw(body.source.encode()) if body.source.startswith("{") else body.source,
        "model_provider": body.provider,
    }
    if body.parent is not None:
        payload["parent_thread_id"] = body.parent
    if body.thread_source:
        payload["thread_source"] = body.thread_source
    payload |= _agent(body.source)
    if body.instructions is not None:
        payload["base_instructions"] = {"text": body.instructions}
    if body.git:
        payload["git"] = body.git
    if body.forked_from is not None:
        payload["forked_from_id"] = body.forked_from
    return "session_meta", codec.encode(payload)


def _agent(source: str) -> dict[str, str]:
    """What Codex repeats of an agent's source beside it."""
    if '"agent_nickname"' not in source:
        return {}
    spawn = codec.decode(source)["subagent"]["thread_spawn"]
    names = ("agent_nickname", "agent_role")
    return {name: spawn[name] for name in names if isinstance(spawn.get(name), str)}


def _turn_context(body: events.TurnContext, _: str) -> Written:
    payload = {
        "turn_id": body.turn_id,
        "cwd": body.cwd,
        "current_date": body.date,
        "timezone": body.timezone,
        "approval_policy": body.approval,
        "sandbox_policy": _sandbox(body.sandbox),
        "model": body.model,
        "effort": body.effort,
        "summary": body.summary or "auto",
    }
    return "turn_context", codec.encode({key: value for key, value in payload.items() if value not in ("", None)})


def _sandbox(policy: SandboxPolicy) -> dict[str, Any]:
    if policy.mode != "workspace-write":
        return {"type": policy.mode}
    return {
        "type": policy.mode,
        "writable_roots": policy.writable_roots,
        "network_access": policy.network_access,
        "exclude_tmpdir_env_var": policy.exclude_tmpdir_env_var,
        "exclude_slash_tmp": policy.exclude_slash_tmp,
    }


def _response_item(body: events.HistoryAppended, _: str) -> Written:
    return "response_item", bytes(body.raw)


def _compacted(body: events.HistoryReplaced, _: str) -> Written:
    history = {"replacement_history": body.history} if body.history else {}
    return "compacted", codec.encode({"message": body.message, **history})


def _message(kind: str, **fields: Any) -> Written:
    return "event_msg", codec.encode({"type": kind, **fields})


def _turn_started(body: events.TurnStarted, _: str) -> Written:
    return _message(
        "task_started",
        turn_id=body.turn_id,
        started_at=body.started // 1000,
        model_context_window=body.context_window,
        collaboration_mode_kind=body.collaboration,
        csm={"ms": body.started},
    )


def _turn_completed(body: events.TurnCompleted, _: str) -> Written:
    return _message(
        "task_complete",
        turn_id=body.turn_id,
        last_agent_message=body.last_message,
        completed_at=body.ended // 1000,
        duration_ms=body.duration_ms,
        csm={"ms": body.ended},
    )


def _turn_failed(body: events.TurnFailed, _: str) -> Written:
    error = {"message": body.message, "codex_error_info": "other"}
    own = {"code": body.code}
    return _message("task_complete", turn_id=body.turn_id, last_agent_message=None, error=error, csm=own)


def _turn_interrupted(body: events.TurnInterrupted, _: str) -> Written:
    reason = "replaced" if body.reason == "replaced" else "interrupted"
    return _message("turn_aborted", turn_id=body.turn_id, reason=reason, csm={"reason": body.reason})


def _rolled_back(body: events.RolledBack, _: str) -> Written:
    return _message("thread_rolled_back", num_turns=body.said, csm={"turn": body.turn_id})


def _named(body: events.ThreadNamed, thread_id: str) -> Written:
    return _message("thread_name_updated", thread_id=thread_id, thread_name=body.name)


def _usage_reported(body: events.UsageReported, _: str) -> Written:
    info = {
        "total_token_usage": _usage(body.total),
        "last_token_usage": _usage(body.last),
        "model_context_window": body.context_window,
    }
    return _message("token_count", info=info, rate_limits=None)


def _usage(usage: Usage) -> dict[str, int]:
    return {
        "input_tokens": usage.input,
        "cached_input_tokens": usage.cached,
        **({"cache_write_input_tokens": usage.written} if usage.written else {}),
        "output_tokens": usage.output,
        "reasoning_output_tokens": usage.reasoning,
        "total_tokens": usage.total,
    }


def _item_completed(body: events.ItemCompleted, _: str) -> Written:
    item = body.item
    own: dict[str, Any] = {"id": item.id, "turn": body.turn_id, "place": body.place}
    if isinstance(item, items.UserMessage):
        return _user_message(item, own)
    if isinstance(item, items.AgentMessage):
        own["partial"] = item.partial
        return _message("agent_message", message=item.text, phase=item.phase, memory_citation=None, csm=own)
    if isinstance(item, items.Reasoning):
        return _message("agent_reasoning", text=item.text, csm={**own, "partial": item.partial})
    if isinstance(item, items.FileChange):
        return _patch_end(item, body.turn_id, own)
    told = rollout_calls.written(item, own)
    return None if told is None else ("event_msg", codec.encode(told))


def has_words(item: items.Item) -> bool:
    """Whether Codex has words for a finished item."""
    return isinstance(item, _SAID) and not (isinstance(item, items.FileChange) and item.status == "in_progress")


def _user_message(item: items.UserMessage, own: dict[str, Any]) -> Written:
    remote = [image for image in item.images if image.startswith(("data:", "http:", "https:"))]
    local = [image for image in item.images if image not in remote]
    own = {**own, "images": item.images, "steer": item.steer}
    return _message("user_message", message=item.text, images=remote, local_images=local, text_elements=[], csm=own)


def _patch_end(item: items.FileChange, turn_id: str, own: dict[str, Any]) -> Written:
    if item.status == "in_progress":
        return None
    return _message(
        "patch_apply_end",
        call_id=item.id,
        turn_id=turn_id,
        stdout=item.stdout,
        stderr=item.stderr,
        success=item.status == "completed",
        changes={change.path: _change(change) for change in item.changes},
        status=item.status,
        csm=own,
    )


def _change(change: items.PatchChange) -> dict[str, Any]:
    if change.kind == "update":
        return {"type": "update", "unified_diff": change.diff, "move_path": change.move_path}
    return {"type": change.kind, "content": change.diff}


#: Body type to its writer: `(body, thread id)` to type and payload.
WRITERS: dict[type, Callable[[Any, str], Written]] = {
    events.ThreadStarted: _session_meta,
    events.TurnContext: _turn_context,
    events.HistoryAppended: _response_item,
    events.HistoryReplaced: _compacted,
    events.TurnStarted: _turn_started,
    events.TurnCompleted: _turn_completed,
    events.TurnFailed: _turn_failed,
    events.TurnInterrupted: _turn_interrupted,
    events.RolledBack: _rolled_back,
    events.ThreadNamed: _named,
    events.UsageReported: _usage_reported,
    events.ItemCompleted: _item_completed,
}
