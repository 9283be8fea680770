"""The tool `view_image`: the model looks at an image file.

Does not: import anything heavy; the parts come with the first call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csm.api import hook

if TYPE_CHECKING:
    from csm.api import Tool


@hook
def tools() -> list[Tool]:
    """`view_image`."""
    from .tool import ViewImage

    return [ViewImage()]
