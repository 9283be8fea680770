"""What `@` and `@@` offer for what is typed behind them.

A file is put into the text as its path, in double quotes where that has blanks; the model reads it there. A folder
keeps its `@`, so that one can go on into it.

Does not: read files.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import ranking
from . import symbols as tags
from .index import Index, Listing

if TYPE_CHECKING:
    from csm.api import Host

Row = tuple[str, str, str]
#: How words begin that are no names in this folder, but paths to elsewhere.
_ELSEWHERE = ("/", "~/", "../", "./")


def files(host: Host, text: str, folder: str) -> Sequence[Row]:
    """Files and folders for `@text`."""
    text = text.removeprefix('"')
    if text.startswith(_ELSEWHERE):
        return _elsewhere(text, Path(folder), host.env.get("HOME", ""))
    listing = index(host, folder).listing()
    if not text:
        return _rows(first(listing, Path(folder)))
    if text.endswith("/"):
        return _inside(listing, text)
    return _rows(ranking.ranked(listing.paths, listing.lower, text, ages(Path(folder))))


def symbols(host: Host, text: str, folder: str) -> Sequence[Row]:
    """Definitions for `@@text`."""
    listing = index(host, folder).listing()
    found = _state(host, "symbols", folder, lambda: tags.Symbols(Path(folder), host.env)).found(listing.files)
    return [(f"{one.name} ({one.path}:{one.line})", f"{one.kind}  {one.path}:{one.line}", one.name)
            for one in tags.ranked(found, text)]  # fmt: skip


def index(host: Host, folder: str) -> Index:
    """The index of a folder."""
    return _state(host, "index", folder, lambda: Index(Path(folder), host.env))


def _state(host: Host, kind: str, folder: str, make: Callable[[], Any]) -> Any:
    kept = host.state.setdefault("files", {})
    name = f"{kind} {folder}"
    if name not in kept:
        kept[name] = make()
    return kept[name]


def first(listing: Listing, folder: Path) -> list[str]:
    """Where nothing is typed: what was changed, the last first, then what lies in the folder itself."""
    age = ages(folder)
    aged = [(age(path), path) for path in sorted(listing.changed)[: ranking.ASKED]]
    changed = [path for _, path in sorted((known, path) for known, path in aged if known is not None)]
    here = sorted(path for path in listing.paths if path.find("/") in (-1, len(path) - 1))
    return list(dict.fromkeys([*changed, *here]))[: ranking.SHOWN]


def _inside(listing: Listing, text: str) -> list[Row]:
    """What lies right in a folder; the folder itself first."""
    start = len(text)
    found = [path for path in listing.paths if path.startswith(text) and path.find("/", start) in (-1, len(path) - 1)]
    rows = _rows(sorted(path for path in found if path != text)[: ranking.SHOWN])
    return [(quoted(text), "the folder", text), *rows] if rows else []


def _elsewhere(text: str, folder: Path, home: str) -> list[Row]:
    base, _, typed = text.rpartition("/")
    place = Path(f"{home}{base[1:]}") if base.startswith("~") else folder / (base or "/")
    try:
        with os.scandir(place) as entries:
            found = sorted((one.name, one.is_dir()) for one in entries if one.name.startswith(typed))
    except OSError:
        return []
    shown = [(name, inside) for name, inside in found if typed.startswith(".") or not name.startswith(".")]
    return _rows(f"{base}/{name}{'/' if inside else ''}" for name, inside in shown[: ranking.SHOWN])


def _rows(paths: Iterable[str]) -> list[Row]:
    return [(f"@{path}" if path.endswith("/") else quoted(path), "", path) for path in paths]


def quoted(path: str) -> str:
    """A path as it is put into a text: in double quotes where it has blanks."""
    return f'"{path}"' if any(char.isspace() for char in path) else path


def ages(folder: Path) -> Callable[[str], float | None]:
    """What tells the seconds since a file's last change."""
    now = time.time()

    def age(path: str) -> float | None:
        try:
            return now - (folder / path).stat().st_mtime
        except OSError:
            return None

    return age
