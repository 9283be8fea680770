"""Chord text: every spelling to one, what a plain terminal makes of it, and where bad text goes wrong."""

from __future__ import annotations

import pytest

from csm.edit.chords import NAMES, ChordError, ambiguous, chord, parse, split

SPELLINGS = [
    ("C-x C-s", "C-x C-s"),
    ("ctrl-x ctrl-s", "C-x C-s"),
    ("Control+X", "C-x"),
    ("c-x", "C-x"),
    ("C-X", "C-x"),
    ("C-S-x", "C-S-x"),
    ("ctrl-shift-x", "C-S-x"),
    ("alt-x", "M-x"),
    ("meta-x", "M-x"),
    ("A-x", "M-x"),
    ("option-x", "M-x"),
    ("M-X", "M-X"),
    ("alt-shift-x", "M-X"),
    ("S-x", "X"),
    ("shift-x", "X"),
    ("shift-?", "?"),
    ("M-C-h", "C-M-h"),
    ("shift-ctrl-alt-left", "C-M-S-left"),
    ("super-left", "s-left"),
    ("cmd-c", "s-c"),
    ("H-a", "H-a"),
    ("RET", "enter"),
    ("return", "enter"),
    ("Enter", "enter"),
    ("<CR>", "enter"),
    ("shift-enter", "S-enter"),
    ("ESC", "esc"),
    ("escape", "esc"),
    ("SPC", "space"),
    ("C-SPC", "C-space"),
    ("spc", "space"),
    ("DEL", "backspace"),
    ("M-DEL", "M-backspace"),
    ("del", "delete"),
    ("Delete", "delete"),
    ("TAB", "tab"),
    ("backtab", "S-tab"),
    ("ctrl-backtab", "C-S-tab"),
    ("pageup", "page-up"),
    ("PgDn", "page-down"),
    ("next", "page-down"),
    ("prior", "page-up"),
    ("F12", "f12"),
    ("<f3>", "f3"),
    ("<C-f3>", "C-f3"),
    ("f35", "f35"),
    ("-", "-"),
    ("C--", "C--"),
    ("M-+", "M-+"),
    ("ctrl-minus", "C--"),
    ("<", "<"),
    (">", ">"),
    ("M-<", "M-<"),
    ("<lt>", "<"),
    ("g g", "g g"),
    ("  g   G ", "g G"),
    ("é", "é"),
    ("M-é", "M-é"),
    ("shift-é", "É"),
    ("C-@", "C-@"),
    ("LF", "C-j"),
    ("wheel-up", "wheel-up"),
    ("media-play", "media-play"),
]


@pytest.mark.parametrize(("text", "expected"), SPELLINGS)
def test_spellings(text: str, expected: str) -> None:
    assert parse(text) == tuple(expected.split())
    assert parse(expected) == tuple(expected.split())


BAD = [
    ("", 0, "no key"),
    ("   ", 0, "no key"),
    ("C-", 0, "C-"),
    ("C-x entr", 4, "entr"),
    ("C-x Q-y", 4, "Q-y"),
    ("C-C-x", 2, "twice"),
    ("ctrl-C-x", 5, "twice"),
    ("f36", 0, "f36"),
    ("f0", 0, "f0"),
    ("S-1", 2, "character"),
    ("C-x \x01", 4, "control"),
    ("a <nokey>", 3, "nokey"),
]


@pytest.mark.parametrize(("text", "position", "word"), BAD)
def test_errors_say_where(text: str, position: int, word: str) -> None:
    with pytest.raises(ChordError) as caught:
        parse(text)
    assert caught.value.position == position
    assert word in caught.value.message
    assert caught.value.text == text


LEGACY = [
    ("C-i", "tab"),
    ("C-m", "enter"),
    ("C-[", "esc"),
    ("C-S-a", "C-a"),
    ("C-M-S-a", "C-M-a"),
    ("S-enter", "enter"),
    ("C-enter", "enter"),
    ("S-space", "space"),
    ("S-backspace", "backspace"),
    ("C-backspace", "C-h"),
    ("C-tab", "tab"),
    ("C-S-tab", "S-tab"),
    ("C-@", "C-space"),
    ("C-/", "C-_"),
    ("C-?", "backspace"),
    ("C-3", "esc"),
    ("C-1", "1"),
    ("C-;", ";"),
    ("C-.", "."),
    ("s-c", "c"),
    ("C-M-i", "M-tab"),
    ("C-M-m", "M-enter"),
    ("C-M-[", "esc esc"),
    ("M-S-enter", "M-enter"),
    ("s-left", "left"),
]
DISTINCT = """a A C-a C-z C-j C-h C-space C-\\ C-] C-^ C-_ M-a M-A C-M-a M-enter enter tab S-tab esc backspace
M-backspace left C-left S-left M-left C-M-S-left f1 S-f3 C-delete page-up space M-space é M-é ? M-<""".split()


@pytest.mark.parametrize(("text", "expected"), LEGACY)
def test_what_a_plain_terminal_delivers(text: str, expected: str) -> None:
    assert ambiguous(text) == expected


@pytest.mark.parametrize("text", DISTINCT)
def test_what_a_plain_terminal_tells_apart(text: str) -> None:
    assert ambiguous(text) is None


def test_split_takes_a_chord_apart() -> None:
    assert split("C-M-left") == ("CM", "left")
    assert split("C--") == ("C", "-")
    assert split("-") == ("", "-")
    assert split("s-a") == ("s", "a")


def test_every_name_survives_every_modifier() -> None:
    for name in NAMES:
        for held in ("", "C", "M", "S", "CM", "CMSsH"):
            text = chord(name, held)
            assert parse(text) == (text,)
            assert split(text) == (held, name)


def test_what_needs_no_second_look_is_what_a_second_look_would_say() -> None:
    keys = [chr(code) for code in range(0x21, 0x7F)]
    for key in (*keys, *NAMES):
        for held in ("", "C", "M"):
            assert parse(f"{held}-{key}" if held else key) == (chord(key, held),)
