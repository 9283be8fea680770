"""Schemas of a tool's arguments as requests carry them: the part of JSON Schema that models are sent, and bounded.

Does not: check arguments. The server does.
"""

from __future__ import annotations

from typing import Any, cast

import msgspec

#: A schema of more bytes goes without its descriptions; one that is still longer than `LONGEST`, without its members.
WORDY = 5_000
LONGEST = 65_536
_DEEPEST = 32
_TYPES = ("string", "number", "boolean", "integer", "object", "array", "null")
_CHOICES = ("anyOf", "oneOf", "allOf")
_TEXTS = {"format", "pattern", "minLength", "maxLength"}
_NUMBERS = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}
_EMPTY: dict[str, Any] = {"type": "object", "properties": {}}


def parameters(schema: Any) -> dict[str, Any]:
    """The parameters of a function for a tool's `inputSchema`."""
    if not isinstance(schema, dict):
        return dict(_EMPTY)
    whole = cast("dict[str, Any]", schema)
    given = _schema(whole, 0)
    given.setdefault("properties", {})
    definitions = {key: _members(whole[key], 1) for key in ("$defs", "definitions") if isinstance(whole.get(key), dict)}
    found = {**given, **_used(given, definitions)}
    if _size(found) > WORDY:
        found = _silent(found)
    return found if _size(found) <= LONGEST else dict(_EMPTY)


def _schema(given: Any, depth: int) -> dict[str, Any]:
    if given is True:
        return {"type": "string"}
    if not isinstance(given, dict) or depth > _DEEPEST:
        return {}
    schema = cast("dict[str, Any]", given)
    if isinstance(schema.get("$ref"), str):
        return {"$ref": schema["$ref"], **_described(schema)}
    kind = _kind(schema)
    made: dict[str, Any] = {"type": kind} if kind is not None else {}
    made |= _described(schema)
    if "const" in schema:
        made["enum"] = [schema["const"]]
    elif isinstance(schema.get("enum"), list):
        made["enum"] = schema["enum"]
    made |= _below(schema, kind, depth)
    for key in _CHOICES:
        if isinstance(schema.get(key), list):
            made[key] = [_schema(one, depth + 1) for one in schema[key]]
    return made


def _described(schema: dict[str, Any]) -> dict[str, Any]:
    text = schema.get("description")
    return {"description": text} if isinstance(text, str) else {}


def _kind(schema: dict[str, Any]) -> Any:
    """The type, or what the other members let one think of."""
    kind = schema.get("type")
    if isinstance(kind, list):
        kinds = [one for one in cast("list[Any]", kind) if one in _TYPES]
        return kinds or None
    if kind in _TYPES:
        return kind
    if {"properties", "required", "additionalProperties"} & schema.keys():
        return "object"
    if {"items", "prefixItems"} & schema.keys():
        return "array"
    if {"enum", "const"} & schema.keys() or _TEXTS & schema.keys():
        return "string"
    return "number" if _NUMBERS & schema.keys() else None


def _below(schema: dict[str, Any], kind: Any, depth: int) -> dict[str, Any]:
    """What objects and lists hold."""
    kinds = cast("list[Any]", kind) if isinstance(kind, list) else [kind]
    made: dict[str, Any] = {}
    if "object" in kinds:
        made["properties"] = _members(schema.get("properties"), depth + 1)
        required = schema.get("required")
        if isinstance(required, list):
            made["required"] = [one for one in cast("list[Any]", required) if isinstance(one, str)]
        more = schema.get("additionalProperties")
        if isinstance(more, bool):
            made["additionalProperties"] = more
        elif isinstance(more, dict):
            made["additionalProperties"] = _schema(more, depth + 1)
    if "array" in kinds:
        items = schema.get("items")
        made["items"] = _schema(items, depth + 1) if isinstance(items, dict) else {"type": "string"}
        if isinstance(schema.get("minItems"), int):
            made["minItems"] = schema["minItems"]
    return made


def _members(given: Any, depth: int) -> dict[str, Any]:
    """Named schemas in the order of their names, so that every request says the same."""
    if not isinstance(given, dict):
        return {}
    found = cast("dict[str, Any]", given)
    return {name: _schema(found[name], depth) for name in sorted(found)}


def _used(schema: dict[str, Any], definitions: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The definitions that something refers to."""
    wanted: set[tuple[str, str]] = set()
    waiting: list[Any] = [schema]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += cast("list[Any]", value)
        elif isinstance(value, dict):
            inner = cast("dict[str, Any]", value)
            named = _named(inner.get("$ref"))
            if named is not None and named not in wanted and named[1] in definitions.get(named[0], {}):
                wanted.add(named)
                waiting.append(definitions[named[0]][named[1]])
            waiting += inner.values()
    kept = {
        key: {name: one for name, one in found.items() if (key, name) in wanted} for key, found in definitions.items()
    }
    return {key: found for key, found in kept.items() if found}


def _named(ref: Any) -> tuple[str, str] | None:
    parts = ref.split("/") if isinstance(ref, str) else []
    return (parts[1], parts[2]) if len(parts) == 3 and parts[0] == "#" else None


def _silent(schema: Any) -> Any:
    """Without descriptions; a member called so stays."""
    if isinstance(schema, list):
        return [_silent(one) for one in cast("list[Any]", schema)]
    if not isinstance(schema, dict):
        return schema
    made: dict[str, Any] = {}
    for key, value in cast("dict[str, Any]", schema).items():
        if key in ("properties", "$defs", "definitions") and isinstance(value, dict):
            made[key] = {name: _silent(one) for name, one in cast("dict[str, Any]", value).items()}
        elif key in ("enum", "required"):
            made[key] = value
        elif key != "description" or not isinstance(value, str):
            made[key] = _silent(value)
    return made


def _size(value: Any) -> int:
    return len(msgspec.json.encode(value))
