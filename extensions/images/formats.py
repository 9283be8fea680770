"""Image files by their first bytes, checked so that a request does not fail for a broken one.

Does not: decode pixels, but for what PNG's own checks need.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from . import gif, png
from .unreadable import Unreadable as Unreadable
from .unreadable import room

_FRAMES = {0xC0, 0xC1, 0xC2}
_BARE = {0x01, *range(0xD0, 0xD8)}


class Found(NamedTuple):
    """An image file that can be read: `png`, `jpeg`, `gif` or `webp`, and its pixels."""

    kind: str
    width: int
    height: int


def look(data: bytes) -> Found:
    """What an image file is. Raises Unreadable."""
    if data.startswith(png.SIGNATURE):
        return Found("png", *png.check(data))
    if data.startswith(b"\xff\xd8\xff"):
        return Found("jpeg", *_check_jpeg(data))
    if data.startswith((b"GIF87a", b"GIF89a")):
        return Found("gif", *gif.check(data))
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Found("webp", *_check_webp(data))
    raise Unreadable


def _check_jpeg(data: bytes) -> tuple[int, int]:
    """Everything up to the scan is there, and the scan has begun. One that ends early is shown as far as it goes."""
    at, pixels = 2, None
    while True:
        kind, at = _marker(data, at)
        if kind in _BARE:
            continue
        if at + 2 > len(data):
            raise Unreadable
        size = struct.unpack_from(">H", data, at)[0]
        if size < 2 or at + size >= len(data):
            raise Unreadable
        if kind in _FRAMES:
            pixels = _check_frame(data[at + 2 : at + size])
        if kind == 0xDA:
            if pixels is None:
                raise Unreadable
            return pixels
        at += size


def _marker(data: bytes, at: int) -> tuple[int, int]:
    """The kind of the marker at a place, and where its content begins."""
    if data[at : at + 1] != b"\xff":
        raise Unreadable
    while data[at : at + 1] == b"\xff":
        at += 1
    if at >= len(data) or data[at] in (0x00, 0xD9):
        raise Unreadable
    return data[at], at + 1


def _check_frame(content: bytes) -> tuple[int, int]:
    if len(content) < 6:
        raise Unreadable
    _, height, width, parts = struct.unpack_from(">BHHB", content)
    if parts not in (1, 3, 4) or len(content) < 6 + 3 * parts:
        raise Unreadable
    return room(width, height, parts)


def _check_webp(data: bytes) -> tuple[int, int]:
    """Every chunk is whole, and the first says how large the image is."""
    end = 8 + struct.unpack_from("<I", data, 4)[0]
    if end > len(data) or len(data) < 30:
        raise Unreadable
    kind, size = data[12:16], struct.unpack_from("<I", data, 16)[0]
    if 20 + size > end:
        raise Unreadable
    return room(*_webp_size(kind, data[20:30]), 4)


def _webp_size(kind: bytes, head: bytes) -> tuple[int, int]:
    if kind == b"VP8 " and head[3:6] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", head, 6)
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"VP8L" and head[:1] == b"\x2f":
        bits = struct.unpack_from("<I", head, 1)[0]
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8X":
        return int.from_bytes(head[4:7], "little") + 1, int.from_bytes(head[7:10], "little") + 1
    raise Unreadable
