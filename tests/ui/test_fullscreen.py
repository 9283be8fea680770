"""Frames on the whole screen, read back by a terminal emulator."""

from __future__ import annotations

from typing import Any

import pyte
import pytest

from csm.ui.frame import Frame, Region
from csm.ui.fullscreen import FullPainter
from csm.ui.styles import Styles, depth


class Plain:
    """A theme in which one role shows."""

    def style(self, role: str) -> Any:
        return type("Style", (), {"fg": "#ff0000" if role == "red" else None, "bg": None, "bold": role == "red"})()


class Wire:
    """Stands for the terminal: keeps what is written."""

    def __init__(self) -> None:
        self.data = ""

    def write(self, data: str) -> None:
        self.data += data

    def alternate(self, on: bool) -> None:
        self.data += "\x1b[?1049h" if on else "\x1b[?1049l"

    def shape(self, name: str) -> None:
        """Not looked at."""

    def title(self, text: str) -> None:
        """Not looked at."""


def frame(*regions: tuple[str, list[str]], cursor: tuple[int, int] | None = None, width: int = 20) -> Frame:
    made = [Region(name, [[("red" if name == "status" else "", text)] for text in lines]) for name, lines in regions]
    return Frame(width, sum(len(region.lines) for region in made), made, cursor)


def shown(wire: Wire, width: int, height: int) -> pyte.Screen:
    screen = pyte.Screen(width, height)
    pyte.Stream(screen).feed(wire.data)
    return screen


def test_regions_stand_on_each_other_and_the_cursor_in_its_place() -> None:
    wire = Wire()
    painter = FullPainter(wire, Styles(Plain(), 24))  # type: ignore[arg-type]
    painter.paint(frame(("transcript", ["one", "two", ""]), ("composer", ["> hi"]), ("status", ["ok"]), cursor=(4, 3)))
    screen = shown(wire, 20, 5)
    assert [line.rstrip() for line in screen.display] == ["one", "two", "", "> hi", "ok"]
    assert (screen.cursor.x, screen.cursor.y, screen.cursor.hidden) == (4, 3, False)
    assert (screen.buffer[4][0].fg, screen.buffer[4][0].bold) == ("ff0000", True)


def test_wide_characters_move_the_cursor_by_cells() -> None:
    wire = Wire()
    FullPainter(wire, Styles(Plain(), 24)).paint(frame(("composer", ["> 日本x"]), cursor=(6, 0)))  # type: ignore[arg-type]
    assert shown(wire, 20, 1).cursor.x == 6


def test_the_same_frame_again_writes_no_text() -> None:
    wire = Wire()
    painter = FullPainter(wire, Styles(Plain(), 8))  # type: ignore[arg-type]
    same = frame(("composer", ["> hello"]), cursor=(7, 0))
    painter.paint(same)
    wire.data = ""
    painter.paint(same)
    assert "hello" not in wire.data


def test_regions_come_and_go_and_sizes_change() -> None:
    wire = Wire()
    painter = FullPainter(wire, Styles(Plain(), 8))  # type: ignore[arg-type]
    painter.paint(frame(("transcript", ["a", "b", "c"]), ("composer", ["> "])))
    painter.paint(frame(("transcript", ["a"]), ("panel", ["p", "q"]), ("composer", ["> "])))
    assert [line.rstrip() for line in shown(wire, 20, 4).display] == ["a", "p", "q", ">"]
    wire.data = ""
    painter.paint(frame(("transcript", ["a"]), ("composer", ["> "]), width=5))
    assert [line.rstrip() for line in shown(wire, 5, 2).display] == ["a", ">"]


def test_painting_afresh_puts_everything_where_it_was() -> None:
    wire = Wire()
    painter = FullPainter(wire, Styles(Plain(), 8))  # type: ignore[arg-type]
    shown_frame = frame(("transcript", ["one", "two"]), ("composer", ["> hi"]), cursor=(4, 2))
    painter.paint(shown_frame)
    painter.restyle(Styles(Plain(), 8))
    painter.paint(shown_frame)
    screen = shown(wire, 20, 3)
    assert [line.rstrip() for line in screen.display] == ["one", "two", "> hi"]
    assert (screen.cursor.x, screen.cursor.y) == (4, 2)


def test_a_terminal_that_moved_the_cursor_on_a_resize_is_painted_right() -> None:
    wire = Wire()
    painter = FullPainter(wire, Styles(Plain(), 8))  # type: ignore[arg-type]
    screen = pyte.Screen(20, 6)
    stream = pyte.Stream(screen)
    painter.paint(frame(("transcript", ["a", "b", "c", "d"]), ("composer", ["> x"]), ("status", ["s"]), cursor=(3, 4)))
    stream.feed(wire.data)
    wire.data = ""
    screen.resize(3, 20)
    painter.paint(frame(("transcript", ["d"]), ("composer", ["> x"]), ("status", ["s"]), cursor=(3, 1)))
    stream.feed(wire.data)
    assert [line.rstrip() for line in screen.display] == ["d", "> x", "s"]


def test_frames_are_synchronized_and_the_screen_is_given_back() -> None:
    wire = Wire()
    painter = FullPainter(wire, Styles(Plain(), 8))  # type: ignore[arg-type]
    wire.data = ""
    painter.paint(frame(("composer", ["> "])))
    assert wire.data.startswith("\x1b[?1049h\x1b[?2026h")
    assert wire.data.endswith("\x1b[?2026l")
    painter.suspend()
    assert "\x1b[?1049l" in wire.data


@pytest.mark.parametrize(
    ("env", "bits"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, 24),
        ({"TERM": "xterm-256color"}, 8),
        ({"TERM": "linux"}, 4),
        ({"TERM": "xterm"}, 4),
        ({"TERM": "screen"}, 4),
        ({"TERM": "vt220"}, 1),
        ({"TERM": "xterm-mono"}, 1),
        ({"TERM": "xterm-kitty"}, 24),
        ({"TERM": "xterm-direct"}, 24),
        ({"TERM": "foot-extra"}, 24),
        ({"TERM": "tmux"}, 8),
        ({"TERM": "xterm", "COLORTERM": "TrueColor"}, 24),
        ({"TERM": "xterm-256color", "COLORTERM": "yes"}, 8),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, 8),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"}, 1),
        ({"TERM": "dumb"}, 1),
    ],
)
def test_depth_of_colour(env: dict[str, str], bits: int) -> None:
    assert depth(env) == bits


@pytest.mark.parametrize(("wanted", "bits"), [("auto", 8), ("true", 24), ("256", 8), ("16", 4), ("none", 1), (None, 8)])
def test_the_depth_of_colour_can_be_set(wanted: str | None, bits: int) -> None:
    assert depth({"TERM": "xterm-256color"}, wanted) == bits
    assert depth({"TERM": "xterm-256color", "NO_COLOR": "1"}, wanted) == 1


@pytest.mark.parametrize(
    ("bits", "sgr"),
    [(24, "\x1b[1;38;2;255;0;0m"), (8, "\x1b[1;38;5;196m"), (4, "\x1b[1;91m"), (1, "\x1b[1m")],
)
def test_a_role_at_each_depth(bits: int, sgr: str) -> None:
    assert Styles(Plain(), bits).sgr("red") == sgr
    assert Styles(Plain(), 24).sgr("plain bg:#000000") == "\x1b[48;2;0;0;0m"
