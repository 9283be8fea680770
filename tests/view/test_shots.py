"""Screens as data: there and back, as text, refused where they are none."""

from __future__ import annotations

from typing import Any

import pytest

from csm.view import shot
from csm.view.shot import BadShot, Shot

SMALL = Shot(6, 2, [[("dim", "ab"), ("", " 日")], []], (5, 1), "block", "title", [("transcript", 1), ("composer", 1)])


def test_there_and_back() -> None:
    assert shot.read(SMALL.table()) == SMALL


def test_text_has_no_blanks_at_line_ends() -> None:
    assert Shot(4, 2, [[("dim", "a   ")], [("", "    ")]]).text() == "a\n\n"


@pytest.mark.parametrize(
    ("cursor", "expected"),
    [
        ((0, 0), "|ab 日\n\n"),
        ((3, 0), "ab |日\n\n"),
        ((5, 0), "ab 日|\n\n"),
        ((2, 1), "ab 日\n  |\n"),
        (None, "ab 日\n\n"),
    ],
)
def test_the_cursor_stands_at_its_cell(cursor: tuple[int, int] | None, expected: str) -> None:
    assert Shot(6, 2, SMALL.lines, cursor).text("|") == expected


BAD: dict[str, Any] = {
    "no table": [],
    "no size": {"lines": []},
    "no number": {"columns": True, "rows": 1, "lines": []},
    "too large": {"columns": 1, "rows": 99_999, "lines": []},
    "no lines": {"columns": 1, "rows": 1, "lines": 3},
    "no line": {"columns": 1, "rows": 1, "lines": ["a"]},
    "no segment": {"columns": 1, "rows": 1, "lines": [[["dim"]]]},
    "no text": {"columns": 1, "rows": 1, "lines": [[["dim", 3]]]},
    "too many lines": {"columns": 1, "rows": 1, "lines": [[]] * 3_000},
    "no cursor": {"columns": 1, "rows": 1, "lines": [], "cursor": [1]},
    "no region": {"columns": 1, "rows": 1, "lines": [], "regions": [["a", "b"]]},
}


@pytest.mark.parametrize("table", BAD.values(), ids=BAD)
def test_what_is_no_screen_is_refused(table: Any) -> None:
    with pytest.raises(BadShot):
        shot.read(table)


def test_a_role_that_nobody_knows_is_plain() -> None:
    assert shot.read({"columns": 9, "rows": 1, "lines": [[["no.such", "a"], ["dim", "b"]]]}).lines == [
        [("", "a"), ("dim", "b")]
    ]
