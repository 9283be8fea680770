"""Sources in the place of what they look like: what is selected on the screen is what was written."""

from __future__ import annotations

import random

import pytest

from csm.protocol import events, items
from csm.view.lines import plain

NASTY = (
    "# A *heading*\n\n1. one\n   - two\n\n     > quoted\n\n```python\ndef f():\n    return 1\n```\n\n"
    "| a | b |\n|---|:-:|\n| 1 | 日本 |\n\n<b>html</b>  \nhard break\\\nend [ref][1]\n\n[1]: https://x.example"
)


def test_an_answer_stands_as_it_was_written(stage) -> None:
    stage.item(items.UserMessage("u", "do  it\n  well"))
    stage.item(items.AgentMessage("a", NASTY))
    stage.item(items.CommandExecution("c", "make it", status="completed", output="x\ny\n", exit_code=0))
    styled = stage.screen(80)
    stage.transcript.show_raw(True)
    assert "\n".join(stage.screen(80)) == "\n".join(
        ["do  it", "  well", "", *[line.rstrip() for line in NASTY.split("\n")], "", "make it", "x", "y"]
    )
    stage.transcript.show_raw(False)
    assert stage.screen(80) == styled


def test_long_lines_go_on_at_the_edge_and_lose_nothing(stage) -> None:
    text = "word " * 40 + "日本語" * 20
    stage.item(items.AgentMessage("a", text))
    stage.transcript.show_raw(True)
    rows = [plain(row) for row in stage.transcript.lines(0, 100, 30)]
    assert "".join(rows) == text
    assert len(rows) > 5


def test_inline_whole_lines_are_printed_for_the_terminal_to_wrap(stage) -> None:
    text = "word " * 40 + "end"
    stage.transcript.show_raw(True)
    stage.play(events.TurnStarted("1"))
    stage.item(items.AgentMessage("a", f"{text}\n\n- {text}"))
    stage.play(events.TurnCompleted("1", None, 0, 10))
    assert [plain(row) for row in stage.transcript.finished(30)] == [text, "", f"- {text}"]


@pytest.mark.parametrize("seed", range(8))
def test_streamed_and_switched_at_any_time_it_is_the_same(stage, seed: int) -> None:
    dice = random.Random(seed)
    stage.play(events.TurnStarted("1"), events.ItemStarted("1", items.AgentMessage("a", "")))
    for char in NASTY:
        stage.play(events.TextDelta("a", char))
        if dice.random() < 0.1:
            stage.transcript.show_raw(dice.random() < 0.5)
            stage.screen(dice.choice([20, 80]))
    stage.item(items.AgentMessage("a", NASTY))
    stage.transcript.show_raw(True)
    assert stage.screen(80) == [line.rstrip() for line in NASTY.split("\n")]


def test_the_reader_stays_at_what_is_at_the_top(stage) -> None:
    for number in range(40):
        stage.item(items.AgentMessage(f"a{number}", f"answer {number}\n\n| a | b |\n|---|---|\n| {number} | y |"))
    transcript = stage.transcript
    total = transcript.line_count(60)
    first = plain(transcript.lines(total - 60, total - 40, 60)[1])
    block = transcript.block_at(total - 60, 60)
    transcript.show_raw(True)
    transcript.lines(total - 60, total - 40, 60)
    assert transcript.block_at(total - 60, 60) is block, first
