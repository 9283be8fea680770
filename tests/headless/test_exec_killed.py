"""`csm exec` killed at any moment of real turns: what it told is in the log, and the session goes on, always the same.

`CSM_KILLS=200` makes as many kills; fewer are made without it. `CSM_SEED` chooses others.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from csm.api.testing import ResponsesServer, bundled
from csm.core.fold import Thread, fold

KILLS = int(os.environ.get("CSM_KILLS", "16"))
SEED = int(os.environ.get("CSM_SEED", "1"))
#: Kills after which another session is begun, so that beginnings are hit too.
AGAIN = 8


def answer(request: Any) -> Any:
    """A command, then what it printed, in many pieces."""
    items = request.json["input"]
    if items[-1].get("type") == "function_call_output":
        said = f"{len(items)} items so far"
        return [{"text": [f"{said}, ", *("word " * 20).split(" "), "end"]}]
    call = ("exec_command", {"cmd": f"echo out {len(items)}; seq 300"}, f"call{len(items)}")
    return [{"reasoning": "thinking it over"}, {"text": f"looking at {len(items)}"}, {"call": call}]


class Lab:
    """A home, a work tree and a server; `run` runs exec to its end, `kill` does not."""

    def __init__(self, home: Path, env: dict[str, str], work: Path, server: ResponsesServer) -> None:
        self.home, self.work, self.server = home, work, server
        self.env = {**env, "CODEX_HOME": str(home)}
        (home / "config.toml").write_text(
            f'model = "gpt-5.5"\nmodel_provider = "s"\n[model_providers.s]\nname = "s"\nbase_url = "{server.url}"\n'
        )

    def start(self, words: list[str], home: Path | None = None) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "csm", "exec", "--json", "--skip-git-repo-check", *words]
        env = self.env if home is None else {**self.env, "CODEX_HOME": str(home)}
        return subprocess.Popen(
            command, env=env, cwd=self.work, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def run(self, words: list[str], home: Path | None = None) -> list[dict[str, Any]]:
        child = self.start(words, home)
        out, err = child.communicate(timeout=60)
        assert child.returncode == 0, err.decode()
        return [json.loads(line) for line in out.splitlines()]

    def kill(self, words: list[str], after: float, sign: bytes) -> list[dict[str, Any]]:
        """The events it told until it was killed, `after` seconds from the first that holds `sign`, or its start."""
        child = self.start(words)
        assert child.stdout is not None
        lines: list[bytes] = []
        while sign and not (lines and sign in lines[-1]) and (line := child.stdout.readline()):
            lines.append(line)
        try:
            child.wait(after)
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)
        out, _ = child.communicate(timeout=60)
        lines += out.splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.endswith(b"\n")]

    def thread(self, thread_id: str) -> Thread:
        return fold(bundled("sessions", "store").RolloutStore(self.home).read(thread_id))

    def file(self, thread_id: str) -> Path | None:
        return next(self.home.rglob(f"rollout-*-{thread_id}.jsonl"), None)

    def twin(self) -> Path:
        """A copy of the home as it is."""
        twin = self.home.with_name("twin")
        shutil.rmtree(twin, ignore_errors=True)
        shutil.copytree(self.home, twin)
        return twin


def told(events: list[dict[str, Any]]) -> list[str]:
    """The texts of what was shown as finished."""
    items = [event["item"] for event in events if event["type"] == "item.completed"]
    return [item["aggregated_output"] if item["type"] == "command_execution" else item["text"] for item in items]


def check(lab: Lab, thread_id: str, events: list[dict[str, Any]]) -> None:
    """Nothing that was told is lost; resumed twice, it goes on in the same way; its log is whole afterwards."""
    before = lab.thread(thread_id)
    texts = [entry.text() for turn in before.turns for entry in turn.entries]
    assert [text for text in told(events) if text not in texts] == []
    resume, asked = ["resume", thread_id, "go on"], []
    for home in (lab.twin(), None):
        assert lab.run(resume, home)[-1]["type"] == "turn.completed"
        asked.append(lab.server.requests[-2].json["input"])
    assert asked[0] == asked[1]
    calls = [item["call_id"] for item in asked[0] if item.get("type") == "function_call"]
    outputs = [item["call_id"] for item in asked[0] if item.get("type") == "function_call_output"]
    assert calls == outputs
    path = lab.file(thread_id)
    assert path is not None and bundled("sessions", "checking").check(lab.home, path).sound
    after = lab.thread(thread_id)
    assert after.running is None
    ended = [turn.status for turn in after.turns if turn.id][len([turn for turn in before.turns if turn.id]) - 1]
    assert ended == ("interrupted" if before.running is not None else "completed")


def test_a_kill_at_any_moment_loses_nothing(home: Path, env: dict[str, str], worktree: Path) -> None:
    chance = random.Random(SEED)
    with ResponsesServer([answer], repeat=True) as server:
        lab = Lab(home / ".codex", env, worktree, server)
        lab.run(["warm up"])
        began = time.monotonic()
        lab.run(["warm up"])
        whole = time.monotonic() - began
        thread_id, hits = "", {"before": 0, "during": 0, "after": 0}
        for number in range(KILLS):
            words = ["resume", thread_id, f"prompt {number}"] if thread_id and number % AGAIN else [f"prompt {number}"]
            sign, most = chance.choice([(b"", whole), (b"turn.started", whole / 3), (b"command_execution", whole / 6)])
            events = lab.kill(words, chance.uniform(0, most), sign)
            kinds = [event["type"] for event in events]
            thread_id = events[0]["thread_id"] if events else thread_id if words[0] == "resume" else ""
            hits["after" if "turn.completed" in kinds else "during" if "turn.started" in kinds else "before"] += 1
            if not thread_id or lab.file(thread_id) is None:
                assert "turn.started" not in kinds
                thread_id = ""
                continue
            check(lab, thread_id, events)
    assert hits["during"], hits
    print(hits)


def test_a_command_outside_any_sandbox_does_not_outlive_a_kill(home: Path, env: dict[str, str], worktree: Path) -> None:
    call = ("exec_command", {"cmd": "echo $$ > made; mv made number; exec sleep 600"}, "call")
    with ResponsesServer([[{"call": call}]], repeat=True) as server:
        child = Lab(home / ".codex", env, worktree, server).start(["-s", "danger-full-access", "go"])
        number = worktree / "number"
        wait_for(number.exists)
        pid = int(number.read_text())
        child.kill()
        child.communicate(timeout=60)
        try:
            wait_for(lambda: not running(pid))
        finally:
            if running(pid):
                os.kill(pid, signal.SIGKILL)


def running(pid: int) -> bool:
    """Whether it is there and no zombie that waits to be fetched."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_for(condition: Callable[[], bool]) -> None:
    """Raises AssertionError where it does not come true for 20 seconds."""
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)
