"""The composer as rows of the screen: `|` marks the cursor in the text."""

from __future__ import annotations

import pytest

from csm.edit import modal
from csm.edit.editor import Editor
from csm.ui.composer import Composer
from csm.view.lines import line_width, plain


def composer(marked: str) -> Composer:
    at = marked.index("|")
    editor = Editor(marked.replace("|", ""))
    editor.cursor = at
    return Composer(editor)


def shown(made: Composer, columns: int, height: int) -> tuple[list[str], tuple[int, int]]:
    lines, cursor = made.render(columns, height, "hint")
    return [plain(line).rstrip() for line in lines], cursor


@pytest.mark.parametrize(
    ("marked", "columns", "height", "rows", "cursor"),
    [
        ("|", 24, 3, ["› hint"], (2, 0)),
        ("hello|", 24, 3, ["› hello"], (7, 0)),
        ("one\ntw|o", 24, 3, ["› one", "  two"], (4, 1)),
        ("one\n|", 24, 3, ["› one", ""], (2, 1)),
        ("hello world|", 9, 3, ["hello", "world"], (5, 1)),
        ("abcdefghij|", 6, 3, ["abcde", "fghij"], (5, 1)),
        ("a\nb\nc\nd|", 10, 2, ["c", "d"], (1, 1)),
        ("a\nb\nc\nd|", 24, 2, ["↑ c", "  d"], (3, 1)),
        ("|a\nb\nc\nd", 24, 2, ["› a", "↓ b"], (2, 0)),
        ("日本語日本語|", 8, 3, ["日本語", "日本語"], (6, 1)),
        ("a\tb|", 24, 1, ["› a       b"], (11, 0)),
        ("a\x1b[b|", 12, 1, ["a^[[b"], (5, 0)),
        ("👩‍👩‍👧|", 24, 1, ["› 👩👩👧"], (8, 0)),
        ("x|", 1, 1, ["x"], (1, 0)),
    ],
)
def test_rows(marked: str, columns: int, height: int, rows: list[str], cursor: tuple[int, int]) -> None:
    assert shown(composer(marked), columns, height) == (rows, cursor)


def test_the_window_moves_no_more_than_it_must() -> None:
    made = composer("a\nb\nc\nd\ne\nf\ng\nh|")
    assert shown(made, 10, 3)[0] == ["f", "g", "h"]
    made.editor.cursor = made.editor.text.index("g")
    assert shown(made, 10, 3)[0] == ["f", "g", "h"]
    made.editor.cursor = made.editor.text.index("e")
    assert shown(made, 10, 3)[0] == ["e", "f", "g"]


@pytest.mark.parametrize("text", ["one two three four", "日本語日本語日本語", "a\tb\tc", "👍🏽 🇩🇪 ❤️ e\u0301 \u200b x"])
@pytest.mark.parametrize("columns", [8, 11, 24])
def test_cursor_and_motions_keep_to_the_rows_that_are_drawn(text: str, columns: int) -> None:
    made = composer(f"{text}|")
    _, cursor = made.render(columns, 10, "")
    assert made.editor.width == columns - (2 if columns >= 20 else 0)
    for row in range(cursor[1], -1, -1):
        modal.move(made.editor, "row-end")
        lines, cursor = made.render(columns, 10, "")
        assert cursor[1] == row
        last_cells = line_width(lines[row]) - cursor[0]
        assert last_cells == 0 if row == len(lines) - 1 else 1 <= last_cells <= 8
        assert all(line_width(line) <= columns for line in lines)
        assert modal.move(made.editor, "row-up") == (row > 0)


def test_a_selection_covers_the_cells_of_its_characters() -> None:
    made = composer("a\t日|本")
    made.editor.mark, made.editor.mark_active = 1, True
    lines, _ = made.render(40, 1, "")
    assert [text for role, text in lines[0] if "selection" in role] == ["       日"]


@pytest.mark.parametrize("text", ["x" * 10_000_000, "line of text\n" * 800_000])
def test_ten_megabytes_are_laid_out_around_the_cursor(text: str) -> None:
    lines, cursor = Composer(Editor(text)).render(80, 8, "")
    assert (len(lines), cursor[1]) == (8, 7)
