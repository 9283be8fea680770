"""What is defined in a folder's files, as Universal Ctags tells it.

Does not: do without it: Exuberant Ctags and Emacs's speak otherwise, and are passed over.
"""

from __future__ import annotations

import heapq
import shutil
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, cast

from csm.api import codec

#: How many symbols are kept and told, and how long ctags may take, in seconds.
MOST, SHOWN, PATIENCE = 200_000, 50, 60.0
#: Seconds after which they are read again.
_OLD = 60.0
_NAMES = ("ctags", "uctags", "ctags-universal")


class Symbol(NamedTuple):
    """A name and where it is defined."""

    name: str
    path: str
    line: int
    kind: str


class Symbols:
    """The symbols of one folder, read at first use and again when they are old."""

    def __init__(self, folder: Path, env: Mapping[str, str]) -> None:
        self._folder, self._env = folder, dict(env)
        self._found: list[Symbol] | None = None
        self._read = 0.0
        self._reading: threading.Thread | None = None

    def found(self, files: Sequence[str]) -> list[Symbol]:
        """The symbols of these files; the first time they are waited for."""
        if self._found is None:
            self._fill(files)
        elif time.monotonic() - self._read > _OLD and self._reading is None:
            self._reading = threading.Thread(target=self._fill, args=(files,), name="csm-symbols", daemon=True)
            self._reading.start()
        return self._found or []

    def _fill(self, files: Sequence[str]) -> None:
        found = read(self._folder, files, self._env)
        self._found, self._read, self._reading = found, time.monotonic(), None


def likely(env: Mapping[str, str]) -> bool:
    """Whether there is a program that may be Universal Ctags."""
    return any(shutil.which(name, path=env.get("PATH")) for name in _NAMES)


def program(env: Mapping[str, str]) -> str | None:
    """Where Universal Ctags is, if it is installed. Runs what may be it."""
    for name in _NAMES:
        path = shutil.which(name, path=env.get("PATH"))
        if path is None:
            continue
        try:
            told = subprocess.run([path, "--version"], capture_output=True, timeout=2, check=False, env=dict(env))
        except (OSError, subprocess.TimeoutExpired):
            continue
        if b"Universal Ctags" in told.stdout and b"+json" in told.stdout:
            return path
    return None


def read(folder: Path, files: Sequence[str], env: Mapping[str, str]) -> list[Symbol]:
    """The symbols of files, in their order; none where ctags fails."""
    path = program(env)
    if path is None:
        return []
    words = [path, "--options=NONE", "--output-format=json", "--fields=+n", "-f", "-", "-L", "-"]
    given = "\n".join(name for name in files if "\n" not in name).encode("utf-8", "surrogateescape")
    try:
        done = subprocess.run(
            words, input=given, capture_output=True, cwd=folder, env=dict(env), timeout=PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    found = (_symbol(line) for line in done.stdout.split(b"\n")[:MOST])
    return [one for one in found if one is not None]


def ranked(found: Sequence[Symbol], typed: str) -> list[Symbol]:
    """Those whose name holds what was typed: whole names first, then beginnings, then the rest."""
    wanted = typed.lower()
    fits = [one for one in found if wanted in one.name.lower()]

    def key(one: Symbol) -> tuple[int, int, str, str, int]:
        low = one.name.lower()
        kind = 0 if low == wanted else 1 if low.startswith(wanted) else 2
        return kind, len(low), low, one.path, one.line

    return heapq.nsmallest(SHOWN, fits, key=key)


def _symbol(line: bytes) -> Symbol | None:
    try:
        given = codec.decode(line)
    except ValueError:
        return None
    told = cast("dict[str, Any]", given) if isinstance(given, dict) else {}
    if told.get("_type") != "tag":
        return None
    name, path, number = told.get("name"), told.get("path"), told.get("line")
    if not (isinstance(name, str) and isinstance(path, str) and isinstance(number, int)):
        return None
    return Symbol(name, path, number, str(told.get("kind", "")))
