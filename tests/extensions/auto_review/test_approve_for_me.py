"""`csm exec --approve-for-me`: a real server, a real sandbox, and who said yes in the log."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from csm.api.testing import ResponsesServer

ALLOW = {
    "text": json.dumps({"risk_level": "low", "user_authorization": "high", "outcome": "allow", "rationale": "Fine."})
}
DENY = {"text": json.dumps({"outcome": "deny", "rationale": "Too far."})}
ESCALATED = {"sandbox_permissions": "require_escalated", "justification": "J", "login": False}


class Exec:
    def __init__(self, env: dict[str, str], work: Path) -> None:
        self.env, self.work, self.home = env, work, Path(env["CODEX_HOME"])
        self.outside = work.parent / "outside"

    def run(self, turns: list[Any], *options: str) -> subprocess.CompletedProcess[str]:
        """The process; `requests` and `outputs` are kept."""
        with ResponsesServer(turns) as server:
            (self.home / "config.toml").write_text(
                f'model_provider = "scripted"\n[model_providers.scripted]\nbase_url = "{server.url}"\n'
                "request_max_retries = 0\nstream_max_retries = 0\n"
                f'[projects."{self.work}"]\ntrust_level = "trusted"\n'
                "[sandbox_workspace_write]\nexclude_slash_tmp = true\nexclude_tmpdir_env_var = true\n"
            )
            command = [sys.executable, "-m", "csm", "exec", *options, "go"]
            done = subprocess.run(
                command, env=self.env, cwd=self.work, capture_output=True, text=True, timeout=60, input=""
            )
            self.requests = server.requests
        self.outputs = {call: text for request in self.requests for call, text in request.outputs().items()}
        return done

    def touch(self, call: str = "c") -> dict[str, Any]:
        return {"call": ("exec_command", {"cmd": f"touch {self.outside}", **ESCALATED}, call)}


@pytest.fixture
def exec_(env: dict[str, str], worktree: Path) -> Exec:
    return Exec(env, worktree)


@pytest.mark.parametrize("options", [["--approve-for-me"], ["-c", "approvals_reviewer=auto_review"]])
def test_a_yes(exec_: Exec, options: list[str]) -> None:
    done = exec_.run([exec_.touch(), ALLOW, {"text": "done"}], "--json", *options)
    assert done.returncode == 0 and exec_.outside.exists()
    kinds = [(line["type"], line.get("item", {}).get("type")) for line in map(json.loads, done.stdout.splitlines())]
    assert kinds == [
        ("thread.started", None),
        ("turn.started", None),
        ("item.started", "command_execution"),
        ("item.completed", "command_execution"),
        ("item.completed", "agent_message"),
        ("turn.completed", None),
    ]
    usage = json.loads(done.stdout.splitlines()[-1])["usage"]
    assert usage["input_tokens"] == 200  # the reviewer's request is not the thread's
    review = exec_.requests[1].json
    assert review["text"]["format"]["strict"] is True and review["tools"] == []
    log = next(exec_.home.rglob("rollout-*.jsonl")).read_text()
    assert '"by":"auto_review"' in log and "risk_level" not in log
    assert "Approval policy is currently never" not in json.dumps(exec_.requests[0].json)


def test_a_no_in_words(exec_: Exec) -> None:
    done = exec_.run([exec_.touch(), DENY, {"text": "done"}], "--approve-for-me")
    assert done.returncode == 0 and done.stdout == "done\n" and not exec_.outside.exists()
    assert "approval: on-request\nsandbox: workspace-write" in done.stderr
    assert "The reviewer refused" in done.stderr and "Too far. (risk unknown)" in done.stderr
    assert exec_.outputs["c"].startswith(
        'exec_command failed: CreateProcess { message: "Rejected(\\"rejected by auto_review: Too far. (risk unknown). '
    )


def test_a_server_that_refuses_the_review(exec_: Exec) -> None:
    done = exec_.run([exec_.touch(), {"http": 400, "body": "no such thing"}, {"text": "done"}], "--approve-for-me")
    assert done.returncode == 0 and not exec_.outside.exists()
    assert "the review failed and nothing was done: " in exec_.outputs["c"]


def test_three_times_no(exec_: Exec) -> None:
    turns = [turn for number in range(3) for turn in (exec_.touch(f"c{number}"), DENY)]
    done = exec_.run([*turns, {"text": "never asked for"}], "--json", "--approve-for-me")
    assert done.returncode == 1 and len(exec_.requests) == 6
    items = [json.loads(line) for line in done.stdout.splitlines() if "command_execution" in line]
    assert [item["item"]["status"] for item in items] == ["in_progress", "declined"] * 3


def test_rules_that_ask_are_answered_and_those_that_forbid_are_not(exec_: Exec) -> None:
    (exec_.home / "rules").mkdir()
    (exec_.home / "rules/a.rules").write_text('prefix_rule(["cat"], "prompt")\nprefix_rule(["ls"], "forbidden")')
    calls = [{"call": ("exec_command", {"cmd": cmd, "login": False}, cmd[:3])} for cmd in ("cat a.txt", "ls", "pwd")]
    exec_.run([calls[0], ALLOW, calls[1], calls[2], {"text": "done"}], "--approve-for-me")
    assert "hello" in exec_.outputs["cat"] and "policy forbids" in exec_.outputs["ls"]
    assert str(exec_.work) in exec_.outputs["pwd"]
    assert len(exec_.requests) == 5


def test_it_stands_alone(exec_: Exec) -> None:
    done = exec_.run([], "--approve-for-me", "-s", "read-only")
    assert done.returncode == 2
    assert "the argument '--approve-for-me' cannot be used with '--sandbox <" in done.stderr
