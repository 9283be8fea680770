"""When an image cannot be sent, and how large one may be.

Does not: look into files.
"""

from __future__ import annotations

#: Bytes of pixels at the most.
MOST = 512 * 1024 * 1024


class Unreadable(Exception):
    """The data is no image that the model could see."""


def room(width: int, height: int, channels: int) -> tuple[int, int]:
    """Check that an image has an area, and one that a reader may hold: its size again. Raises Unreadable."""
    if not 0 < width * height * channels <= MOST:
        raise Unreadable
    return width, height
