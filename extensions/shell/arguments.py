"""Arguments of the shell tools: JSON text to values, with the complaints models know from Codex.

A complaint names the place (line and byte column) as serde_json does.

Does not: clamp or judge values.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from json.scanner import NUMBER_RE
from typing import Any, NamedTuple

from csm.api import ToolError


class Field(NamedTuple):
    """One argument. `kind` is what a wrong one is told was expected."""

    kind: str = "a string"
    required: bool = False
    nullable: bool = True


EXEC = {
    "cmd": Field(required=True, nullable=False),
    "workdir": Field(),
    "shell": Field(),
    "login": Field("a boolean"),
    "tty": Field("a boolean", nullable=False),
    "yield_time_ms": Field("u64", nullable=False),
    "max_output_tokens": Field("usize"),
    "sandbox_permissions": Field("permissions"),
    "justification": Field(),
    "prefix_rule": Field("a sequence"),
}
STDIN = {
    "session_id": Field("i32", required=True, nullable=False),
    "chars": Field(),
    "yield_time_ms": Field("u64"),
    "max_output_tokens": Field("usize"),
}
_PERMISSIONS = ("use_default", "require_escalated", "with_additional_permissions")
_RANGES = {"u64": (0, 2**64 - 1), "usize": (0, 2**64 - 1), "i32": (-(2**31), 2**31 - 1)}


def read(text: str, fields: Mapping[str, Field]) -> dict[str, Any]:
    """The values given, nulls left out. Raises ToolError with what is wrong and where."""
    try:
        whole = json.loads(text)
    except json.JSONDecodeError as error:
        raise _failure(text, *_syntax(text, error)) from None
    except RecursionError:
        raise ToolError("failed to parse function arguments: recursion limit exceeded") from None
    if not isinstance(whole, dict):
        raise _failure(text, f"invalid type: {_shown(whole)}, expected an object of arguments", len(text.rstrip()))
    found = _members(text, fields)
    for name, field in fields.items():
        if field.required and name not in found:
            raise _failure(text, f"missing field `{name}`", len(text.rstrip()))
    return {name: value for name, value in found.items() if value is not None}


def _members(text: str, fields: Mapping[str, Field]) -> dict[str, Any]:
    """Walk the members of a valid object in order, since the first wrong one is the one to name."""
    decoder, found = json.JSONDecoder(), dict[str, Any]()
    at = _skip(text, text.index("{") + 1)
    while text[at] != "}":
        name, at = decoder.raw_decode(text, at)
        if name in found:
            raise _failure(text, f"duplicate field `{name}`", at)
        start = _skip(text, _skip(text, at) + 1)
        value, end = decoder.raw_decode(text, start)
        if name in fields:
            found[name] = value
            _check(text, fields[name], value, start, end)
        at = _skip(text, end)
        if text[at] == ",":
            at = _skip(text, at + 1)
    return found


def _check(text: str, field: Field, value: Any, start: int, end: int) -> None:
    if value is None and field.nullable:
        return
    place = start if isinstance(value, list | dict) else end
    if field.kind in _RANGES:
        _check_number(text, field.kind, value, place)
    elif field.kind == "permissions" and isinstance(value, str):
        if value not in _PERMISSIONS:
            names = ", ".join(f"`{name}`" for name in _PERMISSIONS)
            raise _failure(text, f"unknown variant `{value}`, expected one of {names}", place)
    elif field.kind == "a sequence" and isinstance(value, list):
        wrong = next((item for item in value if not isinstance(item, str)), None)
        if wrong is not None or None in value:
            raise _failure(text, f"invalid type: {_shown(wrong)}, expected a string", end - 1)
    elif not isinstance(value, bool if field.kind == "a boolean" else str) or field.kind == "a sequence":
        expected = "a string" if field.kind == "permissions" else field.kind
        shown = "number" if expected == "a string" and isinstance(value, float) else _shown(value)
        raise _failure(text, f"invalid type: {shown}, expected {expected}", place)


def _check_number(text: str, kind: str, value: Any, place: int) -> None:
    low, high = _RANGES[kind]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**64:
        if not low <= value <= high:
            raise _failure(text, f"invalid value: integer `{value}`, expected {kind}", place)
        return
    number = float(value) if isinstance(value, int) and not isinstance(value, bool) else value
    raise _failure(text, f"invalid type: {_shown(number)}, expected {kind}", place)


def _shown(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return f"boolean `{str(value).lower()}`"
    if isinstance(value, int):
        return f"integer `{value}`"
    if isinstance(value, float):
        return f"floating point `{value!r}`"
    if isinstance(value, str):
        return f"string {json.dumps(value, ensure_ascii=False)}"
    return "sequence" if isinstance(value, list) else "map"


def _syntax(text: str, error: json.JSONDecodeError) -> tuple[str, int]:
    """serde_json's words for what Python's reader found, and how many characters were read by then."""
    at, what = error.pos, error.msg
    if what.startswith("Unterminated string"):
        return "EOF while parsing a string", len(text)
    if what.startswith("Invalid control character"):
        return "control character (\\u0000-\\u001F) found while parsing a string", at
    if what.startswith("Invalid \\"):
        return "invalid escape", at + 2
    if what.startswith("Extra data"):
        return "trailing characters", at + 1
    if what.startswith("Expecting value"):
        return _no_value(text, at)
    return _in_container(text, at, what)


def _no_value(text: str, at: int) -> tuple[str, int]:
    rest = text[at:]
    if text[:at].rstrip().endswith(",") and rest[:1] == "]":
        return "trailing comma", at + 1
    for word in ("true", "false", "null"):
        if rest and word.startswith(rest):
            return "EOF while parsing a value", len(text)
        if rest[:1] == word[0]:
            return "expected ident", at + 1 + _common(rest, word)
    if not rest:
        return "EOF while parsing a value", len(text)
    if rest[0] == "-" or NUMBER_RE.match(rest):
        return "invalid number", at + 1
    return "expected value", at + 1


def _in_container(text: str, at: int, what: str) -> tuple[str, int]:
    in_list = what.startswith("Expecting ','") and _opener(text, at) == "["
    if at >= len(text):
        return f"EOF while parsing {'a list' if in_list else 'an object'}", len(text)
    if what.startswith("Expecting ':'"):
        return "expected `:`", at + 1
    if what.startswith("Expecting ','"):
        return "expected `,` or `]`" if in_list else "expected `,` or `}`", at + 1
    if what.startswith("Illegal trailing comma"):
        return "trailing comma", _skip(text, at + 1) + 1
    if text[at] == "}" and text[:at].rstrip().endswith(","):
        return "trailing comma", at + 1
    return "key must be a string", at + 1


def _opener(text: str, at: int) -> str:
    """The bracket that is open at `at`, strings skipped."""
    depth, inside = list[str](), False
    escaped = False
    for char in text[:at]:
        if inside:
            inside = escaped or char != '"'
            escaped = char == "\\" and not escaped
        elif char == '"':
            inside = True
        elif char in "[{":
            depth.append(char)
        elif char in "]}" and depth:
            depth.pop()
    return depth[-1] if depth else ""


def _common(left: str, right: str) -> int:
    return next((at for at, pair in enumerate(zip(left, right, strict=False)) if pair[0] != pair[1]), len(right))


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at


def _failure(text: str, what: str, read_: int) -> ToolError:
    """`read_` is how many characters had been read; lines and byte columns count from there."""
    before = text[:read_]
    line = before.count("\n") + 1
    column = len(before.rsplit("\n", 1)[-1].encode("utf-8", "surrogatepass"))
    return ToolError(f"failed to parse function arguments: {what} at line {line} column {column}")
