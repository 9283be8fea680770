"""Measuring, wrapping and cutting styled lines."""

from __future__ import annotations

import random

import pytest
from wcwidth import iter_graphemes, wcwidth

from csm.view import lines
from csm.view.lines import clip, crop, expand, fold, line_width, merge, overlay, pad, plain, width, wrap

PIECES = [
    "word",
    "a",
    "longer-word",
    "x" * 50,
    "日本語テキスト",
    "é́",
    "👍",
    " ",
    "  ",
    "naïve",
    "…",
    "한국어",
    "\u200d",
]


def random_line(dice):
    return [
        (dice.choice(["a", "b", "c"]), " ".join(dice.choice(PIECES) for _ in range(dice.randrange(4))))
        for _ in range(dice.randrange(1, 5))
    ]


def test_narrow_ranges_agree_with_the_tables():
    for code in range(0x20, 0x11000):
        char = chr(code)
        if lines.is_narrow(char) and not 0x7F <= code < 0xA0:
            assert wcwidth(char) == 1, hex(code)
            assert all(len(list(iter_graphemes(pair))) == 2 for pair in (f"a{char}", f"{char}a", char + char)), hex(
                code
            )


@pytest.mark.parametrize(
    ("text", "size"),
    [("", 0), ("abc", 3), ("日本", 4), ("é́", 1), ("👍", 2), ("naïve…", 6), ("a\u0301b", 2)],
)
def test_width(text, size):
    assert width(text) == size


@pytest.mark.parametrize("seed", range(30))
def test_rows_fit_and_nothing_but_spaces_is_lost(seed):
    dice = random.Random(seed)
    for _ in range(20):
        line = random_line(dice)
        limit = dice.randrange(4, 40)
        first, rest = [("m", dice.choice(["", "- ", "1. "]))], [("", dice.choice(["", "  "]))]
        rows = wrap(line, limit, first, rest)
        assert all(line_width(row) <= limit for row in rows), (line, limit)
        body = "".join(plain(row[1:]) for row in rows)
        assert body.replace(" ", "") == plain(line).replace(" ", "")
        roles = [(role, char) for row in rows for role, text in row[1:] for char in text if char != " "]
        assert roles == [(role, char) for role, text in line for char in text if char != " "]


@pytest.mark.parametrize("seed", range(10))
def test_folding_loses_nothing(seed):
    dice = random.Random(seed)
    for _ in range(20):
        line = random_line(dice)
        limit = dice.randrange(4, 40)
        rows = fold(line, limit, [("mark", "↪ ")], words=dice.random() < 0.5)
        assert all(line_width(row) <= limit for row in rows)
        assert "".join(plain(row[1:] if index else row) for index, row in enumerate(rows)) == plain(line)


@pytest.mark.parametrize(
    ("text", "limit", "rows"),
    [
        ("one two three", 10, ["one two ", "three"]),
        ("  x = one two", 5, ["  x =", " one ", "two"]),
        ("a bcdefghijkl", 6, ["a bcde", "fghijk", "l"]),
        ("日本 語のテキスト", 7, ["日本 ", "語のテ", "キスト"]),
        ("        deep", 6, ["      ", "  deep"]),
    ],
)
def test_code_is_folded_after_a_space_where_one_is_near(text, limit, rows):
    assert [plain(row) for row in fold([("", text)], limit, words=True)] == rows


@pytest.mark.parametrize(
    ("text", "limit", "rows"),
    [
        ("one two three", 7, ["one two", "three"]),
        ("one two", 3, ["one", "two"]),
        ("  indented text", 10, ["  indented", "text"]),
        ("see http://example.com/long/path", 12, ["see", "http://examp", "le.com/long/", "path"]),
        ("a   b", 3, ["a", "b"]),
        ("日本語のテキスト", 7, ["日本語", "のテキ", "スト"]),
        ("ab 日本語", 6, ["ab 日", "本語"]),
        ("", 5, [""]),
        ("     ", 3, [" "]),
        ("abc", 1, ["a", "b", "c"]),
    ],
)
def test_wrap(text, limit, rows):
    assert [plain(row) for row in wrap([("", text)], limit)] == rows


def test_hanging_indent():
    rows = wrap([("t", "one two three")], 8, [("b", "• ")], [("", "  ")])
    assert rows == [[("b", "• "), ("t", "one")], [("", "  "), ("t", "two")], [("", "  "), ("t", "three")]]


@pytest.mark.parametrize(
    ("line", "limit", "found"),
    [
        ([("a", "hello")], 5, [("a", "hello")]),
        ([("a", "hello")], 4, [("a", "hel…")]),
        ([("a", "he"), ("b", "llo")], 4, [("a", "he"), ("b", "l…")]),
        ([("a", "日本語")], 4, [("a", "日…")]),
        ([("a", "hello")], 1, [("a", "…")]),
        ([("a", "hello")], 0, []),
    ],
)
def test_clip(line, limit, found):
    assert clip(line, limit) == found


def test_crop_splits_wide_characters_into_spaces():
    assert crop([("a", "日本")], 1, 3) == [("a", "  ")]
    assert crop([("a", "abc"), ("b", "def")], 2, 5) == [("a", "c"), ("b", "de")]


def test_overlay_adds_a_role():
    line = [("a", "abc"), ("", "def")]
    assert overlay(line, 1, 4, "search.match") == [
        ("a", "a"),
        ("a search.match", "bc"),
        ("search.match", "d"),
        ("", "ef"),
    ]


def test_small_things():
    assert pad([("a", "日")], 4, "p") == [("a", "日"), ("p", "  ")]
    assert pad([("a", "abc")], 2) == [("a", "abc")]
    assert merge([("a", "x"), ("a", "y"), ("b", ""), ("b", "z")]) == [("a", "xy"), ("b", "z")]
    assert expand("a\tb\t\tc", 4) == "a   b       c"
    assert expand("\t", 8, 3) == "     "
    assert lines.clean("a\tb\nc\x1b", 4) == "a   b↵c^["
