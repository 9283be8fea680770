"""The heads of HTTP/1.1 messages (RFC 9112), sans IO: requests written, answers read.

The standard library reads a head as if it were mail. Importing what it needs for that takes longer than a first
request takes otherwise.

Does not: read bodies.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from .address import Unsendable

#: Bytes that a head may have.
LONGEST = 1 << 16
_END = re.compile(rb"\r?\n\r?\n")
_STATUS = re.compile(rb"HTTP/1\.([01]) ([1-5][0-9]{2})(?: |$)")
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_BAD_VALUE = re.compile(r"[\r\n\0]|[^\0-\xff]")


class BadHead(ValueError):
    """The other side does not speak HTTP/1.1."""


class Head:
    """The head of an answer. `headers` have names in lower case; what comes more than once is joined by commas."""

    def __init__(self, status: int, old: bool, headers: Mapping[str, str]) -> None:
        self.status = status
        self.headers = headers
        self.chunked = headers.get("transfer-encoding", "").lower().endswith("chunked")
        said = headers.get("connection", "").lower()
        self.closes = "close" in said or (old and "keep-alive" not in said)

    @property
    def length(self) -> int | None:
        """How many bytes the body has; None for as many as come."""
        if self.status in (204, 304):
            return 0
        given = self.headers.get("content-length", "")
        return int(given) if given.isascii() and given.isdigit() and not self.chunked else None


def request(method: str, target: str, headers: Iterable[tuple[str, str]]) -> bytes:
    """The head of a request. Raises Unsendable; it never shows a value, which may be a key."""
    lines = [f"{method} {target} HTTP/1.1"]
    for name, value in headers:
        if not _NAME.fullmatch(name) or _BAD_VALUE.search(value):
            raise Unsendable(f"the header {name!r} holds what no header can")
        lines.append(f"{name}: {value}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def split(data: bytes) -> tuple[bytes, bytes] | None:
    """A head and what follows it; None where its end has not come. Raises BadHead."""
    found = _END.search(data)
    if (found.start() if found else len(data)) > LONGEST:
        raise BadHead("a head without end")
    return (data[: found.start()], data[found.end() :]) if found else None


def answer(data: bytes) -> Head:
    """Read the head of an answer. Raises BadHead."""
    first, *lines = (line.removesuffix(b"\r") for line in data.split(b"\n"))
    found = _STATUS.match(first)
    if found is None:
        raise BadHead(f"the server does not speak HTTP/1.1: {first[:80].decode('latin-1')!r}")
    headers: dict[str, str] = {}
    name = ""
    for line in lines:
        before, _, value = line.decode("latin-1").partition(":")
        if before[:1] in (" ", "\t"):  # the last value goes on
            headers[name] = f"{headers.get(name, '')} {line.decode('latin-1').strip()}".strip()
            continue
        name, value = before.strip().lower(), value.strip()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return Head(int(found[2]), found[1] == b"0", headers)
