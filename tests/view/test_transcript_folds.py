"""Folding blocks, and what is printed once in inline mode."""

from __future__ import annotations

import pytest

from csm.protocol import events, items
from csm.view.lines import plain
from csm.view.transcript import Transcript

OUTPUT = "".join(f"line {number}\n" for number in range(20))


def command(name, output=OUTPUT, **rest):
    return items.CommandExecution(name, f"run {name}", "", "completed", output, exit_code=0, **rest)


def texts(rows):
    return [plain(row).rstrip() for row in rows]


def test_toggle_remembers_through_changes(stage):
    stage.play(events.TurnStarted("1"), events.ItemStarted("1", items.CommandExecution("c", "run c")))
    stage.play(events.OutputDelta("c", OUTPUT))
    assert stage.screen(60) == ["• $ run c", "    … 14 lines", *(f"    line {number}" for number in range(14, 20))]
    stage.transcript.toggle(stage.transcript.blocks[0])
    assert len(stage.screen(60)) == 21
    stage.play(events.OutputDelta("c", "line 20\n"))
    assert len(stage.screen(60)) == 22
    stage.item(command("c"))
    assert len(stage.screen(60)) == 21
    stage.transcript.toggle(stage.transcript.blocks[0])
    assert stage.screen(60)[3] == "    … 16 lines"


def test_fold_takes_the_last_block_in_sight_that_can_be(stage):
    for name in "abc":
        stage.item(command(name))
    stage.item(items.AgentMessage("m", "text"))
    stage.transcript.lines(0, 5, 60)
    stage.transcript.fold("block")
    assert [block.folded for block in stage.transcript.blocks[:3]] == [False, True, True]
    stage.screen(60, 5)
    stage.transcript.fold("block")
    assert [block.folded for block in stage.transcript.blocks[:3]] == [False, True, False]


def test_fold_takes_the_block_at_a_line_before_any_other(stage):
    for name in "abc":
        stage.item(command(name))
    stage.screen(60)
    stage.transcript.fold("block", stage.transcript.line_of(stage.transcript.blocks[0], 60))
    assert [block.folded for block in stage.transcript.blocks] == [False, True, True]


def test_toggle_all_holds_for_what_comes(stage):
    stage.item(command("a"))
    stage.screen(60)
    stage.transcript.fold("all")
    assert len(stage.screen(60)) == 21
    stage.item(command("b"))
    assert len(stage.screen(60)) == 43
    stage.transcript.fold("all")
    assert len(stage.screen(60)) == 6 + 1 + 6


def test_reasoning_unfolds_into_its_text(stage):
    stage.item(items.Reasoning("r", "**Reading**\n\nFirst *this*."))
    assert stage.screen(60) == ["· Reading"]
    stage.transcript.fold("block")
    assert stage.screen(60) == ["· Reading", "", "  First this."]
    row = stage.transcript.lines(2, 3, 60)[0]
    assert row == [("", "  "), ("reasoning", "First "), ("emphasis reasoning", "this"), ("reasoning", ".")]


def test_finished_lines_are_printed_once_and_in_all(stage):
    printed = []
    stage.play(events.TurnStarted("1"))
    stage.item(items.UserMessage("u", "do it"))
    printed += stage.transcript.finished(60)
    stage.play(events.ItemStarted("1", items.AgentMessage("a", "")))
    for part in ("First par", "agraph.\n", "\nSecond", " one.\n\n- x\n- y", "\n- z"):
        stage.play(events.TextDelta("a", part))
        printed += stage.transcript.finished(60)
        shown = texts(printed) + texts(stage.transcript.live(60))
        assert shown == stage.screen(60)
    assert texts(stage.transcript.live(60)) == ["  • y", "  • z"]
    stage.item(items.AgentMessage("a", "First paragraph.\n\nSecond one.\n\n- x\n- y\n- z"))
    stage.item(command("c"))
    stage.play(events.TurnCompleted("1", None, 0, 7000))
    printed += stage.transcript.finished(60)
    assert texts(printed) == stage.screen(60)
    assert stage.transcript.live(60) == []
    assert list(stage.transcript.finished(60)) == []


