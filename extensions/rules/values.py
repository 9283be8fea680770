"""What the functions of a rule file are called with: checked, and as rules hold it.

Does not: evaluate files (`reading.py`).
"""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Sequence
from typing import Any, cast

from csm.api import rules as types

#: Marks a parameter that must be given.
NEEDED = object()
Parameter = tuple[str, type, Any]
_KINDS = {list: "list", str: "string", bool: "bool", int: "int", float: "float", dict: "dict", type(None): "None"}
_PROTOCOLS = {
    "http": "http",
    "https": "https",
    "https_connect": "https",
    "http-connect": "https",
    "socks5_tcp": "socks5_tcp",
    "socks5_udp": "socks5_udp",
}


class BadValue(ValueError):
    """A value that cannot be used. The name of this class never shows."""


def bind(function: str, given: Sequence[Any], named: dict[str, Any], wanted: Sequence[Parameter]) -> dict[str, Any]:
    """The values by parameter. Raises BadValue for too many, unknown and missing ones, and for wrong types."""
    names = [name for name, _, _ in wanted]
    if len(given) > len(names):
        raise BadValue(f"{function} takes {len(names)} values at most")
    strange = [name for name in named if name not in names]
    if strange:
        raise BadValue(f"{function} has no parameter `{strange[0]}`")
    found = dict(zip(names, given, strict=False))
    twice = [name for name in named if name in found]
    if twice:
        raise BadValue(f"`{twice[0]}` is given twice to {function}")
    found.update(named)
    return {name: _typed(function, name, kind, found, default) for name, kind, default in wanted}


def _typed(function: str, name: str, kind: type, found: dict[str, Any], default: Any) -> Any:
    value = found.get(name, default)
    if value is NEEDED:
        raise BadValue(f"{function} needs `{name}`")
    if value is None and default is None:
        return None
    if type(value) is not kind:
        raise BadValue(f"`{name}` must be a {_KINDS[kind]}, not {_kind(value)}")
    return value


def pattern(value: list[Any]) -> tuple[tuple[str, ...], ...]:
    """The alternatives of each place."""
    if not value:
        raise BadValue("the pattern is empty")
    return tuple(_alternatives(one) for one in value)


def _alternatives(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list):
        raise BadValue(f"a pattern holds strings and lists of them, not {_kind(value)}")
    words = cast("list[Any]", value)
    if not words:
        raise BadValue("a list of alternatives in the pattern is empty")
    for word in words:
        if not isinstance(word, str):
            raise BadValue(f"an alternative in the pattern must be a string, not {_kind(word)}")
    return tuple(words)


def decision(value: str, *, network: bool = False) -> types.Decision:
    """`deny` is another word for forbidden, of hosts only."""
    if network and value == "deny":
        return "forbidden"
    if value not in types.DECISIONS:
        raise BadValue(f"invalid decision: {value} (there are {', '.join(types.DECISIONS)})")
    return value


def justification(value: str | None) -> str | None:
    """A text that says something."""
    if value is not None and not value.strip():
        raise BadValue("the justification is empty")
    return value


def examples(value: list[Any] | None) -> list[list[str]]:
    """Commands as their words; a string is taken apart as a shell does."""
    return [_example(one) for one in value or ()]


def _example(value: Any) -> list[str]:
    if isinstance(value, list):
        words = cast("list[Any]", value)
        for word in words:
            if not isinstance(word, str):
                raise BadValue(f"the words of an example must be strings, not {_kind(word)}")
    elif isinstance(value, str):
        try:
            words = shlex.split(value, comments=True)
        except ValueError:
            raise BadValue(f"a shell cannot take this example apart: {value}") from None
    else:
        raise BadValue(f"an example is a string or a list of them, not {_kind(value)}")
    if not words:
        raise BadValue("an example is empty")
    return words


def program(value: str) -> str:
    """A bare name."""
    if not value or "/" in value:
        raise BadValue(f"host_executable needs the bare name of a program, not `{value}`")
    return value


def paths(value: list[Any], name: str) -> tuple[str, ...]:
    """Absolute paths of a program, without `..`."""
    found: dict[str, None] = {}
    for path in value:
        if not isinstance(path, str):
            raise BadValue(f"the paths of host_executable must be strings, not {_kind(path)}")
        if not path.startswith("/"):
            raise BadValue(f"the paths of host_executable must be absolute: {path}")
        if posixpath.basename(path) != name:
            raise BadValue(f"host_executable: `{path}` does not end in `{name}`")
        found[posixpath.normpath(path)] = None
    return tuple(found)


def host(value: str) -> str:
    """A host name or address, in lower case and without its port."""
    text = value.strip()
    if not text:
        raise BadValue("network_rule needs a host")
    if "*" in text:
        raise BadValue("network_rule is for one host: wildcards cannot be used")
    if "/" in text or "?" in text or "#" in text:
        raise BadValue("network_rule needs a host name or an address, without scheme and path")
    if any(char.isspace() for char in text):
        raise BadValue("a host has no blanks")
    if text.startswith("["):
        address, closed, _ = text[1:].partition("]")
        if not closed or not address:
            raise BadValue("the brackets around an address are not closed")
        return address.lower()
    name, _, port = text.rpartition(":") if text.count(":") == 1 else (text, "", "")
    return (name if port.isdigit() else text).rstrip(".").lower()


def protocol(value: str) -> str:
    """One of four, by any of its names."""
    if value not in _PROTOCOLS:
        raise BadValue(f"network_rule knows the protocols http, https, socks5_tcp and socks5_udp, not {value}")
    return _PROTOCOLS[value]


def _kind(value: Any) -> str:
    return _KINDS.get(type(value), type(value).__name__)
