"""Arrangements of windows: every window is on the screen, nothing overlaps, and what is undone is as before."""

from __future__ import annotations

import random

import pytest

from csm.view import windows
from csm.view.windows import LEAST, Leaf, Node, Rect, Split

AREA = Rect(0, 0, 120, 40)
ONE = Leaf(1)
BESIDE = Split("columns", (Leaf(1), Leaf(2)), (1.0, 1.0))
THREE = Split("columns", (Leaf(1), Split("rows", (Leaf(2), Leaf(3)), (1.0, 1.0))), (2.0, 1.0))


def _cover(node: Node, area: Rect) -> list[str]:
    """The screen as letters: a window's number, `|` for lines between."""
    rows = [["|"] * area.width for _ in range(area.height)]
    for number, rect in windows.rects(node, area).items():
        for y in range(rect.y, rect.y + rect.height):
            for x in range(rect.x, rect.x + rect.width):
                assert rows[y][x] == "|", "two windows on one cell"
                rows[y][x] = str(number)[-1]
    return ["".join(row) for row in rows]


def test_three_windows_on_a_small_screen() -> None:
    assert _cover(THREE, Rect(0, 0, 28, 5)) == [
        "111111111111111111|222222222",
        "111111111111111111|222222222",
        "111111111111111111|333333333",
        "111111111111111111|333333333",
        "111111111111111111|333333333",
    ]


@pytest.mark.parametrize(
    ("node", "at", "how", "after"),
    [
        (ONE, 1, "columns", Split("columns", (Leaf(1), Leaf(9)), (1.0, 1.0))),
        (BESIDE, 1, "columns", Split("columns", (Leaf(1), Leaf(9), Leaf(2)), (0.5, 0.5, 1.0))),
        (BESIDE, 2, "rows", Split("columns", (Leaf(1), Split("rows", (Leaf(2), Leaf(9)), (1.0, 1.0))), (1.0, 1.0))),
    ],
)
def test_splitting_takes_half_of_one_window(node: Node, at: int, how: windows.How, after: Node) -> None:
    made = windows.split(node, at, how, 9)
    assert made == after
    before, now = windows.rects(node, AREA), windows.rects(made, AREA)
    for number in set(windows.leaves(node)) - {at}:
        assert now[number] == before[number]


@pytest.mark.parametrize(
    ("node", "gone", "after"),
    [
        (ONE, 1, None),
        (BESIDE, 1, Leaf(2)),
        (THREE, 3, Split("columns", (Leaf(1), Leaf(2)), (2.0, 1.0))),
        (THREE, 1, Split("rows", (Leaf(2), Leaf(3)), (1.0, 1.0))),
        (BESIDE, 7, BESIDE),
    ],
)
def test_removing_gives_the_room_to_a_neighbour(node: Node, gone: int, after: Node | None) -> None:
    assert windows.remove(node, gone) == after


def test_a_split_left_with_a_split_of_its_kind_becomes_one() -> None:
    node = Split(
        "columns", (Leaf(1), Split("rows", (Leaf(2), BESIDE._replace(parts=(Leaf(3), Leaf(4)))), (1, 1))), (1, 1)
    )
    assert windows.remove(node, 2) == Split("columns", (Leaf(1), Leaf(3), Leaf(4)), (1, 0.5, 0.5))


@pytest.mark.parametrize(
    ("at", "direction", "across", "found"),
    [
        (1, "right", 0, 2), (1, "right", 39, 3), (1, "left", 0, None), (1, "up", 0, None),
        (2, "left", 0, 1), (2, "down", 0, 3), (3, "up", 0, 2), (3, "left", 0, 1), (3, "right", 0, None),
    ],
)  # fmt: skip
def test_the_neighbour_is_the_one_level_with_the_cursor(
    at: int, direction: windows.Direction, across: int, found: int | None
) -> None:
    assert windows.neighbour(windows.rects(THREE, AREA), at, direction, across) == found


