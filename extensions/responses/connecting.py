"""A connected socket to a server: directly or through an HTTP proxy, with TLS where the address asks for it.

Does not: choose the proxy (`proxies`), nor keep connections.
"""

from __future__ import annotations

import socket
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from . import heads
from .address import Address, Unsendable

if TYPE_CHECKING:
    import ssl

_HEAD_BYTES = 1 << 12

#: Told of a socket as soon as there is one, so that it can be broken while TLS or a proxy has us wait.
Hold = Callable[["socket.socket"], None]


def connect(
    address: Address, proxy: Address | None, seconds: float, context: Callable[[], ssl.SSLContext], hold: Hold
) -> socket.socket:
    """Connect. `seconds` bounds each wait; `context` is called for https only. Raises OSError, heads.BadHead."""
    place = proxy or address
    # As bytes: for a text, the standard library loads the tables of international names.
    host: Any = place.host.encode()
    plain = socket.create_connection((host, place.port), seconds)
    try:
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        hold(plain)
        if address.scheme != "https":
            return plain
        if proxy is not None:
            _tunnel(plain, address, proxy)
        secure = context().wrap_socket(plain, server_hostname=address.host, do_handshake_on_connect=False)
        hold(secure)
        secure.do_handshake()
        return secure
    except BaseException:
        plain.close()
        raise


def credentials(proxy: Address | None) -> Mapping[str, str]:
    """The header by which a proxy knows us."""
    return {"Proxy-Authorization": basic(proxy)} if proxy is not None and proxy.user else {}


def basic(address: Address) -> str:
    """Name and password of an address as a header's value."""
    return f"Basic {b64encode(f'{address.user}:{address.password}'.encode()).decode()}"


def parse_proxy(url: str) -> Address:
    """Raises Unsendable, also for the proxies that do not speak HTTP."""
    from .address import parse

    try:
        return parse(url)
    except Unsendable:
        raise Unsendable("the proxy that the environment names is not one of http://") from None


def _tunnel(plain: socket.socket, address: Address, proxy: Address) -> None:
    host = f"[{address.host}]" if ":" in address.host else address.host
    place = f"{host}:{address.port}"
    plain.sendall(heads.request("CONNECT", place, {"host": place, **credentials(proxy)}.items()))
    data = b""
    while (found := heads.split(data)) is None:
        more = plain.recv(_HEAD_BYTES)
        if not more:
            raise ConnectionError("the proxy hung up")
        data += more
    status = heads.answer(found[0]).status
    if status // 100 != 2:
        raise ConnectionError(f"the proxy refuses the tunnel: {status}")
