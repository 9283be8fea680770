"""What a reader sees of a thread: the right lines, exactly, and no work for lines that nobody looks at."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from csm.protocol import events, items
from csm.ui.viewport import Viewport
from csm.view import finding
from csm.view.lines import plain
from csm.view.transcript import Transcript

ANSWER = (Path(__file__).parent / "data" / "answer.md").read_text("utf-8")
OUTPUT = "\n".join(f"file-{number}.py  \x1b[32mok\x1b[0m" for number in range(30))


def turn(number, text=ANSWER):
    name = str(number)
    return [
        events.TurnStarted(name),
        events.ItemCompleted(name, items.UserMessage(f"u{number}", f"question {number}")),
        events.ItemCompleted(name, items.Reasoning(f"r{number}", "**Reading the code**\n\nFirst this, then that.")),
        events.ItemCompleted(name, items.CommandExecution(f"c{number}", "ls -l", "", "completed", OUTPUT, exit_code=0)),
        events.ItemCompleted(name, items.AgentMessage(f"a{number}", text)),
        events.TurnCompleted(name, None, 0, 12_000),
    ]


def everything(thread, width):
    transcript = Transcript(thread)
    return [plain(row) for row in transcript.lines(0, 1_000_000, width)]


def texts(rows):
    return [plain(row) for row in rows]


def many(stage, count):
    for number in range(count):
        stage.play(*turn(number))
    return stage.transcript


class Window:
    """A window as the shell has it."""

    def __init__(self, transcript, width, height):
        self.view = Viewport(follow=True)
        self.transcript, self.width, self.height = transcript, width, height

    def look(self):
        start, stop = self.view.fit(self.transcript, self.width, self.height)
        return texts(self.transcript.lines(start, stop, self.width))


@pytest.mark.parametrize("width", [40, 80, 200])
def test_the_end_is_exact(stage, width):
    transcript = many(stage, 40)
    assert Window(transcript, width, 30).look() == everything(stage.thread, width)[-30:]


@pytest.mark.parametrize("width", [40, 100])
@pytest.mark.parametrize("seed", range(3))
def test_scrolling_up_and_down_never_skips_or_repeats(stage, width, seed):
    dice = random.Random(seed)
    transcript, height = many(stage, 40), 30
    window, reference = Window(transcript, width, height), everything(stage.thread, width)
    window.look()
    at = len(reference) - height
    for _ in range(80):
        step = dice.choice([-1, -3, -28, -28, -28, 15, 1])
        window.view.scroll(step)
        at = max(0, min(at + step, len(reference) - height))
        assert window.look() == reference[at : at + height]
        if at == 0:
            break


def test_up_to_the_very_first_line(stage):
    transcript, height = many(stage, 25), 40
    window, reference = Window(transcript, 90, height), everything(stage.thread, 90)
    window.look()
    for _ in range(200):
        window.view.to("page-up")
        seen = window.look()
    assert seen == reference[:height]
    for at in range(1, 20):
        window.view.scroll(1)
        assert window.look() == reference[at : at + height]


def test_to_the_top_and_back(stage):
    transcript, height = many(stage, 60), 40
    window, reference = Window(transcript, 90, height), everything(stage.thread, 90)
    window.look()
    window.view.to("top")
    assert window.look() == reference[:height]
    window.view.scroll(7)
    assert window.look() == reference[7 : 7 + height]
    window.view.to("bottom")
    assert window.look() == reference[-height:]


def test_only_what_is_looked_at_is_laid_out(stage):
    many(stage, 400)
    transcript = Transcript(stage.thread)
    window = Window(transcript, 100, 50)
    window.look()
    first = transcript.layout.laid_out
    assert first < 300
    assert sum(block.built for block in transcript.blocks) < 60
    for _ in range(20):
        window.look()
    assert transcript.layout.laid_out == first
    window.view.to("page-up")
    window.look()
    window.width = 120
    window.look()
    assert transcript.layout.laid_out < first + 450
    assert sum(block.built for block in transcript.blocks) < 90


def test_a_new_width_keeps_the_place(stage):
    transcript = many(stage, 60)
    window = Window(transcript, 100, 20)
    window.look()
    window.view.scroll(-1000)
    window.look()
    top = transcript.block_at(window.view.top, 100)
    for width in (60, 180, 45, 100):
        window.width = width
        seen = window.look()
        assert transcript.block_at(window.view.top, width) is top
        reference = everything(stage.thread, width)
        assert any(reference[at : at + 20] == seen for at in range(len(reference)))


def test_a_reader_stays_put_while_text_arrives(stage):
    transcript = many(stage, 20)
    window = Window(transcript, 80, 20)
    window.look()
    window.view.scroll(-57)
    seen = window.look()
    stage.play(events.TurnStarted("x"), events.ItemStarted("x", items.AgentMessage("ax", "")))
    for number in range(60):
        stage.play(events.TextDelta("ax", f"- line {number}\n"))
        assert window.look() == seen
    assert window.view.news >= 60
    window.view.to("bottom")
    assert window.look()[-1] == "  • line 59"


def test_following_a_stream_shows_the_end(stage):
    window = Window(stage.transcript, 60, 10)
    stage.play(events.TurnStarted("x"), events.ItemStarted("x", items.AgentMessage("ax", "")))
    written = ""
    for at in range(0, len(ANSWER), 7):
        stage.play(events.TextDelta("ax", ANSWER[at : at + 7]))
        written += ANSWER[at : at + 7]
        assert window.look() == everything(stage.thread, 60)[-10:]
    stage.play(events.ItemCompleted("x", items.AgentMessage("ax", ANSWER)))
    assert window.look() == everything(stage.thread, 60)[-10:]


def test_a_stream_does_old_parts_once(stage):
    window = Window(stage.transcript, 60, 10)
    stage.play(events.TurnStarted("x"), events.ItemStarted("x", items.AgentMessage("ax", "")))
    for number in range(1000):
        stage.play(events.TextDelta("ax", f"- line {number}\n"))
        window.look()
    assert stage.transcript.layout.laid_out < 3200


def test_a_final_text_that_differs_is_shown(stage):
    stage.play(events.TurnStarted("1"), events.ItemStarted("1", items.AgentMessage("a", "")))
    stage.play(events.TextDelta("a", "- one\n- two\n- three"))
    assert stage.screen(40) == ["  • one", "  • two", "  • three"]
    stage.item(items.AgentMessage("a", "something else"))
    assert stage.screen(40) == ["  something else"]


def test_items_stand_where_they_began(stage):
    stage.play(events.TurnStarted("1"))
    stage.item(items.AgentMessage("late", "second"))
    stage.play(events.ItemCompleted("1", items.AgentMessage("early", "first"), place=-1))
    assert stage.screen(40) == ["  first", "", "  second"]


def test_jumps_between_turns(stage):
    transcript = many(stage, 12)
    window = Window(transcript, 80, 15)
    window.look()
    for number in (11, 10, 9, 8):
        line = transcript.turn_line(window.view.top, -1, 80)
        assert line is not None
        window.view.show(line)
        assert window.look()[0] == f"› question {number}"
    window.view.show(transcript.turn_line(window.view.top, 1, 80))
    assert window.look()[0] == "› question 9"
    window.view.to("top")
    window.look()
    assert transcript.turn_line(0, -1, 80) is None


def test_search_leads_to_the_text(stage):
    transcript = many(stage, 12)
    stage.item(items.AgentMessage("needle", "hay\n\nhay\n\nthe Needle is here"), "11")
    found = finding.find(transcript, finding.compiled("needle"), 0, -1, 80)
    assert found is not None
    assert plain(transcript.lines(found.line, found.line + 1, 80)[0]) == "  the Needle is here"
    assert found.column == len("  the ")
    assert finding.find(transcript, finding.compiled("QUESTION 3"), 0, -1, 80) is None
    back = finding.find(transcript, finding.compiled("question 3"), found.line, 0, 80, back=True)
    assert back is not None
    assert plain(transcript.lines(back.line, back.line + 1, 80)[0]) == "› question 3"


def test_empty(stage):
    assert stage.transcript.line_count(80) == 0
    assert stage.transcript.lines(0, 10, 80) == []
    assert stage.transcript.block_at(3, 80) is None
    assert stage.transcript.turn_line(0, 1, 80) is None
    stage.transcript.fold("block")
    stage.transcript.fold("all")
    assert stage.transcript.live(80) == [] == list(stage.transcript.finished(80))


@pytest.mark.parametrize("width", [1, 2, 5, 12, 23, 24])
def test_very_narrow_windows(stage, width):
    transcript = many(stage, 1)
    assert transcript.lines(0, 2000, width)


@pytest.mark.parametrize(
    ("body", "last"),
    [
        (events.TurnCompleted("1", None, 0, 4000), "  text"),
        (events.TurnCompleted("1", None, 0, 65_000), "  Done in 1m 05s"),
        (events.TurnFailed("1", "The server is down."), "✗ The server is down."),
        (events.TurnInterrupted("1"), "■ Interrupted"),
    ],
)
def test_ends_of_turns(stage, body, last):
    stage.play(events.TurnStarted("1"))
    stage.item(items.AgentMessage("a", "text"))
    stage.play(body)
    assert stage.screen(60)[-1] == last


def test_what_a_turn_left_unfinished_ends_with_it(stage):
    stage.play(events.TurnStarted("1"))
    stage.play(events.ItemStarted("1", items.CommandExecution("c", "sleep 99")))
    assert stage.screen(60) == ["• $ sleep 99"]
    stage.play(events.TurnInterrupted("1"))
    assert stage.screen(60) == ["⊘ $ sleep 99  stopped", "", "■ Interrupted"]


def test_what_runs_on_when_its_turn_ends_says_so(stage):
    stage.play(events.TurnStarted("1"))
    stage.play(events.ItemStarted("1", items.CommandExecution("c", "sh watch.sh", process="3")))
    assert stage.screen(60) == ["• $ sh watch.sh  session 3"]
    stage.play(events.TurnCompleted("1", None, 0, 0))
    assert stage.screen(60) == ["• $ sh watch.sh  left running"]
