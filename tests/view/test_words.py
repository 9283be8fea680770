"""Items in plain lines: words, nothing that a terminal obeys, every thing told once however it came."""

from __future__ import annotations

import random
import re

import msgspec
import pytest

from csm.core.fold import Thread
from csm.protocol import events, items
from csm.protocol.events import Event
from csm.view import words
from csm.view.telling import Teller

TURN = "1"
EVIL = "a\x1b[2Jb\x9b31mc\x07d\re\u202ef"


def ended(item: items.Item, text: str = "") -> list[str]:
    from csm.core.fold import Entry

    entry = Entry(item, TURN, 0, done=True)
    if text:
        entry.done = False
        entry.add(text)
        entry.done = True
    return words.ended(entry, "/home/ann/shop", last=True)


@pytest.mark.parametrize(
    ("item", "lines"),
    [
        (items.UserMessage("u", "one\n  two"), ["You: one", "  two"]),
        (items.AgentMessage("a", "# It\n\n- *is*"), ["Assistant: # It", "", "- *is*"]),
        (items.Reasoning("r", "**Looking**\n\nat things"), ["Thinking: Looking"]),
        (
            items.CommandExecution("c", "ls", status="completed", output="a\nb\n", exit_code=0, duration_ms=1200),
            ["Command: exit 0, 1.2s, 2 lines of output:", "  a", "  b"],
        ),
        (items.CommandExecution("c", "ls", status="declined"), ["Command: declined, no output."]),
        (
            items.CommandExecution("c", "x", status="failed", output="\x1b[31mred\x1b[0m\n10%\r90%\n", exit_code=1),
            ["Command: exit 1, 2 lines of output:", "  red", "  90%"],
        ),
        (
            items.FileChange("f", (items.PatchChange("/home/ann/shop/n.py", "add", "x = 1\n"),), "completed"),
            ["Change of 1 file: done.", "  n.py: added, 1 line added, 0 removed", "    1 +x = 1"],
        ),
        (
            items.Plan("p", (items.PlanStep("Read", "completed"), items.PlanStep("Test"))),
            ["Plan:", "  done: Read", "  to do: Test"],
        ),
        (items.Notice("n", "Beware", level="warning"), ["Warning: Beware"]),
        (items.ToolUse("t", "look", "{}", "completed", "seen"), ["Tool: done, 1 line of output:", "  seen"]),
        (items.ImageView("i", "/home/ann/shop/a.png"), ["Looked at an image  a.png"]),
        (items.WebSearch("w", "w", "plain words"), ["Searched the web  plain words"]),
    ],
)
def test_words_for_items(item: items.Item, lines: list[str]) -> None:
    assert ended(item) == lines


def test_long_outputs_are_shortened_and_can_be_told_whole() -> None:
    output = "".join(f"{number}\n" for number in range(100))
    item = items.CommandExecution("c", "seq", status="completed", output=output, exit_code=0)
    told = ended(item)
    assert told[0] == "Command: exit 0, 100 lines of output:"
    assert told[1:5] == ["  0", "  1", "  2", "  ... 87 lines are left out; /unfold tells all."]
    assert told[-1] == "  99"


@pytest.mark.parametrize(
    "item",
    [
        items.UserMessage("u", EVIL, (EVIL,)),
        items.AgentMessage("a", EVIL),
        items.Reasoning("r", EVIL),
        items.CommandExecution("c", EVIL, status="completed", output=EVIL, exit_code=0),
        items.FileChange("f", (items.PatchChange(f"/x/{EVIL}", "add", EVIL),), "failed", "", EVIL),
        items.Plan("p", (items.PlanStep(EVIL),)),
        items.McpToolCall("m", EVIL, EVIL, msgspec.Raw(b'{"a":"\\u001b[2J"}'), "failed", None, EVIL),
        items.ToolUse("t", EVIL, EVIL, "completed", EVIL),
        items.WebSearch("w", EVIL),
        items.Notice("n", EVIL),
        items.Compaction("x", EVIL),
        items.HookRun("h", "stop", status="completed", said=EVIL),
    ],
    ids=lambda item: type(item).__name__,
)
def test_nothing_in_them_commands_a_terminal(item: items.Item) -> None:
    for line in [*words.begun(item), *ended(item)]:
        assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e]", line), line
        assert not re.search(r"[─│✓✗•›…]", line), line


def test_a_text_that_streams_is_told_once_whatever_its_pieces() -> None:
    """Two messages and a command at once, in pieces, looked at now and then."""
    for seed in range(30):
        dice = random.Random(seed)
        thread, teller, told = Thread(), Teller(new=True), list[str]()

        def play(body: events.Body, thread: Thread = thread) -> None:
            thread.apply(Event(thread.seq + 1, "2026-11-20T12:00:00Z", body))

        def look(thread: Thread = thread, teller: Teller = teller, told: list[str] = told) -> None:
            told.extend(teller.news(thread))

        play(events.ThreadStarted("t", "/home/ann/shop"))
        play(events.TurnStarted(TURN))
        texts = {name: "".join(dice.choice("ab \n*") for _ in range(60)).strip() or "x" for name in ("m1", "m2")}
        for name in texts:
            play(events.ItemStarted(TURN, items.AgentMessage(name, "")))
        play(events.ItemStarted(TURN, items.CommandExecution("c", "make")))
        pieces = [(name, char) for name, text in texts.items() for char in text]
        if seed % 2:
            dice.shuffle(pieces)
            texts = {name: "".join(char for one, char in pieces if one == name) for name in texts}
        for name, char in pieces:
            play(events.TextDelta(name, char))
            if dice.random() < 0.2:
                look()
        for name, text in dice.sample(list(texts.items()), 2):
            play(events.ItemCompleted(TURN, items.AgentMessage(name, text)))
            if dice.random() < 0.5:
                look()
        play(events.ItemCompleted(TURN, items.CommandExecution("c", "make", status="completed", exit_code=0)))
        play(events.TurnCompleted(TURN, None, 0, 900))
        look()
        assert told[-1] == "Done in 0.9s."
        assert told.count("Command: make") == 1
        said = "\n".join(line for line in told if not line.startswith(("Command", "Done")))
        for text in texts.values():
            want = [line.rstrip() for line in text.strip("\n").split("\n") if line.strip()]
            got = [line.removeprefix("Assistant: ").rstrip() for line in said.split("\n") if line.strip()]
            assert [line for line in got if line in want][: len(want)], (seed, text, told)
            assert all(got.count(line) >= 1 for line in want), (seed, text, told)
        count = sum(len([line for line in text.split("\n") if line.strip()]) for text in texts.values())
        assert len([line for line in said.split("\n") if line.removeprefix("Assistant:").strip()]) == count
