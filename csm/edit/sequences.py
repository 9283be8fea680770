"""Reads complete control sequences: bytes of one CSI, SS3, OSC or DCS to what they say.

Does not: find where a sequence begins or ends (see `csm.edit.keys`), or keep state.
"""

from __future__ import annotations

import base64
import binascii
import re

from csm.edit import keytables as tables
from csm.edit.chords import chord
from csm.edit.inputs import Focus, Input, Key, Mouse, Reply, Unknown

RAW_LIMIT = 64
_RGB = re.compile(r"rgba?:([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})(?:/[0-9a-fA-F]{1,4})?")
_HASH = re.compile(r"#([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})")
_EVENTS = {1: "press", 2: "repeat", 3: "release"}


def unknown(raw: bytes | bytearray) -> Unknown:
    """The report of a swallowed sequence."""
    return Unknown(bytes(raw[:RAW_LIMIT]))


def modifiers(number: int) -> str:
    """Modifiers `CMSsH` of xterm's number (1 is none); what is not a modifier number has none."""
    bits = number - 1 if 1 <= number <= 256 else 0
    return "".join(letter for bit, letter in tables.MODIFIER_BITS if bits & bit)


def text_key(char: str, held: str = "", text: str | None = None) -> Key:
    """The key that types `char`, or with modifiers does not."""
    if text is None:
        text = "" if set(held) & set("CMsH") else char
    return Key(chord(char, held), text)


def csi(private: str, parameters: str, between: str, final: str, raw: bytes, position: bool) -> Input:
    """Read `CSI private parameters between final`. `position`: an unmarked cursor report is expected."""
    numbers = [[int(n) if n else 0 for n in part.split(":")] for part in parameters.split(";")]
    plain = tuple(part[0] for part in numbers)
    if not private and not between:
        return _key(numbers, final, raw, position) or _report(plain, final) or unknown(raw)
    if private == "<" and final in "Mm" and len(plain) == 3:
        return sgr_mouse(*plain, final == "m")
    return _private(private, plain, between, final) or unknown(raw)


def _key(numbers: list[list[int]], final: str, raw: bytes, position: bool) -> Input | None:
    first, second = numbers[0][0], (numbers[1] if len(numbers) > 1 else [1])
    if final == "u":
        return _kitty(numbers, raw)
    if final == "~":
        if first == 27 and len(numbers) == 3:
            return _coded(numbers[2][0], modifiers(second[0]))
        name = tables.TILDES.get(first)
    elif final == "R" and len(numbers) == 2 and (position or first > 1 or not 2 <= second[0] <= 16):
        return Reply("cursor", (first - 1, second[0] - 1))
    elif final in "IO" and raw[2:-1] == b"":
        return Focus(final == "I")
    elif final == "Z":
        return Key(chord("tab", "S" + modifiers(second[0])))
    elif final in "^@" and len(numbers) == 1 and first in tables.TILDES:
        return Key(chord(tables.TILDES[first], tables.RXVT_ENDS[final]))
    elif final in tables.RXVT_ARROWS and raw[2:-1] == b"":
        return Key(chord(tables.RXVT_ARROWS[final], "S"))
    else:
        name = tables.FINALS.get(final) if first in (0, 1) and len(numbers) < 4 else None
    if not name:
        return None
    return Key(chord(name, modifiers(second[0])), "", _event(second))


def _event(part: list[int]) -> str:
    return _EVENTS.get(part[1], "press") if len(part) > 1 else "press"


def _char(code: int) -> str:
    """The character of a code point a key may type, or empty."""
    if code < 32 or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000 or code > 0x10FFFF:
        return ""
    return chr(code)


def _coded(code: int, held: str) -> Key | None:
    """The key of modifyOtherKeys: a code point and modifiers."""
    if name := tables.KITTY.get(code):
        return Key(chord(name, held)) if len(name) > 1 else text_key(name, held)
    char = _char(code)
    if char and not char.isalnum() and char != " ":
        held = held.replace("S", "")  # the code is what shift made of the key
    return text_key(char, held) if char else None


def _kitty(numbers: list[list[int]], raw: bytes) -> Input:
    """`CSI code:shifted:base ; modifiers:event ; text u`"""
    code, shifted, base = (*numbers[0], 0, 0, 0)[:3]
    part = numbers[1] if len(numbers) > 1 else [1]
    held, event = modifiers(part[0] or 1), _event(part)
    char = tables.KITTY.get(code) or _char(code)
    if not char or (57344 <= code < 63744 and code not in tables.KITTY):
        return unknown(raw)
    if len(char) > 1:
        return Key(chord(char, held), "", event)
    shown = _shifted(char, _char(shifted), held)
    text = "".join(map(_char, numbers[2])) if len(numbers) > 2 else None
    if text is None:
        text = "" if event == "release" or set(held) & set("CMsH") else shown
    spelled = chord(shown, held if shown.lower() == char else held.replace("S", ""))
    alternate = chord(_char(base), held) if _char(base) and _char(base) != char else ""
    return Key(spelled, text, event, alternate)


def _shifted(char: str, shifted: str, held: str) -> str:
    """The character that shift makes of a key: as told, else the capital."""
    if "S" not in held or (set(held) & set("CsH") and (not shifted or shifted.lower() == char)):
        return char
    return shifted or (char.upper() if len(char.upper()) == 1 else char)


