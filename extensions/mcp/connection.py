"""One server as csm sees it: started, asked what it has, called, started anew where it went away, ended.

All of it runs on the loop of the servers' own thread.

Does not: decide whether a tool may be called, or shape what it answers for the model.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Literal, cast

import msgspec

from csm.api import CsmError, __version__, codec

from .peer import CLOSED, NOT_FOUND, Carrier, Lost, Message, Peer, RpcError
from .servers import CALL, STARTUP, Server

#: As Codex speaks it. A server may answer with another version: what is used here is in all of them.
PROTOCOL = "2025-06-18"
_PAGES, _TOOLS = 100, 2_000
_INSTRUCTIONS = 8_192
State = Literal["starting", "ready", "failed", "lost", "closed"]
Elicit = Callable[[Message], Awaitable[Message]]


class Definition(msgspec.Struct, frozen=True):
    """A tool as its server describes it. `mark` is another for any other definition."""

    name: str
    description: str = ""
    schema: Any = None
    reads_only: bool | None = None
    destroys: bool | None = None
    open_world: bool | None = None
    mark: str = ""


class Connection:
    """`changed` is called when the tools are others, from the loop; `told` with a warning for the user."""

    def __init__(
        self, server: Server, carrier: Callable[[], Carrier], changed: Callable[[], None], told: Callable[[str], None]
    ) -> None:
        self.server = server
        self.state: State = "starting"
        self.problem = ""
        self.instructions = ""
        self.info: Message = {}
        self.capabilities: Message = {}
        self.tools: tuple[Definition, ...] = ()
        self.carrier: Carrier | None = None
        #: Those who can be asked, by running call; the newest one is.
        self.askers: dict[object, Elicit] = {}
        self._carrier = carrier
        self._changed = changed
        self._told = told
        self._peer: Peer | None = None
        self._starting: asyncio.Task[None] | None = None
        self._listing: asyncio.Task[None] | None = None
        self._ending: asyncio.Task[None] | None = None
        self._asking = 0
        self._stale = False

    async def start(self) -> None:
        """Connect and learn what is there. Never raises: `state` and `problem` say how it went."""
        if self._starting is None or self._starting.done():
            self._starting = asyncio.get_running_loop().create_task(self._start())
        await asyncio.wait([self._starting])

    async def _start(self) -> None:
        seconds = self.server.startup or STARTUP
        if self._peer is not None:
            await self._peer.close()
        self.state, self.problem = "starting", ""
        peer = self._peer = Peer(self._fresh(), self._answer, self._heard, self._lost)
        try:
            async with asyncio.timeout(seconds):
                await peer.open()
                await self._shake(peer)
                self.tools = await self._list(peer)
        except TimeoutError:
            self.problem = f"timed out handshaking with MCP server after {_duration(seconds)}"
        except CsmError as error:
            self.problem = error.message
        except Exception as error:
            self.problem = f"{type(error).__name__}: {error}"
        if self.problem:
            self.state = "failed"
            await peer.close()
        else:
            self.state = "ready"
        self._changed()

    def _fresh(self) -> Carrier:
        self.carrier = self._carrier()
        return self.carrier

    async def _shake(self, peer: Peer) -> None:
        params: Message = {
            "protocolVersion": PROTOCOL,
            "capabilities": {"elicitation": {"form": {}, "url": {}}},
            "clientInfo": {"name": "csm-mcp-client", "title": "csm", "version": __version__},
        }
        try:
            result = await peer.request("initialize", params)
        except Lost as error:
            why = "connection closed: initialize response" if error.message == CLOSED else error.message
            raise Lost(f"handshaking with MCP server failed: {why}") from error
        except RpcError as error:
            raise Lost(f"handshaking with MCP server failed: {error.message}") from error
        if not isinstance(result, dict):
            raise Lost("handshaking with MCP server failed: the answer is no object")
        given = cast("Message", result)
        self.info, self.capabilities = _object(given.get("serverInfo")), _object(given.get("capabilities"))
        self.instructions = str(given.get("instructions") or "")[:_INSTRUCTIONS]
        settled = getattr(self.carrier, "settled", None)
        if settled is not None:
            settled(str(given.get("protocolVersion") or PROTOCOL))
        await peer.notify("notifications/initialized")

    async def _list(self, peer: Peer) -> tuple[Definition, ...]:
        if self.capabilities and "tools" not in self.capabilities:
            return ()
        made = [_definition(raw) for raw in await self._pages(peer, "tools/list", "tools", {})]
        if None in made and not self.tools:
            self._told(
                f"MCP server `{self.server.name}`: {made.count(None)} of its tools make no sense, and are left out"
            )
        found: dict[str, Definition] = {}
        for one in made:
            if one is not None and len(found) < _TOOLS and self.server.uses(one.name):
                found.setdefault(one.name, one)
        return tuple(found[name] for name in sorted(found))

    async def _pages(self, peer: Peer, method: str, key: str, params: Message) -> list[Any]:
        """All pages of a list, within bounds."""
        found: list[Any] = []
        cursor: Any = None
        for _ in range(_PAGES):
            result = _object(await peer.request(method, {**params, "cursor": cursor} if cursor else params))
            page = result.get(key)
            if not isinstance(page, list):
                raise Lost(f"{method} failed: the answer has no {key}")
            found += cast("list[Any]", page)
            cursor = result.get("nextCursor")
            if not cursor:
                break
        return found

    async def call(self, tool: str, arguments: Message | None, meta: Message, elicit: Elicit) -> Message:
        """The result of a tool's call. Raises CsmError with what Codex says of a call that failed."""
        params: Message = {"_meta": meta, "name": tool}
        if arguments is not None:
            params["arguments"] = arguments
        mark = object()
        self.askers[mark] = elicit
        try:
            return _object(await self._timed("tools/call", params))
        except CsmError as error:
            raise CsmError(
                f"tool call error: tool call failed for `{self.server.name}/{tool}`\n\nCaused by:\n    {error.message}"
            ) from error
        finally:
            del self.askers[mark]

    async def resources(self, method: str, key: str, cursor: str | None) -> tuple[list[Any], Any]:
        """One page where a cursor is given, else all. And the cursor of the next. Raises CsmError."""
        if cursor is None:
            peer = await self._alive()
            return await self._pages(peer, method, key, {}), None
        result = _object(await self._timed(method, {"cursor": cursor}))
        page = result.get(key)
        return cast("list[Any]", page) if isinstance(page, list) else [], result.get("nextCursor")

    async def read(self, uri: str) -> Message:
        """A resource's contents. Raises CsmError."""
        return _object(await self._timed("resources/read", {"uri": uri}))

    async def _timed(self, method: str, params: Message) -> Any:
        """The answer, within the server's time; what the user takes to answer a question does not count."""
        peer = await self._alive()
        loop = asyncio.get_running_loop()
        seconds = self.server.call or CALL
        task = loop.create_task(peer.request(method, params))
        try:
            until = loop.time() + seconds
            while not task.done():
                await asyncio.wait([task], timeout=max(0.0, until - loop.time()))
                if self._asking:
                    until = loop.time() + seconds
                elif not task.done() and loop.time() >= until:
                    raise CsmError(f"timed out awaiting {method} after {_duration(seconds)}")
            return task.result()
        finally:
            task.cancel()

    async def _alive(self) -> Peer:
        """The peer; a server that went away is started anew."""
        if self.state == "lost":
            await self.start()
        peer = self._peer
        if self.state != "ready" or peer is None:
            raise Lost(CLOSED if self.state in ("lost", "closed") else self.problem or CLOSED)
        return peer

    async def _answer(self, method: str, params: Message) -> Any:
        if method == "ping":
            return {}
        if method == "roots/list":
            return {"roots": []}
        if method != "elicitation/create":
            raise RpcError(NOT_FOUND, f"csm does not answer {method}")
        asker = next(reversed(self.askers.values()), None)
        if asker is None:
            return {"action": "decline"}
        self._asking += 1
        try:
            return await asker(params)
        finally:
            self._asking -= 1

    def _heard(self, method: str, params: Message) -> None:
        if method == "notifications/tools/list_changed" and self.state == "ready":
            self._stale = True
            if self._listing is None or self._listing.done():
                self._listing = asyncio.get_running_loop().create_task(self._relist())

    async def _relist(self) -> None:
        """Ask anew, but not more often than twice a second."""
        while self._stale and self._peer is not None:
            self._stale = False
            try:
                self.tools = await asyncio.wait_for(self._list(self._peer), self.server.startup or STARTUP)
                self._changed()
            except (CsmError, TimeoutError) as error:
                self._told(f"MCP server `{self.server.name}` has other tools now, but does not say which: {error}")
            await asyncio.sleep(0.5)

    def _lost(self, why: str) -> None:
        if self.state == "ready" and self._peer is not None:
            self.state, self.problem = "lost", why
            self._ending = asyncio.get_running_loop().create_task(self._peer.close())

    async def close(self) -> None:
        """End it."""
        self.state = "closed"
        for task in (self._starting, self._listing):
            if task is not None:
                task.cancel()
        if self._peer is not None:
            await self._peer.close()


def _definition(raw: Any) -> Definition | None:
    """A tool, or None for what is none."""
    given = _object(raw)
    name, schema = given.get("name"), given.get("inputSchema")
    if not isinstance(name, str) or not name or not isinstance(schema, dict):
        return None
    hints = _object(given.get("annotations"))
    described = given.get("description")
    told = described if isinstance(described, str) else ""
    mark = codec.encode([name, told, schema, hints]).decode("utf-8", "replace")
    return Definition(
        name,
        _plain(told),
        schema,
        *(_flag(hints.get(key)) for key in ("readOnlyHint", "destructiveHint", "openWorldHint")),
        mark=_digest(mark),
    )


def _digest(text: str) -> str:
    import hashlib

    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _plain(text: str) -> str:
    """Without control characters: nobody who reads a description wants them."""
    return "".join(char for char in text if char in "\n\t" or (char.isprintable() or char.isspace()))


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _object(value: Any) -> Message:
    return cast("Message", value) if isinstance(value, dict) else {}


def _duration(seconds: float) -> str:
    """`500ms`, `1.5s`, `30s`."""
    return f"{seconds * 1000:g}ms" if seconds < 1 else f"{seconds:g}s"
