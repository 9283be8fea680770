"""Events as people read them, and nothing in them that could command a terminal."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from csm.headless.text import Text, duration, sandbox_line
from csm.headless.visible import one_line, visible
from csm.host.settings import Settings
from csm.protocol import events, items
from csm.protocol.events import Body, Event
from csm.protocol.model import Usage
from csm.protocol.tools import SandboxPolicy

SETTINGS = Settings(
    cwd=Path("/w"),
    codex_home=Path("/c"),
    config_dir=Path("/d"),
    state_dir=Path("/s"),
    project_root=Path("/w"),
    model="m",
    model_provider="p",
    approval_policy="never",
    sandbox_policy=SandboxPolicy("workspace-write", writable_roots=("/opt",)),
)
BANNER = """\
csm v0.1.0
--------
workdir: /w
model: m
provider: p
approval: never
sandbox: workspace-write [workdir, /tmp, $TMPDIR, /opt]
reasoning effort: none
reasoning summaries: none
session id: T
--------
user
do it
"""


def said(*bodies: Body, color: bool = False) -> str:
    text = Text(SETTINGS, Usage(), "do it", color=color)
    return "".join(text.take(Event(seq, "", body)) for seq, body in enumerate(bodies, 1))


def command(status: str = "in_progress", id: str = "c", **fields: object) -> items.CommandExecution:
    return items.CommandExecution(id, "/bin/bash -lc ls", cwd="/w", status=status, **fields)  # type: ignore[arg-type]


def ended(item: items.Item) -> Body:
    return events.ItemCompleted("t", item)


def begun(item: items.Item) -> Body:
    return events.ItemStarted("t", item)


def test_the_banner() -> None:
    assert Text(SETTINGS, Usage(), "do it", color=False).open("T") == BANNER


SAID: dict[str, tuple[list[Body], str]] = {
    "message": ([ended(items.AgentMessage("a", "hi"))], "csm\nhi\n"),
    "reasoning": ([ended(items.Reasoning("r", "**T**\n\nx"))], "**T**\n\nx\n"),
    "command": (
        [begun(command()), ended(command("completed", exit_code=0, duration_ms=28, output="a\nb\n"))],
        "exec\n/bin/bash -lc ls in /w\n succeeded in 28ms:\na\nb\n\n",
    ),
    "command fails, no output": (
        [begun(command()), ended(command("failed", exit_code=2, duration_ms=1500))],
        "exec\n/bin/bash -lc ls in /w\n exited 2 in 1.50s:\n",
    ),
    "output without a last newline": (
        [ended(command("completed", exit_code=0, output="a"))],
        "exec\n/bin/bash -lc ls in /w\n succeeded:\na\n",
    ),
    "commands side by side": (
        [
            begun(command()),
            begun(command(id="d")),
            ended(command("completed", exit_code=0, output="c\n")),
            ended(command("completed", id="d", exit_code=0, output="d\n")),
        ],
        "exec\n/bin/bash -lc ls in /w\n" * 3 + " succeeded:\nc\n\nexec\n/bin/bash -lc ls in /w\n succeeded:\nd\n\n",
    ),
    "patch": (
        [ended(items.FileChange("f", (items.PatchChange("/w/a", "update", "@@ -1 +1 @@\n-a\n+b\n"),), "completed"))],
        "apply patch\npatch: completed\n/w/a\ndiff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-a\n+b\n\n",
    ),
    "plan": (
        [
            begun(one := items.Plan("p", (items.PlanStep("a", "in_progress"), items.PlanStep("b")))),
            ended(one),
            events.ItemUpdated("t", items.Plan("p", (items.PlanStep("a", "completed"), items.PlanStep("b")))),
        ],
        "  → a\n  • b\n  ✓ a\n  • b\n",
    ),
    "an empty plan": ([begun(items.Plan("p", ()))], ""),
    "warning": ([ended(items.Notice("n", "careful"))], "warning: careful\n"),
    "error": ([ended(items.Notice("n", "oh", "error"))], "ERROR: oh\n"),
    "remark": ([ended(items.Notice("n", "by the way", "info"))], "note: by the way\n"),
    "hook": (
        [begun(items.HookRun("h", "Stop")), ended(items.HookRun("h", "Stop", "completed"))],
        "hook: Stop\nhook: Stop Completed\n",
    ),
    "hook that has something to say": (
        [ended(items.HookRun("h", "Stop", "blocked", said="go\non \x1b[31m"))],
        "hook: Stop Blocked: go\\non ^[[31m\n",
    ),
    "retry": ([events.Reconnecting("t", "Reconnecting... 1/5 (gone)", 1, 5)], "ERROR: Reconnecting... 1/5\n"),
    "failure": ([events.TurnFailed("t", "nope")], "ERROR: nope\n"),
    "failure after work": (
        [events.UsageReported(Usage(), Usage(100, 10, 20, 0)), events.TurnFailed("t", "nope")],
        "ERROR: nope\ntokens used\n110\n",
    ),
    "end": (
        [events.UsageReported(Usage(), Usage(1_234_567, 1_000_000, 20, 0)), events.TurnCompleted("t")],
        "tokens used\n234,587\n",
    ),
    "an end with figures that are nothing": (
        [events.UsageReported(Usage(), Usage()), events.TurnCompleted("t")],
        "tokens used\n0\n",
    ),
    "an end without figures": ([events.TurnCompleted("t")], ""),
    "half a message is not shown": ([ended(items.AgentMessage("a", "ha", partial=True))], ""),
    "deltas are not shown": ([events.TextDelta("a", "x"), begun(items.AgentMessage("a", ""))], ""),
}


@pytest.mark.parametrize("name", SAID)
def test_progress(name: str) -> None:
    bodies, text = SAID[name]
    assert said(*bodies) == text


EVIL = "\x1b]0;title\x07\x1b[31m\x9b31m\r\x08\u202e\x7f"
CARRIERS: list[Body] = [
    ended(items.AgentMessage("a", EVIL)),
    ended(items.Reasoning("r", EVIL)),
    begun(items.CommandExecution("c", EVIL, cwd=EVIL)),
    ended(items.CommandExecution("c", EVIL, cwd=EVIL, status="failed", exit_code=1, output=EVIL)),
    ended(items.FileChange("f", (items.PatchChange(EVIL, "add", EVIL),), "failed", stderr=EVIL)),
    ended(items.Plan("p", (items.PlanStep(EVIL),), EVIL)),
    ended(items.McpToolCall("m", EVIL, EVIL, status="failed", error=EVIL)),
    ended(items.ToolUse("u", EVIL, EVIL, "failed", EVIL)),
    ended(items.WebSearch("w", EVIL, EVIL)),
    ended(items.Notice("n", EVIL)),
    events.TurnFailed("t", EVIL),
]


@pytest.mark.parametrize(
    "body", CARRIERS, ids=lambda body: f"{type(body).__name__}-{type(getattr(body, 'item', 0)).__name__}"
)
def test_no_escape_comes_through(body: Body) -> None:
    text = said(body)
    assert "^[" in text
    assert not set(text) & set("\x1b\x07\x9b\r\x08\u202e\x7f")


def test_reasoning_can_be_hidden() -> None:
    hidden = msgspec.structs.replace(SETTINGS, hide_agent_reasoning=True)
    text = Text(hidden, Usage(), "x", color=False)
    assert text.take(Event(1, "", ended(items.Reasoning("r", "thinking")))) == ""


def test_color_is_ours_alone() -> None:
    text = said(CARRIERS[0], color=True)
    assert text.startswith("\x1b[35m\x1b[3mcsm\x1b[0m\x1b[0m\n^[]0;title^G^[[31m\\x9b31m^M^H\\u202e^?")


def test_labels_have_codexs_colors() -> None:
    text = said(
        ended(command("completed", exit_code=0, output="a\n")),
        ended(items.FileChange("f", (items.PatchChange("/w/a", "add", "x\n"),), "completed")),
        ended(items.WebSearch("w", "w", "words")),
        color=True,
    )
    assert (
        "\x1b[35m\x1b[3mexec\x1b[0m\x1b[0m\n\x1b[1m/bin/bash -lc ls\x1b[0m in /w\n\x1b[32m succeeded:\x1b[0m\n" in text
    )
    assert "\x1b[1mapply patch\x1b[0m\n\x1b[1mpatch:\x1b[0m completed\n\x1b[2m/w/a\x1b[0m\n" in text
    assert "\x1b[1mweb search:\x1b[0m words\n" in text
    told = said(ended(items.Notice("n", "careful")), events.TurnFailed("t", "nope"), color=True)
    assert told == "\x1b[1m\x1b[33mwarning:\x1b[0m\x1b[0m careful\n\x1b[1m\x1b[31mERROR:\x1b[0m\x1b[0m nope\n"


def test_a_prompt_with_escapes_is_shown_too() -> None:
    assert "^[[2J" in Text(SETTINGS, Usage(), "\x1b[2J", color=False).open("T")


VISIBLE = {
    "plain é 漢字 \U0001f600": "plain é 漢字 \U0001f600",
    "a\tb\nc": "a\tb\nc",
    "a\r\nb": "a\nb",
    "50%\r100%": "50%^M100%",
    "\x1b[1m": "^[[1m",
    "\x00\x7f\x85": "^@^?\\x85",
    "\u2028\u2066x": "\\u2028\\u2066x",
    "\ud800": "?",
}


@pytest.mark.parametrize("text", VISIBLE)
def test_visible(text: str) -> None:
    assert visible(text) == VISIBLE[text]


def test_one_line() -> None:
    assert one_line("a\nb\x1b") == "a\\nb^["


@pytest.mark.parametrize(
    ("policy", "line"),
    [
        (SandboxPolicy("read-only"), "read-only"),
        (SandboxPolicy("danger-full-access"), "danger-full-access"),
        (
            SandboxPolicy("workspace-write", network_access=True, exclude_slash_tmp=True),
            "workspace-write [workdir, $TMPDIR] (network access enabled)",
        ),
    ],
)
def test_sandbox_line(policy: SandboxPolicy, line: str) -> None:
    assert sandbox_line(policy) == line


@pytest.mark.parametrize(("ms", "text"), [(0, "0ms"), (999, "999ms"), (1500, "1.50s"), (125_400, "2m 05s")])
def test_duration(ms: int, text: str) -> None:
    assert duration(ms) == text
