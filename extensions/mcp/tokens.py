"""What logins at servers left: tokens in `$CODEX_HOME/.credentials.json`, for its owner alone, in Codex's shape.

Does not: log in (`login.py`). A file that cannot be read holds no login.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from pathlib import Path
from typing import Any, cast

from csm.api import codec, saving

from .servers import Server

Entry = dict[str, Any]
_FILE = ".credentials.json"
#: Milliseconds before its end that a token is renewed.
_EARLY = 30_000
#: Seconds before one that was just given is renewed again: some last no longer than `_EARLY`.
_PAUSE = 20.0


def key(server: Server) -> str:
    """By what a server's entry is found: its name, and a mark of its address."""
    payload = json.dumps({"type": "http", "url": server.url, "headers": {}}, separators=(",", ":"))
    return f"{server.name}|{hashlib.sha256(payload.encode()).hexdigest()[:16]}"


def load(home: Path) -> dict[str, Entry]:
    """All entries."""
    try:
        found: Any = codec.decode((home / _FILE).read_bytes())
    except (OSError, ValueError):
        return {}
    if not isinstance(found, dict):
        return {}
    entries = cast("dict[str, Any]", found)
    return {name: cast("Entry", one) for name, one in entries.items() if isinstance(one, dict)}


def find(home: Path, server: Server) -> Entry | None:
    """A server's entry."""
    return load(home).get(key(server))


def save(home: Path, server: Server, entry: Entry | None) -> None:
    """Put a server's entry, or with None take it away. Raises OSError."""
    entries = load(home)
    entries.pop(key(server), None)
    if entry is not None:
        entries[key(server)] = entry
    if not entries:
        (home / _FILE).unlink(missing_ok=True)
        return
    saving.replace(home / _FILE, codec.encode(entries).decode(), private=True)


def entry(server: Server, client_id: str, given: dict[str, Any], scopes: list[str]) -> Entry:
    """An entry of what a server gave for a code or an old token."""
    made: Entry = {
        "server_name": server.name,
        "server_url": server.url,
        "client_id": client_id,
        "access_token": given["access_token"],
    }
    lasts = given.get("expires_in")
    if isinstance(lasts, int | float):
        made["expires_at"] = int((time.time() + lasts) * 1000)
    if given.get("refresh_token"):
        made["refresh_token"] = given["refresh_token"]
    granted = given.get("scope")
    return {**made, "scopes": granted.split() if isinstance(granted, str) else scopes}


class Tokens:
    """A server's token while it is connected, renewed when it ends."""

    def __init__(self, home: Path, server: Server, found: Entry) -> None:
        self._home = home
        self._server = server
        self._entry = found
        self._renewing = asyncio.Lock()
        self._renewed = -_PAUSE

    @classmethod
    def of(cls, home: Path, server: Server) -> Tokens | None:
        """None where nobody logged in."""
        found = find(home, server)
        return None if found is None or not found.get("access_token") else cls(home, server, found)

    async def current(self) -> str:
        """The token to send."""
        ends = self._entry.get("expires_at")
        late = isinstance(ends, int | float) and ends - _EARLY < time.time() * 1000
        if late and time.monotonic() - self._renewed >= _PAUSE:
            await self.renew(str(self._entry["access_token"]))
        return str(self._entry["access_token"])

    async def renew(self, token: str) -> bool:
        """Get another token for one that no longer counts; whether there is one."""
        async with self._renewing:
            if self._entry["access_token"] != token:
                return True  # while this waited
            self._renewed = time.monotonic()
            return await self._renew()

    async def _renew(self) -> bool:
        newest = find(self._home, self._server)
        if newest is not None and newest.get("access_token") not in (None, self._entry["access_token"]):
            self._entry = newest  # another csm, or Codex, was first
            return True
        refresh = self._entry.get("refresh_token")
        if not refresh:
            return False
        from .oauth import refreshed

        given = await refreshed(self._server, str(self._entry.get("client_id", "")), str(refresh))
        if given is None:
            return False
        client, scopes = str(self._entry.get("client_id", "")), list(self._entry.get("scopes", ()))
        self._entry = entry(self._server, client, {"refresh_token": refresh, **given}, scopes)
        try:
            save(self._home, self._server, self._entry)
        except OSError:
            return True  # it counts, though only as long as this runs
        return True
