"""Payloads of Codex's lines to bodies: 0.132's event messages, and 0.169's finished items.

Does not: read envelopes or `csm_event` lines; guess what a line of a kind unknown here means (None).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import msgspec

from csm.protocol import codec, events
from csm.protocol.items import AgentMessage, FileChange, PatchChange, Reasoning, UserMessage
from csm.protocol.model import Usage
from csm.protocol.rollout_calls import ContextCompacted, McpToolCallEnd, WebSearchEnd
from csm.protocol.rollout_items import ITEM, Change, body_item, patch_changes
from csm.protocol.tools import ApprovalPolicy, SandboxMode, SandboxPolicy

_FAILED = ("failed", "declined", "completed", "in_progress")


class _Own(msgspec.Struct, frozen=True):
    """What our lines say in the key `csm`."""

    id: str = ""
    turn: str = ""
    place: int | None = None
    ms: int | None = None
    images: tuple[str, ...] | None = None
    steer: bool = False
    partial: bool = False
    reason: Literal["interrupted", "replaced", "resumed"] | None = None
    code: str | None = None


class _Instructions(msgspec.Struct):
    text: str | None = None


class _SessionMeta(msgspec.Struct):
    id: str
    timestamp: str = ""
    cwd: str = ""
    originator: str = ""
    cli_version: str = ""
    source: Any = "cli"
    model_provider: str | None = None
    base_instructions: _Instructions | None = None
    forked_from_id: str | None = None
    parent_thread_id: Any = None
    thread_source: Any = ""
    git: dict[str, Any] | None = None


class _Sandbox(msgspec.Struct):
    type: SandboxMode | Literal["external-sandbox"]
    writable_roots: tuple[str, ...] = ()
    network_access: Any = False
    exclude_tmpdir_env_var: bool = False
    exclude_slash_tmp: bool = False


class _TurnContext(msgspec.Struct):
    cwd: str = ""
    model: str = ""
    turn_id: str = ""
    effort: str | None = None
    summary: str | None = None
    approval_policy: Any = "on-request"
    sandbox_policy: _Sandbox | None = None
    current_date: str | None = None
    timezone: str | None = None


class _Compacted(msgspec.Struct):
    message: str = ""
    replacement_history: tuple[msgspec.Raw, ...] | None = None


class _TaskStarted(msgspec.Struct, tag="task_started"):
    turn_id: str = ""
    started_at: int | None = None
    model_context_window: int | None = None
    collaboration_mode_kind: Any = None
    csm: _Own = _Own()


class _Error(msgspec.Struct):
    message: str = ""


class _TaskComplete(msgspec.Struct, tag="task_complete"):
    turn_id: str = ""
    last_agent_message: str | None = None
    completed_at: int | None = None
    duration_ms: int | None = None
    error: _Error | None = None
    csm: _Own = _Own()


class _TurnAborted(msgspec.Struct, tag="turn_aborted"):
    turn_id: str | None = None
    reason: str = "interrupted"
    csm: _Own = _Own()


class _UserMessage(msgspec.Struct, tag="user_message"):
    message: str = ""
    images: tuple[str, ...] | None = None
    local_images: tuple[str, ...] | None = None
    csm: _Own = _Own()


class _AgentMessage(msgspec.Struct, tag="agent_message"):
    message: str = ""
    phase: str | None = None
    csm: _Own = _Own()


class _AgentReasoning(msgspec.Struct, tag="agent_reasoning"):
    text: str = ""
    csm: _Own = _Own()


class _Tokens(msgspec.Struct, frozen=True):
    input_tokens: int = 0
    cached_input_tokens: int = 0
    output_tokens: int = 0
    reasoning_output_tokens: int = 0
    total_tokens: int = 0
    cache_write_input_tokens: int = 0


class _Info(msgspec.Struct):
    total_token_usage: _Tokens = _Tokens()
    last_token_usage: _Tokens = _Tokens()
    model_context_window: int | None = None


class _TokenCount(msgspec.Struct, tag="token_count"):
    info: _Info | None = None


class _PatchApplyEnd(msgspec.Struct, tag="patch_apply_end"):
    call_id: str
    turn_id: str = ""
    stdout: str = ""
    stderr: str = ""
    success: bool = True
    changes: dict[str, Change] = {}
    status: str | None = None
    csm: _Own = _Own()


class _NameUpdated(msgspec.Struct, tag="thread_name_updated"):
    thread_name: str | None = None


class _RolledBack(msgspec.Struct, tag="thread_rolled_back"):
    num_turns: int = 0
    csm: _Own = _Own()


class _ItemCompleted(msgspec.Struct, tag="item_completed"):
    turn_id: str
    item: msgspec.Raw


_Message = (
    _TaskStarted
    | _TaskComplete
    | _TurnAborted
    | _UserMessage
    | _AgentMessage
    | _AgentReasoning
    | _TokenCount
    | _PatchApplyEnd
    | _NameUpdated
    | _RolledBack
    | _ItemCompleted
    | McpToolCallEnd
    | WebSearchEnd
    | ContextCompacted
)

_metas = msgspec.json.Decoder(_SessionMeta)
_contexts = msgspec.json.Decoder(_TurnContext)
_compactions = msgspec.json.Decoder(_Compacted)
_messages = msgspec.json.Decoder(_Message)


def _session_meta(payload: msgspec.Raw) -> events.Body:
    meta = codec.decode_as(_metas, payload)
    return events.ThreadStarted(
        thread_id=meta.id,
        cwd=meta.cwd,
        source=meta.source if isinstance(meta.source, str) else codec.encode(meta.source).decode(),
        originator=meta.originator,
        provider=meta.model_provider or "",
        version=meta.cli_version,
        created=meta.timestamp,
        forked_from=meta.forked_from_id,
        git={key: value for key, value in (meta.git or {}).items() if isinstance(value, str)},
        instructions=meta.base_instructions.text if meta.base_instructions else None,
        parent=meta.parent_thread_id if isinstance(meta.parent_thread_id, str) else None,
        thread_source=meta.thread_source if isinstance(meta.thread_source, str) else "",
    )


def _turn_context(payload: msgspec.Raw) -> events.Body:
    found = codec.decode_as(_contexts, payload)
    return events.TurnContext(
        turn_id=found.turn_id,
        cwd=found.cwd,
        model=found.model,
        effort=found.effort,
        summary=found.summary,
        approval=_approval(found.approval_policy),
        sandbox=_sandbox(found.sandbox_policy),
        date=found.current_date or "",
        timezone=found.timezone or "",
    )


def _approval(value: Any) -> ApprovalPolicy:
    return value if value in ("untrusted", "on-failure", "on-request", "never") else "on-request"


def _sandbox(found: _Sandbox | None) -> SandboxPolicy:
    if found is None or found.type == "external-sandbox":
        return SandboxPolicy()
    return SandboxPolicy(
        mode=found.type,
        writable_roots=found.writable_roots,
        network_access=found.network_access is True or found.network_access == "enabled",
        exclude_tmpdir_env_var=found.exclude_tmpdir_env_var,
        exclude_slash_tmp=found.exclude_slash_tmp,
    )


def _response_item(payload: msgspec.Raw) -> events.Body:
    return events.HistoryAppended(payload)


def _compacted(payload: msgspec.Raw) -> events.Body:
    found = codec.decode_as(_compactions, payload)
    return events.HistoryReplaced(found.message, found.replacement_history or ())


def _event_msg(payload: msgspec.Raw) -> events.Body | None:
    found = codec.decode_as(_messages, payload)
    return _MESSAGES[type(found)](found)


def _task_started(found: _TaskStarted) -> events.Body:
    started = found.csm.ms if found.csm.ms is not None else (found.started_at or 0) * 1000
    mode = "plan" if found.collaboration_mode_kind == "plan" else "default"
    return events.TurnStarted(found.turn_id, started, found.model_context_window, mode)


def _task_complete(found: _TaskComplete) -> events.Body:
    if found.error is not None:
        return events.TurnFailed(found.turn_id, found.error.message, found.csm.code)
    ended = found.csm.ms if found.csm.ms is not None else (found.completed_at or 0) * 1000
    return events.TurnCompleted(found.turn_id, found.last_agent_message, ended, found.duration_ms or 0)


def _turn_aborted(found: _TurnAborted) -> events.Body:
    reason = found.csm.reason or ("replaced" if found.reason == "replaced" else "interrupted")
    return events.TurnInterrupted(found.turn_id or "", reason)


def _user_message(found: _UserMessage) -> events.Body:
    own = found.csm
    images = own.images if own.images is not None else (found.images or ()) + (found.local_images or ())
    return events.ItemCompleted(own.turn, UserMessage(own.id, found.message, images, own.steer), own.place)


def _agent_message(found: _AgentMessage) -> events.Body:
    item = AgentMessage(found.csm.id, found.message, found.phase, found.csm.partial)
    return events.ItemCompleted(found.csm.turn, item, found.csm.place)


def _agent_reasoning(found: _AgentReasoning) -> events.Body:
    item = Reasoning(found.csm.id, found.text, found.csm.partial)
    return events.ItemCompleted(found.csm.turn, item, found.csm.place)


def _token_count(found: _TokenCount) -> events.Body | None:
    if found.info is None:
        return None
    info = found.info
    return events.UsageReported(
        _usage(info.last_token_usage), _usage(info.total_token_usage), info.model_context_window
    )


def _usage(tokens: _Tokens) -> Usage:
    return Usage(
        tokens.input_tokens,
        tokens.cached_input_tokens,
        tokens.output_tokens,
        tokens.reasoning_output_tokens,
        tokens.total_tokens,
        tokens.cache_write_input_tokens,
    )


def _patch_apply_end(found: _PatchApplyEnd) -> events.Body:
    changes: tuple[PatchChange, ...] = patch_changes(found.changes)
    status: Any = found.status if found.status in _FAILED else ("completed" if found.success else "failed")
    item = FileChange(found.csm.id or found.call_id, changes, status, found.stdout, found.stderr)
    return events.ItemCompleted(found.turn_id, item, found.csm.place)


def _call_ended(found: McpToolCallEnd | WebSearchEnd | ContextCompacted) -> events.Body:
    return events.ItemCompleted(found.csm.turn, found.item(), found.csm.place)


def _name_updated(found: _NameUpdated) -> events.Body:
    return events.ThreadNamed(found.thread_name or "")


def _rolled_back(found: _RolledBack) -> events.Body:
    return events.RolledBack(found.num_turns, found.csm.turn)


def _item_completed(found: _ItemCompleted) -> events.Body | None:
    item = body_item(codec.decode_as(ITEM, found.item))
    return events.ItemCompleted(found.turn_id, item)


_MESSAGES: dict[type, Callable[[Any], events.Body | None]] = {
    _TaskStarted: _task_started,
    _TaskComplete: _task_complete,
    _TurnAborted: _turn_aborted,
    _UserMessage: _user_message,
    _AgentMessage: _agent_message,
    _AgentReasoning: _agent_reasoning,
    _TokenCount: _token_count,
    _PatchApplyEnd: _patch_apply_end,
    _NameUpdated: _name_updated,
    _RolledBack: _rolled_back,
    _ItemCompleted: _item_completed,
    McpToolCallEnd: _call_ended,
    WebSearchEnd: _call_ended,
    ContextCompacted: _call_ended,
}

#: Line type to the reader of its payload. A reader returns None, or raises, for what it does not know.
READERS: dict[str, Callable[[msgspec.Raw], events.Body | None]] = {
    "session_meta": _session_meta,
    "turn_context": _turn_context,
    "response_item": _response_item,
    "compacted": _compacted,
    "event_msg": _event_msg,
}
