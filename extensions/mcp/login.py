"""Logging in at a server: a client is registered, a browser asks the person, and the code that comes back is a token.

The code comes to a socket of ours on this machine, at a path nobody can guess, with the state that we sent along.

Does not: print. What the person must see is handed to `tell`.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from csm.api import CsmError, codec

from . import oauth
from .servers import Server
from .tokens import Entry, entry

if TYPE_CHECKING:
    import httpx

#: Seconds that a person may take.
_PATIENCE = 300.0
_DONE = "Authentication complete. You may close this window."
_REFUSED = "The login did not succeed. You may close this window."


class Wish:
    """How to log in: `port` of the socket (0: any), `url` under which browsers reach it where that is another."""

    def __init__(self, scopes: list[str] | None = None, port: int = 0, url: str | None = None) -> None:
        self.scopes = scopes
        self.port = port
        self.url = url


async def login(server: Server, wish: Wish, tell: Callable[[str], None]) -> Entry:
    """The entry to keep. `tell` gets the address to open. Raises CsmError."""
    async with oauth.client() as web:
        authority = await oauth.discover(server, web)
        if authority is None:
            raise CsmError("No authorization support detected")
        verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
        callback = _Callback(state, urlsplit(server.callback or "").path)
        async with await callback.listen(wish.port):
            redirect = (wish.url or f"http://127.0.0.1:{callback.port}").rstrip("/") + callback.path
            scopes = wish.scopes if wish.scopes is not None else list(server.scopes or authority.scopes)
            client_id = server.client_id or await _registered(web, authority, redirect, scopes)
            resource = server.resource or authority.resource
            asked = {
                "response_type": "code",
                "client_id": client_id,
                "state": state,
                "code_challenge": _challenge(verifier),
                "code_challenge_method": "S256",
                "redirect_uri": redirect,
                **({"scope": " ".join(scopes)} if scopes else {}),
                **({"resource": resource} if resource else {}),
            }
            tell(f"{authority.authorize}{'&' if '?' in authority.authorize else '?'}{urlencode(asked)}")
            code = await callback.code()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "code_verifier": verifier,
            "client_id": client_id,
            "redirect_uri": redirect,
            **({"resource": resource} if resource else {}),
        }
        given = await oauth.exchanged(web, authority, form)
    return {**entry(server, client_id, given, scopes), "issuer": authority.issuer}


async def _registered(web: httpx.AsyncClient, authority: oauth.Authority, redirect: str, scopes: list[str]) -> str:
    """A client id made for us."""
    import httpx

    if authority.register is None:
        raise CsmError(
            "the authorization server registers no clients",
            'register one there, and name it in config.toml: oauth = { client_id = "…" }',
        )
    asked = {
        "client_name": "csm",
        "redirect_uris": [redirect],
        "grant_types": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_method": "none",
        "response_types": ["code"],
        "application_type": "native",
        **({"scope": " ".join(scopes)} if scopes else {}),
    }
    try:
        answer = await web.post(authority.register, json=asked)
        found: Any = codec.decode(answer.content)
    except (httpx.HTTPError, ValueError) as error:
        raise CsmError(f"registering a client failed: {error or type(error).__name__}") from error
    made = cast("dict[str, Any]", found).get("client_id") if isinstance(found, dict) else None
    if not answer.is_success or not isinstance(made, str):
        raise CsmError(f"registering a client failed: it answers {answer.status_code}")
    return made


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


class _Callback:
    """The socket to which the browser is sent back."""

    def __init__(self, state: str, path: str = "") -> None:
        self._state = state
        self.path = path or f"/callback/{quote(secrets.token_urlsafe(9))}"
        self.port = 0
        self._came: asyncio.Queue[dict[str, str]] = asyncio.Queue()

    async def listen(self, port: int) -> asyncio.Server:
        """Listen on this machine alone. Raises CsmError."""
        try:
            server = await asyncio.start_server(self._serve, "127.0.0.1", port, limit=16_384)
        except OSError as error:
            raise CsmError(f"port {port} cannot be listened on: {error.strerror}") from error
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def code(self) -> str:
        """The code that comes. Raises CsmError."""
        try:
            async with asyncio.timeout(_PATIENCE):
                given = await self._came.get()
        except TimeoutError:
            raise CsmError("timed out waiting for OAuth callback") from None
        if "code" not in given:
            why = given.get("error_description") or given.get("error") or "no code came"
            raise CsmError(f"the login was refused: {why}")
        return given["code"]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(10):
                line = await reader.readline()
                while (await reader.readline()).strip():
                    pass
            given = self._given(line)
            if given is not None:
                self._came.put_nowait(given)
            status = "404 Not Found" if given is None else "200 OK"
            text = _DONE if given is not None and "code" in given else _REFUSED
            writer.write(
                f"HTTP/1.1 {status}\r\ncontent-type: text/plain\r\ncontent-length: {len(text)}\r\n"
                f"connection: close\r\n\r\n{text}".encode()
            )
            await writer.drain()
        except (OSError, ValueError, TimeoutError):
            return
        finally:
            writer.close()

    def _given(self, line: bytes) -> dict[str, str] | None:
        """What a request brings; None for one that is not the browser's way back."""
        words = line.decode("latin-1").split()
        parts = urlsplit(words[1]) if len(words) == 3 and words[0] == "GET" else None
        if parts is None or parts.path != self.path:
            return None
        given = {name: values[0] for name, values in parse_qs(parts.query).items()}
        return given if hmac.compare_digest(given.get("state", "").encode(), self._state.encode()) else None
