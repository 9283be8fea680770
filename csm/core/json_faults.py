"""What is wrong with JSON text, in the words and at the place in which models know it: serde_json's.

Does not: read JSON. Python's reader does, and says where it stopped.
"""

from __future__ import annotations

import json
import re
from json.scanner import NUMBER_RE

_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|.)", re.DOTALL)
_ALONE = "lone leading surrogate in hex escape"
_UNFINISHED = "unexpected end of hex escape"


def syntax(text: str, error: json.JSONDecodeError) -> tuple[str, int]:
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


def told(text: str, what: str, at: int) -> str:
    """The words with their place: lines, and byte columns, count from what had been read."""
    before = text[:at]
    column = len(before.rsplit("\n", 1)[-1].encode("utf-8", "surrogatepass"))
    return f"{what} at line {before.count(chr(10)) + 1} column {column}"


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
        return "trailing comma", skip(text, at + 1) + 1
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


def half(text: str) -> tuple[str, int] | None:
    """The words and the place for half a character (a surrogate escaped on its own), which Python lets pass."""
    if "\\u" not in text:
        return None
    at = 0
    while (found := _ESCAPE.search(text, at)) is not None:
        at = found.end()
        code = int(found[1] or "0", 16)
        if 0xDC00 <= code < 0xE000:
            return _ALONE, at
        if 0xD800 <= code < 0xDC00:
            if text[at : at + 1] != "\\":
                return _UNFINISHED, at + 1
            if text[at + 1 : at + 2] != "u":
                return _UNFINISHED, at + 2
            at += 6
            if not 0xDC00 <= int(text[at - 4 : at], 16) < 0xE000:
                return _ALONE, at
    return None


def skip(text: str, at: int) -> int:
    """The next place that is no white space."""
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at


def shown(value: object) -> str:
    """A value that was not expected."""
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
