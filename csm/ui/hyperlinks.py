"""Links as terminals follow them (OSC 8), where they can: one id for each address, so that wrapped rows are one link.

Does not: judge addresses (`csm.view.links` lets only harmless ones through, spelt in printable ASCII).
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any

from csm.view.links import address

CLOSING = "\x1b]8;;\x1b\\"
#: Terminals that print what they do not know of OSC, or cut it short.
_WITHOUT = ("linux", "dumb", "vt", "eterm", "screen", "cons", "sun")
_STYLE = "leads:"


def shown(env: Mapping[str, str], setting: Any) -> bool:
    """Whether the terminal is told of links: as the setting `hyperlinks` says, else where it can surely take it."""
    if isinstance(setting, bool):
        return setting
    term = env.get("TERM", "")
    return bool(term) and (bool(env.get("TMUX")) or not term.startswith(_WITHOUT))


def opening(roles: str) -> str:
    """The escape after which text leads where its roles say; empty for most."""
    return escape(address(roles))


def escape(leads: str) -> str:
    """The escape that begins a link to an address; empty for none."""
    if not (leads.isascii() and leads.isprintable()):
        return ""
    return f"\x1b]8;id={zlib.crc32(leads.encode()):x};{leads}\x1b\\" if leads else ""


def styled(leads: str) -> str:
    """A word for prompt_toolkit's style strings that keeps an address."""
    return _STYLE + leads if leads else ""


def parted(style: str) -> tuple[str, str]:
    """A style string without that word, and the address."""
    rest, mark, leads = style.rpartition(_STYLE)
    return (rest.rstrip(" "), leads) if mark else (style, "")
