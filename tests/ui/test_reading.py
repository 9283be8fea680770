"""A cursor in what is read: motions go over the lines as they are shown, and the view and it go together."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from csm.edit import modal, vim
from csm.edit.registers import KillRing, Registers
from csm.ui.driver import ScreenDriver
from csm.ui.reading import Reader, Spot
from csm.ui.viewport import Viewport
from csm.view.buffers import TextBuffer
from csm.view.lines import plain


def _reader(lines: int = 50, *, follow: bool = False, modal: bool = True) -> tuple[Reader, Viewport]:
    buffer = TextBuffer("page", "Page", [[("help.text", f"line {number} of wörds 日本")] for number in range(lines)])
    reader, view = Reader(buffer, Registers(), KillRing(), modal=modal), Viewport(follow=follow)
    reader.fit(view, 40, 10)
    return reader, view


def test_it_begins_at_the_top_or_where_the_end_is_followed_at_the_end() -> None:
    assert _reader()[0].spot == Spot(0, 0)
    assert _reader(follow=True)[0].spot.line == 49


def test_the_view_follows_the_cursor() -> None:
    reader, view = _reader()
    modal.move(reader.editor, "down", 12)
    assert reader.fit(view, 40, 10) == (3, 13)
    assert reader.spot == Spot(12, 0)
    modal.move(reader.editor, "last-line")
    assert reader.fit(view, 40, 10) == (40, 50)


def test_the_cursor_follows_a_view_that_is_scrolled() -> None:
    reader, view = _reader()
    modal.move(reader.editor, "word-forward", 2)
    reader.fit(view, 40, 10)
    view.scroll(20)
    reader.fit(view, 40, 10)
    assert reader.spot == Spot(20, 7)
    view.to("top")
    reader.fit(view, 40, 10)
    assert reader.spot.line == 9


def test_cells_of_wide_characters_are_counted() -> None:
    reader, _ = _reader()
    modal.move(reader.editor, "line-end")
    assert reader.spot == Spot(0, 17)
    assert reader.cell() == (0, 18)


def test_what_is_selected_is_marked_and_can_be_copied() -> None:
    reader, view = _reader()
    vim.visual(reader.editor, "visual")
    modal.move(reader.editor, "down")
    modal.move(reader.editor, "char-right", 3)
    start, stop = reader.fit(view, 40, 10)
    lines = reader.lines(start, stop, 40)
    marked = ["".join(text for role, text in line if "selection" in role) for line in lines]
    assert marked[:3] == [plain(lines[0]), "line", ""]
    modal.operator(reader.editor, "yank")
    assert reader.editor.registers.get().text == f"{plain(lines[0])}\nline"


def test_nothing_can_be_changed() -> None:
    reader, _ = _reader()
    before = reader.editor.text
    modal.operate(reader.editor, "delete", "char-right")
    assert reader.editor.text == before


def test_of_a_long_buffer_only_what_is_near_is_taken_and_the_place_is_kept() -> None:
    reader, view = _reader(20_000)
    assert len(reader.editor.text.split("\n")) < 2_000
    for _ in range(40):
        modal.move(reader.editor, "down", 100)
        reader.fit(view, 40, 10)
    assert reader.spot.line == 4_000
    assert reader.editor.text.split("\n")[reader.spot.line - reader._first].startswith("line 4000 ")


def test_a_selection_reaches_further_than_what_is_near() -> None:
    reader, view = _reader(5_000)
    vim.visual(reader.editor, "visual-line")
    for _ in range(20):
        modal.move(reader.editor, "down", 100)
        reader.fit(view, 40, 10)
    modal.operator(reader.editor, "yank")
    copied = reader.editor.registers.get().text.splitlines()
    assert len(copied) == 2_001
    assert (copied[0][:7], copied[-1][:9]) == ("line 0 ", "line 2000")


def test_what_comes_in_below_moves_nothing() -> None:
    reader, view = _reader(30)
    modal.move(reader.editor, "down", 5)
    reader.fit(view, 40, 10)
    vim.visual(reader.editor, "visual")
    modal.move(reader.editor, "word-forward")
    before = (reader.spot, reader.editor.selection)
    reader.buffer.append([("help.text", "more")])
    reader.fit(view, 40, 10)
    assert (reader.spot, reader.editor.selection) == before
    assert reader.editor.text.endswith("\nmore")


def test_an_empty_buffer_has_a_cursor_too() -> None:
    reader, view = _reader(0)
    modal.move(reader.editor, "down")
    reader.fit(view, 40, 10)
    assert reader.cell() == (0, 0)


@pytest.mark.parametrize("width", [5, 17, 80])
def test_another_width_keeps_the_cursor_in_sight(width: int) -> None:
    reader, view = _reader(200)
    modal.move(reader.editor, "down", 100)
    reader.fit(view, 40, 10)
    start, stop = reader.fit(view, width, 10)
    assert start <= reader.spot.line < stop


def test_raw_text_is_the_windows_own_and_kept(drive: Callable[..., ScreenDriver]) -> None:
    driver = drive({"text": "# Head\n\n- **one**"})
    driver.type("go\n")
    driver.wait_for("• one")
    driver.type("/raw\n")
    assert "- **one**" in driver.wait_for("# Head")
    assert "as it was written" in driver.screen()
    driver.keys("C-x w v")
    assert driver.screen().count("- **one**") == 1
    driver.shell.run("window.only")
    driver.shell.run("view.raw")
    driver.wait_for("• one")
