"""The checks of `csm doctor`: this machine, the settings, the sessions, csm's own log and reports, the network.

Does not: mend anything, or run what it finds. Other extensions add checks with the same hook.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from csm.api import hook

if TYPE_CHECKING:
    from collections.abc import Sequence


@hook
def checks() -> Sequence[Any]:
    """Everything csm itself looks at."""
    from . import configuration, diagnostics, environment, network, state
    from .probes import probes

    return [
        *probes("Environment", environment.CHECKS),
        *probes("Configuration", configuration.CHECKS),
        *probes("Sessions", state.CHECKS),
        *probes("Diagnostics", diagnostics.CHECKS),
        *probes("Connectivity", network.CHECKS, online=True),
    ]
