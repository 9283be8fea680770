"""`csm model` as a program against a scripted server: figures, logs, and turns with bounded tools."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from csm.api.testing import ResponsesServer

CALL = {"call": ("exec_command", {"cmd": "echo ran"})}


def csm(env: dict[str, str], work: Path, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "csm", "model", *words]
    done = subprocess.run(command, env=env, cwd=work, input=stdin, capture_output=True, text=True, timeout=60)
    assert "Traceback" not in done.stderr
    return done


def serve(env: dict[str, str], script: list[Any], env_key: str = "") -> ResponsesServer:
    server = ResponsesServer(script)
    server.__enter__()
    Path(env["CODEX_HOME"], "config.toml").write_text(server.config_toml(env_key=env_key))
    return server


def test_a_response_is_summed_up(env: dict[str, str], worktree: Path) -> None:
    with serve(env, [{"reasoning": "hm", "text": "héllo \x1b[31m"}]) as server:
        done = csm(env, worktree, "stream-summary", "say", stdin="more")
        sent = server.requests[0].json
    lines = done.stdout.splitlines()
    assert done.returncode == 0
    assert lines[0] == "status: completed"
    assert "items: reasoning 1, message 1" in lines
    assert "text bytes: 12" in lines
    assert "tokens: input 100, cached 10, output 20, reasoning 5, total 120, written 0" in lines
    assert lines[-1] == "héllo ^[[31m"
    assert ("tools" not in sent or sent["tools"] == []) and "instructions" not in sent
    assert server.requests[0].texts()[-1] == "say\n\n<stdin>\nmore\n</stdin>"
    assert list(Path(env["CODEX_HOME"]).rglob("*.jsonl")) == []


def test_facts_of_a_model_come_from_the_users_catalog(env: dict[str, str], worktree: Path) -> None:
    model = {
        "slug": "mine",
        "supported_reasoning_levels": [{"effort": "low"}],
        "default_reasoning_level": "low",
        "support_verbosity": True,
        "default_verbosity": "high",
        "context_window": 1000,
        "truncation_policy": {"mode": "tokens", "limit": 100},
    }
    (worktree / "models.json").write_text(json.dumps({"models": [model]}))
    with serve(env, [{"text": "ok"}]) as server:
        done = csm(env, worktree, "stream-summary", "-m", "mine", "-c", "model_catalog_json=models.json", "x")
        sent = server.requests[0].json
    assert done.returncode == 0, done.stderr
    assert (sent["reasoning"]["effort"], sent["text"]) == ("low", {"verbosity": "high"})


def test_figures_are_json_too(env: dict[str, str], worktree: Path) -> None:
    with serve(env, [{"text": ["a", "b", "c"]}]):
        told = json.loads(csm(env, worktree, "stream-summary", "--json", "-m", "some-model", "x").stdout)
    assert {key: told[key] for key in ("status", "error", "model", "text", "text_deltas", "streamed_bytes")} == {
        "status": "completed",
        "error": None,
        "model": "some-model",
        "text": "abc",
        "text_deltas": 3,
        "streamed_bytes": 3,
    }
    assert told["events"] == sum((1, 1, 3, 1, 1))
    assert 0 <= told["first_event_ms"] <= told["first_text_ms"] <= told["total_ms"]


FAILURES = {
    "refused": ({"http": 400, "body": "not you"}, "not you"),
    "cut": ({"text": "half", "drop": 3}, "stream closed before response.completed"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_failed_response_is_a_status(name: str, env: dict[str, str], worktree: Path) -> None:
    turn, message = FAILURES[name]
    with serve(env, [turn, turn]):
        done = csm(env, worktree, "stream-summary", "x")
        logged = csm(env, worktree, "stream-to-log", "--log", "log", "x")
    assert (done.returncode, done.stdout.splitlines()[0]) == (1, "status: failed")
    assert message in done.stdout
    assert (logged.returncode, logged.stdout) == (1, "")
    assert message in logged.stderr


def test_events_are_logged_line_by_line(env: dict[str, str], worktree: Path) -> None:
    with serve(env, [{"text": ["one ", "two"]}]):
        done = csm(env, worktree, "stream-to-log", "--log", "events.jsonl", "x")
    lines = [json.loads(line) for line in (worktree / "events.jsonl").read_text().splitlines()]
    assert done.stdout == f"{len(lines)} events in events.jsonl\n"
    assert [line["type"] for line in lines] == ["created", "item_started", "text", "text", "item_done", "completed"]
    assert [line["text"] for line in lines if line["type"] == "text"] == ["one ", "two"]
    assert lines[4]["item"]["content"][0]["text"] == "one two"
    assert [line["ms"] for line in lines] == sorted(line["ms"] for line in lines)


@pytest.mark.parametrize("words", [[], ["--log", "/nowhere/at/all"]])
def test_a_log_needs_a_file(words: list[str], env: dict[str, str], worktree: Path) -> None:
    done = csm(env, worktree, "stream-to-log", *words, "x")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: ")


def test_a_turn_without_tools(env: dict[str, str], worktree: Path) -> None:
    with serve(env, [{"text": "answer"}]) as server:
        done = csm(env, worktree, "run-turn", "x")
        assert server.requests[0].json.get("tools", []) == []
    assert (done.returncode, done.stdout) == (0, "answer\n")
    assert "completed: 1 requests" in done.stderr


def test_tools_run_once_and_are_not_told(env: dict[str, str], worktree: Path) -> None:
    with serve(env, [CALL, {"text": "never"}]) as server:
        done = csm(env, worktree, "run-tool-turn", "x")
        assert len(server.requests) == 1
    assert (done.returncode, done.stdout) == (0, "")
    assert "/bin/bash -lc 'echo ran' completed: ran" in done.stderr


@pytest.mark.parametrize(("words", "rounds"), [([], 3), (["--max-tool-rounds", "2"], 2)])
def test_tools_are_told_for_so_many_rounds(words: list[str], rounds: int, env: dict[str, str], worktree: Path) -> None:
    with serve(env, [*[CALL] * rounds, {"text": "done"}]) as server:
        done = csm(env, worktree, "run-tool-turn", "--continue-after-tools", "--json", *words, "x")
        offered = [bool(request.json.get("tools")) for request in server.requests]
    told = json.loads(done.stdout)
    assert (told["status"], told["text"], told["requests"], len(told["tools"])) == (
        "completed",
        "done",
        rounds + 1,
        rounds,
    )
    assert told["tokens"]["input"] == 100 * (rounds + 1)
    assert offered == [*[True] * rounds, rounds == 3]


def test_a_model_that_calls_on_is_stopped(env: dict[str, str], worktree: Path) -> None:
    with serve(env, [CALL] * 3) as server:
        done = csm(env, worktree, "run-tool-turn", "--continue-after-tools", "--max-tool-rounds", "1", "x")
        assert len(server.requests) == 2
    assert done.returncode == 1
    assert "the model would have gone on after 1 rounds of tools" in done.stderr
    assert done.stderr.count("echo ran") == 1


def test_a_call_in_a_turn_without_tools_is_not_carried_out(env: dict[str, str], worktree: Path) -> None:
    with serve(env, [CALL, {"text": "never"}]) as server:
        done = csm(env, worktree, "run-turn", "--json", "x")
        assert len(server.requests) == 1
    told = json.loads(done.stdout)
    assert (done.returncode, told["status"], told["tools"]) == (1, "stopped", [])


@pytest.mark.parametrize("count", ["0", "-1", "many", "1001"])
def test_rounds_are_a_number(count: str, env: dict[str, str], worktree: Path) -> None:
    words = ["run-tool-turn", f"--max-tool-rounds={count}", "x"]
    done = csm(env, worktree, *words)
    assert (done.returncode, done.stdout) == (1, "")
    assert "--max-tool-rounds is a number from 1 to 1000" in done.stderr


def test_the_key_may_come_from_a_file(env: dict[str, str], worktree: Path) -> None:
    (worktree / "key").write_text("sk-from-a-file\n")
    with serve(env, [{"text": "a"}, {"text": "b"}], env_key="NOT_SET") as server:
        assert csm(env, worktree, "stream-summary", "x").returncode == 1
        assert csm(env, worktree, "stream-summary", "--api-key-file", "key", "x").returncode == 0
        assert csm(env, worktree, "run-turn", "--api-key-file", "key", "x").stdout == "b\n"
        keys = [request.headers["authorization"] for request in server.requests]
    assert keys == ["Bearer sk-from-a-file"] * 2
