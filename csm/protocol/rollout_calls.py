"""Calls of MCP servers, searches and compactions in rollout lines: 0.132's event messages and 0.169's finished items.

Does not: know the lines around them.
"""

from __future__ import annotations

from typing import Any, cast

import msgspec

from csm.protocol import codec
from csm.protocol.items import Compaction, Item, McpToolCall, Status, WebSearch

_NOTHING = msgspec.Raw(b"{}")
#: A union with None would not take any JSON.
_ABSENT = msgspec.Raw(b"null")


class Own(msgspec.Struct, frozen=True):
    """What our lines add in the key `csm`."""

    id: str = ""
    turn: str = ""
    place: int | None = None
    ms: int | None = None
    status: Status = "completed"
    call_id: str = ""
    summary: str = ""
    error: str | None = None


class _Duration(msgspec.Struct):
    secs: int = 0
    nanos: int = 0


class _Invocation(msgspec.Struct):
    server: str = ""
    tool: str = ""
    arguments: msgspec.Raw = _NOTHING


class _Result(msgspec.Struct):
    Ok: msgspec.Raw = _ABSENT
    Err: str | None = None


class _Flags(msgspec.Struct):
    isError: bool | None = None


class McpToolCallEnd(msgspec.Struct, tag="mcp_tool_call_end"):
    """0.132: a call of an MCP server's tool has ended."""

    call_id: str = ""
    invocation: _Invocation = msgspec.field(default_factory=_Invocation)
    duration: _Duration | None = None
    result: _Result = msgspec.field(default_factory=_Result)
    csm: Own = Own()

    def item(self) -> Item:
        """The item."""
        called, own, result = self.invocation, self.csm, _present(self.result.Ok)
        if own.id:
            status, error, took = own.status, own.error, own.ms
        else:
            status = "failed" if result is None or _failed(result) else "completed"
            error, took = self.result.Err, _milliseconds(self.duration)
        ident = own.id or self.call_id
        return McpToolCall(ident, called.server, called.tool, called.arguments, status, result, error, took)


class WebSearchEnd(msgspec.Struct, tag="web_search_end"):
    """0.132: the provider has searched."""

    call_id: str = ""
    query: str = ""
    action: msgspec.Raw = _NOTHING
    csm: Own = Own()

    def item(self) -> Item:
        """The item."""
        return WebSearch(self.csm.id or self.call_id, self.call_id, self.query, self.action, self.csm.status)


class ContextCompacted(msgspec.Struct, tag="context_compacted"):
    """0.132: the history was replaced; the line `compacted` says by what."""

    csm: Own = Own()

    def item(self) -> Item:
        """The item."""
        return Compaction(self.csm.id, self.csm.summary)


class McpToolCallItem(msgspec.Struct, tag="McpToolCall"):
    """0.169: a finished call of an MCP server's tool."""

    id: str = ""
    server: str = ""
    tool: str = ""
    arguments: msgspec.Raw = _NOTHING
    status: str = "completed"
    result: msgspec.Raw = _ABSENT
    error: Any = None
    duration: _Duration | None = None

    def item(self) -> Item:
        """The item."""
        status: Status = "failed" if self.status == "failed" else "completed"
        took, result, error = _milliseconds(self.duration), _present(self.result), self._error()
        return McpToolCall(self.id, self.server, self.tool, self.arguments, status, result, error, took)

    def _error(self) -> str | None:
        given: Any = self.error
        text = cast("dict[str, Any]", given).get("message") if isinstance(given, dict) else given
        return text if isinstance(text, str) else None


class WebSearchItem(msgspec.Struct, tag="WebSearch"):
    """0.169: a finished search."""

    id: str = ""
    query: str = ""
    action: msgspec.Raw = _NOTHING

    def item(self) -> Item:
        """The item."""
        return WebSearch(self.id, self.id, self.query, self.action)


class ContextCompactionItem(msgspec.Struct, tag="ContextCompaction"):
    """0.169: a finished compaction."""

    id: str = ""

    def item(self) -> Item:
        """The item."""
        return Compaction(self.id)


def written(item: Item, own: dict[str, Any]) -> dict[str, Any] | None:
    """The payload of 0.132's event message for an item, or None where it has no words for it."""
    if isinstance(item, Compaction):
        return {"type": "context_compacted", "csm": {**own, "summary": item.summary}}
    if isinstance(item, WebSearch):
        told = {"type": "web_search_end", "call_id": item.call_id, "query": item.query, "action": item.action}
        return {**told, "csm": {**own, "status": item.status}}
    return _mcp_end(item, own) if isinstance(item, McpToolCall) else None


def _mcp_end(item: McpToolCall, own: dict[str, Any]) -> dict[str, Any]:
    took = item.duration_ms or 0
    return {
        "type": "mcp_tool_call_end",
        "call_id": item.id,
        "invocation": {"server": item.server, "tool": item.tool, "arguments": item.arguments},
        "duration": {"secs": took // 1000, "nanos": took % 1000 * 1_000_000},
        "result": {"Ok": item.result} if item.result is not None else {"Err": item.error or ""},
        "csm": {**own, "status": item.status, "ms": item.duration_ms, "error": item.error},
    }


def _present(raw: msgspec.Raw) -> msgspec.Raw | None:
    return None if bytes(raw) == b"null" else raw


def _failed(result: msgspec.Raw) -> bool:
    try:
        return bool(codec.decode_as(msgspec.json.Decoder(_Flags), result).isError)
    except (msgspec.MsgspecError, ValueError):
        return False


def _milliseconds(took: _Duration | None) -> int | None:
    return None if took is None else took.secs * 1000 + took.nanos // 1_000_000
