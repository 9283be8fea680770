"""Lines of the screen, put together again as they were before they were broken."""

from __future__ import annotations

import random

import pytest

from csm.view import unwrapping
from csm.view.lines import fold, plain, wrap
from csm.view.unwrapping import Row


def _with_margin(rows: list[str]) -> list[str]:
    return [f"  {row}" for row in rows]


@pytest.mark.parametrize(
    ("shown", "wide", "found"),
    [
        (["  one two", "  three"], ["  one two three"], [Row(2), Row(2, " ")]),
        (["› one", "  two"], ["› one", "  two"], [Row(2), Row(2)]),
        (["  - one", "    two"], ["  - one two"], [Row(2), Row(4, " ")]),
        (["  verylo", "  ngword"], ["  verylongword"], [Row(2), Row(2, "")]),
        (["  x = [1,", "  ↪ 2]"], ["  x = [1, 2]"], [Row(2), Row(4, " ")]),
        (["", "  a", "", "  b"], ["", "  a", "", "  b"], [Row(0), Row(2), Row(0), Row(2)]),
        (["  a │ b"], ["  a    │ b"], None),
        (["  a"], ["  a", "  b"], None),
        (["  a", "  b"], ["  a"], None),
    ],
)
def test_rows(shown: list[str], wide: list[str], found: list[Row] | None) -> None:
    assert unwrapping.rows(shown, wide, 2) == found


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("how", [wrap, fold])
def test_what_was_broken_at_any_width_comes_back(seed: int, how: object) -> None:
    chance = random.Random(seed)
    words = ["".join(chance.choices("ab日ü", k=chance.randint(1, 12))) for _ in range(chance.randint(1, 40))]
    line = " ".join(words)
    shown = _with_margin([plain(row) for row in how([("", line)], chance.randint(2, 30))])  # type: ignore[operator]
    found = unwrapping.rows(shown, _with_margin([line]), 2)
    assert found is not None
    assert unwrapping.text(zip(shown, found, strict=True)) == line


def test_a_part_of_the_first_and_the_last_line() -> None:
    lines = [("  one two", Row(2)), ("  three four", Row(2, " ")), ("", Row()), ("  five", Row(2))]
    assert unwrapping.text(lines) == "one two three four\n\nfive"
    assert unwrapping.text(lines, 6, 4) == "two three four\n\nfi"
    assert unwrapping.text(lines[:1], 0, 5) == "one"
    assert unwrapping.text(lines[1:2], 4, 7) == "ree"
