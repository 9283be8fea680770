"""`csm exec` as a program against a scripted server: what is asked, printed, answered and left behind.

`data/NAME.json` holds `script` (see `csm.api.testing.script`), lines for config.toml (`top`, `provider`, `tables`) and
`runs`, each with `args`, maybe `stdin` and `env`, and what to expect: `exit` (0), `stdout` (JSON lines, key order
included), `stdout_has` (some of them), `stdout_kinds`, `stdout_text`, `stderr` (texts found in it, in order). After all
runs: `outputs` (texts in the answer to a call), `answered` (calls and the last lines of their answers, in order),
`tree` (files of the work tree, null for none), `home` (texts in files of CODEX_HOME), `asked` (last prompts sent),
`requests`, `headers` (by name, one a request), `sessions`, `schema`.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from csm.api.testing import ResponsesServer

DATA = Path(__file__).parent / "data"
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")


def script(turns: list[Any]) -> list[Any]:
    """JSON has no tuples: a call is `[name, arguments, call_id]`, several are a list of such."""

    def calls(value: Any) -> Any:
        return tuple(value) if isinstance(value[0], str) else [tuple(one) for one in value]

    def part(turn: dict[str, Any]) -> dict[str, Any]:
        return {key: calls(value) if key in ("call", "custom") else value for key, value in turn.items()}

    return [[part(one) for one in turn] if isinstance(turn, list) else part(turn) for turn in turns]


def prepare(scenario: dict[str, Any], server: ResponsesServer, env: dict[str, str], work: Path) -> None:
    for name, text in scenario.get("files", {}).items():
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_text(text)
    if not scenario.get("git", True):
        shutil.rmtree(work / ".git")
    config = f'model_provider = "scripted"\n{scenario.get("top", "")}\n'
    config += f'[model_providers.scripted]\nbase_url = "{server.url}"\n'
    config += scenario.get("provider", "")
    trusted = scenario.get("trusted", "trusted")
    if trusted:
        config += f'[projects."{work}"]\ntrust_level = "{trusted}"\n'
    config += scenario.get("tables", "")
    Path(env["CODEX_HOME"], "config.toml").write_text(config)


def run(words: list[str], stdin: str, env: dict[str, str], work: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "csm", *words]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, env=env, cwd=work, timeout=60)


def in_order(texts: list[str], whole: str) -> None:
    at = 0
    for text in texts:
        found = whole.find(text, at)
        assert found >= 0, f"{text!r} is not in {whole[at:]!r}"
        at = found + len(text)


def check_run(wanted: dict[str, Any], done: subprocess.CompletedProcess[str], tidy: Any) -> None:
    out, err = tidy(done.stdout), tidy(done.stderr)
    assert "Traceback" not in err
    lines = out.splitlines()
    for key, value in wanted.items():
        if key == "stdout":
            assert lines == [json.dumps(line, separators=(",", ":"), ensure_ascii=False) for line in value], err
        elif key == "stdout_has":
            missing = [line for line in value if line not in [json.loads(text) for text in lines]]
            assert missing == [], out + err
        elif key == "stdout_kinds":
            assert [json.loads(text)["type"] for text in lines] == value
        elif key == "stdout_text":
            assert out == value
        elif key == "stderr":
            in_order(value, err)
    assert done.returncode == wanted.get("exit", 0), err


def check_after(scenario: dict[str, Any], server: ResponsesServer, env: dict[str, str], work: Path) -> None:
    answers = {call: output for request in server.requests for call, output in request.outputs().items()}
    for call, texts in scenario.get("outputs", {}).items():
        in_order(texts, json.dumps(answers[call], ensure_ascii=False).replace("\\n", "\n").replace(str(work), "WORK"))
    if "answered" in scenario:
        told = [item for item in server.requests[-1].json["input"] if item["type"].endswith("_output")]
        assert [(item["call_id"], item["output"].splitlines()[-1]) for item in told] == [
            tuple(one) for one in scenario["answered"]
        ]
    for name, text in scenario.get("tree", {}).items():
        path = work / name
        assert (path.read_text() if path.exists() else None) == text
    for name, texts in scenario.get("home", {}).items():
        in_order(texts, Path(env["CODEX_HOME"], name).read_text().replace(str(work), "WORK"))
    if "asked" in scenario:
        assert server.requests[-1].texts()[-len(scenario["asked"]) :] == scenario["asked"]
    if "asked_first" in scenario:
        assert server.requests[0].texts()[-1] == scenario["asked_first"]
    if "requests" in scenario:
        assert len(server.requests) == scenario["requests"]
    if "schema" in scenario:
        assert server.requests[0].json["text"]["format"]["schema"] == scenario["schema"]
    if "headers" in scenario:
        sent = [[request.headers.get(name) for name in scenario["headers"]] for request in server.requests]
        assert sent == [list(row) for row in zip(*scenario["headers"].values(), strict=True)]
    if "sessions" in scenario:
        assert len(list(Path(env["CODEX_HOME"]).rglob("rollout-*.jsonl"))) == scenario["sessions"]


@pytest.mark.parametrize("name", sorted(path.stem for path in DATA.glob("*.json")))
def test_scenario(name: str, env: dict[str, str], worktree: Path) -> None:
    scenario = json.loads((DATA / f"{name}.json").read_text())
    threads: list[str] = []
    with ResponsesServer(script(scenario["script"]), repeat=scenario.get("repeat", False)) as server:
        prepare(scenario, server, env, worktree)

        def tidy(text: str) -> str:
            known = text.replace(str(worktree), "WORK").replace(server.url, "URL")
            for thread in threads:
                known = known.replace(thread, "ID")
            return known

        for wanted in scenario["runs"]:
            words = [threads[0] if word == "ID" else word for word in wanted["args"]]
            done = run(words, wanted.get("stdin", ""), {**env, **wanted.get("env", {})}, worktree)
            if found := re.search(r'"thread_id":"([^"]+)"', done.stdout):
                assert UUID.fullmatch(found[1])
                threads = [*threads, found[1]] if found[1] not in threads else threads
            check_run(wanted, done, tidy)
        check_after(scenario, server, env, worktree)
    if scenario.get("same_thread"):
        assert len(threads) == 1


@pytest.mark.parametrize("command", ["resume", "fork"])
def test_an_archived_session_is_named_as_such(command: str, env: dict[str, str], worktree: Path) -> None:
    with ResponsesServer([{"text": "one"}]) as server:
        prepare({}, server, env, worktree)
        thread = json.loads(run(["exec", "--json", "x"], "", env, worktree).stdout.splitlines()[0])["thread_id"]
        home = Path(env["CODEX_HOME"])
        path = next(home.rglob("rollout-*.jsonl"))
        (home / "archived_sessions").mkdir()
        path.rename(home / "archived_sessions" / path.name)
        done = run(["exec", command, thread, "y"], "", env, worktree)
        assert len(server.requests) == 1
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"Error: thread/{command}: thread/{command} failed: ")
    assert f"session {thread} is archived" in done.stderr
