"""The servers of one host, on a loop and a thread of their own: started together, called from any session, ended.

Does not: know the protocol (`connection.py`).
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterable, Mapping
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from csm.api import CsmError, Host, Tool

from . import names
from .connection import Connection
from .logs import Log
from .peer import CLOSED, Carrier, Lost
from .servers import STARTUP, Server

T = TypeVar("T")
#: Milliseconds that a turn waits for servers that nobody said are required.
_GRACE = 1_000
#: Seconds that all servers together have to end.
_END = 1.5


class Pool:
    """Starts every enabled server at once."""

    def __init__(self, host: Host, servers: Mapping[str, Server]) -> None:
        self.host = host
        self.servers = servers
        self.namespaces = names.namespaces(servers)
        self.loop = asyncio.new_event_loop()
        self._closed = False
        self._logs: dict[str, Log] = {}
        self._thread = threading.Thread(target=self._run, name="csm-mcp", daemon=True)
        self._thread.start()
        self.connections = {name: self._connection(server) for name, server in servers.items() if server.enabled}
        self._started = {name: self.soon(one.start()) for name, one in self.connections.items()}

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()
        left = asyncio.all_tasks(self.loop)
        for task in left:
            task.cancel()
        self.loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        self.loop.close()

    def _connection(self, server: Server) -> Connection:
        return Connection(
            server,
            partial(self._carrier, server),
            partial(self._changed, server.name),
            self._told,
        )

    def _carrier(self, server: Server) -> Carrier:
        host = self.host
        if server.command is not None:
            from .stdio import Process

            log = self._logs[server.name] = Log(log_path(host, server.name))
            return Process(server, host.env, Path(host.cwd), log)
        from .http import Http

        return Http(server, host.env, host.settings.codex_home)

    def soon(self, doing: Coroutine[Any, Any, T]) -> Future[T]:
        """Have something done on the servers' loop. From any thread. Raises Lost once they have ended."""
        if self._closed:
            doing.close()
            raise Lost(CLOSED)
        return asyncio.run_coroutine_threadsafe(doing, self.loop)

    async def call(self, doing: Coroutine[Any, Any, T]) -> T:
        """The same, waited for on the caller's loop; cancelled with the caller."""
        return await asyncio.wrap_future(self.soon(doing))

    async def opened(self) -> None:
        """Wait for the required servers. Raises CsmError where one of them cannot be used."""
        required = [name for name, server in self.servers.items() if server.required and server.enabled]
        await self._wait(required, None)
        failed = [(name, one.problem) for name in required if (one := self.connections[name]).state != "ready"]
        if failed:
            told = ", ".join(f"{name}: {problem}" for name, problem in failed)
            raise CsmError(
                "Error: thread/start: thread/start failed: error creating thread: Fatal error: Failed to initialize"
                f" session: required MCP servers failed to initialize: {told} (code -32603)"
            )

    async def settled(self) -> None:
        """Wait until all have started, but for optional ones only so long."""
        grace = self.host.settings.raw.get("mcp_optional_startup_grace_ms", _GRACE)
        await self._wait(self._started, grace / 1000 if isinstance(grace, int) else _GRACE / 1000)

    async def _wait(self, which: Iterable[str], seconds: float | None) -> None:
        waiting = [asyncio.wrap_future(self._started[name]) for name in which if not self._started[name].done()]
        if waiting:
            await asyncio.wait(waiting, timeout=seconds)

    def tools(self) -> list[Tool]:
        """What the servers that are ready have, and the tools for their resources."""
        from .offered import offered

        return offered(self)

    def tail(self, name: str) -> list[str]:
        """What a server last wrote to its standard error."""
        return self._logs[name].tail() if name in self._logs else []

    def update(self, servers: Mapping[str, Server], again: str | None = None) -> None:
        """Use these servers from now on: what is new or other is started, what is gone ended, `again` started anew."""
        old, self.servers = self.servers, servers
        self.namespaces = names.namespaces(servers)
        for name in {*old, *servers}:
            if name == again or old.get(name) != servers.get(name):
                self._started[name] = self.soon(self._renew(name))

    async def _renew(self, name: str) -> None:
        one = self.connections.pop(name, None)
        if one is not None:
            await one.close()
        server = self.servers.get(name)
        if server is not None and server.enabled:
            self.connections[name] = self._connection(server)
            await self.connections[name].start()
        else:
            self._changed(name)

    def _changed(self, name: str) -> None:
        """A server has started, or failed to, or has other tools."""
        if self._closed:
            return
        self.host.renew("tools")
        one = self.connections.get(name)
        if one is not None and one.state == "failed":
            self.host.report("warning", _failure(one))

    def _told(self, text: str) -> None:
        if not self._closed:
            self.host.report("warning", text)

    def close(self) -> None:
        """End all of them, within bounds; none outlives this."""
        self._closed = True
        ending = [asyncio.run_coroutine_threadsafe(one.close(), self.loop) for one in self.connections.values()]
        for future in ending:
            try:
                future.result(_END)
            except Exception:
                continue
        for one in self.connections.values():
            kill = getattr(one.carrier, "kill", None)
            if kill is not None:
                kill()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(_END)


def log_path(host: Host, name: str) -> Path:
    """Where the standard error of a server goes."""
    word = "".join(char if char.isalnum() or char in "-_." else "_" for char in name)
    return Path(host.settings.state_dir) / "mcp" / f"{word}.log"


def _failure(one: Connection) -> str:
    name = one.server.name
    if one.problem.startswith("timed out"):
        seconds = one.server.startup or STARTUP
        return (
            f"MCP client for `{name}` timed out after {seconds:g} seconds. Add or adjust `startup_timeout_sec` in your"
            f" config.toml:\n[mcp_servers.{name}]\nstartup_timeout_sec = XX"
        )
    return f"MCP client for `{name}` failed to start: MCP startup failed: {one.problem}"
