"""Lists, lines and the popup as text."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from csm.ui import matching, whichkey
from csm.ui.panels import LinePanel, ListPanel
from csm.ui.picker import Picker
from csm.view.lines import plain as text


class Choice(NamedTuple):
    value: Any
    label: str
    detail: str = ""


class Following(NamedTuple):
    chord: str
    command: str | None
    label: str = ""
    prefix: bool = False


CHOICES = [Choice(1, "read only", "look, touch nothing"), Choice(2, "may edit here"), Choice(3, "full access", "all")]


def shown(panel: Any, columns: int = 40, height: int = 10) -> list[str]:
    return [text(line).rstrip() for line in panel.render(columns, height)[0]]


def test_a_list_shows_title_line_and_rows() -> None:
    panel = ListPanel("Permissions", CHOICES, lambda value: None)
    assert shown(panel) == [
        "  Permissions",
        "›",
        "  read only      look, touch nothing",
        "  may edit here",
        "  full access    all",
    ]


def test_typing_narrows_and_accepting_gives_the_value() -> None:
    taken: list[Any] = []
    panel = ListPanel("Permissions", CHOICES, taken.append)
    panel.editor.insert("fa")
    assert shown(panel)[2:] == ["  full access  all"]
    then = panel.accept()
    assert then
    then()
    assert taken == [3]


def test_nothing_fits() -> None:
    panel = ListPanel("Permissions", CHOICES, lambda value: None)
    panel.editor.insert("zzz")
    assert shown(panel)[2:] == ["  nothing fits"]
    assert panel.accept() is None


@pytest.mark.parametrize(("moves", "selected"), [([1], 1), ([-1], 2), ([1, 1, 1], 0), ([10], 2), ([10, -10], 0)])
def test_moving_goes_round_by_steps_and_stops_by_leaps(moves: list[int], selected: int) -> None:
    panel = ListPanel("Permissions", CHOICES, lambda value: None)
    for move in moves:
        panel.move(move)
    assert panel.selected == selected


def test_a_long_list_keeps_the_chosen_row_in_sight() -> None:
    panel = ListPanel("Many", [Choice(n, f"row {n}") for n in range(100)], lambda value: None)
    panel.move(50)
    assert "  row 50" in shown(panel, height=6)
    assert len(shown(panel, height=6)) == 6


@pytest.mark.parametrize("columns", [1, 2, 5, 10, 200])
@pytest.mark.parametrize("height", [1, 2, 3])
def test_no_size_breaks_a_list(columns: int, height: int) -> None:
    panel = ListPanel("Permissions", CHOICES, lambda value: None)
    lines, (column, row) = panel.render(columns, height)
    assert len(lines) <= height
    assert all(len(text(line)) <= columns for line in lines)
    assert 0 <= column < columns
    assert row < len(lines)


def test_what_is_typed_behind_a_mask_shows_as_dots() -> None:
    panel = LinePanel("Key:", lambda line: None, masked=True)
    panel.editor.insert("sk-secret")
    assert shown(panel) == ["  Key: •••••••••"]


def test_a_long_line_moves_sideways() -> None:
    panel = LinePanel("Name:", lambda line: None)
    panel.editor.insert("abcdefghijklmnopqrstuvwxyz")
    lines, cursor = panel.render(16, 1)
    assert (text(lines[0]), cursor) == ("  Name: tuvwxyz", (15, 0))


def test_control_characters_of_labels_are_shown() -> None:
    panel = ListPanel("T\x1b[2J", [Choice(1, "a\x1b]0;x\x07")], lambda value: None)
    assert "\x1b" not in "".join(shown(panel))


@pytest.mark.parametrize("place", ["list", "picker", "prompt"])
def test_names_with_tabs_and_newlines_stay_on_their_line(place: str) -> None:
    odd = Choice(1, "a\tb\nc\x1b[2J", "d\te\nf")
    panel: Any = {
        "list": lambda: ListPanel("g\th\ni", [odd, *CHOICES], lambda value: None),
        "picker": lambda: Picker("g\th\ni", [odd, *CHOICES], lambda value: None),
        "prompt": lambda: LinePanel("g\th\ni", lambda value: None),
    }[place]()
    lines = panel.render(60, 10)[0]
    assert all(part.isprintable() for line in lines for _, part in line)
    assert any("g h i" in text(line) for line in lines)
    if place != "prompt":
        row = next(line for line in lines if "a b c^[[2J" in text(line))
        assert "d e f" in text(row)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", ["theme.use", "turn.interrupt", "history.next"]),
        ("th", ["theme.use"]),
        ("tin", ["turn.interrupt"]),
        ("next", ["history.next"]),
        ("use theme", ["theme.use"]),
        ("xyz", []),
    ],
)
def test_ranking(typed: str, found: list[str]) -> None:
    assert matching.ranked(["theme.use", "turn.interrupt", "history.next"], typed, lambda row: (row,)) == found


def test_popup_tells_what_may_follow() -> None:
    following = [
        Following("b", "buffer.choose"),
        Following("k", "buffer.close"),
        Following("w", None, "windows", True),
        Following("C-c", "app.quit"),
    ]
    lines = whichkey.popup(("C-x",), following, 70, 10, lambda line: line)
    assert [text(line).rstrip() for line in lines] == [
        " C-x –",
        " b    buffer.choose                 w    +windows",
        " k    buffer.close                  C-c  app.quit",
    ]
    named = whichkey.popup(("C-x",), following, 70, 10, lambda line: line, "sessions")
    assert text(named[0]).rstrip() == " C-x – sessions"


def test_popup_that_does_not_fit_says_how_much_is_left() -> None:
    following = [Following(chr(97 + n), "x") for n in range(20)]
    lines = whichkey.popup(("C-x",), following, 30, 5, lambda line: line)
    assert len(lines) == 5
    assert "1 of 5" in text(lines[0])
