"""Arguments of tools: JSON text to values, with the complaints that models know from Codex.

A complaint names the place (line and byte column) as serde_json does: that of the first wrong member as they come.

Does not: clamp or judge values.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from csm.core.json_faults import half, shown, skip, syntax, told
from csm.protocol.errors import ToolError

#: How complaints of tools begin.
PREFIX = "failed to parse function arguments: "
_RANGES = {
    "u64": (0, 2**64 - 1),
    "usize": (0, 2**64 - 1),
    "i64": (-(2**63), 2**63 - 1),
    "i32": (-(2**31), 2**31 - 1),
}


class Words(NamedTuple):
    """One of some words."""

    known: tuple[str, ...]


class Many(NamedTuple):
    """A list."""

    of: Kind


class Struct(NamedTuple):
    """What a tool's arguments as a whole are called where they are none: an empty list is told to end too early.

    `size` is how many members there are in Codex's eyes, `free` how many of the first may be missing.
    """

    name: str
    size: int
    free: int = 0


class Shape(NamedTuple):
    """An object. `name` is what a wrong value is told was expected; `closed` allows no members but these."""

    name: str
    fields: Mapping[str, Field]
    closed: bool = False


#: `a string`, `a boolean`, `u64`, `usize`, `i64`, `i32`, and what is made of them.
Kind = str | Words | Many | Shape


class Field(NamedTuple):
    """One member. Unless `nullable`, null is wrong."""

    kind: Kind = "a string"
    required: bool = False
    nullable: bool = True


class _Wrong(Exception):
    """`place` is how many characters had been read."""

    def __init__(self, what: str, place: int) -> None:
        super().__init__(what)
        self.what = what
        self.place = place


def read(
    text: str,
    fields: Mapping[str, Field],
    *,
    name: str | Struct = "an object of arguments",
    prefix: str = PREFIX,
    closed: bool = False,
) -> dict[str, Any]:
    """The members given, nulls and unknown ones left out. Raises ToolError with what is wrong and where."""
    try:
        whole = json.loads(text)
        broken = half(text)
        if broken is not None:
            raise _Wrong(*broken)
        if not isinstance(whole, dict):
            raise _Wrong(_none(whole, name), len(text.rstrip()))
        return _object(text, skip(text, 0), Shape("", fields, closed))[0]
    except json.JSONDecodeError as error:
        raise _failure(text, *syntax(text, error), prefix) from None
    except RecursionError:
        raise ToolError(f"{prefix}recursion limit exceeded") from None
    except _Wrong as wrong:
        raise _failure(text, wrong.what, wrong.place, prefix) from None


def _none(whole: Any, name: str | Struct) -> str:
    if not isinstance(name, Struct):
        return f"invalid type: {shown(whole)}, expected {name}"
    if whole != []:
        return f"invalid type: {shown(whole)}, expected struct {name.name}"
    members = "1 element" if name.size == 1 else f"{name.size} elements"
    return f"invalid length {name.free}, expected struct {name.name} with {members}"


def _object(text: str, at: int, shape: Shape) -> tuple[dict[str, Any], int]:
    """The members of a valid object and the place after it; in order, since the first wrong one is the one to name."""
    found: dict[str, Any] = {}
    at = skip(text, at + 1)
    while text[at] != "}":
        name, at = _decoder.raw_decode(text, at)
        if name in found:
            raise _Wrong(f"duplicate field `{name}`", at)
        if shape.closed and name not in shape.fields:
            raise _Wrong(f"unknown field `{name}`, expected {_either(shape.fields)}", at)
        at = skip(text, skip(text, at) + 1)
        if name in shape.fields:
            found[name], at = _member(text, at, shape.fields[name])
        else:
            _, at = _decoder.raw_decode(text, at)
        at = skip(text, at)
        if text[at] == ",":
            at = skip(text, at + 1)
    for name, field in shape.fields.items():
        if field.required and name not in found:
            raise _Wrong(f"missing field `{name}`", at + 1)
    return {name: value for name, value in found.items() if value is not None}, at + 1


def _either(names: Iterable[str]) -> str:
    known = [f"`{name}`" for name in names]
    return f"one of {', '.join(known)}" if len(known) > 2 else " or ".join(known)


def _member(text: str, at: int, field: Field) -> tuple[Any, int]:
    if field.nullable and text.startswith("null", at):
        return None, at + 4
    return _value(text, at, field.kind)


def _value(text: str, at: int, kind: Kind) -> tuple[Any, int]:
    if isinstance(kind, Shape) and text[at] == "{":
        return _object(text, at, kind)
    if isinstance(kind, Many) and text[at] == "[":
        return _list(text, at, kind)
    value, end = _decoder.raw_decode(text, at)
    place = at if text[at] in "[{" else end
    if isinstance(kind, Shape):
        raise _Wrong(f"invalid type: {shown(value)}, expected {kind.name}", place)
    if isinstance(kind, Many):
        raise _Wrong(f"invalid type: {shown(value)}, expected a sequence", place)
    if isinstance(kind, Words):
        return _word(value, kind, at, end), end
    return _plain(value, kind, place), end


def _list(text: str, at: int, kind: Many) -> tuple[list[Any], int]:
    found: list[Any] = []
    at = skip(text, at + 1)
    while text[at] != "]":
        value, at = _value(text, at, kind.of)
        found.append(value)
        at = skip(text, at)
        if text[at] == ",":
            at = skip(text, at + 1)
    return found, at + 1


def _word(value: Any, kind: Words, at: int, end: int) -> str:
    if not isinstance(value, str):
        raise _Wrong("expected value", at + 1)
    if value not in kind.known:
        raise _Wrong(f"unknown variant `{value}`, expected {_either(kind.known)}", end)
    return value


def _plain(value: Any, kind: str, place: int) -> Any:
    if kind in _RANGES:
        return _number(value, kind, place)
    if not isinstance(value, bool if kind == "a boolean" else str):
        told = "number" if kind == "a string" and isinstance(value, float) else shown(value)
        raise _Wrong(f"invalid type: {told}, expected {kind}", place)
    return value


def _number(value: Any, kind: str, place: int) -> int:
    low, high = _RANGES[kind]
    whole = isinstance(value, int) and not isinstance(value, bool)
    if whole and abs(value) < 2**64:
        if low <= value <= high:
            return value
        raise _Wrong(f"invalid value: integer `{value}`, expected {kind}", place)
    raise _Wrong(f"invalid type: {shown(float(value) if whole else value)}, expected {kind}", place)


def _failure(text: str, what: str, place: int, prefix: str) -> ToolError:
    return ToolError(prefix + told(text, what, place))


_decoder = json.JSONDecoder()
