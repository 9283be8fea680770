"""A turn with a bounded number of rounds of tools, and what came of it.

The bound stands between session and model: once it is reached, the model is not asked any more and the turn ends.

Does not: run tools.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from csm.core import response_items
from csm.host.hooks import hook
from csm.protocol import events, items
from csm.protocol.errors import RemoteProtocolError
from csm.protocol.events import Event
from csm.protocol.model import ModelPart, ModelRequest, PartCompleted, PartItemDone

if TYPE_CHECKING:
    from csm.host.host import Host


class Rounds:
    """Lets the model call tools in `limit` responses; none at all with 0, when it is offered no tools.

    `go_on`: after the last round the model may still answer, and is offered no tools for it. `requests` counts those
    sent, `reached` says that the model would have had more to do.
    """

    def __init__(self, limit: int, *, go_on: bool) -> None:
        self.limit = limit
        self.go_on = go_on
        self.requests = 0
        self.reached = False
        self._looking = False

    @hook
    def models(self, host: Host) -> list[Any]:
        """The chosen provider, with this bound before it."""
        if self._looking:
            return []
        self._looking = True
        try:
            found = {one.id: one for one in host.hooks.collect("models", host=host)}
        finally:
            self._looking = False
        inner = found.get(host.settings.model_provider)
        return [] if inner is None else [_Bounded(inner, self)]

    @hook
    def before_request(self, request: ModelRequest) -> ModelRequest:
        """Without tools where none may be called."""
        return msgspec.structs.replace(request, tools=()) if self.requests >= self.limit else request


class _Bounded:
    """A provider that says nothing more once the rounds are over."""

    def __init__(self, inner: Any, rounds: Rounds) -> None:
        self.id, self.name = inner.id, inner.name
        self.info = getattr(inner, "info", lambda slug: None)
        self._inner, self._rounds = inner, rounds

    def problem(self) -> str | None:
        return self._inner.problem()

    async def stream(self, request: ModelRequest, cx: Any) -> AsyncIterator[ModelPart]:
        rounds = self._rounds
        if rounds.requests >= max(1, rounds.limit + rounds.go_on):
            rounds.reached = rounds.go_on
            yield PartCompleted()
            return
        rounds.requests += 1
        last = rounds.requests > rounds.limit
        async for part in self._inner.stream(request, cx):
            if last and isinstance(part, PartItemDone) and _calls(part.raw):
                rounds.reached = True  # it was offered no tools, and would call them all the same
            else:
                yield part


def _calls(raw: bytes) -> bool:
    try:
        return response_items.tool_call(response_items.received(raw)) is not None
    except RemoteProtocolError:
        return False


def follow(turn: Iterator[Event], rounds: Rounds) -> dict[str, Any]:
    """What came of a turn, by name."""
    done: dict[str, Any] = {"status": "failed", "error": None, "text": "", "requests": 0, "duration_ms": 0}
    tools: list[dict[str, Any]] = []
    usage: dict[str, int] = {}
    for event in turn:
        body = event.body
        if isinstance(body, events.ItemCompleted):
            _note(body.item, done, tools)
        elif isinstance(body, events.UsageReported):
            usage = msgspec.to_builtins(body.total)
        elif isinstance(body, events.TurnCompleted):
            done.update(status="stopped" if rounds.reached else "completed", duration_ms=body.duration_ms)
        elif isinstance(body, events.TurnFailed):
            done.update(error=body.message)
        elif isinstance(body, events.TurnInterrupted):
            done.update(status="interrupted")
    if rounds.reached:
        done["error"] = f"the model would have gone on after {rounds.limit} rounds of tools"
    return {**done, "requests": rounds.requests, "tools": tools, "tokens": usage}


def _note(item: items.Item, done: dict[str, Any], tools: list[dict[str, Any]]) -> None:
    if isinstance(item, items.AgentMessage):
        done["text"] = item.text
    elif isinstance(item, items.CommandExecution):
        tools.append({"name": item.command, "status": item.status, "output": item.output, "exit_code": item.exit_code})
    elif isinstance(item, items.FileChange):
        names = " ".join(change.path for change in item.changes)
        tools.append({"name": f"apply_patch {names}", "status": item.status, "output": item.stderr})
    elif isinstance(item, items.ToolUse):
        tools.append({"name": item.tool, "status": item.status, "output": item.output})
    elif isinstance(item, items.McpToolCall):
        tools.append({"name": f"{item.server}.{item.tool}", "status": item.status, "output": item.error or ""})
