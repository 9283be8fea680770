"""The live region, read by a terminal emulator: one region, every earlier line, whatever is written and resized."""

from __future__ import annotations

from typing import Any

import pytest

from csm.ui.inline import LiveRegion, Row


def row(text: str) -> Row:
    return Row(text, len(text))


def test_first_frame_starts_at_the_cursor(reflowing: Any) -> None:
    terminal, region = reflowing(20, 6), LiveRegion()
    terminal.write("$ csm\r\n")
    terminal.write(region.update([], [row("> "), row("status")], (2, 0), (20, 6)))
    assert terminal.lines()[:3] == ["$ csm", ">", "status"]
    assert (terminal.screen.cursor.x, terminal.screen.cursor.y) == (2, 1)


def test_finished_lines_scroll_into_history_once(reflowing: Any) -> None:
    terminal, region = reflowing(20, 4), LiveRegion()
    terminal.write("$ csm\r\n")
    for number in range(10):
        terminal.write(region.update([row(f"line {number}")], [row(f"> {number}"), row("status")], (2, 0), (20, 4)))
    assert [line for line in terminal.lines() if line] == [
        "$ csm",
        *(f"line {number}" for number in range(10)),
        "> 9",
        "status",
    ]


def test_region_shrinks_without_leaving_rows(reflowing: Any) -> None:
    terminal, region = reflowing(20, 8), LiveRegion()
    terminal.write("$ csm\r\n")
    terminal.write(region.update([], [row(f"tail {n}") for n in range(5)], (0, 4), (20, 8)))
    terminal.write(region.update([row("done")], [row("> ")], (2, 0), (20, 8)))
    assert [line for line in terminal.lines() if line] == ["$ csm", "done", ">"]


def test_nothing_changed_rewrites_nothing() -> None:
    region = LiveRegion()
    rows = [row("> hello"), row("status")]
    region.update([], rows, (2, 0), (20, 6))
    assert "hello" not in region.update([], rows, (3, 0), (20, 6))


def test_only_the_changed_row_is_written() -> None:
    region = LiveRegion()
    region.update([], [row("> a"), row("status")], (3, 0), (20, 6))
    data = region.update([], [row("> ab"), row("status")], (4, 0), (20, 6))
    assert "> ab" in data
    assert "status" not in data


def test_full_row_keeps_its_last_cell(reflowing: Any) -> None:
    terminal, region = reflowing(10, 4), LiveRegion()
    terminal.write(region.update([], [row("0123456789"), row("x")], (0, 1), (10, 4)))
    assert terminal.lines()[:2] == ["0123456789", "x"]


@pytest.mark.parametrize("widths", [[30, 60, 25, 50, 40], [61, 59, 60, 20, 33, 80, 10, 47, 60, 60]])
def test_resizes_leave_one_region_and_every_earlier_line(widths: list[int], reflowing: Any) -> None:
    terminal, region = reflowing(60, 12), LiveRegion()
    earlier = [f"earlier line {number} {'x' * (number + 1)}" for number in range(20)]
    for line in earlier:
        terminal.write(line + "\r\n")

    def draw(width: int, height: int) -> None:
        live = [row("─" * width), row("> what to do"[:width]), row("status of the session"[:width])]
        terminal.write(region.update([], live, (5, 1), (width, height)))

    draw(60, 12)
    for width in widths:
        terminal.resize(width, 12)
        draw(width, 12)
    lines, _, _ = terminal.hard()
    assert lines[:20] == earlier
    assert [line[:6] for line in lines[20:]] == ["──────", "> what", "status"]


@pytest.mark.parametrize("live", [0, 1, 3])
def test_clear_leaves_nothing_of_ours(live: int, reflowing: Any) -> None:
    terminal, region = reflowing(20, 6), LiveRegion()
    terminal.write("$ csm\r\n")
    terminal.write(region.update([], [row(f"r{n}") for n in range(live)], None, (20, 6)))
    terminal.write(region.clear((20, 6)) + "bye\r\n")
    assert [line for line in terminal.lines() if line] == ["$ csm", "bye"]


def test_never_erases_more_than_rows() -> None:
    region = LiveRegion()
    data = "".join(
        region.update([row("x" * 30)] * 3, [row("y" * width)] * 4, (1, 1), (width, 5)) for width in (40, 20, 30, 5)
    )
    assert not {"\x1b[2J", "\x1b[3J", "\x1b[J"} & {data[at : at + 4] for at in range(len(data))}
    assert "\x1b[J" not in data
