"""csm's own log: turns and tools in it where `csm.log` is `info`, every event where it is `debug`; and a look at it.

Does not: write what anybody says, or what a command prints. The log itself is the host's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from csm.api import command, hook

if TYPE_CHECKING:
    from csm.api import Context, Host

#: Without a word on it nothing but what went wrong is written, which needs nothing of this.
ONLY_WITH = ("csm.log",)


@hook
def on_event(host: Host, event: Any) -> None:
    """Note what happened."""
    if host.diagnostics.wants("info"):
        from .telling import tell

        tell(host.diagnostics, event)


@command("log.show", title="csm's own log")
def show(cx: Context) -> None:
    """Show the end of csm's own log: what went wrong in any csm of yours, the newest last."""
    from .telling import page

    page(cx)
