"""One response of a model, streamed and measured: what came, how much of it, and when.

Does not: retry, run tools or keep anything.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from csm import __version__
from csm.core import request, response_items
from csm.protocol import codec
from csm.protocol.errors import ModelError, RemoteProtocolError
from csm.protocol.model import ModelInfo, ModelPart, PartCompleted, PartCreated, PartItemDone, PartReasoning, PartText

if TYPE_CHECKING:
    from csm.host.host import Host
    from csm.host.settings import Settings

Log = Callable[[dict[str, Any]], object]


class Measured:
    """What came of a request. Times are milliseconds since it was sent; None for what never came."""

    def __init__(self, model: str, provider: str) -> None:
        self.model = model
        self.provider = provider
        self.error: str | None = None
        self.response_id = ""
        self.events = 0
        self.items: dict[str, int] = {}
        self.usage: dict[str, int] = {}
        self.texts: list[str] = []
        self.reasoning_bytes = 0
        self.deltas = 0
        self.first: int | None = None
        self.first_text: int | None = None
        self.total = 0
        self._streamed = 0

    @property
    def text(self) -> str:
        """The messages, one after the other."""
        return "\n".join(self.texts)

    def take(self, part: ModelPart, at: int) -> None:
        """Count a part."""
        self.events += 1
        self.first = at if self.first is None else self.first
        if isinstance(part, PartCreated):
            self.response_id = part.response_id
        elif isinstance(part, PartText):
            self.deltas += 1
            self._streamed += len(part.text.encode("utf-8", "replace"))
            self.first_text = at if self.first_text is None else self.first_text
        elif isinstance(part, PartReasoning):
            self.reasoning_bytes += len(part.text.encode("utf-8", "replace"))
        elif isinstance(part, PartItemDone):
            self._item(part)
        elif isinstance(part, PartCompleted):
            self.response_id = part.response_id or self.response_id
            self.usage = {} if part.usage is None else msgspec.to_builtins(part.usage)

    def _item(self, part: PartItemDone) -> None:
        try:
            item = response_items.received(part.raw)
        except RemoteProtocolError:
            item = None
        kind = item.kind if item is not None else "unreadable"
        self.items[kind] = self.items.get(kind, 0) + 1
        if item is not None and kind == "message":
            self.texts.append(response_items.message_text(item))

    def told(self) -> dict[str, Any]:
        """The figures by name."""
        return {
            "status": "completed" if self.error is None else "failed",
            "error": self.error,
            "model": self.model,
            "provider": self.provider,
            "response_id": self.response_id or None,
            "events": self.events,
            "items": self.items,
            "text_deltas": self.deltas,
            "streamed_bytes": self._streamed,
            "text_bytes": len(self.text.encode("utf-8", "replace")),
            "reasoning_bytes": self.reasoning_bytes,
            "first_event_ms": self.first,
            "first_text_ms": self.first_text,
            "total_ms": self.total,
            "tokens": self.usage,
            "text": self.text,
        }


class _Context:
    """See `csm.host.contracts.ModelContext`."""

    def __init__(self, host: Host, thread_id: str) -> None:
        self.env = host.env
        self.thread_id = thread_id
        self.originator = "csm_model"
        self.version = __version__

    def secret(self, value: str) -> None:
        """Nothing that is kept or shown here could hold it."""


def measure(host: Host, settings: Settings, words: str, log: Log | None) -> Measured:
    """Ask the settings' model. Every part goes to `log` too, as `{"ms", "type", ...}`. Raises what `log` raises."""
    return asyncio.run(_measure(host, settings, words, log))


async def _measure(host: Host, settings: Settings, words: str, log: Log | None) -> Measured:
    from csm.runtime import briefing
    from csm.runtime.clock import Clock

    thread_id = Clock().new_id()
    provider: Any = host.model_provider(settings.model_provider)
    info = briefing.known(host, settings, settings.model)
    measured = Measured(settings.model, settings.model_provider)
    started = time.monotonic()
    parts = provider.stream(_request(settings, info, words, thread_id), _Context(host, thread_id))
    try:
        async for part in parts:
            at = round((time.monotonic() - started) * 1000)
            measured.take(part, at)
            if log is not None:
                log({"ms": at, **_line(part)})
    except ModelError as error:
        measured.error = error.message
    measured.total = round((time.monotonic() - started) * 1000)
    return measured


def _request(settings: Settings, info: ModelInfo, words: str, thread_id: str) -> Any:
    return request.build(
        [response_items.user_message(codec.whole(words))],
        thread_id=thread_id,
        turn_id="",
        instructions="",
        tools=(),
        info=info,
        choices=request.Choices(
            settings.model, settings.effort, settings.summary, settings.verbosity, settings.service_tier
        ),
    )


def _line(part: ModelPart) -> dict[str, Any]:
    """A part as JSON; a whole item as the object it is."""
    fields = msgspec.structs.asdict(part)
    if isinstance(part, PartItemDone):
        del fields["raw"]
        try:
            fields["item"] = codec.decode(part.raw)
        except ValueError:
            fields["item"] = None
    return {"type": part.__struct_config__.tag, **fields}