def _report(numbers: tuple[int, ...], final: str) -> Input | None:
    """Answers without a private mark."""
    if final == "n" and len(numbers) == 1:
        return Reply("status", numbers)
    if final == "t":
        return Reply("resize", numbers[1:]) if numbers[0] == 48 and len(numbers) == 5 else Reply("window", numbers)
    if final == "M" and len(numbers) == 3:  # urxvt mouse
        return _mouse(numbers[0] - 32, numbers[1] - 1, numbers[2] - 1, False, False) if numbers[0] >= 32 else None
    return None


def _private(private: str, numbers: tuple[int, ...], between: str, final: str) -> Input | None:
    kind = {("?", "", "c"): "primary-attributes", (">", "", "c"): "secondary-attributes"}.get((private, between, final))
    if kind:
        return Reply(kind, numbers)
    if between == "$" and final == "y" and len(numbers) == 2 and private in ("", "?"):
        return Reply("mode" if private else "ansi-mode", numbers)
    if private == ">" and final == "m" and numbers[0] == 4 and len(numbers) == 2:
        return Reply("modify-other-keys", numbers[1:])
    if private != "?" or between:
        return None
    if final == "u" and len(numbers) == 1:
        return Reply("keyboard", numbers)
    if final == "R" and len(numbers) in (2, 3):
        return Reply("cursor", (numbers[0] - 1, numbers[1] - 1))
    if final == "n" and numbers[0] == 997 and numbers[1:] in ((1,), (2,)):
        return Reply("color-scheme", ("dark" if numbers[1] == 1 else "light",))
    return None


def ss3(parameters: str, final: str, raw: bytes) -> Input:
    """Read `SS3 parameters final`."""
    numbers = [int(n) for n in parameters.split(";") if n]
    held = modifiers(numbers[-1]) if numbers else ""
    if final in tables.FINALS:
        return Key(chord(tables.FINALS[final], held))
    if final in tables.RXVT_ARROWS:
        return Key(chord(tables.RXVT_ARROWS[final], "C" + held))
    name = tables.KEYPAD.get(final)
    if name is None:
        return unknown(raw)
    return (
        text_key(" " if name == "space" else name, held)
        if len(name) == 1 or name == "space"
        else Key(chord(name, held))
    )


def sgr_mouse(code: int, x: int, y: int, released: bool) -> Mouse:
    """Read `CSI < code ; x ; y M|m`."""
    return _mouse(code, x - 1, y - 1, released, True)


def x10_mouse(code: int, x: int, y: int) -> Mouse:
    """Read the three bytes after `CSI M`."""
    return _mouse(code - 32, x - 33, y - 33, False, False)


def _mouse(code: int, x: int, y: int, released: bool, exact: bool) -> Mouse:
    """`exact`: a release names its button; else button 3 is any release."""
    held = "".join(f"{letter}-" for letter, bit in (("C", 16), ("M", 8), ("S", 4)) if code & bit)
    number, moving = code & 3, bool(code & 32)
    x, y = max(x, 0), max(y, 0)
    if code & 64:
        return Mouse("scroll", tables.WHEELS[number], x, y, held)
    if code & 128:
        return Mouse("release" if released else "press", f"button-{number + 8}", x, y, held)
    if moving:
        return Mouse("move" if number == 3 else "drag", tables.BUTTONS[number], x, y, held)
    if not exact and number == 3:
        released = True
    return Mouse("release" if released else "press", tables.BUTTONS[number], x, y, held)


def string(raw: bytes, body: bytes) -> Input:
    """Read a whole control string, `body` being what stands between its beginning and its end."""
    kind = raw[1:2]
    if kind == b"]":
        return osc(body, raw)
    if kind == b"P":
        return dcs(body, raw)
    if kind == b"_" and body.startswith(b"G"):
        return Reply("graphics", (body[1:].decode("utf-8", "replace"),))
    return unknown(raw)


def osc(body: bytes, raw: bytes) -> Input:
    """Read the body of an operating system command."""
    text = body.decode("utf-8", "replace")
    number, _, rest = text.partition(";")
    if number == "4":
        index, _, color = rest.partition(";")
        if index.isdecimal() and len(index) < 4 and (rgb := _color(color)):
            return Reply("palette", (int(index), rgb))
    elif number in ("10", "11", "12") and (rgb := _color(rest)):
        return Reply(tables.COLORS[int(number)], (rgb,))
    elif number == "52":
        selection, _, data = rest.partition(";")
        try:
            return Reply("clipboard", (selection, base64.b64decode(data, validate=True).decode("utf-8", "replace")))
        except (binascii.Error, ValueError):
            pass
    return unknown(raw)


def _color(text: str) -> tuple[int, int, int] | None:
    if match := _RGB.fullmatch(text):
        red, green, blue = (int(part, 16) * 255 // (16 ** len(part) - 1) for part in match.groups())
    elif match := _HASH.fullmatch(text):
        red, green, blue = (int(part, 16) for part in match.groups())
    else:
        return None
    return red, green, blue


def dcs(body: bytes, raw: bytes) -> Input:
    """Read the body of a device control string."""
    text = body.decode("utf-8", "replace")
    if text.startswith(">|"):
        return Reply("terminal", (text[2:],))
    if text.startswith("!|"):
        return Reply("tertiary-attributes", (text[2:],))
    if text[1:3] == "$r" and text[0] in "01":
        return Reply("setting", (text[0] == "1", text[3:]))
    if text[1:3] == "+r" and text[0] in "01":
        name, _, value = text[3:].partition("=")
        return Reply("capability", (text[0] == "1", _unhex(name), _unhex(value)))
    return unknown(raw)


def _unhex(text: str) -> str:
    try:
        return bytes.fromhex(text).decode("utf-8", "replace")
    except ValueError:
        return text
