"""The sandbox for Linux machines without a working bubblewrap: Landlock and seccomp.

Does not: hide or mount anything. Protected names inside writable folders are put back after a command (`guard.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csm.api import hook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csm.api import Host, Sandbox


@hook
def sandboxes(host: Host) -> Sequence[Sandbox]:
    """One Landlock sandbox that also guards csm's own settings and Codex's home."""
    from .sandbox import Landlock

    return [Landlock(guarded=(host.settings.codex_home, host.settings.config_dir))]
