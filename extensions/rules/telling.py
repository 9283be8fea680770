"""What to tell of the rules when a session opens.

Does not: tell it.
"""

from __future__ import annotations

from typing import Any

_BROKEN = (
    "This rule file cannot be read: {}\nUntil it is mended every command is asked about, and refused where nobody can "
    "be asked: nobody knows what the file forbids."
)
_UNHELD = (
    "Rules forbid or ask about {}, and nothing holds commands to that: here a command has network, or none. "
    "`sandbox_workspace_write.network_access = false` keeps all of it away."
)


def about(host: Any, settings: Any) -> list[tuple[str, str]]:
    """Pairs of level and text."""
    from csm.api import ruling

    found = ruling.in_force(host, settings)
    said = [("error", _BROKEN.format(fault)) for fault in found.faults]
    barred = [rule.host for rule in found.networks if rule.decision != "allow"]
    if barred and settings.sandbox_policy.network_access:
        said.append(("warning", _UNHELD.format(", ".join(dict.fromkeys(barred)))))
    return said
