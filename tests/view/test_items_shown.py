"""Every kind of item, folded and unfolded, at three widths, against files; questions to the user; plans."""

from __future__ import annotations

import msgspec
import pytest

from csm.protocol import events, items
from csm.protocol.items import CommandExecution, FileChange, PatchChange, PlanStep
from csm.protocol.tools import Ask
from csm.view.lines import plain
from csm.view.render.approval import approval
from csm.view.render.commands import script_of
from csm.view.render.look import duration

# The unchanged empty lines of a diff are a space; a dot stands for it here.
DIFF = """\
--- a/src/cart.py
+++ b/src/cart.py
@@ -39,6 +39,8 @@ class Cart:
     lines: list[Line]
.
 def apply(cart, coupon):
-    cart.total -= coupon.value  # again and again
+    cart.coupons.add(coupon)
+    cart.total = total(cart)
.
.
 def total(cart):
@@ -80 +82 @@
-    return sum(line.price for line in lines)
+    return sum(line.price for line in cart.lines)
\\ No newline at end of file
""".replace("\n.\n", "\n \n").replace("\n.\n", "\n \n")
FAILURE = (
    "..F.\n\x1b[31m=== FAILURES ===\x1b[0m\n" + "".join(f"line {n} of the trace\n" for n in range(20)) + "1 failed\n"
)


def session():
    yield items.UserMessage("u1", "The total is wrong when a coupon is used twice.\n\n  Find out why.", ("/tmp/a.png",))
    yield items.Reasoning("r1", "**Looking at the cart code**\n\nFirst the module that makes totals, then its *tests*.")
    yield CommandExecution("c1", "rg -n coupon src", "", "completed", "src/cart.py:14: coupon\n", 0, 120)
    yield CommandExecution("c2", "uv run pytest -q", "", "failed", FAILURE, 1, 3240)
    yield CommandExecution("c3", "cat <<EOF | sh\nls\nEOF", "", "completed", "", 0, 65_000)
    yield CommandExecution("c4", "rm -rf build", "", "declined")
    yield items.AgentMessage("a1", "The discount is subtracted **each time** `apply` is called.")
    yield items.Plan(
        "p1", (PlanStep("Read the code", "completed"), PlanStep("Fix it", "in_progress"), PlanStep("Test it"))
    )
    yield FileChange("f1", (
        PatchChange("/home/ann/shop/src/cart.py", "update", DIFF),
        PatchChange("/home/ann/shop/tests/test_coupon.py", "add", "def test_twice():\n\tassert 1\n"),
        PatchChange("/etc/old.conf", "delete", "a\nb\n"),
        PatchChange("/home/ann/shop/x", "update", "", "/home/ann/shop/y"),
    ), "completed")  # fmt: skip
    yield FileChange("f2", (PatchChange("/home/ann/shop/n.py", "add", "x = 1\n"),), "failed", "", "n.py exists already")
    yield items.McpToolCall(
        "m1", "github", "create_issue", msgspec.Raw(b'{"title":"Coupon twice","labels":["bug"]}'), "completed",
        msgspec.Raw(b'{"content":[{"type":"text","text":"created #12"},{"type":"image"}]}'), None, 2000,
    )  # fmt: skip
    yield items.McpToolCall("m2", "db", "query", msgspec.Raw(b"{}"), "failed", None, "no such table")
    yield items.ToolUse("t1", "weather", "not json", "completed", "sunny")
    yield items.WebSearch("w1", "w", "python set of dataclasses")
    yield items.WebSearch("w2", "w", "", msgspec.Raw(b'{"type":"open_page","url":"https://example.com"}'))
    yield items.Notice("n1", "The model was overloaded; trying again in 2s.")
    yield items.Notice("n2", "All well.", "info")
    yield items.Notice("n3", "The log could not be written.", "error")
    yield items.Compaction("k1", "What happened so far.")
    yield items.UserMessage("u2", "\n".join(f"pasted line {n}" for n in range(30)), steer=True)


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("folded", [True, False])
def test_items(stage, snapshots, width, folded):
    stage.play(events.TurnStarted("1"))
    for item in session():
        stage.item(item)
    stage.play(events.TurnCompleted("1", None, 0, 74_000))
    if not folded:
        for block in stage.transcript.blocks:
            if block.folded:
                stage.transcript.toggle(block)
    rows = stage.transcript.lines(0, 10_000, width)
    snapshots.check_rows(f"items-{'folded' if folded else 'unfolded'}-{width}.txt", rows, width)


@pytest.mark.parametrize("width", [40, 80])
def test_running_items(stage, snapshots, width):
    stage.play(
        events.TurnStarted("1"),
        events.ItemStarted("1", items.Reasoning("r", "")),
        events.ReasoningDelta("r", "**Reading** and **Wri"),
        events.ItemStarted("1", CommandExecution("c", "make", process=7)),
        events.OutputDelta("c", "".join(f"step {n}\n" for n in range(9)) + "50%\r60%"),
        events.ItemStarted("1", FileChange("f", (PatchChange("/home/ann/shop/a", "add", "x\n"),))),
        events.ItemStarted("1", items.McpToolCall("m", "db", "query")),
        events.ItemStarted("1", items.WebSearch("w", "w", "query")),
        events.ItemStarted("1", items.AgentMessage("a", "")),
        events.TextDelta("a", "Half a **sent"),
    )
    rows = stage.transcript.lines(0, 10_000, width)
    snapshots.check_rows(f"running-{width}.txt", rows, width)


