"""Which tools a turn offers, which can be called, and which wait to be found by a search.

Does not: call them.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import msgspec

from csm.core import namespaces, request
from csm.host.contracts import Offer, Tool
from csm.protocol.tools import ToolSpec

if TYPE_CHECKING:
    from csm.host.host import Host

#: The name of the tool that searches deferred ones.
SEARCH = "tool_search"
_Key = tuple[str | None, str]


class Offered(msgspec.Struct, frozen=True):
    """`tools` are all that may be called, each with its extension; `specs` what the request holds of them."""

    tools: dict[_Key, tuple[str, Tool]] = {}
    specs: tuple[ToolSpec, ...] = ()
    deferred: tuple[ToolSpec, ...] = ()


def offer(host: Host, given: Offer, without: Collection[str] = ()) -> Offered:
    """What a turn offers, but for tools of the names in `without`.

    Deferred tools stay out of the request where the model can search for them, hidden ones always.
    """
    provided = [tool for tool in host.provided("tools") if tool.value.spec.name not in without]
    found = {(tool.value.spec.namespace, tool.value.spec.name): tool for tool in provided}
    searches = given.model.tool_search and (None, SEARCH) in found
    specs = _specs(host, {key: one for key, one in found.items() if key != (None, SEARCH)}, given)
    hidden = {key for key in specs if getattr(found[key].value, "hidden", False)}
    late = {key for key in specs.keys() - hidden if searches and getattr(found[key].value, "deferred", False)}
    deferred = request.arrange(spec for key, spec in specs.items() if key in late)
    if deferred:
        told = msgspec.structs.replace(given, deferred=deferred)
        specs |= _specs(host, {(None, SEARCH): found[None, SEARCH]}, told)
    shown = request.arrange(spec for key, spec in specs.items() if key not in late | hidden)
    tools = {key: (found[key].owner, found[key].value) for key in specs}
    return Offered(tools, namespaces.grouped(shown), deferred)


def _specs(host: Host, found: dict[_Key, Any], given: Offer) -> dict[_Key, ToolSpec]:
    specs = {key: _spec(host, one.owner, one.value, given) for key, one in found.items()}
    return {key: spec for key, spec in specs.items() if spec is not None}


def _spec(host: Host, owner: str, tool: Tool, given: Offer) -> ToolSpec | None:
    asked = getattr(tool, "offered", None)
    if asked is None:
        return tool.spec
    try:
        return asked(given)
    except Exception as error:
        host.report("error", f"the tool {tool.spec.name} cannot be offered: {error!r}", owner)
        return None
