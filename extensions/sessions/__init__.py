"""Sessions in the files of Codex, below `$CODEX_HOME`, so that each program can carry on what the other began.

Does not: know what a session means; `store.py` reads and writes lines.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from csm.api import hook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csm.api import Host, Store


@hook
def stores(host: Host) -> Sequence[Store]:
    """The store of this user's Codex home."""
    from .store import RolloutStore

    elsewhere = host.env.get("CODEX_SQLITE_HOME", "")
    databases = Path(elsewhere) if elsewhere.startswith("/") else None
    return [RolloutStore(host.settings.codex_home, host.settings.state_dir, databases=databases)]
