"""Agents under `csm exec`, a program against a real server: its lines, and the logs it leaves."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from csm.api.testing import ResponsesServer

SPAWN = {"call": ("spawn_agent", {"message": "kid, count"}, "spawn")}


def answer(request):
    """Whoever asks is told apart by the last prompt, and by what it has been answered."""
    if request.texts()[-1] == "kid, count":
        return {"text": "three"}
    outputs = [json.loads(output) for output in request.outputs().values()]
    if not outputs:
        return SPAWN
    agent = outputs[0]["agent_id"]
    then = [
        {"call": ("wait_agent", {"targets": [agent]}, "wait")},
        {"call": ("close_agent", {"target": agent}, "close")},
    ]
    return then[len(outputs) - 1] if len(outputs) < 3 else {"text": "three it is"}


def test_exec_tells_calls_for_agents_and_leaves_a_log_of_each(tmp_path):
    home, work = tmp_path / "codex", tmp_path / "work"
    home.mkdir()
    work.mkdir()
    with ResponsesServer([answer], repeat=True) as server:
        (home / "config.toml").write_text(server.config_toml())
        env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "CODEX_HOME": str(home)}
        command = [sys.executable, "-m", "csm", "exec", "--json", "--skip-git-repo-check", "parent go"]
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=env, cwd=work, timeout=60
        )
        headers = [request.headers for request in server.requests]
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    thread = lines[0]["thread_id"]
    calls = [line["item"] for line in lines if line.get("item", {}).get("type") == "collab_tool_call"]
    (agent,) = calls[1]["receiver_thread_ids"]
    heard = {agent: {"status": "completed", "message": "three"}}
    begun = {agent: {"status": "pending_init", "message": None}}
    assert [
        (one["tool"], one["receiver_thread_ids"], one["prompt"], one["agents_states"], one["status"]) for one in calls
    ] == [
        ("spawn_agent", [], "kid, count", {}, "in_progress"),
        ("spawn_agent", [agent], "kid, count", begun, "completed"),
        ("wait", [agent], None, {}, "in_progress"),
        ("wait", [agent], None, heard, "completed"),
        ("close_agent", [agent], None, {}, "in_progress"),
        ("close_agent", [agent], None, heard, "completed"),
    ]
    assert {one["sender_thread_id"] for one in calls} == {thread}
    assert lines[-1]["usage"]["input_tokens"] == 400
    (asked,) = [one for one in headers if "x-openai-subagent" in one]
    assert (asked["x-openai-subagent"], asked["thread-id"]) == ("collab_spawn", agent)
    assert asked["session-id"] == asked["x-codex-parent-thread-id"] == thread
    assert len(list(home.rglob("rollout-*.jsonl"))) == 2
    (own,) = home.rglob(f"rollout-*-{agent}.jsonl")
    (first,) = home.rglob(f"rollout-*-{thread}.jsonl")
    assert own.stat().st_mtime <= first.stat().st_mtime - 1  # Codex goes on with the newest, by whole seconds
    meta = json.loads(own.read_text().splitlines()[0])["payload"]
    spawn = meta["source"]["subagent"]["thread_spawn"]
    assert (spawn["parent_thread_id"], spawn["depth"], spawn["agent_nickname"]) == (thread, 1, meta["agent_nickname"])
    assert (meta["id"], meta["thread_source"], meta["parent_thread_id"]) == (agent, "subagent", thread)


def test_ctrl_c_leaves_nothing_behind(tmp_path):
    home, work = tmp_path / "codex", tmp_path / "work"
    home.mkdir()
    work.mkdir()
    run = "echo $$ > pid.$$; sleep 600"

    def hold(request):
        """Each agent runs a command without end, and its parent waits for the first."""
        if request.texts()[-1].startswith("kid"):
            return {"call": ("exec_command", {"cmd": run, "yield_time_ms": 30000})}
        agents = [json.loads(output)["agent_id"] for output in request.outputs().values()]
        spawn = {"call": [("spawn_agent", {"message": f"kid {n}"}) for n in (1, 2)]}
        return {"call": ("wait_agent", {"targets": agents, "timeout_ms": 600_000})} if agents else spawn

    with ResponsesServer([hold], repeat=True) as server:
        (home / "config.toml").write_text(server.config_toml())
        env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "CODEX_HOME": str(home)}
        words = ["--json", "--skip-git-repo-check", "-s", "danger-full-access", "parent go"]
        command = [sys.executable, "-m", "csm", "exec", *words]
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, env=env, cwd=work) as process:
            until(lambda: [path for path in work.glob("pid.*") if path.read_text().strip()][1:])
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=20)
    assert process.returncode == 1
    pids = [path.read_text().strip() for path in work.glob("pid.*")]
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in pids))
    logs = list(home.rglob("rollout-*.jsonl"))
    assert len(logs) == 3
    assert all(json.loads(log.read_text().splitlines()[-1])["payload"]["type"] == "turn_aborted" for log in logs)


def until(held):
    end = time.monotonic() + 20
    while not held():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)
