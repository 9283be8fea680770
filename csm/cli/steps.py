"""Steps of a scripted terminal session: what is typed, waited for and paused, as words.

    send TEXT     type TEXT (`\\n`, `\\t`, `\\e`, `\\\\` and `\\xNN` in it; no newline of its own)
    key CHORD     press a key: C-c, enter, tab, esc, up, down, left, right, space, backspace, C-a ... C-z
    wait TEXT     until TEXT stands in what came since the last wait
    pause MS      let so many milliseconds pass

Does not: perform them (`csm.cli.robot`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from csm.protocol.errors import CsmError

_KEYS = {
    "enter": "\r",
    "tab": "\t",
    "esc": "\x1b",
    "space": " ",
    "backspace": "\x7f",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
}
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "e": "\x1b", "\\": "\\"}
_LONGEST = 600_000


class Step(NamedTuple):
    """`kind` is `send` (keys too), `wait` or `pause`; `text` what is typed or waited for; `ms` of a pause."""

    kind: str
    text: str = ""
    ms: int = 0


def read(lines: Iterable[str]) -> list[Step]:
    """Steps, one a line; empty lines and those that begin with `#` are left out. Raises CsmError."""
    return [_step(line.strip()) for line in lines if line.strip() and not line.lstrip().startswith("#")]


def read_file(name: str) -> list[Step]:
    """The steps in a file. Raises CsmError."""
    try:
        return read(Path(name).read_text("utf-8").splitlines())
    except OSError as error:
        raise CsmError(f"Error: {name} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CsmError(f"Error: {name} is not UTF-8.") from error


def _step(line: str) -> Step:
    kind, _, rest = line.partition(" ")
    if kind in ("send", "wait") and rest:
        return Step(kind, _unescaped(rest))
    if kind == "key" and rest:
        return Step("send", _key(rest.strip()))
    if kind == "pause" and rest.isascii() and rest.isdigit() and int(rest) <= _LONGEST:
        return Step("pause", ms=int(rest))
    raise CsmError(f"Error: {line} is no step: send TEXT, key CHORD, wait TEXT or pause MS.")


def _key(name: str) -> str:
    if name.lower() in _KEYS:
        return _KEYS[name.lower()]
    if re.fullmatch(r"[Cc]-[a-zA-Z]", name):
        return chr(ord(name[2].upper()) - 64)
    if len(name) == 1:
        return name
    raise CsmError(f"Error: {name} is no key: {', '.join(_KEYS)}, C-a to C-z, or a single letter.")


def _unescaped(text: str) -> str:
    def one(found: re.Match[str]) -> str:
        return chr(int(found[1][1:], 16)) if found[1][0] == "x" else _ESCAPES[found[1]]

    return re.sub(r"\\(x[0-9a-fA-F]{2}|[nrte\\])", one, text)