@pytest.mark.parametrize(
    ("at", "how", "cells", "sizes"),
    [
        (1, "columns", 5, {1: (84, 40), 2: (35, 20), 3: (35, 20)}),
        (1, "columns", -9, {1: (70, 40), 2: (49, 20), 3: (49, 20)}),
        (1, "columns", 500, {1: (111, 40), 2: (8, 20), 3: (8, 20)}),
        (3, "columns", 5, {1: (74, 40), 2: (45, 20), 3: (45, 20)}),
        (3, "rows", 4, {1: (79, 40), 2: (40, 16), 3: (40, 24)}),
        (2, "rows", -500, {1: (79, 40), 2: (40, 2), 3: (40, 38)}),
        (1, "rows", 4, {1: (79, 40), 2: (40, 20), 3: (40, 20)}),
    ],
)
def test_resizing_takes_cells_from_a_neighbour(
    at: int, how: windows.How, cells: int, sizes: dict[int, tuple[int, int]]
) -> None:
    made = windows.resize(THREE, at, how, cells, AREA)
    found = {number: (rect.width, rect.height) for number, rect in windows.rects(made, AREA).items()}
    assert found == sizes


@pytest.mark.parametrize("area", [Rect(0, 0, 1, 1), Rect(0, 0, 0, 0), Rect(0, 0, 10, 1)])
def test_without_room_resizing_changes_nothing(area: Rect) -> None:
    made = THREE
    for how in ("columns", "rows"):
        for at in (1, 2, 3):
            made = windows.resize(made, at, how, 5, area)
    assert windows.rects(made, AREA) == windows.rects(THREE, AREA)


def test_swapping_and_balancing() -> None:
    assert windows.swap(THREE, 1, 3) == Split(
        "columns", (Leaf(3), Split("rows", (Leaf(2), Leaf(1)), (1.0, 1.0))), (2.0, 1.0)
    )
    uneven = Split("columns", (Leaf(1), Split("columns", (Leaf(2), Leaf(3)), (9.0, 1.0))), (5.0, 1.0))
    widths = [rect.width for rect in windows.rects(windows.balance(uneven), Rect(0, 0, 122, 9)).values()]
    assert widths == [40, 40, 40]


def test_plain_data_goes_there_and_back() -> None:
    names = {1: "transcript", 2: "diff", 3: "plan"}
    plain = windows.data(THREE, lambda number: names[number])
    assert plain == {
        "split": "columns",
        "shares": [2.0, 1.0],
        "parts": [
            {"show": "transcript"},
            {"split": "rows", "shares": [1.0, 1.0], "parts": [{"show": "diff"}, {"show": "plan"}]},
        ],
    }
    numbers = {name: number for number, name in names.items()}
    assert windows.from_data(plain, lambda name: numbers[name]) == THREE


@pytest.mark.parametrize(
    "bad",
    [
        [], "x", {}, {"split": "columns"}, {"split": "diagonal", "parts": [{"show": "a"}, {"show": "b"}]},
        {"split": "rows", "parts": [{"show": "a"}]}, {"show": 3},
        {"split": "rows", "shares": [1], "parts": [{"show": "a"}, {"show": "b"}]},
        {"split": "rows", "shares": [1, 0], "parts": [{"show": "a"}, {"show": "b"}]},
        {"split": "rows", "shares": ["x", 1], "parts": [{"show": "a"}, {"show": "b"}]},
    ],
)  # fmt: skip
def test_what_is_no_layout_is_refused(bad: object) -> None:
    with pytest.raises(ValueError, match=r"layout|split|share"):
        windows.from_data(bad, lambda name: 1)


@pytest.mark.parametrize("seed", range(40))
def test_any_sequence_of_changes_keeps_every_window_on_the_screen(seed: int) -> None:
    rng = random.Random(seed)
    area = Rect(rng.randrange(3), rng.randrange(3), rng.randrange(40, 200), rng.randrange(12, 60))
    node: Node = Leaf(0)
    number = 0
    for _ in range(60):
        at = rng.choice(list(windows.leaves(node)))
        what = rng.randrange(5)
        how: windows.How = rng.choice(("columns", "rows"))
        if what == 0:
            number += 1
            made = windows.split(node, at, how, number)
            node = made if windows.fits(made, area) else node
        elif what == 1:
            node = windows.remove(node, at) or node
        elif what == 2:
            node = windows.resize(node, at, how, rng.randrange(-30, 30), area)
        elif what == 3:
            node = windows.swap(node, at, rng.choice(list(windows.leaves(node))))
        else:
            node = windows.balance(node)
        _sound(node, area)


