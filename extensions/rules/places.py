"""Where rule files lie.

Does not: read them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

#: Where a rule goes that the user wants kept.
OWN = "default.rules"


def files(settings: Any) -> list[Path]:
    """The rule files that count for these settings, those of the machine first, those of the nearest folder last."""
    if settings.skipped.rules:
        return []
    return [file for folder in dict.fromkeys(_folders(settings)) for file in _in(folder)]


def own(settings: Any) -> Path:
    """The file of the user's that rules are added to."""
    return settings.codex_home / "rules" / OWN


def _folders(settings: Any) -> Iterator[Path]:
    yield settings.system_dir / "rules"
    yield settings.codex_home / "rules"
    if settings.trusted:
        yield from (folder / ".codex" / "rules" for folder in _project(settings))


def _project(settings: Any) -> list[Path]:
    root = settings.project_root
    found = [folder for folder in (settings.cwd, *settings.cwd.parents) if folder == root or root in folder.parents]
    return found[::-1]


def _in(folder: Path) -> list[Path]:
    """Raises OSError where the folder is there and cannot be listed."""
    try:
        return sorted(path for path in folder.iterdir() if path.name.endswith(".rules") and not path.is_dir())
    except (FileNotFoundError, NotADirectoryError):
        return []
