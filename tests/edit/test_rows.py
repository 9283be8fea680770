"""Wrapping into rows: small tables, and laws that hold for any text, width and cursor."""

from __future__ import annotations

import random

import pytest
import wcwidth

from csm.edit import chars, rows

#: text with the cursor as |, width, rows drawn, cursor row and column
WRAPS = [
    ("|", 10, [""], (0, 0)),
    ("foo|", 10, ["foo"], (0, 3)),
    ("foo\n|", 10, ["foo", ""], (1, 0)),
    ("|a\n\nb", 10, ["a", "", "b"], (0, 0)),
    ("one two three|", 9, ["one two ", "three"], (1, 5)),
    ("one two |three", 9, ["one two ", "three"], (1, 0)),
    ("one two| three", 9, ["one two ", "three"], (0, 7)),
    ("abcdefgh|", 5, ["abcd", "efgh"], (1, 4)),
    ("abcd|efgh", 5, ["abcd", "efgh"], (1, 0)),
    ("abcd|", 5, ["abcd"], (0, 4)),
    ("abcd |", 5, ["abcd ", ""], (1, 0)),
    ("abcd e|", 5, ["abcd ", "e"], (1, 1)),
    ("a b c d e|", 4, ["a b ", "c d ", "e"], (2, 1)),
    ("日本語|", 5, ["日本", "語"], (1, 2)),
    ("日本|語", 6, ["日本", "語"], (1, 0)),
    ("ab日本|", 6, ["ab日", "本"], (1, 2)),
    ("a\tb|", 20, ["a       b"], (0, 9)),
    ("e\u0301a|", 10, ["e\u0301a"], (0, 2)),
    ("👩‍👩‍👧x|", 10, ["👩👩👧x"], (0, 7)),
    ("👍🏽x|", 10, ["👍x"], (0, 3)),
    ("🇩🇪x|", 10, ["DEx"], (0, 3)),
    ("a\x1bb|", 10, ["a^[b"], (0, 4)),
    ("a\u202eb|", 20, ["a<U+202E>b"], (0, 10)),
    ("\x9b|", 10, ["<U+009B>"], (0, 8)),
    ("ab|", 1, ["a", "b"], (1, 1)),
]


@pytest.mark.parametrize(("marked", "width", "drawn", "cursor"), WRAPS)
def test_table(marked: str, width: int, drawn: list[str], cursor: tuple[int, int]) -> None:
    at = marked.index("|")
    layout = rows.rows(marked.replace("|", ""), width, at)
    assert [row.text for row in layout.rows] == drawn
    assert (layout.row, layout.column) == cursor


PIECES = [
    "a",
    "foo",
    " ",
    "  ",
    "\n",
    "日本",
    "e\u0301",
    "😀",
    "\t",
    "\x1b",
    "longerword",
    "👩‍👩‍👧",
    "🇩🇪",
    "ß",
    "\u200b",
    "\u0301",
]


def some_text(rng: random.Random) -> str:
    return "".join(rng.choice(PIECES) for _ in range(rng.randint(0, 40)))


def boundaries(text: str) -> list[int]:
    return [at for at in range(len(text) + 1) if chars.is_boundary(text, at)]


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("piece", [4096, 7])
def test_laws(seed: int, piece: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "PIECE", piece)
    rng = random.Random(seed)
    text, width = some_text(rng), rng.choice([4, 8, 13, 20])
    found = rows.rows(text, width).rows
    assert "".join(text[row.start : row.end] + ("\n" if row.last else "") for row in found) == text + "\n"
    assert all(wcwidth.width(row.text) <= width or row.end - row.start <= 14 for row in found)
    assert "\x1b" not in "".join(row.text for row in found)
    for at in boundaries(text):
        layout = rows.rows(text, width, at)
        row = layout.rows[layout.row]
        assert row.start <= at <= row.end
        assert layout.column == wcwidth.width(row.text[: _drawn_length(text, row, at)])
        assert rows.row_of(text, at, width) == row
        assert rows.at_column(text, row, layout.column) == at
        near = rows.window(text, width, at, 3)
        assert near.rows[near.row] == row
        assert near.column == layout.column
        above, below = near.row, len(near.rows) - near.row - 1
        assert above >= min(3, layout.row)
        assert below >= min(3, len(found) - layout.row - 1)
        shown = rows.view(text, width, at, 3)
        assert shown.rows[shown.row] == row
        assert len(shown.rows) == min(3, len(found))
        assert (shown.above, shown.below) == (shown.rows[0] != found[0], shown.rows[-1] != found[-1])


def _drawn_length(text: str, row: rows.Row, at: int) -> int:
    part = text[row.start : at]
    drawn, used = "", 0
    for char in wcwidth.iter_graphemes(part):
        drawn += chars.shown(char, used)
        used += chars.cells(char, used)
    return len(drawn)


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("piece", [4096, 7])
def test_moving_by_rows_goes_through_every_row(seed: int, piece: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "PIECE", piece)
    rng = random.Random(seed)
    text, width = some_text(rng), rng.choice([6, 10])
    count = len(rows.rows(text, width).rows)
    at: int | None = 0
    for step in range(1, count):
        assert at is not None
        at = rows.move(text, at, width, 1, 0)
        assert at is not None
        assert rows.rows(text, width, at).row == step
    assert at is not None
    assert rows.move(text, at, width, 1, 0) is None
    assert rows.move(text, at, width, -count, 0) == (0 if count > 1 else None)


def test_a_window_of_a_large_text_is_small() -> None:
    text = "some words on a line\n" * 200_000
    layout = rows.window(text, 40, len(text) // 2, 12)
    assert 12 <= len(layout.rows) <= 60
    assert layout.rows[layout.row].start <= len(text) // 2 <= layout.rows[layout.row].end


def test_the_view_stays_while_the_cursor_is_in_it() -> None:
    text = "\n".join(str(number) for number in range(20))
    at = text.index("9")
    shown = rows.view(text, 10, at, 5, text.index("7"))
    assert [row.text for row in shown.rows] == ["7", "8", "9", "10", "11"]
    assert (shown.row, shown.above, shown.below) == (2, True, True)
    shown = rows.view(text, 10, text.index("13"), 5, text.index("7"))
    assert [row.text for row in shown.rows] == ["9", "10", "11", "12", "13"]
    shown = rows.view(text, 10, text.index("5"), 5, text.index("9"))
    assert [row.text for row in shown.rows] == ["5", "6", "7", "8", "9"]
    shown = rows.view(text, 10, len(text), 5, len(text) - 2)
    assert [row.text for row in shown.rows] == ["15", "16", "17", "18", "19"]


def test_a_line_of_enormous_length_is_laid_out_in_parts() -> None:
    text = "word " * 1_000_000 + "é"
    shown = rows.view(text, 40, len(text) // 2, 10)
    assert len(shown.rows) == 10
    assert shown.rows[shown.row].start <= len(text) // 2 < shown.rows[shown.row].end
    assert rows.move(text, len(text) // 2, 40, 5) is not None
    assert rows.row_of(text, len(text), 40).last
