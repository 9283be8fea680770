"""What changed between two screens, said as a person would."""

from __future__ import annotations

from typing import Any

import pytest

from csm.view import comparing
from csm.view.shot import Shot


def screen(*rows: Any, columns: int = 20, **more: Any) -> Shot:
    """A screen from rows: text, or segments."""
    lines = [[("", row)] if isinstance(row, str) and row else list(row) for row in rows]
    return Shot(columns, len(lines), lines, **more)


TABLE: dict[str, tuple[Shot, Shot, list[str]]] = {
    "nothing": (screen("one", "two"), screen("one", "two"), []),
    "blanks at the end": (screen([("", "one  ")]), screen("one"), []),
    "how it is cut into segments": (screen([("dim", "o"), ("dim", "ne")]), screen([("dim", "one")]), []),
    "text within a row": (screen("run the test"), screen("run the tests"), ['text     row 1 column 13: "" → "s"']),
    "text in the middle": (
        screen("› hello you", "x"),
        screen("› hallo you", "x"),
        ['text     row 1 column 4: "e" → "a"'],
    ),
    "a wide character": (screen("日a"), screen("日本a"), ['text     row 1 columns 3-4: "" → "本"']),
    "a mark over a letter": (screen("cafe"), screen("cafe\u0301"), ['text     row 1 column 4: "e" → "e\u0301"']),
    "a role": (
        screen([("", "an "), ("dim", "old")]),
        screen([("", "an "), ("strong", "old")]),
        ['role     row 1 columns 4-6: dim → strong on "old"'],
    ),
    "a role around changed text": (
        screen([("dim", "ab")]),
        screen([("", "ab"), ("", "c")]),
        ['role     row 1 columns 1-2: dim → plain on "ab"', 'text     row 1 column 3: "" → "c"'],
    ),
    "a selected row": (
        screen([("", "pick")]),
        screen([("picker.selected", "pick  ")]),
        ['role     row 1 columns 1-6: plain → picker.selected on "pick  "'],
    ),
    "rows scrolled": (
        screen("a", "b", "c", "d"),
        screen("b", "c", "d", "e"),
        ["moved    rows 2-4 → rows 1-3", 'removed  row 1: "a"', 'added    row 4: "e"'],
    ),
    "blank rows do not move": (screen("a", "", "b", ""), screen("", "a", "", "b"), ["moved    rows 1-3 → rows 2-4"]),
    "a row that changed its place": (
        screen("title", "one", "two", "three"),
        screen("one", "two", "three", "title"),
        ["moved    rows 2-4 → rows 1-3", "moved    row 1 → row 4"],
    ),
    "a row where nothing was": (screen("a", "", "b"), screen("a", "new", "b"), ['added    row 2: "new"']),
    "quotes": (screen('a "b"'), screen("a"), ['text     row 1 column 2: " \\"b\\"" → ""']),
    "the cursor": (
        screen("a", cursor=(0, 0)),
        screen("a", cursor=(1, 0)),
        ["cursor   row 1 column 1 → row 1 column 2"],
    ),
    "no cursor": (screen("a", cursor=(0, 0)), screen("a"), ["cursor   row 1 column 1 → none"]),
    "shape and title": (
        screen("a", shape="beam", title="x"),
        screen("a", shape="block", title="y"),
        ["title    x → y", "shape    beam → block"],
    ),
    "the size": (screen("a"), screen("a", columns=40), ["size     20x1 → 40x1"]),
    "regions": (
        screen("a", "b", "c", regions=[("transcript", 2), ("composer", 1)]),
        screen("a", "b", "d", regions=[("transcript", 1), ("menu", 1), ("composer", 1)]),
        [
            "region   transcript: 2 rows → 1 row",
            "region   menu: not there → 1 row",
            'text     row 3 column 1 (composer): "c" → "d"',
        ],
    ),
}


@pytest.mark.parametrize("name", TABLE)
def test_said(name: str) -> None:
    old, new, expected = TABLE[name]
    assert [one.line() for one in comparing.changes(old, new)] == expected


def test_tables_hold_what_is_known() -> None:
    found = comparing.changes(screen("a", "b"), screen("b"))
    assert [one.table() for one in found] == [
        {"kind": "size", "old": "20x2", "new": "20x1"},
        {"kind": "moved", "row": 1, "to": 0, "rows": 1},
        {"kind": "removed", "row": 0, "old": "a"},
    ]


FAULTS: dict[str, tuple[Shot, list[str]]] = {
    "none": (screen("a", cursor=(19, 0)), []),
    "too wide": (screen("日" * 11), ['row 1 is 22 cells wide: "日日日日日日日日日日日"']),
    "too few": (Shot(4, 3, [[]]), ["1 rows on a screen of 3"]),
    "cursor": (screen("a", cursor=(20, 0)), ["the cursor stands outside, at row 1 column 21"]),
    "control": (screen("a\x1b[m"), ['row 1 holds what a terminal would not show as it is: "a\x1b[m"']),
    "broken": (screen("what", regions=[("broken", 1)]), ["it could not be drawn"]),
}


@pytest.mark.parametrize("name", FAULTS)
def test_faults(name: str) -> None:
    taken, expected = FAULTS[name]
    assert list(comparing.faults(taken)) == expected