def test_a_running_command_stays_live(stage):
    stage.play(events.TurnStarted("1"), events.ItemStarted("1", items.CommandExecution("c", "run c")))
    stage.play(events.OutputDelta("c", "one\n"))
    assert list(stage.transcript.finished(60)) == []
    assert texts(stage.transcript.live(60)) == ["• $ run c", "    one"]
    stage.item(items.AgentMessage("a", "meanwhile"))
    assert texts(stage.transcript.finished(60)) == ["", "  meanwhile"]
    assert texts(stage.transcript.live(60)) == ["• $ run c", "    one"]
    stage.item(command("c", "one\n"))
    assert texts(stage.transcript.finished(60)) == ["✓ $ run c", "    one"]
    assert stage.transcript.live(60) == []


def test_a_message_is_not_split_by_what_ends_meanwhile(stage):
    stage.play(events.TurnStarted("1"), events.ItemStarted("1", items.AgentMessage("a", "")))
    stage.play(events.TextDelta("a", "one\n\ntwo\n\nthree\n"))
    assert texts(stage.transcript.finished(60)) == ["  one", "", "  two"]
    stage.item(command("c", ""))
    assert list(stage.transcript.finished(60)) == []
    stage.item(items.AgentMessage("a", "one\n\ntwo\n\nthree"))
    assert texts(stage.transcript.finished(60)) == ["", "  three", "", "✓ $ run c"]


def test_a_new_version_of_a_printed_plan_is_printed_again(stage):
    stage.item(items.Plan("p", (items.PlanStep("a", "in_progress"),)))
    assert texts(stage.transcript.finished(60)) == ["  Plan  0/1", "  • a"]
    stage.item(items.Plan("p", (items.PlanStep("a", "completed"),)))
    assert texts(stage.transcript.finished(60)) == ["  Plan  1/1", "  ✓ a"]


@pytest.mark.parametrize("kind", ["agent", "command"])
def test_the_source_of_a_block_is_what_was_written(stage, kind):
    text = "# A *title*\n\n- with a long line that will certainly be wrapped somewhere in the middle\n"
    stage.item(items.AgentMessage("x", text) if kind == "agent" else command("x", text))
    stage.screen(20)
    assert stage.transcript.blocks[0].source() == text


def test_of_a_backlog_only_the_end_is_printed(stage):
    for number in range(300):
        stage.item(items.AgentMessage(f"a{number}", f"message {number}"))
    stage.play(events.TurnStarted("2"), events.ItemStarted("2", items.AgentMessage("live", "")))
    stage.play(events.TextDelta("live", "half"))
    printed = texts(stage.transcript.finished(60, limit=20))
    assert printed[0].endswith("earlier lines") and 18 <= len(printed) <= 22
    assert printed[-1] == "  message 299"
    assert sum(block.built for block in stage.transcript.blocks) < 20
    assert texts(stage.transcript.live(60)) == ["", "  half"]
    stage.item(items.AgentMessage("live", "half and whole"), "2")
    assert texts(stage.transcript.finished(60, limit=20)) == ["", "  half and whole"]


def test_an_extension_may_show_an_item_its_own_way(stage):
    def custom(item, width):
        if isinstance(item, items.CommandExecution):
            return [[("tool.title", f"{item.command}\x1b[2J {'=' * width}")], [("dim", "second")]]
        return None

    stage.item(command("c"))
    stage.item(items.Notice("n", "told"))
    transcript = Transcript(stage.thread, custom=custom)
    rows = texts(transcript.lines(0, 100, 40))
    assert rows == ["  run c^[[2J " + "=" * 25 + "…", "  second", "", "! told"]


def test_what_was_unfolded_is_so_in_the_next_transcript_of_the_thread(stage):
    folded: dict[str, bool] = {}
    for number in range(3):
        stage.item(items.CommandExecution(f"c{number}", "make", status="completed", output="x\n" * 40, exit_code=0))
    first = Transcript(stage.thread, folded=folded)
    first.toggle(first.blocks[1])
    again = Transcript(stage.thread, folded=folded)
    assert [block.folded for block in again.blocks] == [True, False, True]
