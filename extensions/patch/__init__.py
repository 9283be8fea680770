"""The tool `apply_patch`: files are added, changed, moved and deleted by one free-form patch.

Does not: import anything heavy; the parts come with the first call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csm.api import hook

if TYPE_CHECKING:
    from csm.api import Tool


@hook
def tools() -> list[Tool]:
    """`apply_patch`."""
    from .tool import ApplyPatch

    return [ApplyPatch()]
