"""What is shown after going back to an earlier turn."""

from __future__ import annotations

from csm.protocol import events, items
from csm.view.lines import plain


def play(stage):
    for number in ("1", "2", "3"):
        stage.play(events.TurnStarted(number))
        stage.item(items.UserMessage(f"u{number}", f"question {number}"), number)
        stage.item(items.AgentMessage(f"a{number}", f"answer {number}"), number)
        stage.play(events.TurnCompleted(number))


def back(stage):
    stage.play(events.RolledBack(2, "2"))
    stage.item(items.Notice("n", "went back", "info"), "")
    stage.play(events.TurnStarted("4"))
    stage.item(items.UserMessage("u4", "question 4"), "4")


def test_turns_that_were_rolled_back_are_shown_no_more(stage):
    play(stage)
    stage.screen(60)
    back(stage)
    shown = "\n".join(stage.screen(60))
    assert "answer 1" in shown and "question 4" in shown
    assert "question 2" not in shown and "answer 3" not in shown
    assert shown.index("answer 1") < shown.index("went back") < shown.index("question 4")


def test_inline_nothing_is_printed_twice(stage):
    play(stage)
    printed = [plain(line) for line in stage.transcript.finished(60)]
    assert any("answer 3" in line for line in printed)
    back(stage)
    more = "\n".join(plain(line) for line in stage.transcript.finished(60))
    assert "answer 1" not in more and "went back" in more and "question 4" in more
