"""The tables of the key decoder: which bytes and numbers stand for which key.

Does not: hold code.
"""

from __future__ import annotations

#: C0 bytes and DEL.
CONTROLS = {
    0x00: "C-space",
    0x09: "tab",
    0x0D: "enter",
    0x1B: "esc",
    0x1C: "C-\\",
    0x1D: "C-]",
    0x1E: "C-^",
    0x1F: "C-_",
    0x7F: "backspace",
} | {code: f"C-{chr(code + 0x60)}" for code in range(1, 27) if code not in (0x09, 0x0D)}

#: Final byte of `CSI ... X` and `SS3 X`.
FINALS = {
    "A": "up", "B": "down", "C": "right", "D": "left", "E": "begin", "F": "end", "H": "home",
    "P": "f1", "Q": "f2", "R": "f3", "S": "f4",
}  # fmt: skip

#: The keypad in application mode, `SS3 x`.
KEYPAD = {
    "M": "enter", "I": "tab", "X": "=", "j": "*", "k": "+", "l": ",", "m": "-", "n": ".", "o": "/", " ": "space",
} | {chr(ord("p") + digit): str(digit) for digit in range(10)}  # fmt: skip

#: `CSI n ~`
TILDES = {
    1: "home", 2: "insert", 3: "delete", 4: "end", 5: "page-up", 6: "page-down", 7: "home", 8: "end",
    11: "f1", 12: "f2", 13: "f3", 14: "f4", 15: "f5", 17: "f6", 18: "f7", 19: "f8", 20: "f9", 21: "f10", 23: "f11",
    24: "f12", 25: "f13", 26: "f14", 28: "f15", 29: "menu", 31: "f17", 32: "f18", 33: "f19", 34: "f20", 57427: "begin",
}  # fmt: skip

#: The Linux console, `CSI [ x`.
CONSOLE = {"A": "f1", "B": "f2", "C": "f3", "D": "f4", "E": "f5"}

#: rxvt: `CSI x` with shift, `SS3 x` with control; `CSI n ^ $ @` with control, shift, both.
RXVT_ARROWS = {"a": "up", "b": "down", "c": "right", "d": "left"}
RXVT_ENDS = {"^": "C", "$": "S", "@": "CS"}

#: Keys of the kitty protocol that are no text; the keypad ones become what they stand for.
KITTY = {
    27: "esc", 13: "enter", 9: "tab", 127: "backspace", 8: "backspace",
    57344: "esc", 57345: "enter", 57346: "tab", 57347: "backspace", 57348: "insert", 57349: "delete", 57350: "left",
    57351: "right", 57352: "up", 57353: "down", 57354: "page-up", 57355: "page-down", 57356: "home", 57357: "end",
    57358: "caps-lock", 57359: "scroll-lock", 57360: "num-lock", 57361: "print-screen", 57362: "pause", 57363: "menu",
    57409: ".", 57410: "/", 57411: "*", 57412: "-", 57413: "+", 57414: "enter", 57415: "=", 57416: ",", 57417: "left",
    57418: "right", 57419: "up", 57420: "down", 57421: "page-up", 57422: "page-down", 57423: "home", 57424: "end",
    57425: "insert", 57426: "delete", 57427: "begin", 57428: "media-play", 57429: "media-pause",
    57430: "media-play-pause", 57431: "media-reverse", 57432: "media-stop", 57433: "media-fast-forward",
    57434: "media-rewind", 57435: "media-next", 57436: "media-previous", 57437: "media-record", 57438: "volume-down",
    57439: "volume-up", 57440: "volume-mute",
} | {57364 + n: f"f{n + 1}" for n in range(35)} | {57399 + n: str(n) for n in range(10)}  # fmt: skip

#: Bits of the modifier number less one, as xterm and kitty count them; caps lock and num lock say nothing.
MODIFIER_BITS = ((1, "S"), (2, "M"), (4, "C"), (8, "s"), (16, "H"), (32, "M"))

BUTTONS = {0: "left", 1: "middle", 2: "right", 3: "none"}
WHEELS = {0: "wheel-up", 1: "wheel-down", 2: "wheel-left", 3: "wheel-right"}

#: OSC numbers of colour answers.
COLORS = {10: "foreground", 11: "background", 12: "cursor-color"}