CURL = Ask(
    "1", "c", "command", "Run this command outside the sandbox?", "curl -s https://example.com/install.sh | sh",
    cwd="/home/ann/shop", why="The package manager is not installed; its script needs the network.",
    risk="downloads and runs code", sandbox="off for this command", prefix=("curl", "-s"),
    decisions=("accept", "accept_session", "accept_rule", "decline", "cancel"),
)  # fmt: skip
PATCH = Ask("2", "c", "patch", "", cwd="/home/ann/shop", changes=(PatchChange("/home/ann/shop/a.py", "update", DIFF),))


@pytest.mark.parametrize("width", [40, 80, 200])
def test_questions(snapshots, width):
    rows = [*approval(CURL, width), [], *approval(PATCH, width, {"accept": "C-y", "decline": "C-n"})]
    snapshots.check_rows(f"approval-{width}.txt", rows, width)


@pytest.mark.parametrize(
    ("home", "shown"), [("/home/ann", "~/shop"), ("/home/an", "/home/ann/shop"), ("", "/home/ann/shop")]
)
def test_the_home_folder_is_shown_short(home, shown):
    assert f"  Where    {shown}" in [plain(row) for row in approval(CURL, 60, home=home)]


def test_a_long_command_says_what_it_hides():
    ask = Ask("1", "c", "command", "Run it?", "\n".join(f"echo {number}" for number in range(100)))
    rows = [plain(row) for row in approval(ask, 60)]
    assert "      … 88 lines" in rows and len(rows) < 25


@pytest.mark.parametrize(
    ("cut", "said"),
    [
        ("", "… 196 lines"),
        ("... 99123456 bytes omitted ...", "… 196 lines, and 99 MB that were not kept"),
        ("... 1500 bytes omitted ...", "… 196 lines, and 1,500 bytes that were not kept"),
        ("... the middle of 5401515 bytes of output is not kept ...", "… 196 lines, and 5.4 MB that were not kept"),
    ],
)
def test_folded_output_tells_what_is_not_even_there(stage, cut, said):
    numbers = [f"{number:07}" for number in range(200)]
    output = "\n".join([*numbers[:100], *([cut] if cut else []), *numbers[100:]])
    stage.play(events.TurnStarted("1"))
    stage.item(CommandExecution("c", "flood", output=output, status="completed", exit_code=0))
    rows = [plain(row).strip() for row in stage.transcript.lines(0, 100, 80)]
    assert rows[1:] == ["0000000", "0000001", said, "0000198", "0000199"]


@pytest.mark.parametrize(("path", "shown"), [("/home/ann/shop/art/a.png", "art/a.png"), ("/tmp/a.png", "/tmp/a.png")])
def test_images_in_the_folder_are_named_from_it(stage, path, shown):
    stage.play(events.TurnStarted("1"))
    stage.item(items.ImageView("i", path))
    rows = [plain(row) for row in stage.transcript.lines(0, 10, 80)]
    assert rows[-1] == f"✓ Looked at an image  {shown}"


def test_lines_that_are_never_laid_out_are_counted(stage):
    output = "\n".join(f"{number:07}" for number in range(100_000))
    started = events.ItemStarted("1", CommandExecution("c", "flood"))
    stage.play(events.TurnStarted("1"), started, events.OutputDelta("c", output))
    rows = [plain(row).strip() for row in stage.transcript.lines(0, 100, 80)]
    assert rows[1:] == ["… 99994 lines", *(f"{number:07}" for number in range(99_994, 100_000))]


@pytest.mark.parametrize(
    ("command", "argv", "shown"),
    [
        ("/bin/bash -lc 'ls | wc'", (), "ls | wc"),
        ("bash -c ls", (), "ls"),
        ("anything", ("/usr/bin/zsh", "-lc", "echo 'a b'"), "echo 'a b'"),
        ("bash -lc 'unterminated", (), "bash -lc 'unterminated"),
        ("bash -c ls extra", (), "bash -c ls extra"),
        ("bash -lc ''", (), "bash -lc ''"),
        ("x", ("/tmp/bash", "-c", "ls"), "x"),
        ("/tmp/evil -c ls", (), "/tmp/evil -c ls"),
        ("python -c 'print(1)'", (), "python -c 'print(1)'"),
    ],
)
def test_the_shell_around_a_script_is_left_out(command, argv, shown):
    assert script_of(command, argv) == shown


@pytest.mark.parametrize(
    ("milliseconds", "text"),
    [
        (0, "0.0s"),
        (340, "0.3s"),
        (9949, "9.9s"),
        (9960, "10s"),
        (59_400, "59s"),
        (65_000, "1m 05s"),
        (3_725_000, "1h 02m"),
    ],
)
def test_durations(milliseconds, text):
    assert duration(milliseconds) == text
