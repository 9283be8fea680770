"""Functions as probes, and the shapes of details that several share.

Does not: check anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from csm.api import checkup

Told = tuple[str, str | tuple[str, ...]]


def probes(section: str, calls: Mapping[str, Callable[[Any], Any]], *, online: bool = False) -> list[checkup.Probe]:
    """A probe for each function by the id of its check."""
    return [checkup.Probe(id, call, section, online) for id, call in calls.items()]


def there(path: Path) -> str:
    """A path, and what stands there."""
    try:
        kind = "folder" if path.is_dir() else "file" if path.is_file() else "missing"
    except OSError as error:
        kind = error.strerror or "unreadable"
    return f"{path} ({kind})"


def size(count: float) -> str:
    """Bytes as a person reads them."""
    units = ("B", "KiB", "MiB", "GiB", "TiB")
    step = next((at for at in range(len(units)) if count < 1024 ** (at + 1)), len(units) - 1)
    return f"{count / 1024**step:.{1 if step else 0}f} {units[step]}"


def some(count: int, one: str, more: str = "") -> str:
    """A number with its noun."""
    return f"{count} {one if count == 1 else more or one + 's'}"
