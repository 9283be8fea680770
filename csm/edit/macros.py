"""Macros as text: the keys that were pressed, in the spelling of chords, and what was pasted between them.

    C-a i f space paste:a%20few%20words esc

Does not: record or play (`csm.ui.macros`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import quote, unquote

from csm.edit import chords

_PASTE = "paste:"


class Pasted(NamedTuple):
    """Text that was pasted."""

    text: str


#: A canonical chord, or a paste.
Step = str | Pasted


def written(steps: Iterable[Step]) -> str:
    """Steps as text."""
    return " ".join(_PASTE + quote(step.text, safe="") if isinstance(step, Pasted) else step for step in steps)


def read(text: str) -> tuple[Step, ...]:
    """The steps of text. Raises `chords.ChordError` for what is no key."""
    found: list[Step] = []
    for word in text.split():
        if word.startswith(_PASTE):
            found.append(Pasted(unquote(word.removeprefix(_PASTE))))
        else:
            found += chords.parse(word)
    return tuple(found)


def typed(text: str) -> tuple[Step, ...]:
    """The steps that type a text."""
    names = {" ": "space", "\n": "enter", "\t": "tab"}
    return tuple(names.get(char, char) for char in text if char.isprintable() or char in names)


def text_of(chord: str) -> str:
    """What pressing a chord types; empty for one that types nothing."""
    return " " if chord == "space" else chord if len(chord) == 1 else ""
