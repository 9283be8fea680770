"""Rows that only moved are moved by the terminal, and the screen is the same as if they were painted."""

from __future__ import annotations

import random
from typing import Any

import pyte
import pytest

from csm.ui.frame import Frame, Region
from csm.ui.fullscreen import FullPainter
from csm.ui.scrolling import Scroll, escape, find
from csm.ui.styles import Styles


class Plain:
    """A theme without any style."""

    def style(self, role: str) -> Any:
        return type("Style", (), {"fg": "", "bg": ""})()


class Wire:
    """Stands for the terminal: keeps what is written."""

    def __init__(self) -> None:
        self.data = ""

    def write(self, data: str) -> None:
        self.data += data.replace("\n", "\r\n")

    def alternate(self, on: bool) -> None:
        """Not looked at."""

    def shape(self, name: str) -> None:
        """Not looked at."""

    def title(self, text: str) -> None:
        """Not looked at."""


ROWS = {name: [name] for name in "abcdefghijklmnopqrstuvwxyz"}


def screen(text: str) -> dict[int, list[str]]:
    return {y: ROWS[char] if char != "." else [] for y, char in enumerate(text)}


@pytest.mark.parametrize(
    ("old", "new", "scroll"),
    [
        ("abcdefgh", "abcdefgh", None),
        ("abcdefgh", "bcdefghi", Scroll(0, 8, 1)),
        ("abcdefgh", "defghijk", Scroll(0, 8, 3)),
        ("bcdefghi", "abcdefgh", Scroll(0, 8, -1)),
        ("xabcdefghz", "xbcdefghiz", Scroll(1, 9, 1)),
        ("abcd", "bcde", None),
        ("abcdefgh", "zyxwvuts", None),
        ("abc.defg", "bc.defgh", Scroll(0, 8, 1)),
    ],
)
def test_what_moved(old: str, new: str, scroll: Scroll | None) -> None:
    assert find(screen(old), screen(new)) == scroll


@pytest.mark.parametrize("seed", range(8))
def test_the_screen_is_the_same_whatever_moves(seed: int) -> None:
    dice = random.Random(seed)
    terminal = pyte.Screen(30, 16)
    stream = pyte.Stream(terminal)
    wire = Wire()
    painter = FullPainter(wire, Styles(Plain(), 8))  # type: ignore[arg-type]
    text = [f"line {number} {'x' * (number % 17 + 1)}" if number % 5 else "" for number in range(200)]
    top = 50
    for _ in range(60):
        top = max(0, min(180, top + dice.choice((0, 1, 1, 2, 3, 9, -1, -2, -7, 40))))
        height = dice.choice((11, 12, 13))
        rows = [[("", line)] for line in text[top : top + height]]
        foot = [[("", f"foot {dice.randrange(3)} {row}")] for row in range(16 - height)]
        made = Frame(30, 16, [Region("transcript", rows), Region("composer", foot)], (2, 15))
        painter.paint(made)
        stream.feed(wire.data)
        wire.data = ""
        assert [line.rstrip() for line in terminal.display] == ["".join(t for _, t in row) for row in [*rows, *foot]]
        assert (terminal.cursor.x, terminal.cursor.y) == (2, 15)


def test_moving_a_page_takes_few_bytes() -> None:
    wire = Wire()
    painter = FullPainter(wire, Styles(Plain(), 8))  # type: ignore[arg-type]
    text = [f"line {number} " + "x" * 60 for number in range(100)]
    for top in (0, 1):
        wire.data = ""
        painter.paint(Frame(80, 40, [Region("transcript", [[("", line)] for line in text[top : top + 40]])]))
    assert len(wire.data) < 300


def test_the_escape() -> None:
    assert escape(Scroll(1, 9, 2)) == "\x1b7\x1b[0m\x1b[2;9r\x1b[9;1H\n\n\x1b[r\x1b8"
    assert escape(Scroll(0, 8, -1)) == "\x1b7\x1b[0m\x1b[1;8r\x1b[1;1H\x1bM\x1b[r\x1b8"
