"""Text to rows: `|` marks the cursor in the text."""

from __future__ import annotations

import pytest

from csm.ui.editor_rows import layout


@pytest.mark.parametrize(
    ("text", "columns", "height", "rows", "cursor"),
    [
        ("|", 10, 3, [""], (0, 0)),
        ("hello|", 10, 3, ["hello"], (5, 0)),
        ("one\ntw|o", 10, 3, ["one", "two"], (2, 1)),
        ("one\n|", 10, 3, ["one", ""], (0, 1)),
        ("hello world|", 9, 3, ["hello ", "world"], (5, 1)),
        ("hello |world", 9, 3, ["hello ", "world"], (0, 1)),
        ("abcdefghij|", 6, 3, ["abcde", "fghij"], (5, 1)),
        ("a\nb\nc\nd|", 10, 2, ["c", "d"], (1, 1)),
        ("|a\nb\nc\nd", 10, 2, ["a", "b"], (0, 0)),
        ("日本語|", 10, 2, ["日本語"], (6, 0)),
        ("日本語日本語|", 8, 3, ["日本語", "日本語"], (6, 1)),
        ("a\tb|", 12, 1, ["a    b"], (6, 0)),
        ("a\x1b[b|", 12, 1, ["a^[[b"], (5, 0)),
        ("x|", 1, 1, ["x"], (1, 0)),
    ],
)
def test_rows(text: str, columns: int, height: int, rows: list[str], cursor: tuple[int, int]) -> None:
    at = text.index("|")
    found = layout(text.replace("|", ""), at, columns, height)
    assert ([row.shown for row in found.rows], found.cursor) == (rows, cursor)


def test_the_window_moves_no_more_than_it_must() -> None:
    text = "\n".join("abcdefgh")
    assert [row.shown for row in layout(text, 8, 10, 3, top=4).rows] == ["c", "d", "e"]
    assert [row.shown for row in layout(text, 2, 10, 3, top=4).rows] == ["b", "c", "d"]
    assert [row.shown for row in layout(text, 14, 10, 3, top=4).rows] == ["f", "g", "h"]


def test_more_above_and_below() -> None:
    text = "\n".join("abcdefgh")
    found = layout(text, 8, 10, 3)
    assert (found.above, found.below) == (True, True)
    assert layout("a", 1, 10, 3)[2:] == (False, False)


@pytest.mark.parametrize("text", ["x" * 10_000_000, "line of text\n" * 800_000])
def test_ten_megabytes_are_laid_out_around_the_cursor(text: str) -> None:
    found = layout(text, len(text), 80, 8)
    assert len(found.rows) == 8
    assert found.above
