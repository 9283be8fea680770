"""Links as a terminal is told of them: opened and closed around their text, in each way of painting."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest

from csm.ui import firstpaint, hyperlinks
from csm.ui.frame import Frame, Region
from csm.ui.fullscreen import FullPainter
from csm.ui.painters import InlinePainter
from csm.ui.styles import Styles

OSC = re.compile(r"\x1b\]8;([^;]*);([^\x1b]*)\x1b\\")
ONE, TWO = "link url:https://one.example/a;b", "url:https://two.example"


class Theme:
    """A theme in which links are underlined; it must never be asked about an address."""

    def style(self, role: str) -> Any:
        assert "://" not in role
        return SimpleNamespace(fg=None, bg=None, underline=role == "link")


class Wire:
    """Stands for the terminal."""

    env = {"TERM": "xterm-256color"}

    def __init__(self) -> None:
        self.data = ""

    def write(self, data: str) -> None:
        self.data += data

    def size(self) -> tuple[int, int]:
        return 40, 4

    def alternate(self, on: bool) -> None: ...

    def shape(self, name: str) -> None: ...

    def title(self, text: str) -> None: ...


def frame(*rows: list[tuple[str, str]], full: bool = True) -> Frame:
    return Frame(40, 4, [Region("windows", [*rows])], full=full)


def spans(data: str) -> dict[str, str]:
    """What is shown between the opening of an address and the next such escape, by address."""
    found: dict[str, str] = {}
    parts = OSC.split(data)
    for at in range(2, len(parts), 3):
        text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|[\r\n]", "", parts[at + 1])
        found[parts[at]] = found.get(parts[at], "") + text
    return found


ROWS = ([("", "see "), (ONE, "the first"), ("", " and"), (TWO, "second")], [(ONE, "wrapped on")], [("", "end")])


@pytest.mark.parametrize("way", ["first", "full", "inline"])
def test_every_painter_opens_and_closes_links(way: str) -> None:
    wire, styles = Wire(), Styles(Theme(), 24, links=True)
    if way == "first":
        firstpaint.paint(wire, styles, frame(*ROWS))  # type: ignore[arg-type]
    elif way == "full":
        FullPainter(wire, styles).paint(frame(*ROWS))  # type: ignore[arg-type]
    else:
        InlinePainter(wire, styles).paint(frame(*ROWS, full=False))  # type: ignore[arg-type]
    found = spans(wire.data)
    assert found["https://one.example/a;b"] == "the firstwrapped on"
    assert found["https://two.example"] == "second"
    ids = {match[1] for match in OSC.finditer(wire.data) if match[2].startswith("https://one")}
    assert len(ids) == 1
    assert [match[2] for match in OSC.finditer(wire.data)][-1] == ""


@pytest.mark.parametrize("way", ["full", "inline"])
def test_without_links_no_such_escape_is_written(way: str) -> None:
    wire, styles = Wire(), Styles(Theme(), 24)
    painter = FullPainter(wire, styles) if way == "full" else InlinePainter(wire, styles)  # type: ignore[arg-type]
    painter.paint(frame(*ROWS, full=way == "full"))
    assert "\x1b]8" not in wire.data
    assert "\x1b[0;4m" in wire.data or "\x1b[4m" in wire.data


def test_only_what_leads_elsewhere_is_painted_again() -> None:
    wire, styles = Wire(), Styles(Theme(), 24, links=True)
    painter = FullPainter(wire, styles)  # type: ignore[arg-type]
    painter.paint(frame([(TWO, "same")], [("", "end")]))
    wire.data = ""
    painter.paint(frame([("url:https://three.example", "same")], [("", "end")]))
    assert spans(wire.data)["https://three.example"] == "same"
    wire.data = ""
    painter.paint(frame([("url:https://three.example", "same")], [("", "end")]))
    assert "same" not in wire.data
    assert "\x1b]8" not in wire.data


@pytest.mark.parametrize(
    ("env", "setting", "shown"),
    [
        ({"TERM": "xterm-256color"}, None, True),
        ({"TERM": "tmux-256color", "TMUX": "x"}, None, True),
        ({"TERM": "screen", "TMUX": "x"}, None, True),
        ({"TERM": "screen"}, None, False),
        ({"TERM": "linux"}, None, False),
        ({"TERM": "vt220"}, None, False),
        ({"TERM": "eterm-color"}, None, False),
        ({"TERM": "dumb"}, None, False),
        ({}, None, False),
        ({"TERM": "linux"}, True, True),
        ({"TERM": "xterm"}, False, False),
        ({"TERM": "xterm"}, "yes", True),
    ],
)
def test_which_terminals_are_told(env: dict[str, str], setting: Any, shown: bool) -> None:
    assert hyperlinks.shown(env, setting) is shown


@pytest.mark.parametrize("leads", ["https://a\x1b\\", "https://a\x07b", "https://\x9c", "https://ü", ""])
def test_nothing_but_printable_ascii_is_written(leads: str) -> None:
    assert hyperlinks.escape(leads) == ""
