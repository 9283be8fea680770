"""One conversation in JSON-RPC 2.0, whatever carries it: requests matched with answers, the other side's handled.

Does not: read, write or start anything (`stdio.py`, `http.py`), or know MCP's methods.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, cast

from csm.api import CsmError, codec

NOT_FOUND, INTERNAL = -32601, -32603
CLOSED = "Transport closed"
Message = dict[str, Any]


class RpcError(CsmError):
    """The other side answered with an error."""

    def __init__(self, code: int, message: str, data: Any = None) -> None:
        more = "" if data is None else f"({codec.encode(data).decode()})"
        super().__init__(f"Mcp error: {code}: {message}{more}")
        self.code, self.said = code, message


class Lost(CsmError):
    """There is no connection, or it went while an answer was awaited."""


class Hearer(Protocol):
    """Is told by a carrier what comes."""

    def take(self, message: Message) -> None:
        """A message."""
        ...

    def fail(self, ident: Any, error: CsmError) -> None:
        """A request of ours could not be carried, or its answer could not."""
        ...

    def end(self, why: str) -> None:
        """No more messages come."""
        ...


class Carrier(Protocol):
    """Carries messages both ways."""

    async def open(self, hearer: Hearer) -> None:
        """Connect, and from then on tell `hearer` what comes. Raises Lost."""
        ...

    async def send(self, message: Message) -> None:
        """Send one. Raises Lost."""
        ...

    async def close(self) -> None:
        """Disconnect, within bounds."""
        ...


class Peer:
    """Use `request` and `notify`. `answer` makes the result for a request of the other side, or raises RpcError;
    `heard` gets its notifications."""

    def __init__(
        self,
        carrier: Carrier,
        answer: Callable[[str, Message], Awaitable[Any]],
        heard: Callable[[str, Message], None],
        lost: Callable[[str], None],
    ) -> None:
        self._carrier = carrier
        self._answer = answer
        self._heard = heard
        self._lost = lost
        self._next = 0
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._answering: set[asyncio.Task[None]] = set()
        self.why: str | None = None

    async def open(self) -> None:
        """Connect. Raises Lost."""
        await self._carrier.open(self)

    async def request(self, method: str, params: Message) -> Any:
        """The result. Raises RpcError, Lost. When cancelled, the other side is told that nobody waits any more."""
        if self.why is not None:
            raise Lost(self.why)
        ident, self._next = self._next, self._next + 1
        future = self._waiting[ident] = asyncio.get_running_loop().create_future()
        try:
            await self._carrier.send({"jsonrpc": "2.0", "id": ident, "method": method, "params": params})
            return await future
        except asyncio.CancelledError:
            if method != "initialize":
                self._spawn(self.notify("notifications/cancelled", {"requestId": ident, "reason": "cancelled"}))
            raise
        finally:
            self._waiting.pop(ident, None)

    async def notify(self, method: str, params: Message | None = None) -> None:
        """Tell something; where nobody listens any more, nothing happens."""
        message: Message = {"jsonrpc": "2.0", "method": method}
        try:
            await self._carrier.send(message if params is None else {**message, "params": params})
        except Lost:
            return

    def take(self, message: Message) -> None:
        """A message came. What is none of ours is left alone."""
        method, ident = message.get("method"), message.get("id")
        params = message.get("params")
        given = cast("Message", params) if isinstance(params, dict) else {}
        if isinstance(method, str):
            if ident is None:
                self._heard(method, given)
            else:
                self._spawn(self._respond(ident, method, given))
            return
        future = self._waiting.get(ident) if type(ident) is int else None  # True is no id
        if future is None or future.done():
            return
        error = message.get("error")
        if isinstance(error, dict):
            told = cast("Message", error)
            given_code = told.get("code")
            code = given_code if isinstance(given_code, int) else INTERNAL
            future.set_exception(RpcError(code, str(told.get("message", "")), told.get("data")))
        else:
            future.set_result(message.get("result"))

    def fail(self, ident: Any, error: CsmError) -> None:
        """A request could not be carried."""
        future = self._waiting.get(ident)
        if future is not None and not future.done():
            future.set_exception(error)

    def end(self, why: str) -> None:
        """No more messages come."""
        if self.why is not None:
            return
        self.why = why
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(Lost(why))
        self._lost(why)

    async def close(self) -> None:
        """Disconnect."""
        self.end(CLOSED)
        for task in list(self._answering):
            task.cancel()
        await self._carrier.close()

    async def _respond(self, ident: Any, method: str, params: Message) -> None:
        reply: Message = {"jsonrpc": "2.0", "id": ident}
        try:
            reply["result"] = await self._answer(method, params)
        except RpcError as error:
            reply["error"] = {"code": error.code, "message": error.said}
        except Exception as error:
            reply["error"] = {"code": INTERNAL, "message": str(error) or type(error).__name__}
        try:
            await self._carrier.send(reply)
        except Lost:
            return

    def _spawn(self, doing: Any) -> None:
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(doing)
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)
