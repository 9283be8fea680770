"""Requests to a model and the parts of its answer, whatever the provider.

Does not: speak HTTP or know a provider's wire format beyond the Responses API's item JSON.
"""

from __future__ import annotations

import msgspec

from csm.protocol.tools import ToolSpec


class Usage(msgspec.Struct, frozen=True):
    """Tokens. `input` includes `cached`, read from a cache, and `written` into one; `output` includes `reasoning`."""

    input: int = 0
    cached: int = 0
    output: int = 0
    reasoning: int = 0
    total: int = 0
    written: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.input + other.input,
            self.cached + other.cached,
            self.output + other.output,
            self.reasoning + other.reasoning,
            self.total + other.total,
            self.written + other.written,
        )


class ModelRequest(msgspec.Struct, frozen=True):
    """One request. `input` holds response items as JSON bytes, spliced into the body as they are.

    `schema` is a JSON Schema that the final answer must fit. `cache_key` is the thread id. `store` has the server keep
    the response; with `previous_response_id` the input is what is new since that one. `window` counts the compactions.
    """

    model: str
    instructions: str
    input: tuple[bytes, ...]
    tools: tuple[ToolSpec, ...] = ()
    parallel: bool = True
    effort: str | None = "medium"
    summary: str | None = None
    verbosity: str | None = "low"
    service_tier: str | None = None
    schema: bytes | None = None
    cache_key: str = ""
    thread_id: str = ""
    turn_id: str = ""
    subagent: str | None = None
    #: Of an agent: the thread that began it, and the one that stands above all.
    parent_id: str | None = None
    session_id: str = ""
    previous_response_id: str | None = None
    store: bool = False
    window: int = 0


class PartCreated(msgspec.Struct, frozen=True, tag="created"):
    """The server took the request."""

    response_id: str = ""


class PartItemStarted(msgspec.Struct, frozen=True, tag="item_started"):
    """A response item begins. `kind` is its JSON `type`, `item_id` the provider's id for its deltas.

    `raw` is its JSON as far as it is known, where that is worth showing (a search).
    """

    item_id: str
    kind: str
    phase: str | None = None
    raw: bytes = b""


class PartText(msgspec.Struct, frozen=True, tag="text"):
    """More text of a message."""

    item_id: str
    text: str


class PartReasoning(msgspec.Struct, frozen=True, tag="reasoning"):
    """More text of a reasoning summary. A new `index` starts a new part."""

    item_id: str
    text: str
    index: int = 0


class PartItemDone(msgspec.Struct, frozen=True, tag="item_done"):
    """A whole response item, as JSON."""

    item_id: str
    raw: bytes


class PartCompleted(msgspec.Struct, frozen=True, tag="completed"):
    """The response is complete. `end_turn` False asks for another request even without tool calls."""

    response_id: str = ""
    usage: Usage | None = None
    end_turn: bool | None = None


ModelPart = PartCreated | PartItemStarted | PartText | PartReasoning | PartItemDone | PartCompleted


class ModelInfo(msgspec.Struct, frozen=True):
    """Facts of a model. `context_window` and `truncation` are tokens; `known` says it is in our table.

    `tool_search` says that it can be given tools late, as answers to searches for them. `summary` is what it is asked
    for of its thinking, `efforts` how hard it can think, `listed` whether it is offered to choose from, `image_detail`
    how closely it looks at images.
    """

    slug: str
    context_window: int = 272_000
    truncation: int = 10_000
    effort: str | None = "medium"
    verbosity: str | None = "low"
    apply_patch: bool = True
    parallel: bool = True
    known: bool = True
    tool_search: bool = False
    summary: str | None = None
    efforts: tuple[str, ...] = ()
    listed: bool = True
    image_detail: str = "high"
