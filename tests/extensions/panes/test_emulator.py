"""A program's terminal: what it draws, its second screen, its history, sequences that mean nothing to us."""

from __future__ import annotations

from pathlib import Path

import pytest

from csm.host import roots

roots.mount([roots.Root("bundled", Path(__file__).resolve().parents[3], 0)])

from csm_extensions.panes.emulator import Emulator  # noqa: E402
from csm_extensions.panes.filter import Filter  # noqa: E402


def _text(emulator: Emulator) -> list[str]:
    return ["".join(text for _, text in line) for line in emulator.lines()[: emulator.used()]]


def test_lines_scroll_into_the_history() -> None:
    emulator = Emulator(20, 4)
    emulator.feed("".join(f"line {number}\r\n" for number in range(10)))
    assert _text(emulator) == [*(f"line {number}" for number in range(10)), ""]
    assert emulator.above == 7
    assert emulator.cursor == (0, 3)


def test_a_program_of_its_own_screen_leaves_the_first_as_it_was() -> None:
    emulator = Emulator(20, 4)
    emulator.feed("before\r\n$ ")
    emulator.feed("\x1b[?1049h\x1b[2J\x1b[Hfull\x1b[4;1Hscreen")
    assert _text(emulator) == ["full", "", "", "screen"]
    assert emulator.alternate
    emulator.feed("\x1b[?1049l")
    assert _text(emulator) == ["before", "$ "] or _text(emulator) == ["before", "$"]
    assert emulator.cursor == (2, 1)


@pytest.mark.parametrize(
    "noise",
    [
        "\x1b[>4;2m", "\x1b[<u", "\x1b[=1u", "\x1b[>1u", "\x1b[?u", "\x1b[!p", "\x1b[2 q", "\x1b[?12$p",
        "\x1bP+q544e\x1b\\", "\x1b_Gi=1;AAAA\x1b\\", "\x1b]0;title\x07", "\x1b]52;c;aGk=\x07", "\x1b]8;;http://x\x1b\\",
        "\x1b[?2026h", "\x1b[?J", "\x1b[58;5;3m", "\x1b[59m", "\x1b^private\x1b\\", "\x1b[?1006h",
        "\x1b[>c", "\x1b(B", "\x1b=",
        "\x1b[22;0;0t", "\x1b[4:3m\x1b[24m", "\x1b[38:2::1:2:3m\x1b[m",
    ],
)  # fmt: skip
@pytest.mark.parametrize("pieces", [1, 0])
def test_what_means_nothing_here_draws_nothing(noise: str, pieces: int) -> None:
    emulator = Emulator(30, 3)
    text = f"a{noise}b"
    for piece in text if pieces else [text]:
        emulator.feed(piece)
    assert _text(emulator) == ["ab"]
    assert {role for line in emulator.lines() for role, _ in line} == {"pane"}


def test_colours_become_roles() -> None:
    emulator = Emulator(60, 2)
    emulator.feed(
        "\x1b[1;31mred\x1b[0m \x1b[38;5;208morange\x1b[0m \x1b[48;2;1;2;3mdeep\x1b[0m \x1b[95mpink\x1b[33mgold"
    )
    roles = {text: role for role, text in emulator.lines()[0]}
    assert roles["red"] == "pane ansi.bold ansi.red"
    assert roles["orange"] == "pane fg:#ff8700"
    assert roles["deep"] == "pane bg:#010203"
    assert roles["pink"] == "pane ansi.bright-magenta"
    assert roles["gold"] == "pane ansi.yellow"


def test_true_colours_with_colons() -> None:
    emulator = Emulator(20, 2)
    emulator.feed("\x1b[38:2::10:20:30mone\x1b[0;48:5:208mtwo")
    assert [role for role, _ in emulator.lines()[0]] == ["pane fg:#0a141e", "pane bg:#ff8700"]


def test_line_drawing_of_old_programs() -> None:
    emulator = Emulator(20, 2)
    emulator.feed("\x1b(0lqk\x1b(B ok")
    assert _text(emulator) == ["┌─┐ ok"]


def test_wide_characters_take_two_cells() -> None:
    emulator = Emulator(20, 2)
    emulator.feed("日本x")
    assert _text(emulator) == ["日本x"]
    assert emulator.cursor == (5, 0)


def test_questions_are_answered() -> None:
    emulator = Emulator(20, 4)
    assert emulator.feed("ab\r\n\x1b[6n") == ["\x1b[2;1R"]
    assert emulator.feed("\x1b[c") == ["\x1b[?6c"]


def test_modes_that_change_what_keys_send() -> None:
    emulator = Emulator(20, 4)
    assert not emulator.application_keys
    emulator.feed("\x1b[?1h\x1b[?2004h\x1b[?25l")
    assert (emulator.application_keys, emulator.bracketed_paste, emulator.cursor) == (True, True, None)
    emulator.feed("\x1b[?1l\x1b[?2004l\x1b[?25h")
    assert (emulator.application_keys, emulator.bracketed_paste, emulator.cursor) == (False, False, (0, 0))


@pytest.mark.parametrize("size", [(10, 2), (40, 10), (1, 1), (200, 50)])
def test_another_size_loses_no_line(size: tuple[int, int]) -> None:
    emulator = Emulator(20, 5)
    emulator.feed("\r\n".join(f"line {number}" for number in range(8)))
    emulator.resize(*size)
    shown = _text(emulator)
    assert len([line for line in shown if line]) == 8
    assert emulator.size == size
    emulator.feed("\r\nnext")


def test_of_a_flood_the_end_is_drawn_and_time_is_not_lost() -> None:
    emulator = Emulator(80, 24)
    emulator.feed("".join(f"{number}\r\n" for number in range(400_000)))
    assert _text(emulator)[-2:] == ["399999", ""]
    assert len(emulator.lines()) <= 5_024


def test_a_sequence_that_never_ends_is_not_kept_for_ever() -> None:
    kept = Filter()
    assert kept.feed("a\x1bP") == "a"
    for _ in range(100):
        kept.feed("x" * 10_000)
    assert len(kept._rest) <= 1_100_000


@pytest.mark.parametrize(
    "data", ["\x1b[999999999999A", "\x1b[;;;;;;;m", "\x1b[?;h", "\x1b[1;2;3;4;5r", "\x1b[-5C", "\x00\x7f\x9b"]
)
def test_odd_parameters_do_no_harm(data: str) -> None:
    emulator = Emulator(20, 4)
    emulator.feed(data)
    emulator.feed("\x1b[Hstill here")
    assert any("still here" in line for line in _text(emulator))
