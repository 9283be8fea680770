"""Tools of one namespace as the one object that a request, or the answer to a search, holds for them.

Does not: choose tools.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from csm.protocol import codec
from csm.protocol.tools import ToolSpec


def grouped(specs: Iterable[ToolSpec]) -> tuple[ToolSpec, ...]:
    """The specs in their order, those of a namespace joined at the place of its first."""
    return tuple(ToolSpec(one["name"], msgspec.Raw(codec.encode(one["raw"]))) for one in _groups(specs))


def found(specs: Iterable[ToolSpec]) -> list[dict[str, Any]]:
    """The specs as the answer to a search tells them: in their order, joined, each marked as loaded late."""
    late = (ToolSpec(one.name, _marked(one.raw), one.namespace, one.about) for one in specs)
    return [codec.decode(codec.encode(one["raw"])) for one in _groups(late)]


def _groups(specs: Iterable[ToolSpec]) -> list[dict[str, Any]]:
    groups: list[dict[str, Any]] = []
    spaces: dict[str, list[msgspec.Raw]] = {}
    for spec in specs:
        if spec.namespace is None:
            groups.append({"name": spec.name, "raw": spec.raw})
            continue
        if spec.namespace not in spaces:
            tools = spaces[spec.namespace] = []
            groups.append({"name": spec.namespace, "raw": _namespace(spec, tools)})
        spaces[spec.namespace].append(spec.raw)
    return groups


def _namespace(spec: ToolSpec, tools: list[msgspec.Raw]) -> dict[str, Any]:
    about = spec.about or f"Tools in the {spec.namespace} namespace."
    return {"type": "namespace", "name": spec.namespace, "description": about, "tools": tools}


def _marked(raw: msgspec.Raw) -> msgspec.Raw:
    return msgspec.Raw(codec.encode({**codec.decode(raw), "defer_loading": True}))
