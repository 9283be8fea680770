"""Reading back to the first line: nothing is skipped and nothing comes twice, whatever was guessed or came late."""

from __future__ import annotations

import random

import pytest

from csm.protocol import events, items
from csm.ui.viewport import Viewport
from csm.view.lines import plain
from csm.view.transcript import Transcript

WIDTH, ROWS = 60, 10


def fill(stage, dice: random.Random, turns: int) -> None:
    for turn in range(turns):
        stage.play(events.TurnStarted(f"t{turn}"))
        stage.item(items.UserMessage(f"u{turn}", f"prompt {turn} " + "word " * dice.randrange(0, 60)), f"t{turn}")
        output = "\n".join(f"out {turn} {line}" for line in range(dice.choice([0, 1, 3, 40])))
        stage.item(items.CommandExecution(f"c{turn}", "make it", output=output, status="completed"), f"t{turn}")
        cells = "".join(f"| {turn}.{row} | {'long ' * 12} |\n" for row in range(dice.choice([1, 12])))
        stage.item(
            items.AgentMessage(f"a{turn}", f"answer {turn}\n\n| a | b |\n|---|---|\n{cells}\n- x\n- y"), f"t{turn}"
        )
        stage.play(events.TurnCompleted(f"t{turn}", None, 0, 100))


def everything(stage) -> list[str]:
    fresh = Transcript(stage.thread)
    return [plain(row) for row in fresh.lines(0, 1_000_000, WIDTH)]


def look(view: Viewport, transcript: Transcript) -> list[str]:
    """One frame, as `csm.ui.arrange` makes it."""
    if not view.follow:
        view.moved(transcript.settle())
    return [plain(row) for row in transcript.lines(*view.fit(transcript, WIDTH, ROWS), WIDTH)]


@pytest.mark.parametrize("seed", range(12))
def test_scrolling_up_shows_each_line_once(stage, seed: int) -> None:
    dice = random.Random(seed)
    fill(stage, dice, 25)
    view, want = Viewport(follow=True), everything(stage)
    shown = look(view, stage.transcript)
    assert shown == want[-ROWS:]
    seen = list(shown)
    for _ in range(len(want)):
        step = dice.choice([1, 1, 3, ROWS - 2])
        view.scroll(-step)
        rows = look(view, stage.transcript)
        new = next((size for size in range(step + 1) if [*rows[:size], *seen][: len(rows)] == rows), None)
        assert new is not None, (view.top, rows, seen[:ROWS])
        seen = [*rows[:new], *seen]
        if view.top == 0:
            break
    assert view.top == 0
    assert seen == want


@pytest.mark.parametrize("seed", range(6))
def test_what_comes_late_above_the_reader_moves_nothing_and_can_be_reached(stage, seed: int) -> None:
    """Items of a turn that is over stand where they came, however late they come."""
    dice = random.Random(seed)
    fill(stage, dice, 8)
    stage.play(events.TurnStarted("last"))
    view = Viewport(follow=True)
    look(view, stage.transcript)
    view.scroll(-dice.randrange(5, 40))
    before = look(view, stage.transcript)
    for number in range(10):
        late = dice.randrange(3)
        stage.item(items.AgentMessage(f"late{number}", "it came late\n\n" + "word " * 90), f"t{late}")
        assert look(view, stage.transcript) == before
    want = everything(stage)
    for _ in range(len(want)):
        if view.top == 0:
            break
        view.scroll(-7)
        look(view, stage.transcript)
    assert look(view, stage.transcript) == want[:ROWS]
    assert stage.transcript.line_count(WIDTH) == len(want)


def test_a_block_before_all_others_never_gives_lines_numbers_below_zero(stage) -> None:
    fill(stage, random.Random(1), 3)
    transcript = stage.transcript
    transcript.lines(5, 5 + ROWS, WIDTH)
    block = Transcript(stage.thread).blocks[0]
    before = [plain(row) for row in transcript.lines(5, 5 + ROWS, WIDTH)]
    transcript.layout.insert(0, block)
    moved = transcript.settle()
    assert moved > 0
    assert [plain(row) for row in transcript.lines(5 + moved, 5 + moved + ROWS, WIDTH)] == before
    assert plain(transcript.lines(0, 1, WIDTH)[0]).startswith("› prompt 0")
    assert transcript.settle() == 0
