"""Keys back to bytes, as an old terminal sends them: for programs that run inside a window of ours.

Does not: read keys (`csm.edit.keys`).
"""

from __future__ import annotations

from csm.edit import keytables as tables

_CONTROLS = {chord: bytes([code]) for code, chord in tables.CONTROLS.items()} | {"C-@": b"\0", "C-/": b"\x1f"}
_FINALS = {name: final for final, name in tables.FINALS.items()}
_TILDES = {name: number for number, name in sorted(tables.TILDES.items(), reverse=True)}
_LETTERS = {letter: bit for bit, letter in tables.MODIFIER_BITS[:3]}
_PLAIN = {"enter": b"\r", "tab": b"\t", "esc": b"\x1b", "backspace": b"\x7f", "space": b" ", "S-tab": b"\x1b[Z"}


def encode(chord: str, text: str = "", *, application: bool = False) -> bytes:
    """The bytes of a key, empty for one that has none. `application`: cursor keys as `ESC O A` (DECCKM)."""
    if text and not chord.startswith(("C-", "M-")):
        return text.encode("utf-8", "replace")
    if chord in _PLAIN:
        return _PLAIN[chord]
    if chord in _CONTROLS:
        return _CONTROLS[chord]
    held, name = _split(chord)
    if "M" in held:
        rest = encode(_joined(held - {"M"}, name), name if len(name) == 1 else "", application=application)
        if len(rest) == 1 or (rest and len(name) == 1):
            return b"\x1b" + rest
    return _function(held, name, application) or (name.encode() if len(name) == 1 and not held & {"C"} else b"")


def paste(text: str, *, bracketed: bool) -> bytes:
    """Pasted text; `bracketed`: between marks, and without marks of its own."""
    data = text.replace("\n", "\r").encode("utf-8", "replace")
    return b"\x1b[200~" + data.replace(b"\x1b", b"") + b"\x1b[201~" if bracketed else data


def _function(held: set[str], name: str, application: bool) -> bytes:
    number = 1 + sum(_LETTERS.get(letter, 0) for letter in held)
    if name in _FINALS:
        final = _FINALS[name].encode()
        if number > 1:
            return b"\x1b[1;%d" % number + final
        return (b"\x1bO" if application or name.startswith("f") else b"\x1b[") + final
    if name in _TILDES:
        return b"\x1b[%d" % _TILDES[name] + (b";%d~" % number if number > 1 else b"~")
    if name in ("enter", "tab", "backspace", "space", "esc"):
        return _PLAIN[name]
    return b""


def _split(chord: str) -> tuple[set[str], str]:
    held: set[str] = set()
    while len(chord) > 2 and chord[1] == "-":
        held.add(chord[0])
        chord = chord[2:]
    return held, chord


def _joined(held: set[str], name: str) -> str:
    return "".join(f"{letter}-" for letter in ("C", "M", "S", "s", "H") if letter in held) + name
