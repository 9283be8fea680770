"""Output of programs: colours, overwriting, everything else harmless."""

from __future__ import annotations

import random

import pytest

from csm.view.lines import is_visible, plain
from csm.view.render.ansi import parse
from csm.view.roles import is_role

OUT = "command.output"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("plain", ["plain"]),
        ("a\nb\n", ["a", "b", ""]),
        ("a\r\nb\r\r\n", ["a", "b", ""]),
        ("a\tb", ["a       b"]),
        ("10%\r50%\r100%", ["100%"]),
        ("long line\rshort", ["shortline"]),
        ("long line\r\x1b[Kshort", ["short"]),
        ("abc\x1b[2K\rx", ["x"]),
        ("abc\x1b[1Kd", ["   d"]),
        ("ab\b\bX", ["Xb"]),
        ("\b\bX", ["X"]),
        ("ab\x1b[5Gc", ["ab  c"]),
        ("ab\x1b[2Cc", ["ab  c"]),
        ("abc\x1b[2Dx", ["axc"]),
        ("a\x1b[2J\x1b[Hb\x1b[3Ac", ["abc"]),
        ("\x1b]0;title\x07a\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", ["alink"]),
        ("\x1bP1$r0m\x1b\\a\x1b(Bb\x1b=c\x1b7d\x0f\x07", ["abcd"]),
        ("\x1b[?25l\x1b[?1049ha", ["a"]),
        ("\x9b31ma\x9d0;t\x9cb", ["ab"]),
        ("\x1b]52;c;never ends", ["^[]52;c;never ends"]),
        ("\x1b[31", ["^[[31"]),
        ("a\x0cb\x01", ["a^Lb^A"]),
        ("\u202eabc", ["<U+202E>abc"]),
        ("\x1b[99999999C.", [" " * 1000 + "."]),
    ],
)
def test_text(text, lines):
    assert [plain(line) for line in parse(text)] == lines


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("\x1b[31mred\x1b[0m no", [(f"{OUT} ansi.red", "red"), (OUT, " no")]),
        ("\x1b[1;4;92mx\x1b[22my\x1b[mz", [
            (f"{OUT} ansi.bold ansi.underline ansi.bright-green", "x"),
            (f"{OUT} ansi.underline ansi.bright-green", "y"), (OUT, "z"),
        ]),
        ("\x1b[41;97mx\x1b[39;49my", [(f"{OUT} ansi.bright-white ansi.on-red", "x"), (OUT, "y")]),
        ("\x1b[38;5;208mx", [(f"{OUT} fg:#ff8700", "x")]),
        ("\x1b[38;5;9mx", [(f"{OUT} ansi.bright-red", "x")]),
        ("\x1b[48;5;244mx", [(f"{OUT} bg:#808080", "x")]),
        ("\x1b[38;2;1;2;300mx", [(f"{OUT} fg:#0102ff", "x")]),
        ("\x1b[38:2:1:2:3mx", [(f"{OUT} fg:#010203", "x")]),
        ("\x1b[38;5mx\x1b[38mx\x1b[;;;mx\x1b[?31mx", [(OUT, "xxxx")]),
        ("\x1b[31ma\rb", [(f"{OUT} ansi.red", "b")]),
    ],
)  # fmt: skip
def test_colours(text, segments):
    assert parse(text) == [segments]


def test_colours_go_on_over_lines():
    assert parse("\x1b[32ma\nb\n\x1b[0mc") == [[(f"{OUT} ansi.green", "a")], [(f"{OUT} ansi.green", "b")], [(OUT, "c")]]


@pytest.mark.parametrize("seed", range(20))
def test_noise_is_harmless(seed):
    dice = random.Random(seed)
    alphabet = "\x1b\x1b\x1b[[]]PX^_;:?0123456789mKGJHABCD\r\b\n\t\x07\x9b\x9c\x9dab \\日é\u202e\x00"
    text = "".join(dice.choice(alphabet) for _ in range(3000))
    for line in parse(text):
        assert all(is_visible(piece) and "\n" not in piece for _, piece in line)
        assert all(is_role(role) for role, _ in line)


def test_long_lines_are_bounded():
    assert len(plain(parse("x" * 100_000 + "\rabc")[0])) >= 100_000
    assert len(plain(parse("\x1b[999C" * 1000 + "x")[0])) < 21_100
