"""Macros as text: the keys that were pressed, in the spelling of chords, and what was pasted between them.

    C-a i f space paste:a%20few%20words esc

A key whose character is a blank or cannot be seen (the joiner in an emoji, an ideographic space) is `key:%E2%80%8D`.

Does not: record or play (`csm.ui.macros`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import quote, unquote

from csm.edit import chords

_PASTE, _KEY = "paste:", "key:"


class Pasted(NamedTuple):
    """Text that was pasted."""

    text: str


#: A canonical chord, or a paste.
Step = str | Pasted


def written(steps: Iterable[Step]) -> str:
    """Steps as text."""
    return " ".join(_word(step) for step in steps)


def _word(step: Step) -> str:
    if isinstance(step, Pasted):
        return _PASTE + quote(step.text, safe="")
    return step if step.isprintable() and not step.isspace() else _KEY + quote(step, safe="")


def read(text: str) -> tuple[Step, ...]:
    """The steps of text. Raises `chords.ChordError` for what is no key."""
    found: list[Step] = []
    for word in text.split():
        if word.startswith(_PASTE):
            found.append(Pasted(unquote(word.removeprefix(_PASTE))))
        elif word.startswith(_KEY):
            found += unquote(word.removeprefix(_KEY))
        else:
            found += chords.parse(word)
    return tuple(found)


def typed(text: str) -> tuple[Step, ...]:
    """The steps that type a text."""
    names = {" ": "space", "\n": "enter", "\t": "tab"}
    return tuple(names.get(char, char) for char in text if char > "\x9f" or char.isprintable() or char in names)


def text_of(chord: str) -> str:
    """What pressing a chord types; empty for one that types nothing."""
    return " " if chord == "space" else chord if len(chord) == 1 else ""
