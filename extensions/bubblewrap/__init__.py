"""The sandbox for Linux machines that have bubblewrap (`bwrap`).

Does not: hold anything back by itself: `sandbox.py` writes the command line, the kernel does the work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csm.api import hook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from csm.api import Host, Sandbox


@hook
def sandboxes(host: Host) -> Sequence[Sandbox]:
    """One bubblewrap sandbox that also guards csm's own settings and Codex's home."""
    from .sandbox import Bubblewrap

    settings = host.settings
    return [Bubblewrap(env=host.env, cwd=settings.cwd, guarded=(settings.codex_home, settings.config_dir))]
