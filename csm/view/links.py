"""Where a segment leads: a role `url:ADDRESS` among its others, for terminals that can follow links (OSC 8).

Only addresses of schemes that open something harmless become one, spelt in printable ASCII: whatever a model or a
program wrote, nothing in them can command a terminal. Others stay text.

Does not: write escape sequences (`csm.ui.styles`) or open anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from csm.view.lines import Segment, StyledLine

#: What may be followed.
SCHEMES = ("http", "https", "mailto", "file")
MARK = "url:"
#: Terminals take no longer ones.
_LONGEST = 2_000
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_SAFE = frozenset(b"!#$%&'()*+,-./:;=?@[]_~ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
#: An address in plain text. What ends a sentence is not part of it.
URL = re.compile(r"https?://[^\s<>\"'`|]*[^\s<>\"'`|.,;:!?)\]}*_~]")


def role(address: str) -> str:
    """The role for what leads to an address; empty where that may not be followed."""
    found = _SCHEME.match(address)
    if found is None or found[1].lower() not in SCHEMES or len(address) > _LONGEST:
        return ""
    raw = address.encode("utf-8", "replace")
    spelt = "".join(chr(byte) if byte in _SAFE else f"%{byte:02X}" for byte in raw)
    return MARK + spelt if len(spelt) <= _LONGEST and len(spelt) > found.end() else ""


def joined(roles: str, address: str) -> str:
    """The roles, and where the segment leads if it may."""
    added = role(address)
    return f"{roles} {added}" if added and roles else added or roles


def address(roles: str) -> str:
    """Where a segment of these roles leads; empty for most."""
    if MARK not in roles:
        return ""
    return next((name[len(MARK) :] for name in roles.split(" ") if name.startswith(MARK)), "")


def bare(roles: str) -> str:
    """The roles without where they lead."""
    if MARK not in roles:
        return roles
    return " ".join(name for name in roles.split(" ") if not name.startswith(MARK))


def found(line: StyledLine) -> StyledLine:
    """The line with addresses in its texts leading there. For text that has no markup."""
    if not any("://" in text for _, text in line):
        return line
    return list(_found(line))


def _found(line: StyledLine) -> Iterator[Segment]:
    for roles, text in line:
        at = 0
        for match in URL.finditer(text) if "://" in text else ():
            if match.start() > at:
                yield roles, text[at : match.start()]
            yield joined(roles, match.group()), match.group()
            at = match.end()
        if at < len(text):
            yield roles, text[at:]


class Link(NamedTuple):
    """A link in a line: where it leads, what is shown of it there, and its characters from `start` up to `stop`."""

    address: str
    text: str
    start: int
    stop: int


def of_line(line: Iterable[Segment]) -> list[Link]:
    """The links of a line, in order."""
    made: list[Link] = []
    at = 0
    for roles, text in line:
        leads = address(roles)
        if leads and made and made[-1].address == leads and made[-1].stop == at:
            made[-1] = Link(leads, made[-1].text + text, made[-1].start, at + len(text))
        elif leads:
            made.append(Link(leads, text, at, at + len(text)))
        at += len(text)
    return made


def at(line: StyledLine, column: int) -> Link | None:
    """The link at a character of a line, else the next one in it, else the last one."""
    links = of_line(line)
    return next((link for link in links if link.stop > column), links[-1] if links else None)
