"""What the mouse does as bytes for a program in a terminal.

Does not: know where windows stand.
"""

from __future__ import annotations

from typing import Any

#: The keys that the wheel stands for where a program wants no mouse.
WHEEL = {"wheel-up": "up", "wheel-down": "down"}
WHEEL_STEPS = 3
_BUTTONS = {
    "left": 0, "middle": 1, "right": 2, "none": 3, "wheel-up": 64, "wheel-down": 65, "wheel-left": 66,
    "wheel-right": 67,
}  # fmt: skip
_MODIFIERS = {"S": 4, "M": 8, "A": 8, "C": 16}
#: What each wish lets through.
_KINDS = {
    "press": ("press", "release", "scroll"),
    "drag": ("press", "release", "scroll", "drag"),
    "move": ("press", "release", "scroll", "drag", "move"),
}
#: The largest place that is told in one byte, which is a character of its own too.
_LARGEST = 94


def encode(given: Any, column: int, row: int, wanted: str, *, digits: bool) -> bytes | None:
    """The bytes for an event (`csm.edit.inputs.Mouse`) at a cell counted from 0.

    None where the program does not want it (`wanted`: `press`, `drag`, `move` or nothing), or it cannot be told.
    """
    if given.kind not in _KINDS.get(wanted, ()) or given.button not in _BUTTONS:
        return None
    code = _BUTTONS[given.button]
    code += sum(_MODIFIERS.get(one, 0) for one in given.modifiers.split("-") if one)
    if given.kind in ("drag", "move"):
        code += 32
    if digits:
        return f"\x1b[<{code};{column + 1};{row + 1}{'m' if given.kind == 'release' else 'M'}".encode()
    if given.kind == "release":
        code = code & ~3 | 3
    if column > _LARGEST or row > _LARGEST:
        return None
    return b"\x1b[M" + bytes((code + 32, column + 33, row + 33))
