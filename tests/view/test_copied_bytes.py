"""What is copied is what was written, byte for byte: whole messages, and the code in them, however they arrived."""

from __future__ import annotations

import random

import pytest

from csm.protocol import events, items
from csm.view import parts

LINES = [
    "plain text", "trailing  ", "\ttab\tinside\t", "wide 日本 ünïcode 👩‍👩‍👧", "", "   ", "- item",
    "  - nested\twith tab",
    "1. one", "> quote", "> - in it", "| a | b |", "|---|---|", "| 1 | `x\\|y` |", "# head", "Setext", "===", "---",
    "<div>", "</div>", "[ref]: https://x.example", "hard  ", "e\u0301\u200b\u202ex", "\x1b[31mred\x00", "&amp; \\* `",
]  # fmt: skip
CODE = ["def f():", "\treturn  1  ", "", "  日本 = '\\t'", "| not a table |", "- not a list", "\x1b[0m", "# x", " "]
WIDTH = 40


def stream(stage, text: str, dice: random.Random) -> None:
    stage.play(events.TurnStarted("1"), events.ItemStarted("1", items.AgentMessage("a", "")))
    at = 0
    while at < len(text):
        step = dice.choice([1, 3, 20, 400])
        stage.play(events.TextDelta("a", text[at : at + step]))
        at += step
        if dice.random() < 0.2:
            stage.screen(dice.choice([WIDTH, 100]))
    stage.item(items.AgentMessage("a", text))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("seed", range(25))
def test_messages_and_listings(stage, seed: int, end: str) -> None:
    dice = random.Random(seed)
    pieces, listings = list[str](), list[str]()
    for _ in range(8):
        prose = [dice.choice(LINES) for _ in range(dice.randrange(6))]
        code = [dice.choice(CODE) for _ in range(dice.randrange(1, 7))]
        fence = dice.choice(["```", "~~~~", "```python", "``` sh title"])
        # A paragraph first: nothing before it reaches into the listing, or goes on in it.
        pieces += [*prose, "", "so:", "", fence, *code, fence.split(" ")[0].rstrip("python"), ""]
        listings.append(end.join(code))
    text = end.join(["so:", "", *pieces])
    stream(stage, text, dice)
    transcript = stage.transcript
    transcript.line_count(WIDTH)
    block = next(block for block in transcript.blocks if block.kind == "agent")
    assert parts.of_block(transcript, block).text == text
    assert [part.text for part in parts.code(transcript, block) if part.text in listings] == listings
    fold = "".join(block.leaf(index).source for index in range(transcript.layout.count(block)))
    assert fold.rstrip() == text.rstrip()


def test_a_long_listing_is_copied_whole(stage) -> None:
    code = "\n".join(f"\tline {number}  " if number % 7 else "" for number in range(1, 900))
    stage.item(items.AgentMessage("a", f"so:\n\n```\n{code}\n```\n"))
    stage.screen(WIDTH)
    (block,) = stage.transcript.blocks
    assert [part.text for part in parts.code(stage.transcript, block)] == [code]


@pytest.mark.parametrize("output", ["a\r\nb\r\n", "\x1b[31mred\x1b[0m\t x  \n", "10%\r90%\n", "日本\n\n\n"])
def test_outputs_are_copied_as_they_came(stage, output: str) -> None:
    stage.item(items.CommandExecution("c", "make", status="completed", output=output, exit_code=0))
    stage.screen(WIDTH)
    (block,) = stage.transcript.blocks
    assert parts.of_block(stage.transcript, block).text == output
