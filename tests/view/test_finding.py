"""Searching lines: the next match from anywhere is the one a search of the whole text would give."""

from __future__ import annotations

import random

import pytest

from csm.view import finding
from csm.view.buffers import TextBuffer
from csm.view.finding import Hit
from csm.view.lines import plain


def _buffer(rows: list[str]) -> TextBuffer:
    return TextBuffer("page", "Page", [[("help.text", row)] for row in rows])


ROWS = ["one two", "Two three two", "", "four", "two"]


@pytest.mark.parametrize(
    ("text", "line", "column", "back", "hit"),
    [
        ("two", 0, -1, False, Hit(0, 4)),
        ("two", 0, 4, False, Hit(1, 0)),
        ("two", 1, 0, False, Hit(1, 10)),
        ("two", 4, 0, False, Hit(0, 4, True)),
        ("two", 1, 10, True, Hit(1, 0)),
        ("two", 0, 4, True, Hit(4, 0, True)),
        ("Two", 0, -1, False, Hit(1, 0)),
        ("^two", 0, -1, False, Hit(1, 0)),
        ("t.*e", 0, -1, False, Hit(1, 0)),
        ("(", 0, -1, False, None),
        ("five", 2, 0, True, None),
        ("x*", 0, -1, False, None),
    ],
)
def test_the_next_match(text: str, line: int, column: int, back: bool, hit: Hit | None) -> None:
    assert finding.find(_buffer(ROWS), finding.compiled(text), line, column, 80, back=back) == hit


@pytest.mark.parametrize("seed", range(20))
def test_going_on_and_on_meets_every_match_in_order(seed: int) -> None:
    rng = random.Random(seed)
    rows = ["".join(rng.choice("ab ") for _ in range(rng.randrange(12))) for _ in range(rng.choice((3, 40, 900)))]
    pattern = finding.compiled("ab")
    wanted = [(y, match.start()) for y, row in enumerate(rows) for match in pattern.finditer(row)]
    buffer, place, seen = _buffer(rows), (0, -1), []
    for _ in wanted:
        hit = finding.find(buffer, pattern, *place, 80)
        assert hit is not None
        place = (hit.line, hit.column)
        seen.append(place)
    assert seen == wanted
    for expected in reversed(wanted[:-1]):
        hit = finding.find(buffer, pattern, *place, 80, back=True)
        assert hit is not None
        place = (hit.line, hit.column)
        assert place == expected


def test_matches_are_marked_by_cells() -> None:
    lines = finding.marked([[("help.text", "日本 two and two")]], finding.compiled("two"), "search.match")
    assert [text for role, text in lines[0] if "search.match" in role] == ["two", "two"]
    assert plain(lines[0]) == "日本 two and two"
