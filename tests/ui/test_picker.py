"""The list to choose from: looks, sections, boxes, order, the mouse; empty, large and narrow."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from csm.ui.picker import Picker
from csm.view.lines import line_width
from csm.view.lines import plain as text


class Choice(NamedTuple):
    value: Any
    label: str
    detail: str = ""
    section: str = ""


FRUIT = [Choice(1, "apple", "red"), Choice(2, "banana", "yellow"), Choice(3, "cherry", "dark")]
PARTS = [Choice("a", "one", "", "First"), Choice("b", "two", "", "First"), Choice("c", "three", "", "Second")]


def shown(panel: Picker, columns: int = 40, height: int = 12) -> list[str]:
    return [text(line).rstrip() for line in panel.render(columns, height)[0]]


def looks(value: Any, columns: int, rows: int) -> list[Any]:
    return [[("text", f"about {value}")], [("dim", "x" * 300)]]


def test_the_look_stands_below_or_beside_and_can_go() -> None:
    panel = Picker("Fruit", FRUIT, print, preview=looks)
    assert panel.tall
    assert shown(panel)[2:] == [
        "  apple   red",
        "  banana  yellow",
        "  cherry  dark",
        "  " + "─" * 38,
        "  about 1",
        "  " + "x" * 35 + "…",
    ]
    panel.move(1)
    assert shown(panel, 100)[2].startswith("  apple   red" + " " * 27 + " │ about 2")
    panel.looking = False
    assert not any("about" in line for line in shown(panel, 100))


def test_an_empty_line_says_what_to_do() -> None:
    panel = Picker("Fruit", FRUIT, print)
    assert shown(panel)[:2] == ["  Fruit", "› Choose with the arrows"]
    panel.editor.insert("a")
    assert shown(panel)[1] == "› a"
    many = Picker("Many", [Choice(at, f"row {at}") for at in range(10)], print)
    assert shown(many)[:2] == [f"  Many{10:>32}", "› Type to find one"]


def test_whoever_asks_is_told_what_is_chosen() -> None:
    told: list[Any] = []
    panel = Picker("Fruit", FRUIT, print, moved=told.append, current=2)
    assert "banana" in text(panel.render(40, 8)[0][3])
    panel.move(1)
    panel.move(1)
    panel.editor.insert("ban")
    panel.pressed()
    panel.pressed()
    assert told == [3, 1, 2]


def test_sections_have_names_until_something_is_typed() -> None:
    panel = Picker("Parts", PARTS, print)
    assert shown(panel)[2:] == ["  First", "  one", "  two", "  Second", "  three"]
    for _ in range(2):
        panel.move(1)
    assert shown(panel, height=4)[2:] == ["  Second", "  three"]
    panel.editor.insert("o")
    assert shown(panel)[2:] == ["  one", "  two"]


def test_rows_are_ticked_and_put_in_order() -> None:
    taken: list[Any] = []
    panel = Picker("Parts", PARTS, taken.append, ticked=["c", "a"], ordered=True)
    assert shown(panel)[2:] == ["  [x]  three", "  [x]  one", "  [ ]  two"]
    panel.shift(1)
    panel.shift(1)
    panel.shift(1)
    panel.tick()
    panel.move(-1)
    panel.tick()
    assert shown(panel)[2:] == ["  [x]  one", "  [x]  two", "  [ ]  three"]
    then = panel.accept()
    assert then is not None
    then()
    assert taken == [["a", "b"]]
    assert [command for command, _ in panel.worth()] == ["list.tick", "list.shift -1", "list.shift 1"]


def test_actions_get_the_chosen_value() -> None:
    kept: list[Any] = []
    panel = Picker("Fruit", FRUIT, print, actions={"keep": ("keep", kept.append)})
    panel.move(1)
    then = panel.act("keep")
    assert then is not None
    then()
    assert kept == [2]
    assert panel.act("delete") is None
    panel.editor.insert("zzz")
    assert panel.act("keep") is None


def test_a_click_chooses_and_a_second_one_takes() -> None:
    panel = Picker("Parts", PARTS, print)
    panel.render(40, 12)
    assert [panel.click(row, 3) for row in (0, 2, 4, 4, 9)] == [False, False, False, True, False]
    assert panel.chosen() == "b"
    boxes = Picker("Parts", PARTS, print, ticked=[])
    boxes.render(40, 12)
    assert not boxes.click(3, 3)
    assert boxes.ticked() == ["a"]


@pytest.mark.parametrize("rows", [0, 1, 5_000])
@pytest.mark.parametrize(("columns", "height"), [(1, 1), (10, 3), (40, 12), (200, 50)])
def test_any_number_of_rows_fits_any_size(rows: int, columns: int, height: int) -> None:
    many = [Choice(at, f"row {at} 漢字 👩‍👩‍👧", "é" * 50, f"part {at // 7}") for at in range(rows)]
    panel = Picker("Many", many, print, preview=looks)
    for step in (0, 1, -1, -1, 10, 100_000, -100_000, 17):
        panel.move(step)
        lines, (column, row) = panel.render(columns, height)
        assert len(lines) <= height
        assert all(line_width(line) <= columns for line in lines)
        assert 0 <= column < columns
        assert 0 <= row < len(lines)
        if rows and height > 10:
            assert any("picker.selected" in role for line in lines for role, _ in line)
    assert (panel.chosen() is None) == (rows == 0)
    assert (panel.accept() is None) == (rows == 0)


def test_what_was_chosen_stays_in_sight_at_another_size() -> None:
    panel = Picker("Many", [Choice(at, f"row {at}") for at in range(100)], print)
    panel.move(50)
    panel.render(80, 40)
    assert "  row 50" in shown(panel, 30, 5)
    assert "  row 50" in shown(panel, 100, 30)
