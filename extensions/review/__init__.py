"""Reviews of code: who the reviewer is and how it works. `/review`, `csm review` and `csm exec review` ask here.

Does not: run the review (the session does, in a thread of its own) or read its answer (`csm.api.review`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csm.api import hook

from .commands import start as start

if TYPE_CHECKING:
    from csm.api import Reviewer


@hook
def reviewers() -> list[Reviewer]:
    """The one reviewer."""
    from .reviewer import GuidedReviewer

    return [GuidedReviewer()]
