"""Edits of `$CODEX_HOME/config.toml`: one value at a time, comments and all else kept.

Does not: change what is in force now; whoever edits loads anew.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from csm.host import saving


def put(home: Path, path: tuple[str, ...], value: Any) -> Path:
    """Set the value at `path`, or with None take it away; the file. Raises SettingError: see `csm.host.saving.put`."""
    return saving.put(home / "config.toml", path, value)


def trust(home: Path, folder: Path) -> Path:
    """Have a folder trusted."""
    return put(home, ("projects", str(folder), "trust_level"), "trusted")
