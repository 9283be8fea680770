"""Keymap and theme files: TOML found by name in the roots, with what they inherit.

A file may inherit the one of its own name in a lower root: so `~/.config/csm/keymaps/codex.toml` extends csm's own.

Does not: know what stands in them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from csm.host import roots as rooted
from csm.host.commands import did_you_mean, nearest
from csm.host.roots import Root
from csm.protocol.errors import CsmError

#: A larger file is none of these.
MOST_BYTES = 2_000_000


class Table(msgspec.Struct, frozen=True):
    """One file. `own` says that it comes with csm."""

    path: Path
    values: dict[str, Any]
    own: bool = False


def chain(kind: str, name: str, roots: Sequence[Root], error: type[CsmError]) -> list[Table]:
    """A file and all that it inherits, the remotest ancestor first. Raises `error`: unknown, unreadable, circular."""
    found: list[Table] = []
    wanted: str | None = name
    while wanted is not None:
        seen = {table.path for table in found}
        candidates = [(root, path) for root, path in rooted.files(roots, kind, wanted)]
        same = bool(found) and found[-1].path.stem == wanted
        fresh = [(root, path) for root, path in candidates if path not in seen]
        if not fresh or (not same and len(fresh) < len(candidates)):
            raise _missing(kind, wanted, roots, found, error)
        root, path = fresh[0]
        table = Table(path, read(path, error), root.kind == "bundled")
        found.append(table)
        wanted = table.values.get("inherits")
        if wanted is not None and not isinstance(wanted, str):
            raise error(f"{path}: inherits: a name is needed")
    return found[::-1]


def read(path: Path, error: type[CsmError]) -> dict[str, Any]:
    """The values of a file. Raises `error` with file, line and column."""
    import tomli

    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise error(f"{path}: is larger than {MOST_BYTES // 1_000_000} MB")
        return tomli.loads(data.decode())
    except tomli.TOMLDecodeError as fault:
        raise error(f"{path}:{fault.lineno}:{fault.colno}: {fault.msg}") from None
    except UnicodeDecodeError as fault:
        raise error(f"{path}: byte {fault.start} is no UTF-8") from None
    except RecursionError:
        raise error(f"{path}: is nested too deeply") from None
    except OSError as fault:
        raise error(f"{path}: {fault.strerror}") from None


def _missing(kind: str, name: str, roots: Sequence[Root], found: list[Table], error: type[CsmError]) -> CsmError:
    singular = kind.removesuffix("s")
    if any(table.path.stem == name for table in found):
        return error(f"{found[-1].path}: inherits {name}, which leads back to itself")
    where = f"{found[-1].path}: " if found else ""
    names = rooted.names(roots, kind)
    hint = did_you_mean(nearest(name, names)) or (f"there are {', '.join(names)}" if names else None)
    return error(f"{where}there is no {singular} {name}", hint)
