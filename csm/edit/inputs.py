"""What the terminal can tell us: keys, pastes, the mouse, focus and answers to our questions.

Does not: decode anything (see `csm.edit.keys`).
"""

from __future__ import annotations

from typing import Any, NamedTuple


class Key(NamedTuple):
    """A key. `chord` is canonical (`csm.edit.chords`); `text` what it would type, or empty.

    `event` is `press`, `repeat` or `release` (the last two only from terminals asked to tell). `alternate` is the chord
    of the same key on the base (US) layout where the terminal tells it, for maps that did not bind `chord`.
    """

    chord: str
    text: str = ""
    event: str = "press"
    alternate: str = ""


class Paste(NamedTuple):
    """Pasted text; line ends are `\\n`, everything else is as it came."""

    text: str


class Mouse(NamedTuple):
    """`kind`: `press release drag move scroll`. `button`: `left middle right none wheel-up wheel-down wheel-left
    wheel-right` or `button-N`. `x`, `y`: column and row from 0. `modifiers`: a chord prefix such as `C-S-`.
    """

    kind: str
    button: str
    x: int
    y: int
    modifiers: str = ""


class Focus(NamedTuple):
    """The terminal window gained or lost the focus."""

    gained: bool


class Reply(NamedTuple):
    """The terminal's answer. `kind` and `values`:

    `status` (n,) · `cursor` (row, column) from 0 · `primary-attributes`, `secondary-attributes` (numbers) ·
    `tertiary-attributes` (hex,) · `mode` (mode, value: 0 unknown, 1 set, 2 reset, 3 always set, 4 always reset),
    `ansi-mode` likewise · `keyboard` (kitty flags,) · `modify-other-keys` (level,) · `foreground`, `background`,
    `cursor-color`, `palette` (..., (r, g, b) of 0..255; palette has the index first) · `color-scheme`
    ("dark"|"light",) · `terminal` (name and version,) · `setting` (valid, text) · `capability` (valid, name, value) ·
    `clipboard` (selection, text) · `window` (operation, numbers...) · `resize` (rows, columns, height px, width px) ·
    `graphics` (text,).
    """

    kind: str
    values: tuple[Any, ...]


class Unknown(NamedTuple):
    """A sequence that was swallowed. `raw` is its beginning, at most 64 bytes."""

    raw: bytes


Input = Key | Paste | Mouse | Focus | Reply | Unknown
