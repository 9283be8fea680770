"""Images made ready for the model: checked, and made to fit where they are too large.

Does not: read files.
"""

from __future__ import annotations

import threading


class Reader:
    """What `-i` and `view_image` share. One image at a time is scaled: each may take much memory."""

    def __init__(self) -> None:
        self._one = threading.Lock()

    def ready(self, data: bytes, detail: str) -> tuple[str, bytes] | None:
        """The media type and the bytes to send; None for what is no image that a model could see."""
        from . import bounds, formats
        from .unreadable import Unreadable

        try:
            found = formats.look(data)
            size = bounds.fit(found.width, found.height, detail)
            if found.kind != "gif" and size == (found.width, found.height):
                return f"image/{found.kind}", data
            with self._one:
                from . import scaling

                kind, data = scaling.scaled(data, found.kind, size)
        except Unreadable:
            return None
        return f"image/{kind}", data
