"""How a run ends when something outside ends it: signals and closed pipes; nothing is left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from csm.api.testing import ResponsesServer

PATIENCE = 15.0


def configure(env: dict[str, str], server: ResponsesServer, work: Path) -> None:
    text = f'model_provider = "scripted"\n[model_providers.scripted]\nbase_url = "{server.url}"\n'
    text += f'[projects."{work}"]\ntrust_level = "trusted"\n'
    Path(env["CODEX_HOME"], "config.toml").write_text(text)


def begin(env: dict[str, str], work: Path, *words: str, **kwargs: Any) -> subprocess.Popen[str]:
    options: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    command = [sys.executable, "-m", "csm", "exec", *words, "go"]
    return subprocess.Popen(command, env=env, cwd=work, text=True, preexec_fn=_heard, **{**options, **kwargs})


def _heard() -> None:
    """Under nohup, and in many CI systems, SIGHUP is ignored, and stays so in every child."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def until(condition: Callable[[], Any], what: str) -> Any:
    limit = time.monotonic() + PATIENCE
    while time.monotonic() < limit:
        if found := condition():
            return found
        time.sleep(0.01)
    raise AssertionError(f"waited in vain for {what}")


def processes(mark: str) -> list[int]:
    """Processes whose command line holds `mark`."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if mark.encode() in (entry / "cmdline").read_bytes() and int(entry.name) != os.getpid():
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def log(env: dict[str, str]) -> str:
    return "".join(path.read_text() for path in Path(env["CODEX_HOME"]).rglob("rollout-*.jsonl"))


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 1), (signal.SIGTERM, -signal.SIGTERM), (signal.SIGHUP, -signal.SIGHUP)]
)
def test_a_signal_stops_command_and_turn(env: dict[str, str], worktree: Path, number: int, status: int) -> None:
    mark = f"sleep 98{os.getpid()}"
    call = ("exec_command", {"cmd": f"echo begun; trap '' TERM INT HUP; {mark}; {mark}", "yield_time_ms": 30_000})
    with ResponsesServer([{"call": call}]) as server:
        configure(env, server, worktree)
        program = begin(env, worktree, "--json", "-s", "workspace-write")
        until(lambda: processes(mark), "the command")
        program.send_signal(number)
        out, err = program.communicate(timeout=PATIENCE)
    assert program.returncode == status, err
    assert "Traceback" not in err
    assert '"item.started"' in out
    assert "turn.completed" not in out
    assert processes(mark) == []
    assert '"turn_aborted"' in log(env)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_second_signal_kills_at_once_as_signals_do(env: dict[str, str], worktree: Path, number: int) -> None:
    mark = f"sleep 97{os.getpid()}"
    call = ("exec_command", {"cmd": f"trap '' TERM INT HUP; >begun; {mark}; {mark}", "yield_time_ms": 30_000})
    with ResponsesServer([{"call": call}]) as server:
        configure(env, server, worktree)
        program = begin(env, worktree, "--json", "-s", "workspace-write")
        until((worktree / "begun").exists, "the command")
        program.send_signal(number)
        program.send_signal(number)
        _, err = program.communicate(timeout=PATIENCE)
    assert program.returncode == -number, err
    assert "Traceback" not in err
    until(lambda: processes(mark) == [], "the end of the command")


def test_an_interrupt_while_the_model_thinks(env: dict[str, str], worktree: Path) -> None:
    with ResponsesServer([{"text": "half", "hang": True}]) as server:
        configure(env, server, worktree)
        program = begin(env, worktree)
        server.wait_requests(1)
        program.send_signal(signal.SIGINT)
        out, err = program.communicate(timeout=PATIENCE)
    assert (program.returncode, out) == (1, "")
    assert "Traceback" not in err
    assert '"turn_aborted"' in log(env)


def test_a_reader_that_goes_away_ends_the_turn_quietly(env: dict[str, str], worktree: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    with ResponsesServer([{"text": "answer"}], repeat=True) as server:
        configure(env, server, worktree)
        for words in (["--json"], []):
            program = begin(env, worktree, *words, stdout=write)
            _, err = program.communicate(timeout=PATIENCE)
            assert program.returncode == 1
            assert "Traceback" not in err
            assert "BrokenPipe" not in err
    os.close(write)


def test_a_closed_stderr_is_no_error(env: dict[str, str], worktree: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    with ResponsesServer([{"text": "answer"}]) as server:
        configure(env, server, worktree)
        program = begin(env, worktree, stderr=write)
        out, _ = program.communicate(timeout=PATIENCE)
    os.close(write)
    assert (program.returncode, out) == (0, "answer\n")


@pytest.mark.parametrize("closed", ["<&- >&- 2>&-", ">&-", "2>&-", "<&-"])
def test_closed_streams_do_no_harm(closed: str, env: dict[str, str], worktree: Path) -> None:
    """Else the log, or a socket, would get the number of a closed stream, and with it our output."""
    with ResponsesServer([{"text": "answer"}]) as server:
        configure(env, server, worktree)
        words = f"{sys.executable} -m csm exec --json -o last.txt go {closed}"
        options: dict[str, Any] = {"stdin": subprocess.DEVNULL, "capture_output": True, "timeout": PATIENCE}
        done = subprocess.run(["sh", "-c", words], env=env, cwd=worktree, **options)
    assert done.returncode == 0
    assert (worktree / "last.txt").read_text() == "answer"
    lines = [json.loads(line) for line in log(env).splitlines()]
    assert {"timestamp", "type", "payload"} <= set.intersection(*(set(line) for line in lines))


def test_a_last_message_file_is_emptied_when_the_turn_fails(env: dict[str, str], worktree: Path) -> None:
    (worktree / "last.txt").write_text("old")
    with ResponsesServer([{"http": 400, "body": "no"}]) as server:
        configure(env, server, worktree)
        program = begin(env, worktree, "-o", "last.txt")
        program.communicate(timeout=PATIENCE)
    assert program.returncode == 1
    assert (worktree / "last.txt").read_text() == ""


def test_no_turn_is_silent_about_it(env: dict[str, str], worktree: Path) -> None:
    with ResponsesServer([{"usage": None}]) as server:
        configure(env, server, worktree)
        program = begin(env, worktree, "-o", "last.txt")
        out, err = program.communicate(timeout=PATIENCE)
    assert (program.returncode, out) == (0, "")
    assert "Warning: no last agent message; wrote empty content to" in err


def test_exec_imports_no_terminal_library(env: dict[str, str], worktree: Path) -> None:
    with ResponsesServer([{"call": ("exec_command", {"cmd": "true"})}, {"text": "ok"}]) as server:
        configure(env, server, worktree)
        program = begin({**env, "PYTHONPROFILEIMPORTTIME": "1"}, worktree)
        out, err = program.communicate(timeout=60)
    names = {line.rpartition("|")[2].strip().partition(".")[0] for line in err.splitlines() if "import time:" in line}
    assert out == "ok\n"
    assert "msgspec" in names
    assert names.isdisjoint({"prompt_toolkit", "pygments", "markdown_it", "mcp", "pexpect", "httpx", "http"})


@pytest.mark.parametrize("share", [0.5, 0.7, 0.9])
def test_an_interrupt_at_any_moment_of_the_start_is_quiet(env: dict[str, str], worktree: Path, share: float) -> None:
    with ResponsesServer([{"text": "x", "hang": True}] * 2) as server:
        configure(env, server, worktree)
        start = time.monotonic()
        first = begin(env, worktree)
        server.wait_requests(1)
        whole = time.monotonic() - start
        first.kill()
        first.communicate(timeout=PATIENCE)
        program = begin(env, worktree, stdin=subprocess.PIPE)
        assert program.stdin
        program.stdin.close()
        time.sleep(whole * share)  # not for synchronisation: the moment is what varies
        program.send_signal(signal.SIGINT)
        assert program.stdout
        assert program.stderr
        out, err = program.stdout.read(), program.stderr.read()
        program.wait(PATIENCE)
    assert (program.returncode, out) == (1, "")
    assert "Traceback" not in err, err


def test_a_broken_script_of_the_user_is_told_and_the_turn_goes_on(env: dict[str, str], worktree: Path) -> None:
    script = Path(env["XDG_CONFIG_HOME"], "csm/init.py")
    script.parent.mkdir(parents=True)
    script.write_text("def configure(csm):\n    raise RuntimeError('\\x1b[31mnot today')\n")
    with ResponsesServer([{"text": "answer"}]) as server:
        configure(env, server, worktree)
        program = begin(env, worktree)
        out, err = program.communicate(timeout=PATIENCE)
    assert (program.returncode, out) == (0, "answer\n")
    assert "init.py" in err
    assert "not today" in err
    assert "\x1b" not in err
