"""Whatever happens in whatever order, looked at or not: a transcript shows what a fresh one would."""

from __future__ import annotations

import random

import pytest

from csm.protocol import events, items
from csm.view.lines import plain
from csm.view.transcript import Transcript

PARTS = [
    "word ",
    "and *more* ",
    "\n",
    "\n\n",
    "- item\n",
    "1. one\n",
    "```\n",
    "| a | b |\n|---|---|\n",
    "> quote\n",
    "# H\n",
]


class Chaos:
    """Random events of one thread."""

    def __init__(self, seed, stage):
        self.dice = random.Random(seed)
        self.stage = stage
        self.turn, self.count = "", 0
        self.open: dict[str, str] = {}

    def name(self):
        self.count += 1
        return f"i{self.count}"

    def step(self):
        dice = self.dice
        if not self.turn or dice.random() < 0.03:
            self.turn = f"t{self.count}"
            self.open.clear()
            self.stage.play(events.TurnStarted(self.turn))
            self.stage.item(items.UserMessage(self.name(), "please " * dice.randrange(1, 40)), self.turn)
            return
        dice.choice([self.begin, self.more, self.more, self.more, self.end, self.note, self.finish, self.resize])()

    def begin(self):
        name = self.name()
        kind = self.dice.choice(["a", "c", "r"])
        self.open[name] = kind
        self.stage.play(events.ItemStarted(self.turn, self.item(name, kind, "")))

    def item(self, name, kind, text):
        if kind == "a":
            return items.AgentMessage(name, text)
        if kind == "r":
            return items.Reasoning(name, text)
        return items.CommandExecution(name, "run it", output=text, status="completed" if text else "in_progress")

    def more(self):
        if self.open:
            name, kind = self.dice.choice(list(self.open.items()))
            text = "".join(self.dice.choice(PARTS) for _ in range(5))
            make = {"a": events.TextDelta, "r": events.ReasoningDelta, "c": events.OutputDelta}[kind]
            self.stage.play(make(name, text))

    def end(self):
        if self.open:
            name = self.dice.choice(list(self.open))
            kind = self.open.pop(name)
            text = self.stage.thread.entries[name].text() if self.dice.random() < 0.8 else "another text"
            self.stage.item(self.item(name, kind, text or "x"), self.turn)

    def note(self):
        self.stage.item(items.Notice(self.name(), "something happened"), self.turn)

    def finish(self):
        if self.dice.random() < 0.2:
            ends = [events.TurnCompleted(self.turn, None, 0, 9000), events.TurnInterrupted(self.turn)]
            self.stage.play(self.dice.choice(ends))
            self.turn = ""

    def resize(self):
        width = self.dice.choice([30, 80, 120])
        total = self.stage.transcript.line_count(width)
        start = self.dice.randrange(-5, total + 30)
        assert len(self.stage.transcript.lines(start, start + 20, width)) <= 20
        if self.dice.random() < 0.3:
            self.stage.transcript.fold(self.dice.choice(["block", "all"]), start)


def everything(transcript, width):
    return [plain(row) for row in transcript.lines(0, 1_000_000, width)]


@pytest.mark.parametrize("seed", range(25))
def test_it_shows_what_a_fresh_one_shows(stage, seed):
    chaos = Chaos(seed, stage)
    for _ in range(150):
        chaos.step()
        if chaos.dice.random() < 0.1:
            width = chaos.dice.choice([30, 80])
            total = stage.transcript.line_count(width)
            bottom = stage.transcript.lines(max(0, total - 10), total, width)
            assert [plain(row) for row in bottom] == everything(stage.transcript, width)[-len(bottom) :]
    fresh = Transcript(stage.thread)
    for old, new in zip(stage.transcript.blocks, fresh.blocks, strict=True):
        assert old.id == new.id
        if old.folded != new.folded:
            fresh.toggle(new)
    assert everything(stage.transcript, 80) == everything(fresh, 80)


@pytest.mark.parametrize("seed", range(10))
def test_inline_prints_everything_once(stage, seed):
    chaos, printed = Chaos(seed, stage), []
    chaos.resize = lambda: printed.extend(stage.transcript.finished(80))
    for _ in range(150):
        chaos.step()
    stage.play(events.TurnInterrupted(chaos.turn or "none"))
    printed += stage.transcript.finished(80)
    assert stage.transcript.live(80) == []
    assert list(stage.transcript.finished(80)) == []
    shown = sorted(plain(row) for row in printed if row)
    # What was printed of a message that ended with another text stays printed.
    if "another text" not in "".join(shown):
        assert shown == sorted(row for row in everything(stage.transcript, 80) if row)
