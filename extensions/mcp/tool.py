"""A server's tool as csm's: offered late where the model can search, asked for where needed, called, and shown.

Does not: know how a server is reached.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, cast

import msgspec

from csm.api import CsmError, ToolContext, codec, items, json_faults, tools

from . import approval, elicitation, results, schemas

if TYPE_CHECKING:
    from .connection import Connection, Definition
    from .pool import Pool

_NO_OBJECT = (
    "tool call error: tool call failed for `{}/{}`\n\nCaused by:\n    MCP tool arguments must be a JSON object, got {}"
)


class McpTool:
    """`deferred`: a model that can search finds it before it sees it."""

    deferred = True

    def __init__(self, pool: Pool, one: Connection, tool: Definition, namespace: str, word: str) -> None:
        self._pool = pool
        self._server = one.server
        self._tool = tool
        raw = {
            "type": "function",
            "name": word,
            "description": tool.description,
            "strict": False,
            "parameters": schemas.parameters(tool.schema),
        }
        self.spec = tools.ToolSpec(word, msgspec.Raw(codec.encode(raw)), namespace, one.instructions)
        #: Unless the settings say that its server can do more at once.
        self.in_turn = not one.server.parallel

    async def run(self, call: tools.ToolCall, cx: ToolContext) -> tools.ToolResult:
        """Call it. Whatever goes wrong is an answer."""
        begun = time.perf_counter()
        try:
            given: Any = json.loads(call.arguments) if call.arguments.strip() else None
        except (ValueError, RecursionError) as error:
            said = results.text(f"err: {_fault(call.arguments, error)}")
            return tools.ToolResult(results.told(said, time.perf_counter() - begun, cx.token_limit()), success=False)
        item = items.McpToolCall(call.call_id, self._server.name, self._tool.name, msgspec.Raw(codec.encode(given)))
        cx.started(item)
        return await self._run(given, item, cx, begun)

    async def _run(self, given: Any, item: items.McpToolCall, cx: ToolContext, begun: float) -> tools.ToolResult:
        result: dict[str, Any] | None = None
        problem = await approval.refusal(self._server, self._tool, approval.pretty(given or {}), cx)
        called = time.perf_counter()
        if problem is None:
            try:
                result = await self._call(given, cx)
            except CsmError as error:
                problem = error.message
        ended = time.perf_counter()
        said = results.text(problem or "") if result is None else results.output(result, cx.model.image_detail)
        failed = result is None or bool(result.get("isError"))
        done = msgspec.structs.replace(
            item,
            status="failed" if failed else "completed",
            result=None if result is None else msgspec.Raw(codec.encode(results.kept(result))),
            error=problem,
            duration_ms=round((ended - called) * 1000),
        )
        return tools.ToolResult(results.told(said, ended - begun, cx.token_limit()), not failed, done)

    async def _call(self, given: Any, cx: ToolContext) -> dict[str, Any]:
        if given is not None and not isinstance(given, dict):
            raise CsmError(_NO_OBJECT.format(self._server.name, self._tool.name, codec.encode(given).decode()))
        one = self._pool.connections[self._server.name]
        meta = {"callId": cx.call_id, "threadId": cx.thread_id, "turnId": cx.turn_id}
        ask = elicitation.asker(self._server.name, cx)
        return await self._pool.call(one.call(self._tool.name, cast("dict[str, Any] | None", given), meta, ask))


def _fault(text: str, error: Exception) -> str:
    if not isinstance(error, json.JSONDecodeError):
        return "recursion limit exceeded"
    what, place = json_faults.syntax(text, error)
    before = text[:place]
    column = len(before.rsplit("\n", 1)[-1].encode("utf-8", "surrogatepass"))
    return f"{what} at line {before.count(chr(10)) + 1} column {column}"
