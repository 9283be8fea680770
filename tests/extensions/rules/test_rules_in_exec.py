"""What rules do in `csm exec`: real files, a real sandbox, and what the model reads of it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from csm.api.testing import ResponsesServer

RULES = """\
prefix_rule(pattern=["git", "push"], decision="forbidden", justification="Use the review tool.")
prefix_rule(pattern=["git", "pull"], decision="forbidden")
prefix_rule(pattern=["git", "log"], decision="prompt", justification="why the log?")
prefix_rule(pattern=["touch"])
prefix_rule(pattern=["rm"])
"""
NEVER = "approval required by policy, but AskForApproval is set to Never"
NO_ESCALATION = (
    "approval policy is Never; reject command — you cannot ask for escalated permissions"
    " if the approval policy is Never"
)


def wrapped(text: str) -> str:
    return f'exec_command failed: CreateProcess {{ message: "Rejected(\\"{text}\\")" }}'


def refused(script: str, why: str) -> str:
    return f"`/bin/bash -lc {script}` rejected: {why}"


class Exec:
    """`csm exec` in a work tree, against a model that makes the given calls one after the other."""

    def __init__(self, env: dict[str, str], work: Path) -> None:
        self.env, self.work = env, work
        self.home = Path(env["CODEX_HOME"])

    def run(
        self, calls: list[dict[str, Any]], *options: str, tool: str = "exec_command", sandbox: str = "read-only"
    ) -> list[str]:
        """What the model read of each call; the process is in `done`."""
        turns: list[Any] = [{"call": (tool, arguments, f"c{at}")} for at, arguments in enumerate(calls)]
        with ResponsesServer([*turns, {"text": "done"}]) as server:
            (self.home / "config.toml").write_text(
                f'model_provider = "scripted"\n[model_providers.scripted]\nbase_url = "{server.url}"\n'
                f'[projects."{self.work}"]\ntrust_level = "trusted"\n'
            )
            command = [sys.executable, "-m", "csm", "exec", "--json", "-s", sandbox, *options, "go"]
            self.done = subprocess.run(
                command, env=self.env, cwd=self.work, capture_output=True, text=True, timeout=60, input=""
            )
            answers = {call: text for request in server.requests for call, text in request.outputs().items()}
        return [answers[f"c{at}"] for at in range(len(calls))] if answers else []

    def scripts(self, *scripts: str, **more: Any) -> list[str]:
        return self.run([{"cmd": script, "login": False, **more} for script in scripts])


@pytest.fixture
def exec_(env: dict[str, str], worktree: Path) -> Exec:
    return Exec(env, worktree)


def test_each_decision_as_the_model_reads_it(exec_: Exec, put: Any) -> None:
    put(exec_.home, "a", RULES)
    (exec_.work / "here").mkdir()
    calls = [
        {"cmd": "git push origin"},
        {"cmd": "git pull"},
        {"cmd": "git log"},
        {"cmd": "touch free && rm -rf here"},
        {"cmd": "touch held; pwd"},
        {"cmd": "./git push", "login": False},
        {"cmd": "touch x", "sandbox_permissions": "require_escalated", "justification": "j"},
    ]
    push, pull, log, free, held, planted, escalated = exec_.run(calls)
    assert push == wrapped(refused("'git push origin'", "Use the review tool."))
    assert pull == wrapped(refused("'git pull'", "policy forbids commands starting with `git pull`"))
    assert log == wrapped(NEVER)
    assert "exited with code 0" in free
    assert (exec_.work / "free").exists() and not (exec_.work / "here").exists()
    assert "Read-only file system" in held and not (exec_.work / "held").exists()
    assert planted == wrapped("`/bin/bash -c './git push'` rejected: Use the review tool.")
    assert escalated == NO_ESCALATION
    items = [json.loads(line).get("item", {}) for line in exec_.done.stdout.splitlines()]
    shown = [item["command"] for item in items if item.get("type") == "command_execution" and item["exit_code"] == 0]
    assert shown == ["/bin/bash -lc 'touch free && rm -rf here'", "/bin/bash -lc 'touch held; pwd'"]
    assert exec_.done.returncode == 0


def test_the_other_tools_words_are_plain(exec_: Exec, put: Any) -> None:
    put(exec_.home, "a", RULES)
    calls = [{"command": script} for script in ("git push", "git log", "touch free")]
    push, log, free = exec_.run(calls, "--disable", "unified_exec", tool="shell_command")
    assert push == refused("'git push'", "Use the review tool.")
    assert log == NEVER
    assert free.startswith("Exit code: 0\n") and (exec_.work / "free").exists()


def test_without_a_sandbox_rules_still_refuse(exec_: Exec, put: Any) -> None:
    put(exec_.home, "a", RULES)
    calls = [{"cmd": script, "login": False} for script in ("git log", "git push", "rm -rf a.txt")]
    log, push, removed = exec_.run(calls, sandbox="danger-full-access")
    assert log == wrapped(NEVER) and "Use the review tool." in push
    assert "Process exited with code 0" in removed and not (exec_.work / "a.txt").exists()


def test_of_a_trusted_project(exec_: Exec, put: Any) -> None:
    put(exec_.work / ".codex", "p", 'prefix_rule(["touch"])\nprefix_rule(["ls"], "forbidden", justification="ours")')
    free, listed = exec_.scripts("touch free", "ls")
    assert "exited with code 0" in free and (exec_.work / "free").exists()
    assert "rejected: ours" in listed


def test_ignored_when_asked_to(exec_: Exec, put: Any) -> None:
    put(exec_.home, "a", 'prefix_rule(["touch"])\nprefix_rule(["ls"], "forbidden")\nbroken(')
    held, listed = exec_.run([{"cmd": "touch x", "login": False}, {"cmd": "ls", "login": False}], "--ignore-rules")
    assert "Read-only file system" in held and "a.txt" in listed


def test_a_program_planted_in_the_work_tree_is_not_freed_by_its_name(exec_: Exec, put: Any) -> None:
    put(exec_.home, "a", RULES)
    (exec_.work / "touch").write_text("#!/bin/sh\n/usr/bin/touch escaped\n")
    (exec_.work / "touch").chmod(0o755)
    exec_.scripts("./touch", str(exec_.work / "touch"))
    assert not (exec_.work / "escaped").exists()


def test_a_broken_file_stops_it_before_a_session_begins(exec_: Exec, put: Any) -> None:
    path = put(exec_.home, "a", '\nprefix_rule(["touch"], decision="\x1b[31m")')
    assert exec_.scripts("touch x") == []
    assert exec_.done.returncode == 1 and exec_.done.stdout == ""
    first, second = exec_.done.stderr.splitlines()[-2:]
    assert first == "Error loading rules:"
    assert second.startswith(f"{path}:2: invalid decision: ") and "\x1b" not in second
    assert not (exec_.home / "sessions").exists()


def test_rm_without_a_rule_is_refused_in_the_same_wrapper(exec_: Exec) -> None:
    (answer,) = exec_.scripts("rm -rf a.txt")
    text = "`/bin/bash -c 'rm -rf a.txt'` rejected: rm -f style commands are not permitted. Use a safer approach"
    assert answer == wrapped(text)
