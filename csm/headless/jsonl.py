"""Events of a thread as the lines of `exec --json`: Codex's names, fields, order and nulls.

Does not: write anywhere, or shape what people read (`csm.headless.text`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from csm.protocol import codec, events, items
from csm.protocol.events import Event
from csm.protocol.model import Usage

Line = dict[str, Any]


class JsonLines:
    """Turns events into lines, one JSON object each, without the newline.

    Items are numbered in the order in which they first show. `usage` is what the thread has used so far.
    """

    def __init__(self, usage: Usage) -> None:
        self.usage = usage
        self._numbers: dict[str, str] = {}
        self._plan: items.Plan | None = None
        self._take: dict[type, Callable[[Any], Iterator[Line | bytes]]] = {
            events.TurnStarted: self._turn_started,
            events.ItemStarted: self._started,
            events.ItemUpdated: self._updated,
            events.ItemCompleted: self._completed,
            events.UsageReported: self._usage,
            events.Reconnecting: self._reconnecting,
            events.TurnCompleted: self._turn_completed,
            events.TurnFailed: self._turn_failed,
        }

    def open(self, thread_id: str) -> list[bytes]:
        """The first line."""
        return [codec.encode({"type": "thread.started", "thread_id": thread_id})]

    def take(self, event: Event) -> list[bytes]:
        """The lines of one event; often none."""
        take = self._take.get(type(event.body))
        lines = take(event.body) if take else ()
        return [line if isinstance(line, bytes) else codec.encode(line) for line in lines]

    def close(self) -> list[bytes]:
        """Nothing more: a turn that was stopped says so by its exit status alone."""
        return []

    def _turn_started(self, body: events.TurnStarted) -> Iterator[Line]:
        yield {"type": "turn.started"}

    def _started(self, body: events.ItemStarted) -> Iterator[Line | bytes]:
        if isinstance(body.item, items.Plan):
            yield from self._plan_version(body.item)
        elif isinstance(body.item, _LIVE):
            yield self._line("item.started", body.item)

    def _updated(self, body: events.ItemUpdated) -> Iterator[Line | bytes]:
        if isinstance(body.item, items.Plan):
            yield from self._plan_version(body.item)

    def _completed(self, body: events.ItemCompleted) -> Iterator[Line | bytes]:
        if isinstance(body.item, items.Plan):
            if body.item != self._plan:
                yield from self._plan_version(body.item)
        elif isinstance(body.item, items.Notice) and body.item.level == "info":
            return  # Codex's lines have a word for what went wrong only
        elif type(body.item) in _SHAPES and not getattr(body.item, "partial", False):
            if isinstance(body.item, items.WebSearch) and body.item.id not in self._numbers:
                yield self._line("item.started", body.item)  # a provider's search is told when it is over
            yield self._line("item.completed", body.item)

    def _plan_version(self, plan: items.Plan) -> Iterator[Line | bytes]:
        kind = "item.started" if self._plan is None else "item.updated"
        self._plan = plan
        yield self._line(kind, plan)

    def _end_plan(self) -> Iterator[Line | bytes]:
        if self._plan is not None:
            yield self._line("item.completed", self._plan)
        self._plan = None

    def _usage(self, body: events.UsageReported) -> Iterator[Line]:
        self.usage = body.total
        return iter(())

    def _reconnecting(self, body: events.Reconnecting) -> Iterator[Line]:
        yield {"type": "error", "message": body.message}

    def _turn_completed(self, body: events.TurnCompleted) -> Iterator[Line | bytes]:
        yield from self._end_plan()
        usage = self.usage
        yield {
            "type": "turn.completed",
            "usage": {
                "input_tokens": usage.input,
                "cached_input_tokens": usage.cached,
                "cache_write_input_tokens": usage.written,
                "output_tokens": usage.output,
                "reasoning_output_tokens": usage.reasoning,
            },
        }

    def _turn_failed(self, body: events.TurnFailed) -> Iterator[Line | bytes]:
        yield {"type": "error", "message": body.message}
        yield from self._end_plan()
        yield {"type": "turn.failed", "error": {"message": body.message}}

    def _line(self, kind: str, item: items.Item) -> Line | bytes:
        number = self._numbers.setdefault(item.id, f"item_{len(self._numbers)}")
        name, fields = _SHAPES[type(item)]
        shape = {"id": number, "type": name, **fields(item)}
        if isinstance(item, items.WebSearch):
            return _twice(kind, shape, item.call_id)
        return {"type": kind, "item": shape}


def _twice(kind: str, shape: Line, call_id: str) -> bytes:
    """Codex names a search's call in a second `id`, which no dict can hold."""
    line = codec.encode({"type": kind, "item": shape})
    mark = b'"type":"web_search"'
    return line.replace(mark, mark + b',"id":' + codec.encode(call_id), 1)


