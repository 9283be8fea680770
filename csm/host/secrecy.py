"""What must not be written down: keys, tokens and passwords, known ones by value, others by their shape.

Does not: guess in what the user or the model says; sessions have `csm.runtime.redact`, which keeps to known values.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import cast

MARK = "[secret]"
#: Shorter values may be words.
SHORTEST = 8
_NAMES = re.compile(r"KEY|TOKEN|SECRET|PASS|CREDENTIAL|AUTHORIZATION|COOKIE", re.IGNORECASE)
_SHAPES = re.compile(
    r"\b(?:sk|rk|pk|xox[abprs]|gh[pousr]|glpat|eyJ)[-_A-Za-z0-9]{16,}(?:\.[-_A-Za-z0-9]+)*"
    r"|(?<=://)[^\s/@:]+:[^\s/@]+(?=@)"
    r"|(?<=bearer )\S+"
    r"|\bAKIA[0-9A-Z]{16}\b",
    re.IGNORECASE,
)


def known(env: Mapping[str, str], tables: object = None) -> list[str]:
    """Values whose names say that they are secret, in the environment and in nested tables of settings."""
    found = {value for name, value in env.items() if _NAMES.search(name)} | set(_in_tables(tables, False))
    return sorted((value for value in found if len(value) >= SHORTEST), key=len, reverse=True)


def hidden(text: str, values: Iterable[str] = ()) -> str:
    """The text with every one of `values`, and whatever has the shape of a secret, as a mark."""
    for value in values:
        text = text.replace(value, MARK)
    return _SHAPES.sub(MARK, text)


def _in_tables(value: object, secret: bool) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in cast("dict[str, object]", value).items():
            # These name variables, which are no secrets.
            naming = name.endswith(("env_key", "env_var")) or name == "env_http_headers"
            yield from _in_tables(inner, not naming and (secret or bool(_NAMES.search(name))))
    elif isinstance(value, list):
        for inner in cast("list[object]", value):
            yield from _in_tables(inner, secret)
    elif secret and isinstance(value, str):
        yield value
