"""Chord text: one canonical spelling for every key press, and what a plain terminal makes of it.

A chord is `[C-][M-][S-][s-][H-]key`: control, alt (meta), shift, super, hyper, in this order. `key` is one character or
a name of `NAMES` or `f1`..`f35`. Shift is part of a character (`A`, `?`, `M-F`), unless control, super or hyper is held
too: then the letter is small and shift is written (`C-S-a`). Control with a capital means control with the small letter
(`C-A` is `C-a`), as Emacs and Vim have it.

Does not: know commands or keymaps, or decode bytes (see `csm.edit.keys`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

NAMES = frozenset(
    "enter tab esc space backspace delete insert home end page-up page-down left right up down begin menu pause "
    "print-screen caps-lock scroll-lock num-lock wheel-up wheel-down wheel-left wheel-right media-play media-pause "
    "media-play-pause media-reverse media-stop media-fast-forward media-rewind media-next media-previous "
    "media-record volume-down volume-up volume-mute".split()
)

ALIASES = {
    "ret": "enter",
    "return": "enter",
    "cr": "enter",
    "lf": "C-j",
    "linefeed": "C-j",
    "escape": "esc",
    "spc": "space",
    "del": "delete",
    "bs": "backspace",
    "back": "backspace",
    "ins": "insert",
    "pageup": "page-up",
    "pgup": "page-up",
    "prior": "page-up",
    "pagedown": "page-down",
    "pgdown": "page-down",
    "pgdn": "page-down",
    "next": "page-down",
    "backtab": "S-tab",
    "arrow-left": "left",
    "arrow-right": "right",
    "arrow-up": "up",
    "arrow-down": "down",
    "minus": "-",
    "plus": "+",
    "comma": ",",
    "lt": "<",
    "bar": "|",
    "bslash": "\\",
}
#: Emacs writes the backspace key DEL; only this spelling, all capitals, means that.
EXACT_ALIASES = {"DEL": "backspace"}

ORDER = "CMSsH"
MODIFIERS = {
    "C": "C",
    "c": "C",
    "ctrl": "C",
    "control": "C",
    "M": "M",
    "m": "M",
    "A": "M",
    "a": "M",
    "alt": "M",
    "meta": "M",
    "option": "M",
    "opt": "M",
    "S": "S",
    "shift": "S",
    "s": "s",
    "D": "s",
    "super": "s",
    "cmd": "s",
    "command": "s",
    "H": "H",
    "hyper": "H",
}
_MODIFIER = re.compile(r"([A-Za-z]+)[-+](?=.)", re.DOTALL)
_WORD = re.compile(r"\S+")
#: Nearly every chord there is, canonical as it stands: one that needs no second look.
_PLAIN = re.compile(r"(?:C-[a-z@\[\]\\^_]|M-[!-~]|[!-~])")
_FUNCTION = re.compile(r"f([1-9]|[12][0-9]|3[0-5])")


class ChordError(ValueError):
    """Chord text that cannot be read. `text` is the whole of it, `position` the index where it went wrong."""

    def __init__(self, message: str, text: str, position: int) -> None:
        super().__init__(message)
        self.message = message
        self.text = text
        self.position = position


def chord(key: str, modifiers: Iterable[str] = ()) -> str:
    """The canonical chord of a key (a name or one character) and modifiers out of `C M S s H`."""
    held = set(modifiers)
    key = "space" if key == " " else key
    if len(key) == 1:
        key = _shifted(key, held)
    return "".join(f"{m}-" for m in ORDER if m in held) + key


def _shifted(key: str, held: set[str]) -> str:
    """Settle shift for a character: written out beside control, super and hyper, else part of the character."""
    if held & {"C", "s", "H"}:
        return key.lower() if len(key.lower()) == 1 else key
    if "S" in held:
        held.discard("S")
        return key.upper() if len(key.upper()) == 1 else key
    return key


def split(text: str) -> tuple[str, str]:
    """Modifiers (in order, `"CM"`) and key of a canonical chord."""
    held = ""
    while len(text) > 2 and text[1] == "-" and text[0] in ORDER:
        held, text = held + text[0], text[2:]
    return held, text


def parse(text: str) -> tuple[str, ...]:
    """The canonical chords of text such as `"C-x C-s"`, `"ctrl-x RET"` or `"<f3>"`. Raises ChordError."""
    found = tuple(
        word if _PLAIN.fullmatch(word) or word in NAMES else _parse_one(word, text, match.start())
        for match in _WORD.finditer(text)
        for word in (match.group(),)
    )
    if not found:
        raise ChordError("no key given", text, 0)
    return found


def _parse_one(word: str, text: str, start: int) -> str:
    if len(word) > 2 and word[0] == "<" and word[-1] == ">":
        word, start = word[1:-1], start + 1
    held: set[str] = set()
    at = 0
    while match := _MODIFIER.match(word, at):
        name = match.group(1)
        modifier = MODIFIERS.get(name) or (MODIFIERS.get(name.lower()) if len(name) > 1 else None)
        if modifier is None:
            break
        if modifier in held:
            raise ChordError(f"{name}- is given twice", text, start + at)
        held.add(modifier)
        at = match.end()
    return _finish(word[at:], held, text, start + at)


def _finish(key: str, held: set[str], text: str, position: int) -> str:
    """The chord of what follows the modifiers."""
    if len(key) == 1:
        if key.isdigit() and held == {"S"}:
            raise ChordError(f"shift and {key}: write the character that it gives", text, position)
        if not key.isprintable():
            raise ChordError("a control character is no key", text, position)
        return chord(key, held)
    name = EXACT_ALIASES.get(key) or ALIASES.get(key.lower(), key.lower())
    inner, base = split(name)
    if base in NAMES or len(base) == 1 or _FUNCTION.fullmatch(base):
        return chord(base, held | set(inner))
    raise ChordError(f"no key is called {key!r}", text, position)


_LEGACY_CONTROL = {
    "i": "tab", "m": "enter", "[": "esc", "@": "C-space", "`": "C-space", "2": "C-space", "3": "esc", "{": "esc",
    "4": "C-\\", "|": "C-\\", "5": "C-]", "}": "C-]", "6": "C-^", "~": "C-^", "7": "C-_", "/": "C-_", "8": "backspace",
    "?": "backspace", "enter": "enter", "tab": "tab", "esc": "esc", "backspace": "C-h",
}  # fmt: skip
_OWN_CONTROL = frozenset("abcdefghijklmnopqrstuvwxyz\\]^_")
_PLAIN_SHIFT = frozenset({"enter", "esc", "space", "backspace"})


def ambiguous(chord_text: str) -> str | None:
    """What a terminal without the kitty or CSI-u protocol delivers instead of this chord; None if it can tell it apart.

    `ambiguous("C-i") == "tab"`, `ambiguous("S-enter") == "enter"`, `ambiguous("C-S-a") == "C-a"`.
    """
    held, key = split(chord_text)
    plain = _legacy_key(key, set(held) - {"M"})
    if "M" in held:
        plain = "esc esc" if plain == "esc" else chord(split(plain)[1], {"M", *split(plain)[0]})
    return None if plain == chord_text else plain


def _legacy_key(key: str, held: set[str]) -> str:
    held -= {"s", "H"}
    if len(key) > 1 and key not in _PLAIN_SHIFT | {"tab"}:
        return chord(key, held)
    if key != "tab" and (len(key) == 1 or key in _PLAIN_SHIFT):
        held -= {"S"}
    if "C" not in held:
        return chord(key, held)
    if key == "space" or (key in _OWN_CONTROL and key not in _LEGACY_CONTROL):
        return chord(key, {"C"})
    if key == "tab" and "S" in held:
        return "S-tab"
    return _LEGACY_CONTROL.get(key, key)
