"""`csm tool`: real commands through the real tools, step by step."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from csm.cli import steps
from csm.cli.steps import Step
from csm.protocol.errors import CsmError

READ = {
    "send a b\\n": Step("send", "a b\n"),
    "send \\x1b[A\\e\\\\n\\t": Step("send", "\x1b[A\x1b\\n\t"),
    "wait done: ok": Step("wait", "done: ok"),
    "key C-c": Step("send", "\x03"),
    "key enter": Step("send", "\r"),
    "key q": Step("send", "q"),
    "pause 250": Step("pause", ms=250),
}


@pytest.mark.parametrize("line", READ)
def test_steps_are_read(line: str) -> None:
    assert steps.read(["", "# why", f"  {line} "]) == [READ[line]]


@pytest.mark.parametrize("line", ["send", "wait", "jump high", "key C-", "key F99", "pause soon", "pause 999999999"])
def test_bad_steps_are_refused(line: str) -> None:
    with pytest.raises(CsmError):
        steps.read([line])


def csm(env: dict[str, str], work: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "csm", "tool", *words]
    done = subprocess.run(command, env=env, cwd=work, capture_output=True, text=True, timeout=60)
    assert "Traceback" not in done.stderr
    return done


def test_what_the_model_would_read(env: dict[str, str], worktree: Path) -> None:
    done = csm(env, worktree, "shell", "cat a.txt; exit 3")
    assert done.returncode == 3
    text = re.sub(r"ID: \w+|[\d.]+ seconds", "X", done.stdout)
    assert text == "Chunk X\nWall time: X\nProcess exited with code 3\nOriginal token count: 2\nOutput:\nhello\n"
    assert list(Path(env["CODEX_HOME"]).rglob("*.jsonl")) == []


def test_the_sandbox_holds_it(env: dict[str, str], worktree: Path) -> None:
    words = ["shell", "--json", "echo x > made; cat made"]
    done = json.loads(csm(env, worktree, *words).stdout)
    assert done["status"] == done["exit_code"] == 1
    assert "Read-only file system" in done["output"]
    done = json.loads(csm(env, worktree, "shell", "-s", "workspace-write", *words[1:]).stdout)
    assert (done["status"], done["output"]) == (0, "x\n")


def test_a_refusal_is_what_the_model_would_read(env: dict[str, str], worktree: Path) -> None:
    done = csm(env, worktree, "shell", "rm -rf /nowhere")
    assert done.returncode == 1
    assert "rejected: rm -f style commands are not permitted" in done.stdout


def test_a_terminal_is_typed_into(env: dict[str, str], worktree: Path) -> None:
    (worktree / "steps").write_text("wait name?\n# greet\nsend Bo\\n\n")
    command = "test -t 0 && read -p 'name? ' x && echo hi $x && cat"
    done = csm(
        env, worktree, "pty", command, "--script", "steps", "--step", "wait hi Bo", "--step", "key C-c", "--json"
    )
    told = json.loads(done.stdout)
    assert (told["error"], told["exit_code"], done.returncode) == (None, 130, 130)
    assert "hi Bo" in told["output"]
    assert len(told["answers"]) == 3


def test_output_comes_as_it_is_written(env: dict[str, str], worktree: Path) -> None:
    done = csm(env, worktree, "pty-live", "echo one; read x; echo two $x", "--step", "wait one", "--step", "send z\\n")
    assert (done.returncode, done.stdout.split()) == (0, ["one", "z", "two", "z"])


def test_what_never_comes_is_an_error(env: dict[str, str], worktree: Path) -> None:
    done = csm(env, worktree, "pty", "echo one", "--step", "wait two")
    assert done.returncode == 1
    assert "Error: `two` never came" in done.stderr


@pytest.mark.parametrize("kind", ["shell", "pty"])
def test_what_runs_too_long_is_ended(kind: str, env: dict[str, str], worktree: Path) -> None:
    ours = f"86399.{os.getpid()}"  # told apart from the same test of another run
    done = csm(env, worktree, kind, f"sleep {ours}", "--timeout", "0.3")
    assert (done.returncode, done.stderr) == (1, "Error: the command ran too long and was ended\n")
    assert subprocess.run(["pgrep", "-f", f"sleep {ours}"], capture_output=True).returncode == 1


@pytest.mark.parametrize("words", [["--timeout", "soon"], ["--step", "jump"], ["--script", "/nowhere"]])
def test_bad_options_are_refused(words: list[str], env: dict[str, str], worktree: Path) -> None:
    done = csm(env, worktree, "shell", "echo", *words)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: ")
