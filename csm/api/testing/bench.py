"""A whole session on a bench: scripted model, memory store, your tools and hooks, and the real runtime.

    with Bench(tmp_path, [{"call": ("roll", {"sides": 6})}, {"text": "done"}], tools=[RollTool()]) as bench:
        thread = bench.start()
        events = bench.turn(thread, "roll a die")
        assert bench.outputs() == ["4"]

Does not: read this machine's settings; everything lives below the folder it is given.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from csm.api.testing.model import FakeModel
from csm.api.testing.script import Script
from csm.api.testing.store import MemoryStore
from csm.host import settings as layers
from csm.host.contracts import ModelProvider, Sandbox, Tool
from csm.host.hooks import hook
from csm.host.host import Host
from csm.host.storage import Store
from csm.protocol import codec, events, ops
from csm.protocol.errors import StoreError
from csm.protocol.events import Event
from csm.runtime.clock import Clock
from csm.runtime.fanout import Watcher
from csm.runtime.local import LocalPort
from csm.runtime.port import Start

_PATIENCE = 10.0
_ENDS = (events.TurnCompleted, events.TurnFailed, events.TurnInterrupted)


class _Parts:
    """What the bench gives its host."""

    def __init__(self, model: ModelProvider, store: Store, tools: Sequence[Tool], sandboxes: Sequence[Sandbox]) -> None:
        self._model, self._store, self._tools, self._sandboxes = model, store, tools, sandboxes

    @hook
    def models(self) -> list[ModelProvider]:
        return [self._model]

    @hook
    def stores(self) -> list[Store]:
        return [self._store]

    @hook
    def tools(self) -> list[Tool]:
        return list(self._tools)

    @hook
    def sandboxes(self) -> list[Sandbox]:
        return list(self._sandboxes)


class Bench:
    """See the module. `plugins` are objects with methods marked `@hook`, or modules that have them, which go by their
    names; `settings` are dotted keys above every layer.

    `folder` gets `home` and `work`; the latter is where threads work. `limit` bounds what waits for a watcher. `clock`
    gives times, ids and delays.
    """

    def __init__(
        self,
        folder: Path,
        script: Script = (),
        *,
        tools: Sequence[Tool] = (),
        sandboxes: Sequence[Sandbox] = (),
        plugins: Sequence[Any] = (),
        store: Store | None = None,
        model: ModelProvider | None = None,
        settings: Mapping[str, Any] | None = None,
        env: Mapping[str, str] | None = None,
        limit: int | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.home, self.work = folder / "home", folder / "work"
        for path in (self.home / ".codex", self.work):
            path.mkdir(parents=True, exist_ok=True)
        self.env = {"HOME": str(self.home), "PATH": os.environ.get("PATH", os.defpath), "TZ": "UTC", **(env or {})}
        self.model = model or FakeModel(script, id="fake")
        self.store = store or MemoryStore()
        overrides = {
            "model_provider": self.model.id,
            f"model_providers.{self.model.id}.name": self.model.id,
            f"model_providers.{self.model.id}.base_url": "http://127.0.0.1:9",
            **(settings or {}),
        }
        loaded = layers.load(cwd=self.work, env=self.env, overrides=overrides)
        self.host = Host.open(loaded, self.env, bundled=False, init=False)
        self.host.hooks.register(_Parts(self.model, self.store, tools, sandboxes), "bench")
        for number, plugin in enumerate(plugins):
            self.host.hooks.register(plugin, _name(plugin) or f"plugin{number}")
        self.port = LocalPort(self.host, clock) if limit is None else LocalPort(self.host, clock, limit=limit)

    def __enter__(self) -> Bench:
        return self

    def __exit__(self, *exc: object) -> None:
        self.port.close()
        self.host.close()

    def start(self, **start: Any) -> str:
        """Open a thread; its id. `start` are fields of `Start`. Raises what opening raises."""
        fields: dict[str, Any] = {"cwd": str(self.work), **start}
        return self.port.start(Start(**fields)).result(_PATIENCE)

    def submit(self, thread_id: str, op: ops.Op) -> ops.Ack:
        """Submit an op and wait for the answer."""
        return self.port.submit(thread_id, op).result(_PATIENCE)

    def turn(self, thread_id: str, text: str, **submit: Any) -> list[Event]:
        """Do one whole turn: every event from its start to its end."""
        watcher = self.port.attach(thread_id)
        try:
            ack = self.submit(thread_id, ops.Submit(text, **submit))
            if not ack.accepted:
                raise AssertionError(f"refused: {ack.reason}")
            return self.until(watcher, _ENDS)
        finally:
            watcher.detach()

    def until(self, watcher: Watcher, wanted: type | tuple[type, ...] | Callable[[Event], bool]) -> list[Event]:
        """Events up to the first with a body of the wanted types, or for which `wanted` is true."""
        found: list[Event] = []
        while True:
            event = watcher.get(_PATIENCE)
            if event is None:
                raise AssertionError(f"it never came; before it: {[type(one.body).__name__ for one in found]}")
            found.append(event)
            if isinstance(event.body, wanted) if isinstance(wanted, (type, tuple)) else wanted(event):
                return found

    def close(self, thread_id: str) -> None:
        """Close a thread, and wait until it is and may be opened again."""
        self.submit(thread_id, ops.Shutdown())
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            try:
                self.port.attach(thread_id).detach()
            except StoreError:
                return
            time.sleep(0.005)
        raise AssertionError("it stayed open")

    def outputs(self) -> list[Any]:
        """What the tools answered, as the last request told the model."""
        requests: list[Any] = getattr(self.model, "requests", [])
        items = [codec.decode(raw) for raw in requests[-1].input] if requests else []
        return [item["output"] for item in items if str(item.get("type", "")).endswith("_call_output")]


def _name(plugin: Any) -> str:
    """What an extension that is a module is called."""
    return plugin.__name__.rpartition(".")[2] if isinstance(plugin, ModuleType) else ""