def _command(item: items.CommandExecution) -> Line:
    return {
        "command": item.command,
        "aggregated_output": item.output,
        "exit_code": item.exit_code,
        "status": item.status,
    }


def _file_change(item: items.FileChange) -> Line:
    changes = [{"path": change.path, "kind": change.kind} for change in item.changes]
    return {"changes": changes, "status": "failed" if item.status == "declined" else item.status}


def _mcp(item: items.McpToolCall) -> Line:
    error = None if item.error is None else {"message": item.error}
    result = None if item.result is None or error else _mcp_result(item.result)
    return {
        "server": item.server,
        "tool": item.tool,
        "arguments": item.arguments,
        "result": result,
        "error": error,
        "status": "failed" if item.status == "declined" else item.status,
    }


def _mcp_result(raw: msgspec.Raw) -> Line:
    value = codec.decode(raw)
    table = value if isinstance(value, dict) else {}
    structured = table.get("structured_content", table.get("structuredContent"))
    meta = {} if table.get("_meta") is None else {"_meta": table["_meta"]}
    return {"content": table.get("content", []), **meta, "structured_content": structured}


def _collab(item: items.CollabToolCall) -> Line:
    """Codex has no word of its own for reopening an agent: it tells it as waiting."""
    tool = "wait" if item.tool in ("wait_agent", "resume_agent") else item.tool
    return {
        "tool": tool,
        "sender_thread_id": item.sender,
        "receiver_thread_ids": item.receivers,
        "prompt": item.prompt,
        "agents_states": {
            agent: {"status": state.status, "message": state.message} for agent, state in item.agents.items()
        },
        "status": "failed" if item.status == "declined" else item.status,
    }


def _tool_use(item: items.ToolUse) -> Line:
    """A tool of an extension, in the shape readers of `mcp_tool_call` know; its server is csm."""
    try:
        arguments = codec.decode(item.arguments) if item.arguments else {}
    except ValueError:
        arguments = item.arguments
    failed = item.status in ("failed", "declined")
    done = item.status == "completed"
    return {
        "server": "csm",
        "tool": item.tool,
        "arguments": arguments,
        "result": {"content": [{"type": "text", "text": item.output}], "structured_content": None} if done else None,
        "error": {"message": item.output} if failed else None,
        "status": "failed" if failed else item.status,
    }


def _todo(item: items.Plan) -> Line:
    return {"items": [{"text": step.step, "completed": step.status == "completed"} for step in item.steps]}


_SHAPES: dict[type, tuple[str, Callable[[Any], Line]]] = {
    items.AgentMessage: ("agent_message", lambda item: {"text": item.text}),
    items.Reasoning: ("reasoning", lambda item: {"text": item.text}),
    items.CommandExecution: ("command_execution", _command),
    items.FileChange: ("file_change", _file_change),
    items.McpToolCall: ("mcp_tool_call", _mcp),
    items.ToolUse: ("mcp_tool_call", _tool_use),
    items.CollabToolCall: ("collab_tool_call", _collab),
    items.WebSearch: ("web_search", lambda item: {"query": item.query, "action": item.action}),
    items.Plan: ("todo_list", _todo),
    items.Notice: ("error", lambda item: {"message": item.message}),
}
_LIVE = (
    items.CommandExecution,
    items.FileChange,
    items.McpToolCall,
    items.ToolUse,
    items.CollabToolCall,
    items.WebSearch,
)
