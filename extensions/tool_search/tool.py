"""The tool: what it is told as, and its answer.

Does not: rank (`ranking`) or take texts apart (`words`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from csm.api import Offer, ToolContext, arguments, codec, namespaces, tools

if TYPE_CHECKING:
    from .ranking import Ranking

NAME = "tool_search"
#: Tools found, where the model does not say how many it wants.
USUAL = 8
_FIELDS = {
    "query": arguments.Field(required=True, nullable=False),
    "limit": arguments.Field("usize"),
}
_RAW = {
    "type": NAME,
    "execution": "client",
    "description": (
        "There are more tools than those you see. Search them by what they do, in a few words; those found can be"
        " called from then on. Search before you say that something cannot be done. Sources: "
    ),
    "parameters": {
        "type": "object",
        "properties": {
            "query": {"type": "string", "description": "What the tool should do, or its name"},
            "limit": {"type": "number", "description": f"Tools to find at the most, {USUAL} if not given"},
        },
        "required": ["query"],
        "additionalProperties": False,
    },
}


class ToolSearch:
    """`tool_search`."""

    def __init__(self) -> None:
        self.spec = _spec([])

    def offered(self, offer: Offer) -> tools.ToolSpec | None:
        """Where there is something to find; the model is told where it would come from."""
        if not offer.deferred:
            return None
        return _spec(list(dict.fromkeys(spec.namespace or spec.name for spec in offer.deferred)))

    async def run(self, call: tools.ToolCall, cx: ToolContext) -> tools.ToolResult:
        """The tools that fit best. Raises ToolError for bad arguments, which is answered as if none was found."""
        given = arguments.read(call.arguments, _FIELDS, prefix="failed to parse tool_search arguments: ")
        return tools.ToolResult(namespaces.found(search(cx.deferred, given["query"], given.get("limit", USUAL))))


def search(specs: tuple[tools.ToolSpec, ...], query: str, limit: int) -> list[tools.ToolSpec]:
    """The tools that fit a query, best first. A name that no tool has is searched by its parts."""
    from .ranking import Ranking
    from .words import words

    ranking = Ranking([word for text in _texts(spec) for word in words(text)] for spec in specs)
    asked = [part for word in query.split() for part in _asked(ranking, word)]
    return [specs[number] for number in ranking.best(asked, limit)]


def _asked(ranking: Ranking, text: str) -> list[str]:
    from .words import parts, words

    found = words(text)
    return found if all(map(ranking.knows, found)) else [*found, *parts(text)]


def _texts(spec: tools.ToolSpec) -> Iterator[str]:
    """All that says what a tool does: its names, its description, its parameters with theirs."""
    raw: dict[str, Any] = codec.decode(spec.raw)
    space = (spec.namespace or "").removeprefix("mcp__")
    yield from (spec.name, spec.name.replace("_", " "), space, str(raw.get("description", "")), spec.about)
    parameters = raw.get("parameters")
    properties = parameters.get("properties") if isinstance(parameters, dict) else None
    for name, shape in properties.items() if isinstance(properties, dict) else ():
        yield name
        if isinstance(shape, dict):
            yield str(shape.get("description", ""))


def _spec(sources: list[str]) -> tools.ToolSpec:
    raw = {**_RAW, "description": f"{_RAW['description']}{', '.join(sources)}."}
    return tools.ToolSpec(NAME, msgspec.Raw(msgspec.json.encode(raw)))
