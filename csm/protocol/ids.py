"""Thread, turn and item ids: UUIDs of version 7 (RFC 9562), so that they sort by time.

Does not: read the clock or the random source. Both are passed in.
"""

from __future__ import annotations

_LENGTHS = [8, 4, 4, 4, 12]
_DIGITS = frozenset("0123456789abcdef")


def uuid7(unix_ms: int, random: bytes) -> str:
    """The UUIDv7 of a time in milliseconds since the epoch and ten random bytes."""
    value = (unix_ms & (1 << 48) - 1) << 80 | int.from_bytes(random[:10], "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    digits = f"{value:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def is_uuid(text: str) -> bool:
    """Whether the whole text is a UUID in lower-case hexadecimal."""
    parts = text.split("-")
    return [len(part) for part in parts] == _LENGTHS and _DIGITS.issuperset("".join(parts))
