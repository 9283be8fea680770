"""What an authorization server says of itself, and what is asked of it without a person: other tokens for old ones.

Does not: open browsers (`login.py`), or keep anything (`tokens.py`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit, urlunsplit

import msgspec

from csm.api import CsmError, codec

from .servers import Server

if TYPE_CHECKING:
    import httpx

_SECONDS = 10.0
_LONGEST = 1_000_000
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Authority(msgspec.Struct, frozen=True):
    """An authorization server, as found for an MCP server. `resource` names what tokens are for."""

    issuer: str
    authorize: str
    token: str
    register: str | None = None
    scopes: tuple[str, ...] = ()
    resource: str | None = None


def client() -> httpx.AsyncClient:
    """For requests to authorization servers. Redirects are not followed: an address is what it says."""
    import httpx

    return httpx.AsyncClient(timeout=_SECONDS, follow_redirects=False)


async def discover(server: Server, web: httpx.AsyncClient) -> Authority | None:
    """Who gives tokens for a server; None where it knows of nobody. Raises CsmError for one that cannot be used."""
    import httpx

    url = server.url or ""
    try:
        answer = await web.get(url, headers={"accept": "text/event-stream, application/json", **server.http_headers})
        protected = await _protected(url, answer.headers.get("www-authenticate", ""), web)
        issuers = protected.get("authorization_servers")
        named = cast("list[Any]", issuers) if isinstance(issuers, list) else []
        issuer = str(named[0]) if named else None
        for address in _addresses(issuer or _origin(url), url if issuer is None else None):
            found = _authority(await _json(web, address), issuer, protected)
            if found is not None:
                return found
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise CsmError(f"{url} cannot be reached: {error or type(error).__name__}") from error
    return None


async def _protected(url: str, challenge: str, web: httpx.AsyncClient) -> dict[str, Any]:
    named = re.search(r'resource_metadata="([^"]+)"', challenge)
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    well_known = f"{_origin(url)}/.well-known/oauth-protected-resource"
    tried = [named.group(1)] if named and _same_origin(named.group(1), url) else []
    tried += [f"{well_known}{path}", well_known] if path else [well_known]
    for address in tried:
        found = await _json(web, address)
        if found.get("authorization_servers"):
            return found
    return {}


def _addresses(issuer: str, server: str | None) -> list[str]:
    """Where the metadata of an issuer may lie; of a server that names none, below its own path too."""
    parts = urlsplit(server or issuer)
    origin, path = _origin(issuer), parts.path.rstrip("/")
    names = ("oauth-authorization-server", "openid-configuration")
    found = [f"{origin}/.well-known/{name}{path}" for name in names]
    if path:
        found += [f"{origin}{path}/.well-known/{name}" for name in names]
        found += [] if server is None else [f"{origin}/.well-known/{name}" for name in names]
    return found


async def _json(web: httpx.AsyncClient, url: str) -> dict[str, Any]:
    answer = await web.get(url, headers={"accept": "application/json"})
    if not answer.is_success or len(answer.content) > _LONGEST:
        return {}
    try:
        found: Any = codec.decode(answer.content)
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def _authority(found: dict[str, Any], issuer: str | None, protected: dict[str, Any]) -> Authority | None:
    authorize, token = found.get("authorization_endpoint"), found.get("token_endpoint")
    if not isinstance(authorize, str) or not isinstance(token, str):
        return None
    told = str(found.get("issuer") or issuer or "")
    if issuer is not None and told.rstrip("/") != issuer.rstrip("/"):
        raise CsmError(f"the authorization server {issuer} says that it is {told}")
    methods = found.get("code_challenge_methods_supported")
    if isinstance(methods, list) and "S256" not in methods:
        raise CsmError(f"the authorization server {told} does not know PKCE with S256")
    for address in (authorize, token):
        _check(address)
    scopes = protected.get("scopes_supported") or found.get("scopes_supported")
    register, resource = found.get("registration_endpoint"), protected.get("resource")
    return Authority(
        told,
        authorize,
        token,
        register if isinstance(register, str) else None,
        tuple(str(scope) for scope in cast("list[Any]", scopes)) if isinstance(scopes, list) else (),
        resource if isinstance(resource, str) else None,
    )


def _check(address: str) -> None:
    """Codes and tokens travel encrypted, or not beyond this machine."""
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise CsmError(f"the authorization server's address {address} is not https")


async def refreshed(server: Server, client_id: str, token: str) -> dict[str, Any] | None:
    """What is given for a refresh token; None where it counts no more or nobody answers."""
    async with client() as web:
        try:
            authority = await discover(server, web)
            if authority is None:
                return None
            resource = server.resource or authority.resource
            form = {"grant_type": "refresh_token", "refresh_token": token, "client_id": client_id}
            return await exchanged(web, authority, {**form, **({"resource": resource} if resource else {})})
        except CsmError:
            return None


async def exchanged(web: httpx.AsyncClient, authority: Authority, form: dict[str, str]) -> dict[str, Any]:
    """What the token endpoint gives. Raises CsmError."""
    import httpx

    try:
        answer = await web.post(authority.token, data=form, headers={"accept": "application/json"})
    except httpx.HTTPError as error:
        raise CsmError(f"{authority.token} cannot be reached: {error or type(error).__name__}") from error
    try:
        found: Any = codec.decode(answer.content)
    except ValueError:
        found = {}
    given = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
    if not answer.is_success or not isinstance(given.get("access_token"), str):
        why = given.get("error_description") or given.get("error") or f"it answers {answer.status_code}"
        raise CsmError(f"the authorization server gave no token: {why}")
    return given


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, "", "", ""))


def _same_origin(one: str, other: str) -> bool:
    return _origin(one) == _origin(other)
