"""Threads from a Python program: events, answers, asks, resuming; and the example as a program of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from csm.api import CsmError, Session, events, hook, items, ops, run
from csm.api.testing import ResponsesServer
from csm.protocol.tools import Ask, ToolResult, ToolSpec

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "embed.py"


def test_the_example_prints_commands_and_answer(env: dict[str, str], worktree: Path) -> None:
    script = [{"call": ("exec_command", {"cmd": "cat a.txt"})}, {"text": "It says hello."}]
    with ResponsesServer(script) as server:
        Path(env["CODEX_HOME"], "config.toml").write_text(server.config_toml())
        done = subprocess.run(
            [sys.executable, str(EXAMPLE), "look", "around"], env=env, cwd=worktree, capture_output=True, text=True
        )
        assert server.requests[0].texts()[-1] == "look around"
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "\n$ /bin/bash -lc 'cat a.txt' -> 0\nIt says hello."
    code = [line for line in EXAMPLE.read_text().splitlines()[3:] if line and not line.startswith(("import", "from"))]
    assert len(code) <= 10


def test_the_example_ends_with_the_error(env: dict[str, str], worktree: Path) -> None:
    with ResponsesServer([{"http": 400, "body": "no more"}]) as server:
        Path(env["CODEX_HOME"], "config.toml").write_text(server.config_toml())
        done = subprocess.run([sys.executable, str(EXAMPLE)], env=env, cwd=worktree, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "no more\n")


def test_a_thread_goes_on_in_another_session(env: dict[str, str], worktree: Path) -> None:
    with ResponsesServer([{"text": "one"}, {"text": "two"}, {"text": "three"}]) as server:
        how: dict[str, Any] = {"env": env, "settings": server.overrides()}
        with Session(worktree, **how) as session:
            assert session.ask("first") == "one"
            assert [turn.last_message for turn in session.thread().turns if turn.id] == ["one"]
        with Session(worktree, resume=session.thread_id, **how) as again:
            assert again.ask("second", schema=b'{"type":"object"}') == "two"
        assert run("third", worktree, ephemeral=True, **how) == "three"
        assert server.requests[1].texts()[-2:] == ["first", "second"]
    assert len(list(Path(env["CODEX_HOME"]).rglob("rollout-*.jsonl"))) == 1


def test_what_is_found_while_opening_is_told(env: dict[str, str], worktree: Path) -> None:
    with ResponsesServer([{"text": "one"}]) as server:
        how: dict[str, Any] = {"env": env, "settings": server.overrides()}
        with Session(worktree, **how) as session:
            assert session.notices == ()
            session.ask("first")
        path = next(Path(env["CODEX_HOME"]).rglob("rollout-*.jsonl"))
        path.write_bytes(path.read_bytes() + b'{"torn')
        how["settings"] |= {"profile": "none"}
        with Session(worktree, resume=session.thread_id, **how) as again:
            missing, torn = again.notices
    assert missing.message.startswith("config profile `none` not found")
    assert torn.level == "warning" and "cut" in torn.message


class Careful:
    """A tool that asks before it does nothing."""

    spec = ToolSpec("careful", b'{"type":"function","name":"careful"}')  # type: ignore[arg-type]

    async def run(self, call: Any, cx: Any) -> ToolResult:
        answer = await cx.ask(Ask("ask", call.call_id, "tool", "May I?"))
        return ToolResult(f"{answer.decision} {answer.text}".strip())


class Plugin:
    @hook
    def tools(self) -> list[Any]:
        return [Careful()]


ANSWERS = {
    "decision": (lambda ask: "accept", "accept"),
    "op": (lambda ask: ops.AnswerAsk(ask.id, "decline", "not so"), "decline not so"),
    "nobody": (None, "decline nobody can be asked here"),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_asks_are_answered(name: str, env: dict[str, str], worktree: Path) -> None:
    answer, output = ANSWERS[name]
    with ResponsesServer([{"call": ("careful", {}, "c1")}, {"text": "done"}]) as server:
        settings = {**server.overrides(), "approval_policy": "on-request"}
        with Session(worktree, env=env, settings=settings, answer=answer, plugins=[Plugin()]) as session:
            assert session.ask("go") == "done"
        assert server.requests[1].outputs() == {"c1": output}


def test_whoever_stops_iterating_stops_the_turn(env: dict[str, str], worktree: Path) -> None:
    with (
        ResponsesServer([{"text": "half", "hang": True}, {"text": "whole"}]) as server,
        Session(worktree, env=env, settings=server.overrides()) as session,
    ):
        for event in session.turn("go"):
            if isinstance(event.body, events.TextDelta):
                break
        assert session.thread().turns[-1].status == "interrupted"
        assert session.ask("again") == "whole"


def test_failures_are_errors(env: dict[str, str], worktree: Path) -> None:
    with ResponsesServer([{"http": 400, "body": "no more"}]) as server:
        settings = server.overrides()
        with pytest.raises(CsmError, match="no more"):
            run("go", worktree, env=env, settings=settings)
        with pytest.raises(CsmError, match="no rollout found"):
            Session(worktree, env=env, settings=settings, resume="01900000-0000-7000-8000-000000000000")
        with pytest.raises(CsmError, match="not found"):
            Session(worktree, env=env, settings={"model_provider": "nobody"})


def test_a_review_is_a_turn(env: dict[str, str], worktree: Path) -> None:
    result = {"findings": [], "overall_correctness": "patch is correct", "overall_explanation": "Fine."}
    with (
        ResponsesServer([{"text": json.dumps(result)}]) as server,
        Session(worktree, env=env, settings=server.overrides()) as session,
    ):
        shown = [event.body for event in session.review()]
    said = [body.item.text for body in shown if isinstance(getattr(body, "item", None), items.AgentMessage)]
    assert said == ["Fine."]


def test_the_page_on_scripting_tells_no_tales(env: dict[str, str], worktree: Path) -> None:
    """Its Python example runs as it stands, but for the folder."""
    page = (EXAMPLE.parents[1] / "docs" / "scripting.md").read_text()
    code = page.partition("```python\n")[2].partition("```")[0].replace("/some/folder", str(worktree))
    with ResponsesServer([{"text": "Tidied. "}, {"text": "The imports."}]) as server:
        Path(env["CODEX_HOME"], "config.toml").write_text(server.config_toml())
        done = subprocess.run([sys.executable, "-c", code], env=env, cwd=worktree, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("Tidied. The imports.\n", "")
