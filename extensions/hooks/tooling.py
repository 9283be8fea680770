"""The events of tools: a hook may refuse or change a call, answer a question in the user's place, judge a result.

Does not: know the tools.
"""

from __future__ import annotations

from typing import Any

from csm.api import Moment, Thread, codec, items
from csm.api import tools as types

from . import calls, given, running, spilling
from .answers import Answer
from .calls import Seen
from .handlers import Handler

#: Where commands that went on running are remembered, by their calls.
_OPEN = "open"
_STOPPED = "PostToolUse hook stopped execution"


async def before(cx: Moment, call: types.ToolCall) -> types.ToolCall | types.ToolResult | None:
    """PreToolUse: the call to run in place of this one, or the answer where it is refused."""
    found = _seen(cx, call)
    if found is None:
        return None
    chosen = running.wanted(cx, "PreToolUse", found.names)
    if chosen:
        ran = await running.run(cx, chosen, _told(cx, "PreToolUse", found, tool_use_id=call.call_id), found.cwd)
        running.tell(cx, ran)
        answer = _ruled(call, found, ran)
        if answer is not None:
            return answer
    _remember(cx, call, found)
    return None


def _seen(cx: Moment, call: types.ToolCall) -> Seen | None:
    try:
        return calls.seen(call, cx.cwd)
    except ValueError:
        return None


def _ruled(
    call: types.ToolCall, found: Seen, ran: list[tuple[Handler, Answer]]
) -> types.ToolCall | types.ToolResult | None:
    refused = next((answer.reason for _, answer in ran if answer.status == "blocked"), None)
    if refused is not None:
        return types.ToolResult(_refusal(found, refused), success=False)
    inputs = [answer.changed for _, answer in ran if answer.changed is not None]
    if not inputs:
        return None
    other = calls.changed(call, inputs[-1])
    if other is None:
        return types.ToolResult("hook returned updatedInput without string field `command`", success=False)
    return other


def _refusal(found: Seen, reason: str) -> str:
    command = found.input.get("command") if found.name in ("Bash", "apply_patch") else None
    if isinstance(command, str):
        return f"Command blocked by PreToolUse hook: {reason}. Command: {command}"
    return f"Tool call blocked by PreToolUse hook: {reason}. Tool: {found.name}"


async def permission(cx: Moment) -> tuple[str, str] | None:
    """PermissionRequest: the answer to a question about a call, in the user's place."""
    found = _seen(cx, cx.call) if cx.call is not None else None
    chosen = running.wanted(cx, "PermissionRequest", found.names) if found is not None else []
    if found is None or not chosen:
        return None
    shown = found
    if found.why and isinstance(found.input, dict):
        shown = found._replace(input={**found.input, "description": found.why})
    ran = await running.run(cx, chosen, _told(cx, "PermissionRequest", shown), found.cwd)
    denied = next((answer.reason for _, answer in ran if answer.decision == "deny"), None)
    if denied is not None:
        return "decline", denied
    return ("accept", "") if any(answer.decision == "allow" for _, answer in ran) else None


async def after(cx: Moment, thread: Thread, call: types.ToolCall, result: types.ToolResult) -> types.ToolResult | None:
    """PostToolUse: what the model reads in place of the result, where a hook has something against it."""
    ended = _ended(cx, thread, call, result)
    if ended is None:
        return None
    call_id, found, response = ended
    chosen = running.wanted(cx, "PostToolUse", found.names)
    if not chosen:
        return None
    told = _told(cx, "PostToolUse", found, tool_response=response, tool_use_id=call_id)
    ran = await running.run(cx, chosen, told, found.cwd)
    running.tell(cx, ran)
    feedback = [answer.reason or _STOPPED for _, answer in ran if answer.status in ("blocked", "stopped")]
    if not feedback:
        return None
    return types.ToolResult(spilling.bounded(cx, "\n\n".join(feedback)), success=False, item=result.item)


def _told(cx: Moment, name: str, found: Seen, **fields: Any) -> bytes:
    return given.event(cx, name, cwd=found.cwd, tool_name=found.name, tool_input=found.input, **fields)


def _remember(cx: Moment, call: types.ToolCall, found: Seen) -> None:
    """A command may go on running when its call has ended."""
    if found.name == "Bash":
        cx.state.setdefault(_OPEN, {})[call.call_id] = found


def _ended(cx: Moment, thread: Thread, call: types.ToolCall, result: types.ToolResult) -> tuple[str, Seen, Any] | None:
    """What has come to its end with this result: the call, as hooks saw it, and what came of it."""
    found = _seen(cx, call)
    if found is None:
        item = _finished(thread, call)
        seen = cx.state.get(_OPEN, {}).pop(item.id, None) if item is not None else None
        return None if item is None or seen is None else (item.id, seen, item.output)
    item = result.item
    if isinstance(item, items.CommandExecution):
        cx.state.get(_OPEN, {}).pop(call.call_id, None)
        return (call.call_id, found, item.output) if item.exit_code is not None else None
    if not result.success or (found.name == "Bash" and item is None):
        return None
    if isinstance(item, items.McpToolCall) and item.result is not None:
        return call.call_id, found, codec.decode(item.result)
    return call.call_id, found, result.output


def _finished(thread: Thread, call: types.ToolCall) -> items.CommandExecution | None:
    """The command that a call waited for, if it has ended."""
    number = _number(call)
    if number is None:
        return None
    for entry in reversed(list(thread.entries.values())):
        item = entry.item
        if isinstance(item, items.CommandExecution) and item.process == number:
            return item if entry.done and item.exit_code is not None else None
    return None


def _number(call: types.ToolCall) -> int | None:
    try:
        value = codec.decode(call.arguments)
    except ValueError:
        return None
    number = value.get("session_id") if isinstance(value, dict) else None
    return number if isinstance(number, int) else None
