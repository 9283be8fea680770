"""Having a browser open an address.

Does not: wait for it, or know whether anybody looked.
"""

from __future__ import annotations

import shutil
import subprocess
from typing import Any
from urllib.parse import urlsplit


def host(address: str) -> str:
    """The host of an address that a browser may be sent to; "" for what is none, or may look like another."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    plain = address.isascii() and address.isprintable() and parts.username is None
    return parts.hostname or "" if plain and parts.scheme in ("http", "https") else ""


def browse(address: str) -> bool:
    """Whether a browser with a window could be asked to open an address."""
    opener = next(filter(None, map(shutil.which, ("xdg-open", "open", "wslview"))), None)
    if opener is None or not host(address):
        return False
    try:
        silent: Any = subprocess.DEVNULL
        subprocess.Popen([opener, address], stdin=silent, stdout=silent, stderr=silent, start_new_session=True)
    except OSError:
        return False
    return True
