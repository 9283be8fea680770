"""Whether the first frame of a GIF is whole: models take still images only.

Does not: decode it.
"""

from __future__ import annotations

import struct

from .unreadable import Unreadable, room

_HEAD = 13
_IMAGE, _EXTENSION = 0x2C, 0x21


def check(data: bytes) -> tuple[int, int]:
    """Its size. Raises Unreadable where the first frame, or what it needs, is not whole."""
    if len(data) < _HEAD:
        raise Unreadable
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    at = _HEAD + _colours(flags)
    while at < len(data):
        if data[at] == _EXTENSION:
            at = _skip_blocks(data, at + 2)
        elif data[at] == _IMAGE:
            _skip_image(data, at)
            return room(width, height, 4)
        else:
            break
    raise Unreadable


def _colours(flags: int) -> int:
    """Bytes of the table of colours that the flags announce."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _skip_image(data: bytes, at: int) -> int:
    if at + 10 > len(data):
        raise Unreadable
    at += 10 + _colours(data[at + 9])
    if at >= len(data) or not 2 <= data[at] <= 11 or data[at + 1 : at + 2] == b"\0":
        raise Unreadable
    return _skip_blocks(data, at + 1)


def _skip_blocks(data: bytes, at: int) -> int:
    """The place after blocks that each tell their size; the last one is empty."""
    while at < len(data):
        size = data[at]
        at += 1 + size
        if not size:
            return at
    raise Unreadable
