"""A reviewing model answers approvals in the user's place: `approvals_reviewer = "auto_review"`, `--approve-for-me`.

It can only say yes or no to what is asked; what rules forbid is never asked, and where it fails the answer is no.

Does not: anything without that setting: this module is imported only where it is made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csm.api import hook

if TYPE_CHECKING:
    from csm.api import Host, Moment, Thread
    from csm.api import tools as types

ONLY_WITH = ("approvals_reviewer",)


@hook
async def decide_approval(host: Host, thread: Thread, ask: types.Ask, cx: Moment) -> tuple[str, str] | None:
    """The verdict of the reviewer."""
    if cx.settings.raw.get("approvals_reviewer") not in ("auto_review", "guardian_subagent"):
        return None
    from . import deciding

    return await deciding.decide(host, thread, ask, cx)
