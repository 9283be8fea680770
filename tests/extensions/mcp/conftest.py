"""Sessions with servers: a bench on which the extension is loaded, and what a server has heard."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from csm.api.testing import Bench, bundled

SERVANT = Path(__file__).with_name("servant.py")
#: Seconds that something may take to come true.
PATIENCE = 10.0


def until(true: Callable[[], Any], what: str = "") -> Any:
    """What `true` says once it is something; fails if it never is."""
    end = time.monotonic() + PATIENCE
    while not (found := true()):
        assert time.monotonic() < end, what or "it never came true"
        time.sleep(0.005)
    return found


def gone(pid: int) -> bool:
    """Whether a process has ended."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


class Served:
    """Makes benches whose settings name servers, and closes them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "heard.jsonl"
        self.benches: list[Bench] = []

    def table(self, mode: str = "", **more: Any) -> dict[str, Any]:
        """The settings of a servant."""
        mode = more.pop("mode", mode)
        env = {"SERVANT_LOG": str(self.log), **more.pop("env", {})}
        usual = {"command": sys.executable, "args": [str(SERVANT), *filter(None, [mode])], "env": env}
        return {**usual, **more}

    def bench(self, script: Any = (), servers: dict[str, Any] | None = None, **more: Any) -> Bench:
        """A bench with these servers, or one called `echo`."""
        servers = {"echo": self.table()} if servers is None else servers
        settings = {"mcp_servers": servers, "model": "gpt-5.5", **more.pop("settings", {})}
        bench = Bench(self.folder, script, settings=settings, **more)
        bench.host.state.setdefault("mcp", {})
        bench.host.hooks.register(bundled("mcp"), "mcp")
        self.benches.append(bench)
        return bench

    #: For tests, which cannot import this.
    until = staticmethod(until)
    gone = staticmethod(gone)

    def open_gate(self) -> None:
        """Let servers go on that are slow to start."""
        Path(f"{self.log}.gate").touch()

    def heard(self, method: str | None = None) -> list[dict[str, Any]]:
        """What servers were told; the first of each is how it was started."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        found = [json.loads(line) for line in lines]
        return found if method is None else [one for one in found if one.get("method") == method]

    def pids(self) -> list[int]:
        """The processes of all servers that were started."""
        return [one["pid"] for one in self.heard() if "pid" in one]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """See `Served`. No server may outlive the test."""
    found = Served(tmp_path)
    yield found
    for bench in found.benches:
        bench.port.close()
        bench.host.hooks.tell("deactivate", "mcp", host=bench.host)
        bench.host.close()
    for pid in found.pids():
        until(lambda pid=pid: gone(pid), f"the server {pid} lives on")
