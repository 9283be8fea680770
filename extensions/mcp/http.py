"""A server at an address: streamable HTTP. Each message is a POST; answers come as JSON or as a stream of events.

Does not: log in (`login.py`), though it uses and renews what a login left.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from csm.api import __version__, codec

from . import events
from .lines import LONGEST, TooLong
from .peer import Hearer, Lost, Message
from .servers import Server

if TYPE_CHECKING:
    import httpx

    from .tokens import Tokens

_ACCEPT = "application/json, text/event-stream"
#: Seconds to connect, and to be told that a message was taken; answers may take as long as the call may.
_CONNECT, _WRITE = 10.0, 30.0
_GOODBYE = 0.3


class Http:
    """A carrier."""

    def __init__(self, server: Server, env: Mapping[str, str], home: Path) -> None:
        assert server.url is not None
        self._server = server
        self._url = server.url
        self._env = env
        self._home = home
        self._client: httpx.AsyncClient | None = None
        self._tokens: Tokens | None = None
        self._session: str | None = None
        self._version = ""
        self._running: set[asyncio.Task[None]] = set()

    async def open(self, hearer: Hearer) -> None:
        """See the contract."""
        import httpx

        self._hearer = hearer
        headers = self._own_headers()
        if not any(name.lower() == "authorization" for name in headers):
            from .tokens import Tokens

            self._tokens = Tokens.of(self._home, self._server)
        timeout = httpx.Timeout(None, connect=_CONNECT, write=_WRITE)
        self._client = httpx.AsyncClient(headers=headers, timeout=timeout, follow_redirects=False)

    def _own_headers(self) -> dict[str, str]:
        server, env = self._server, self._env
        headers = {"user-agent": f"csm-mcp-client/{__version__}", **server.http_headers}
        headers.update({name: env[key] for name, key in server.env_http_headers.items() if env.get(key)})
        key = server.bearer_token_env_var
        if key is not None:
            token = env.get(key, "").strip()
            if not token:
                raise Lost(f"Environment variable {key} for MCP server '{server.name}' is not set")
            headers["Authorization"] = f"Bearer {token}"
        return headers

    def settled(self, version: str) -> None:
        """The handshake is over: the version is told with every message, and the server may speak by itself."""
        self._version = version
        self._spawn(self._listen())

    async def send(self, message: Message) -> None:
        """See the contract. The answer to a request is taken up beside."""
        if "method" in message and "id" in message:
            self._spawn(self._asked(message))
        else:
            await self._post(message, answer=False)

    async def _asked(self, message: Message) -> None:
        try:
            await self._post(message, answer=True)
        except Lost as error:
            self._hearer.fail(message["id"], error)

    async def _post(self, message: Message, *, answer: bool, again: bool = False) -> None:
        import httpx

        client = self._client
        if client is None:
            raise Lost("the connection is closed")
        body = codec.encode(message)
        headers = {"content-type": "application/json", "accept": _ACCEPT, **await self._headers()}
        token = headers.get("authorization", "").removeprefix("Bearer ")
        try:
            async with client.stream("POST", self._url, content=body, headers=headers) as response:
                if response.status_code == 401 and not again and await self._renewed(token):
                    return await self._post(message, answer=answer, again=True)
                await self._refused(response)
                self._session = response.headers.get("mcp-session-id") or self._session
                if answer:
                    await self._read(response, message["id"])
        except httpx.HTTPError as error:
            raise Lost(f"error sending request for url ({self._url}): {_reason(error)}") from error
        except TooLong as error:
            raise Lost(f"the server sent {error}") from error

    async def _headers(self) -> dict[str, str]:
        headers = {"mcp-session-id": self._session} if self._session else {}
        if self._version:
            headers["mcp-protocol-version"] = self._version
        token = None if self._tokens is None else await self._tokens.current()
        if token:
            headers["authorization"] = f"Bearer {token}"
        return headers

    async def _renewed(self, token: str) -> bool:
        return self._tokens is not None and await self._tokens.renew(token)

    async def _refused(self, response: httpx.Response) -> None:
        """Raises Lost for a status that is none of success."""
        if response.is_success:
            return
        name = self._server.name
        if response.status_code in (401, 403) and self._server.bearer_token_env_var is None:
            raise Lost(f"The {name} MCP server is not logged in. Run `csm mcp login {name}`.")
        body = b""
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > 500:
                break
        told = body.decode("utf-8", "replace")[:500].strip()
        phrase = f"{response.status_code} {response.reason_phrase}".strip()
        raise Lost(f"the server answers {phrase}" + (f": {told}" if told else ""))

    async def _read(self, response: httpx.Response, ident: Any) -> None:
        """Take up the messages of an answer."""
        if not response.headers.get("content-type", "").startswith("text/event-stream"):
            whole = bytearray()
            async for chunk in response.aiter_bytes():
                whole += chunk
                if len(whole) > LONGEST:
                    raise TooLong(f"an answer of more than {LONGEST} bytes")
            found = _messages(bytes(whole))
            for message in found:
                self._hearer.take(message)
            if not any(message.get("id") == ident for message in found):
                raise Lost("the server's answer is no message")
            return
        answered = False  # the stream is read to its end all the same, so that its connection can be used again
        async for message in _events(response):
            self._hearer.take(message)
            answered = answered or (message.get("id") == ident and "method" not in message)
        if not answered:
            raise Lost("the server ended the stream before it answered")

    async def _listen(self) -> None:
        """What the server says by itself, where it offers to."""
        import httpx

        client = self._client
        try:
            headers = {"accept": "text/event-stream", **await self._headers()}
            if client is not None:
                async with client.stream("GET", self._url, headers=headers) as response:
                    if response.is_success and "event-stream" in response.headers.get("content-type", ""):
                        async for message in _events(response):
                            self._hearer.take(message)
        except (httpx.HTTPError, TooLong):
            return

    async def close(self) -> None:
        """See the contract."""
        import httpx

        client, self._client = self._client, None
        for task in list(self._running):
            task.cancel()
        if client is None:
            return
        try:
            if self._session:
                async with asyncio.timeout(_GOODBYE):
                    await client.delete(self._url, headers=await self._headers())
        except (httpx.HTTPError, TimeoutError):
            pass
        await client.aclose()

    def _spawn(self, doing: Any) -> None:
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(doing)
        self._running.add(task)
        task.add_done_callback(self._running.discard)


async def _events(response: httpx.Response) -> AsyncIterator[Message]:
    """The messages of a stream of server-sent events."""
    async for data in events.data(response):
        for message in _messages(data):
            yield message


def _messages(data: bytes | str) -> list[Message]:
    try:
        value: Any = codec.decode(data)
    except (ValueError, RecursionError):
        return []
    found = cast("list[Any]", value) if isinstance(value, list) else [value]
    return [cast("Message", one) for one in found if isinstance(one, dict)]


def _reason(error: Exception) -> str:
    return str(error) or type(error).__name__
