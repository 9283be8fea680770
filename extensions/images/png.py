"""Whether a PNG is whole: its chunks, their sums, and as much image data as its size asks for.

The data is unpacked piece by piece and thrown away, so that a small file which claims to be huge costs no memory.

Does not: give pixels.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from .unreadable import Unreadable, room

SIGNATURE = b"\x89PNG\r\n\x1a\n"
#: Channels and allowed bits by colour type.
_TYPES = {0: (1, (1, 2, 4, 8, 16)), 2: (3, (8, 16)), 3: (1, (1, 2, 4, 8)), 4: (2, (8, 16)), 6: (4, (8, 16))}
_PALETTE = 3
#: First column and row, and steps, of the passes of an interlaced image.
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
#: Bytes unpacked, and taken, at a time.
_PIECE, _TAKEN = 1 << 18, 1 << 16


def check(data: bytes) -> tuple[int, int]:
    """Its size. Raises Unreadable where the image cannot be decoded to its end."""
    chunks = _chunks(data)
    kind, head = next(chunks, (b"", b""))
    if kind != b"IHDR" or len(head) != 13:
        raise Unreadable
    rows, colour = _rows(head)
    packed: list[bytes] = []
    palette = colour != _PALETTE
    for kind, content in chunks:
        palette = palette or kind == b"PLTE"
        if kind == b"IDAT":
            packed.append(content)
    if not palette:
        raise Unreadable
    _check_data(b"".join(packed), rows)
    width, height = struct.unpack_from(">II", head)
    return width, height


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of every chunk but the last one, which has to be there. Sums of the needed ones are checked."""
    at = len(SIGNATURE)
    while at + 12 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        end = at + 12 + size
        if end > len(data):
            break
        needed = not kind[0] & 0x20
        if needed and zlib.crc32(data[at + 4 : end - 4]) != struct.unpack_from(">I", data, end - 4)[0]:
            break
        if kind == b"IEND":
            return
        yield kind, data[at + 8 : end - 4]
        at = end
    raise Unreadable


def _rows(head: bytes) -> tuple[list[tuple[int, int]], int]:
    """How many rows of how many bytes the data has, pass by pass, and the colour type."""
    width, height, bits, colour, packing, filtering, interlaced = struct.unpack(">IIBBBBB", head)
    channels, allowed = _TYPES.get(colour, (0, ()))
    if bits not in allowed or packing or filtering or interlaced > 1:
        raise Unreadable
    room(width, height, 3 if colour == _PALETTE else channels * max(1, bits // 8))
    passes = _PASSES if interlaced else ((0, 0, 1, 1),)
    sizes = ((-(-(width - x) // dx), -(-(height - y) // dy)) for x, y, dx, dy in passes)
    shown = ((columns, rows) for columns, rows in sizes if columns > 0 and rows > 0)
    return [(rows, 1 + (columns * channels * bits + 7) // 8) for columns, rows in shown], colour


def _check_data(packed: bytes, rows: list[tuple[int, int]]) -> None:
    """Enough rows, each with a filter that there is. What follows them does not matter."""
    starts = _starts(rows)
    next_row, total = next(starts), sum(count * size for count, size in rows)
    at = 0
    for piece in _unpacked(packed):
        while next_row < at + len(piece) and next_row < total:
            if piece[next_row - at] > 4:
                raise Unreadable
            next_row = next(starts, total)
        at += len(piece)
        if at >= total:
            return
    raise Unreadable


def _starts(rows: list[tuple[int, int]]) -> Iterator[int]:
    """Where each row begins."""
    at = 0
    for count, size in rows:
        yield from range(at, at + count * size, size)
        at += count * size


def _unpacked(packed: bytes) -> Iterator[bytes]:
    """The data piece by piece. Its own sum is not looked at: the chunks have theirs."""
    if len(packed) < 2 or packed[0] & 15 != 8 or packed[1] & 0x20 or int.from_bytes(packed[:2], "big") % 31:
        raise Unreadable
    unpack, whole = zlib.decompressobj(-zlib.MAX_WBITS), memoryview(packed)
    try:
        for at in range(2, len(packed), _TAKEN):
            rest = bytes(whole[at : at + _TAKEN])
            while piece := unpack.decompress(rest, _PIECE):
                yield piece
                rest = unpack.unconsumed_tail
    except zlib.error:
        raise Unreadable from None
