"""Nothing that a terminal obeys or hides gets through, whatever the renderer."""

from __future__ import annotations

import pytest

from csm.protocol import items
from csm.protocol.tools import Ask
from csm.view.lines import is_visible, line_width, segments, visible, width
from csm.view.render.approval import approval

NASTY = (
    "a\x1b[2Jb\x1b]52;c;eA==\x07c\x1b]0;t\x1b\\d\x9b31me\x9d0;x\x9cf\u202eg\u2066h\u200bi\xadj\ufeffk\u2028l"
    "\U000e0041m\x00n\x7fo\rp\bq\x0cr\ud800s\u061ct\u3164u" + "e" + "\u0301" * 50
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("a\nb\tc", "a\nb\tc"),
        ("a\r\nb", "a\nb"),
        ("\x1b[2J", "^[[2J"),
        ("\x7f\x00", "^?^@"),
        ("\x9b", "<U+009B>"),
        ("\u202e", "<U+202E>"),
        ("\ud800", "<U+D800>"),
        ("👩‍💻 ⚠️ 👍🏽 🇩🇪 1️⃣", "👩💻 ⚠ 👍 DE 1⃣"),
        ("क\u094d\u200dष", "क\u094d\u200dष"),
        ("a\u200db", "a<U+200D>b"),
        ("naïve 日本 …", "naïve 日本 …"),
    ],
)
def test_visible(text, shown):
    assert visible(text) == shown
    assert is_visible(text) == (text == shown)


def test_visible_text_stays_as_it_is():
    assert visible(visible(NASTY)) == visible(NASTY)
    visible(NASTY).encode()


def test_every_control_character_is_shown():
    for code in [*range(0x20), *range(0x7F, 0xA0), *range(0x2028, 0x202F), *range(0x2066, 0x2070)]:
        if chr(code) not in "\n\t":
            shown = visible(chr(code))
            assert shown.isprintable() and shown.isascii() and width(shown) >= 2, hex(code)


def test_segments_set_off_what_was_hidden():
    assert segments("rm \x1b[2J x", "s") == [("s", "rm "), ("control", "^["), ("s", "[2J x")]
    assert segments("", "s") == []


@pytest.mark.parametrize(
    "item",
    [
        items.UserMessage("1", NASTY, (NASTY,)),
        items.AgentMessage("1", f"{NASTY}\n\n- {NASTY}\n\n```{NASTY}\n{NASTY}\n```\n\n|{NASTY}|\n|-|\n|{NASTY}|"),
        items.Reasoning("1", f"**{NASTY}**\n\n{NASTY}"),
        items.CommandExecution("1", f"{NASTY}\n{NASTY}", output=f"{NASTY}\n" * 30, status="failed", exit_code=1),
        items.FileChange("1", (items.PatchChange(f"/{NASTY}", "update", f"@@ -1 +1 @@ {NASTY}\n-{NASTY}\n+{NASTY}"),)),
        items.FileChange("1", (items.PatchChange("/x", "add", NASTY, NASTY),), "failed", "", NASTY),
        items.Plan("1", (items.PlanStep(NASTY),), NASTY),
        items.McpToolCall("1", NASTY, NASTY, error=NASTY, status="failed"),
        items.ToolUse("1", NASTY, NASTY, "completed", NASTY),
        items.WebSearch("1", "1", NASTY),
        items.ImageView("1", NASTY),
        items.Notice("1", NASTY),
        items.Compaction("1", NASTY),
    ],
    ids=lambda item: type(item).__name__,
)
@pytest.mark.parametrize("width", [20, 80])
def test_no_item_lets_anything_through(stage, item, width):
    stage.item(item)
    for _ in range(2):
        for row in stage.transcript.lines(0, stage.transcript.line_count(width), width):
            assert line_width(row) <= width
            assert all(is_visible(text) and "\n" not in text and "\t" not in text for _, text in row), row
        stage.transcript.toggle_all()


def test_nothing_gets_through_a_question():
    change = items.PatchChange(f"/{NASTY}", "update", f"@@ -1 +1 @@\n-{NASTY}\n+{NASTY}")
    texts = {"title": NASTY, "command": NASTY, "cwd": NASTY, "why": NASTY, "risk": NASTY, "sandbox": NASTY}
    ask = Ask(
        "1", "1", "command", changes=(change,), prefix=(NASTY, "x"), decisions=("accept_rule", "decline"), **texts
    )
    for size in (20, 80, 200):
        for row in approval(ask, size):
            assert line_width(row) <= size
            assert all(is_visible(text) and "\n" not in text and "\t" not in text for _, text in row), row
