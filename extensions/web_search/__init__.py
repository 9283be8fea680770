"""The hosted tool `web_search`: the provider searches, csm says within which bounds.

Does not: search. What was searched comes with the model's answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csm.api import hook

if TYPE_CHECKING:
    from csm.api import Tool


@hook
def tools() -> list[Tool]:
    """`web_search`."""
    from .tool import WebSearch

    return [WebSearch()]
