"""Events of the Responses API to model parts, sans IO.

Only what csm needs of an event is decoded. A finished item stays JSON bytes (`canonical`).

Does not: frame the stream (`sse`) or word HTTP errors (`faults` words those of the stream too).
"""

from __future__ import annotations

import msgspec

from csm.api import ModelError, model

from .canonical import canonical, mend
from .faults import stream_error

_ABSENT = msgspec.Raw(b"null")
#: How an `error` event without words is told.
_SILENT = stream_error("", None).message
#: The kind of items of which more is worth knowing when they begin.
_SEARCH = "web_search_call"


class _Event(msgspec.Struct):
    type: str = ""
    delta: str = ""
    item_id: str | None = None
    output_index: int | None = None
    summary_index: int = 0


class _Whole(msgspec.Struct):
    """An event that carries a JSON value we keep or take apart."""

    item: msgspec.Raw = _ABSENT
    response: msgspec.Raw = _ABSENT
    error: msgspec.Raw = _ABSENT
    code: str | None = None
    message: str | None = None


class _Item(msgspec.Struct):
    type: str = ""
    id: str | None = None
    phase: str | None = None


class _Details(msgspec.Struct):
    cached_tokens: int | None = 0
    cache_write_tokens: int | None = 0
    reasoning_tokens: int | None = 0


class _Usage(msgspec.Struct):
    input_tokens: int | None = 0
    output_tokens: int | None = 0
    total_tokens: int | None = None
    input_tokens_details: _Details | None = None
    output_tokens_details: _Details | None = None


class _Error(msgspec.Struct):
    code: str | int | None = None
    type: str | None = None
    message: str | None = None


class _Incomplete(msgspec.Struct):
    reason: str = "unknown"


class _Response(msgspec.Struct):
    id: str | None = None
    usage: _Usage | None = None
    end_turn: bool | None = None
    error: _Error | None = None
    incomplete_details: _Incomplete | None = None


class Reader:
    """Turns the data of one stream's events into parts.

    `completed` is set by `response.completed`. `error` is what an `error` event said: the reason why a stream that
    now ends has ended; one that goes on has got over it.

    All parts of an item bear the id with which it was started, also where a server (some gateways) gives every event
    of it another one, or none: then its place in the output tells, or else it is the item started last.
    """

    def __init__(self) -> None:
        self.completed = False
        self.error: ModelError | None = None
        self._started: set[str] = set()
        self._places: dict[int | None, str] = {}
        self._event = msgspec.json.Decoder(_Event)
        self._whole = msgspec.json.Decoder(_Whole)

    def read(self, data: bytes) -> model.ModelPart | None:
        """The part that an event stands for; None for those that say nothing new, unknown and broken ones.

        Raises ModelError for the events by which a server gives up.
        """
        try:
            return self._part(self._event.decode(data), data)
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            mended = mend(data)
        if mended is None:
            return None
        try:
            return self._part(self._event.decode(mended), mended)
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            return None

    def _part(self, event: _Event, data: bytes) -> model.ModelPart | None:
        match event.type:
            case "response.output_text.delta" | "response.refusal.delta":
                return model.PartText(self._id(event.item_id, event.output_index), event.delta)
            case "response.reasoning_summary_text.delta":
                item_id = self._id(event.item_id, event.output_index)
                return model.PartReasoning(item_id, event.delta, event.summary_index)
            case "response.output_item.added" | "response.output_item.done":
                return self._item(event, self._whole.decode(data).item)
            case "response.created" | "response.completed":
                return self._response(event, self._whole.decode(data).response)
            case "response.failed" | "response.incomplete":
                raise self._failure(event, self._whole.decode(data))
            case "error":
                self._told(self._failure(event, self._whole.decode(data)))
        return None

    def _told(self, error: ModelError) -> None:
        """What an `error` event says; one that says nothing is none. A full context cannot be got over."""
        if error.code == "context_length_exceeded":
            raise error
        if error.code is not None or error.message != _SILENT:
            self.error = error

    def _item(self, event: _Event, raw: msgspec.Raw) -> model.ModelPart:
        item = msgspec.json.decode(raw, type=_Item)
        if event.type.endswith(".added"):
            item_id = item.id or f"item_{len(self._started)}"
            self._started.add(item_id)
            self._places[event.output_index] = self._places[None] = item_id
            return model.PartItemStarted(item_id, item.type, item.phase, bytes(raw) if item.type == _SEARCH else b"")
        return model.PartItemDone(self._id(item.id, event.output_index), canonical(bytes(raw)))

    def _id(self, given: str | None, place: int | None) -> str:
        if given is not None and given in self._started:
            return given
        started = self._places.get(place) or self._places.get(None)
        return started or given or f"item_{place or 0}"

    def _response(self, event: _Event, raw: msgspec.Raw) -> model.ModelPart:
        response = msgspec.json.decode(raw, type=_Response | None) or _Response()
        if event.type == "response.created":
            return model.PartCreated(response.id or "")
        self.completed = True
        return model.PartCompleted(response.id or "", _usage(response.usage), response.end_turn)

    def _failure(self, event: _Event, whole: _Whole) -> ModelError:
        response = msgspec.json.decode(whole.response, type=_Response | None) or _Response()
        failure = self._worded(event, whole, response)
        failure.usage = _usage(response.usage)
        return failure

    def _worded(self, event: _Event, whole: _Whole, response: _Response) -> ModelError:
        if event.type == "response.incomplete":
            reason = (response.incomplete_details or _Incomplete()).reason
            return stream_error(reason, f"Incomplete response returned, reason: {reason}")
        error = response.error or msgspec.json.decode(whole.error, type=_Error | None)
        error = error or _Error(whole.code, None, whole.message)
        silent = "" if response.error is not None else None
        return stream_error(str(error.code or error.type or ""), silent if error.message is None else error.message)


def _usage(usage: _Usage | None) -> model.Usage | None:
    if usage is None:
        return None
    given, made = usage.input_tokens or 0, usage.output_tokens or 0
    read = usage.input_tokens_details or _Details()
    return model.Usage(
        given,
        read.cached_tokens or 0,
        made,
        (usage.output_tokens_details or _Details()).reasoning_tokens or 0,
        given + made if usage.total_tokens is None else usage.total_tokens,
        read.cache_write_tokens or 0,
    )