def _sound(node: Node, area: Rect) -> None:
    found = windows.rects(node, area)
    assert sorted(found) == sorted(windows.leaves(node))
    for rect in found.values():
        assert rect.width >= LEAST[0]
        assert rect.height >= LEAST[1]
        assert rect.x >= area.x
        assert rect.x + rect.width <= area.x + area.width
        assert rect.y + rect.height <= area.y + area.height
    shown = _cover(node, Rect(0, 0, area.width, area.height))
    assert "|" * area.width not in shown, "a row that belongs to no window"


ROWS = Split("rows", (Leaf(2), Leaf(3)), (1.0, 1.0))


@pytest.mark.parametrize(
    ("node", "at", "side", "after"),
    [
        (ONE, 1, "left", ONE),
        (BESIDE, 7, "left", BESIDE),
        (BESIDE, 2, "left", Split("columns", (Leaf(2), Leaf(1)), (1.0, 1.0))),
        (BESIDE, 1, "right", Split("columns", (Leaf(2), Leaf(1)), (1.0, 1.0))),
        (BESIDE, 2, "up", Split("rows", (Leaf(2), Leaf(1)), (1.0, 1.0))),
        (THREE, 3, "right", Split("columns", (Leaf(1), Leaf(2), Leaf(3)), (4 / 3, 2 / 3, 1.0))),
        (THREE, 3, "left", Split("columns", (Leaf(3), Leaf(1), Leaf(2)), (1.0, 4 / 3, 2 / 3))),
        (THREE, 1, "down", Split("rows", (Leaf(2), Leaf(3), Leaf(1)), (1.0, 1.0, 1.0))),
        (THREE, 2, "up", Split("rows", (Leaf(2), Split("columns", (Leaf(1), Leaf(3)), (2.0, 1.0))), (1.0, 1.0))),
    ],
)
def test_a_window_at_the_edge_has_all_of_it(node: Node, at: int, side: windows.Direction, after: Node) -> None:
    made = windows.edge(node, at, side)
    assert made == after
    if made is not node:
        rect = windows.rects(made, AREA)[at]
        whole = rect.height == AREA.height if side in ("left", "right") else rect.width == AREA.width
        ends = {"left": rect.x, "up": rect.y, "right": AREA.width - rect.x - rect.width,
                "down": AREA.height - rect.y - rect.height}  # fmt: skip
        assert (whole, ends[side]) == (True, 0)


@pytest.mark.parametrize(
    ("node", "at", "step", "after"),
    [
        (ONE, 1, 1, ONE),
        (BESIDE, 1, 1, Split("columns", (Leaf(2), Leaf(1)), (1.0, 1.0))),
        (Split("rows", (Leaf(1), Leaf(2), Leaf(3)), (3.0, 2.0, 1.0)), 2, 1,
         Split("rows", (Leaf(3), Leaf(1), Leaf(2)), (3.0, 2.0, 1.0))),
        (Split("rows", (Leaf(1), Leaf(2), Leaf(3)), (3.0, 2.0, 1.0)), 2, -1,
         Split("rows", (Leaf(2), Leaf(3), Leaf(1)), (3.0, 2.0, 1.0))),
        (THREE, 2, 1, Split("columns", (Leaf(1), Split("rows", (Leaf(3), Leaf(2)), (1.0, 1.0))), (2.0, 1.0))),
        (THREE, 1, 1, Split("columns", (ROWS, Leaf(1)), (2.0, 1.0))),
    ],
)  # fmt: skip
def test_rotating_moves_the_windows_on_and_keeps_the_places(node: Node, at: int, step: int, after: Node) -> None:
    assert windows.rotate(node, at, step) == after
    assert windows.rotate(after, at, -step) == node


@pytest.mark.parametrize(
    ("node", "at", "found"), [(ONE, 1, [1]), (BESIDE, 2, [1, 2]), (THREE, 1, [1]), (THREE, 3, [2, 3]), (THREE, 7, [])]
)
def test_the_windows_of_a_row_or_column(node: Node, at: int, found: list[int]) -> None:
    assert windows.beside(node, at) == found
