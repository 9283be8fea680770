"""Windows on the screen: split, walked through, resized, closed; what is shown over something else gives way again."""

from __future__ import annotations

import pytest

from csm.protocol.errors import CommandError
from csm.ui import panes
from csm.ui.windows import Windows
from csm.view.buffers import TextBuffer


def _page(name: str, lines: int = 30) -> TextBuffer:
    return TextBuffer(name, name.title(), [[("help.text", f"{name} {number}")] for number in range(lines)])


class _Thread(TextBuffer):
    place = "transcript"

    def __init__(self) -> None:
        super().__init__("transcript", "Transcript", [[("agent", f"said {number}")] for number in range(100)])
        self.place = "transcript"


def _windows() -> Windows:
    first = _Thread()
    windows = Windows(lambda another, owner: _Thread() if another else first)
    _draw(windows)
    return windows


def _draw(windows: Windows, columns: int = 60, rows: int = 12) -> list[str]:
    lines = panes.render(windows, columns, rows, lambda width, height: [], focus=True)
    assert len(lines) == rows
    return ["".join(text for _, text in line).rstrip() for line in lines]


def test_one_window_with_the_transcript_is_plain() -> None:
    windows = _windows()
    assert windows.plain
    assert _draw(windows, 20, 3) == ["said 97", "said 98", "said 99"]


def test_what_is_shown_over_the_transcript_gives_way_to_it() -> None:
    windows = _windows()
    windows.show(_page("help"))
    shown = _draw(windows, 60, 4)
    assert shown[0].startswith("── Help ──")
    assert shown[1:] == ["  help 0", "  help 1", "  help 2"]
    assert windows.pop()
    assert windows.plain
    assert not windows.pop()


def test_side_by_side_each_has_its_title_and_a_line_between() -> None:
    windows = _windows()
    windows.split("columns")
    windows.put(_page("diff", 2))
    assert _draw(windows, 41, 4) == [
        "── Transcript ──────┬── Diff ────────────",
        "said 97             │diff 0",
        "said 98             │diff 1",
        "said 99             │",
    ]


def test_a_buffer_beside_comes_with_its_window_and_takes_it_along() -> None:
    windows = _windows()
    windows.show(_page("diff"), "right")
    assert len(windows) == 2
    assert windows.current.top.buffer.name == "diff"
    assert windows.pop()
    assert windows.plain


def test_the_same_name_is_shown_once_with_what_it_now_says() -> None:
    windows = _windows()
    windows.show(_page("plan"), "right")
    windows.next()
    assert windows.current.top.thread
    newer = _page("plan", 3)
    windows.show(newer)
    assert len(windows) == 2
    assert windows.current.top.buffer is newer


def test_a_second_transcript_scrolls_by_itself() -> None:
    windows = _windows()
    windows.split("rows")
    _draw(windows)
    windows.current.top.view.to("top")
    shown = _draw(windows)
    assert shown[1] == "said 95"
    assert shown[7] == "said 0"


def test_windows_without_room_are_refused_and_nothing_changes() -> None:
    windows = _windows()
    _draw(windows, 15, 3)
    before = windows.tree
    for how in ("columns", "rows"):
        with pytest.raises(CommandError, match="no room"):
            windows.split(how)  # type: ignore[arg-type]
    assert windows.tree == before
    with pytest.raises(CommandError, match="only window"):
        windows.close()


def test_lines_that_are_too_wide_are_cut() -> None:
    class Wide(TextBuffer):
        def lines(self, start: int, stop: int, width: int) -> list[list[tuple[str, str]]]:
            return [[("help.text", "x" * 100)]][start:stop]

    windows = _windows()
    windows.show(Wide("wide", "Wide", [[]]))
    assert _draw(windows, 20, 3)[1] == "x" * 19 + "…"


def test_a_title_stays_in_its_line() -> None:
    windows = _windows()
    windows.show(TextBuffer("odd", "a\tb\nc\x1b", []))
    title = _draw(windows, 40, 3)[0]
    assert title.startswith("── a b c")
    assert title.isprintable()


def test_windows_without_a_column_are_drawn_too() -> None:
    windows = _windows()
    for _ in range(3):
        windows.split("columns")
        windows.balance()
    for columns in range(1, 9):
        for rows in (0, 1, 2, 5):
            lines = panes.render(windows, columns, rows, lambda width, height: [], focus=True)
            assert len(lines) == rows


def test_zoom_shows_one_and_gives_all_back() -> None:
    windows = _windows()
    windows.split("columns")
    windows.put(_page("diff"))
    windows.zoom()
    assert not any("│" in line for line in _draw(windows))
    windows.zoom()
    assert all("│" in line or "┬" in line for line in _draw(windows))


def test_closing_the_window_with_the_keys_gives_them_to_its_neighbour() -> None:
    windows = _windows()
    windows.split("columns")
    windows.put(_page("diff"))
    gone = windows.current.id
    windows.close()
    assert windows.current.id != gone
    assert windows.plain


def test_forgetting_a_buffer_takes_it_from_every_window() -> None:
    windows = _windows()
    page = _page("notes")
    windows.show(page)
    windows.split("columns")
    assert [window.top.buffer for window in windows] == [page, page]
    windows.forget(page)
    assert windows.plain


def test_a_layout_is_plain_data_and_comes_back() -> None:
    windows = _windows()
    windows.split("columns")
    windows.put(_page("diff"))
    windows.split("rows")
    windows.put(_page("plan"))
    layout = windows.layout()
    assert layout["parts"] == [
        {"show": "transcript"},
        {"split": "rows", "shares": [1.0, 1.0], "parts": [{"show": "diff"}, {"show": "plan"}]},
    ]
    other = _windows()
    other.arrange(layout, lambda name: None if name == "transcript" else _page(name))
    assert _draw(other) == _draw(windows)
    with pytest.raises(CommandError, match="not a layout"):
        other.arrange({"split": "columns"}, _page)


def test_another_thread_is_shown_wherever_the_last_one_was() -> None:
    made: list[_Thread] = []

    def transcript(another: bool, owner: object) -> _Thread:
        if another or not made:
            made.append(_Thread())
        return made[-1] if another else made[0]

    windows = Windows(transcript)
    _draw(windows)
    windows.split("columns")
    old = [window.top.buffer for window in windows]
    assert len(old) == 2 and old[0] is not old[1]
    made.clear()
    windows.opened()
    new = [window.top.buffer for window in windows]
    assert len(new) == 2 and new[0] is not new[1]
    assert not any(one is other for one in old for other in new)


def test_which_window_is_at_a_cell() -> None:
    windows = _windows()
    windows.split("columns")
    windows.put(_page("diff"))
    _draw(windows, 61, 12)
    right = windows.current
    found = panes.at(windows, 40, 3)
    assert found is not None
    assert (found[0], found[2]) == (right, 2)
    assert panes.at(windows, 30, 3) is None  # the line between
