"""Where a request goes: an http(s) URL taken apart.

Does not: resolve names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import quote, unquote, urlencode, urljoin, urlsplit

_PORTS = {"http": 80, "https": 443}
#: What stays as it is in a path and a query, besides letters and digits: all that may stand there, and escapes.
_PATH, _QUERY = "/%:@!$&'()*+,;=~", "/%:@!$&'()*+,;=~?"


class Unsendable(ValueError):
    """A request that no server can be sent."""


class Address(NamedTuple):
    """A server and what is asked of it. `target` is path and query; `user` and `password` are empty without any."""

    scheme: str
    host: str
    port: int
    target: str
    user: str = ""
    password: str = ""

    @property
    def origin(self) -> tuple[str, str, int]:
        """Which server."""
        return self.scheme, self.host, self.port

    @property
    def authority(self) -> str:
        """The server as the header `host` names it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def whole(self) -> str:
        """The URL, without credentials."""
        return f"{self.scheme}://{self.authority}{self.target}"


def parse(url: str, query: Mapping[str, str] | None = None) -> Address:
    """Take a URL apart, with `query` added to its own. Raises Unsendable."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Unsendable(f"the address is none: {error}") from None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise Unsendable("the address is not one of http:// or https://")
    asked = "&".join(filter(None, (quote(parts.query, _QUERY), urlencode(query or {}))))
    target = (quote(parts.path, _PATH) or "/") + (f"?{asked}" if asked else "")
    host = _ascii(parts.hostname)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Address(parts.scheme, host, port or _PORTS[parts.scheme], target, user, password)


def moved(url: str, place: str) -> str:
    """Where a server sends us that was asked at `url`. Raises Unsendable."""
    try:
        return urljoin(url, place)
    except ValueError as error:
        raise Unsendable(f"the address is none: {error}") from None


def _ascii(host: str) -> str:
    """A name as the network knows it."""
    try:
        name = host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        name = ""
    if not name or any(char <= " " or char == "\x7f" for char in name):
        raise Unsendable("the address names no host")
    return name
