"""Images for the model: the tool `view_image`, and what makes them fit wherever they come from.

Does not: import anything heavy; the parts come with the first image.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from csm.api import hook

if TYPE_CHECKING:
    from csm.api import ImageReader, Tool


@hook
def tools() -> list[Tool]:
    """`view_image`."""
    from .ready import Reader
    from .tool import ViewImage

    return [ViewImage(Reader())]


@hook
def image_readers() -> list[ImageReader]:
    """Checks and scales PNG, JPEG, GIF and WebP."""
    from .ready import Reader

    return [Reader()]
