"""The tools by which the model lists and reads what servers have to read.

Does not: subscribe to anything.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

import msgspec

from csm.api import CsmError, ToolContext, ToolError, arguments, codec, items, tools

from . import results

if TYPE_CHECKING:
    from .connection import Connection
    from .pool import Pool

#: The server that items name where all servers are asked.
_ALL = "codex"
_SERVER = {"type": "string", "description": "Name of the server, as it is configured; all of them where left out"}
_CURSOR = {"type": "string", "description": "What an earlier answer gave for going on; needs the server"}
_LIST = {"cursor": arguments.Field(), "server": arguments.Field()}
_READ = {
    "server": arguments.Field(required=True, nullable=False),
    "uri": arguments.Field(required=True, nullable=False),
}


def resource_tools(pool: Pool) -> list[Any]:
    """All three."""
    return [
        _List(
            pool, "list_mcp_resources", "resources/list", "resources",
            "List what MCP servers offer to read: files, tables, documents. Look here before you search the web.",
        ),
        _List(
            pool, "list_mcp_resource_templates", "resources/templates/list", "resourceTemplates",
            "List the templates of MCP servers: addresses with places to fill in, for what they offer to read.",
        ),
        _Read(pool),
    ]  # fmt: skip


class _Reading:
    """What the three share: the item around a call."""

    def __init__(
        self, pool: Pool, name: str, description: str, members: Mapping[str, Any], required: list[str]
    ) -> None:
        self.pool = pool
        shape: dict[str, Any] = {"type": "object", "properties": dict(members)}
        if required:
            shape["required"] = required
        raw = {
            "type": "function",
            "name": name,
            "description": description,
            "strict": False,
            "parameters": {**shape, "additionalProperties": False},
        }
        self.spec = tools.ToolSpec(name, msgspec.Raw(codec.encode(raw)))

    async def answered(self, given: dict[str, Any], cx: ToolContext) -> tools.ToolResult:
        """Do it, shown as a call of the server. Raises ToolError for an unknown server, which is not shown."""
        server = given.get("server")
        if server is not None and server not in self.pool.connections:
            raise ToolError(f"unknown MCP server '{server}'")
        raw = msgspec.Raw(codec.encode(given))
        item = items.McpToolCall(cx.call_id, server or _ALL, self.spec.name, raw)
        cx.started(item)
        begun = time.perf_counter()
        problem, said = None, ""
        try:
            said = codec.encode(await self.answer(given)).decode("utf-8", "replace")
        except CsmError as error:
            problem = error.message
        shown = msgspec.Raw(codec.encode(results.kept({"content": [{"type": "text", "text": said}]})))
        done = msgspec.structs.replace(
            item,
            status="completed" if problem is None else "failed",
            result=shown if problem is None else None,
            error=problem,
            duration_ms=round((time.perf_counter() - begun) * 1000),
        )
        text = results.cut(said if problem is None else problem, cx.token_limit() * 6 // 5)
        return tools.ToolResult(text, problem is None, done)

    async def answer(self, given: dict[str, Any]) -> Any:
        """What the model reads, as JSON. Raises CsmError."""
        raise NotImplementedError


class _List(_Reading):
    def __init__(self, pool: Pool, name: str, method: str, key: str, description: str) -> None:
        super().__init__(pool, name, description, {"cursor": _CURSOR, "server": _SERVER}, [])
        self._method = method
        self._key = key

    async def run(self, call: tools.ToolCall, cx: ToolContext) -> tools.ToolResult:
        """List them."""
        return await self.answered(_given(call.arguments, _LIST), cx)

    async def answer(self, given: dict[str, Any]) -> Any:
        """Those of one server, or of all that can be asked."""
        server, cursor = given.get("server"), given.get("cursor")
        if server is not None:
            found, following = await self._of(self.pool.connections[server], cursor)
            more = {"nextCursor": following} if following else {}
            return {"server": server, self._key: found, **more}
        if cursor is not None:
            raise CsmError("cursor can only be used when a server is specified")
        every: list[Any] = []
        for one in list(self.pool.connections.values()):
            if "resources" in one.capabilities and one.state in ("ready", "lost"):
                try:
                    every += (await self._of(one, None))[0]
                except CsmError:
                    continue  # one that cannot tell does not keep the others from it
        return {self._key: every}

    async def _of(self, one: Connection, cursor: str | None) -> tuple[list[Any], Any]:
        name = one.server.name
        try:
            found, following = await self.pool.call(one.resources(self._method, self._key, cursor))
        except CsmError as error:
            raise CsmError(f"{self._method} failed: {self._method} failed for `{name}`: {error.message}") from error
        told = [{"server": name, **results.ordered(part)} for part in found if isinstance(part, dict)]
        return told, following


class _Read(_Reading):
    def __init__(self, pool: Pool) -> None:
        members = {
            "server": {"type": "string", "description": "Name of the server, as the lists tell it"},
            "uri": {"type": "string", "description": "Address of what to read, from the lists or from a template"},
        }
        super().__init__(
            pool, "read_mcp_resource", "Read something that an MCP server offers.", members, ["server", "uri"]
        )

    async def run(self, call: tools.ToolCall, cx: ToolContext) -> tools.ToolResult:
        """Read it."""
        return await self.answered(_given(call.arguments, _READ), cx)

    async def answer(self, given: dict[str, Any]) -> Any:
        """The contents."""
        server, uri = given["server"], given["uri"]
        try:
            result = await self.pool.call(self.pool.connections[server].read(uri))
        except CsmError as error:
            raise CsmError(
                f"resources/read failed: resources/read failed for `{server}` ({uri}): {error.message}"
            ) from error
        contents = result.get("contents")
        listed = cast("list[Any]", contents) if isinstance(contents, list) else []
        return {"server": server, "uri": uri, "contents": [results.ordered(part) for part in listed]}


def _given(text: str, fields: Mapping[str, arguments.Field]) -> dict[str, Any]:
    """The arguments. Raises ToolError; of JSON that is well-formed it names no place, as Codex does here."""
    try:
        return arguments.read(text or "{}", fields)
    except ToolError as error:
        try:
            codec.decode(text)
        except ValueError:
            raise error from None
        raise ToolError(re.sub(r" at line \d+ column \d+$", "", error.message)) from None
