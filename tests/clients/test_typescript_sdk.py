"""The public TypeScript SDK drives csm unchanged: streaming, resume, images, schema, aborts, failure.

Needs node and the packages of `package.json` (`npm install --omit=optional --no-package-lock` in this folder). Without
them the tests skip and say so; with CSM_REQUIRE_CLIENTS set, as in CI, that is a failure.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from csm.api.testing import ResponsesServer

HERE = Path(__file__).resolve().parent
DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def missing() -> str | None:
    if shutil.which("node") is None:
        return "node is not installed"
    if not (HERE / "node_modules/@openai/codex-sdk").is_dir():
        return "the npm packages of tests/clients/package.json are not installed"
    return None


@pytest.fixture
def flow(worktree: Path, env: dict[str, str]):
    """`flow(name, turns)` runs a flow of `sdk.mjs` and gives its value and the recorded requests."""
    reason = missing()
    if reason and os.environ.get("CSM_REQUIRE_CLIENTS"):
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)

    def run(name: str, *turns: Any) -> tuple[Any, list[Any]]:
        with ResponsesServer(list(turns)) as server:
            own = {"CSM": str(Path(sys.executable).parent / "csm"), "BASE_URL": server.url, "FOLDER": str(worktree)}
            done = subprocess.run(
                ["node", "sdk.mjs", name],
                cwd=HERE,
                env=env | own,
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            assert done.returncode == 0, done.stderr
            return json.loads(done.stdout), [request.json for request in server.requests]

    return run


def test_a_turn(flow) -> None:
    value, _ = flow("run", {"text": "hello"})
    assert value["final"] == "hello"
    assert value["kinds"] == ["agent_message"]
    assert value["usage"]["input_tokens"] == 100


def test_a_streamed_turn_with_a_command(flow) -> None:
    seen, requests = flow("streamed", {"call": ("exec_command", {"cmd": "cat a.txt"})}, {"text": "ok"})
    assert seen == [
        "thread.started",
        "turn.started",
        "item.started command_execution",
        "item.completed command_execution",
        "item.completed agent_message",
        "turn.completed",
    ]
    assert "hello" in json.dumps(requests[-1]["input"])


def test_resuming_keeps_the_history(flow) -> None:
    value, requests = flow("resume", {"text": "first"}, {"text": "second"})
    assert value == {"same": True, "final": "second"}
    sent = json.dumps(requests[1]["input"])
    assert '"one"' in sent
    assert '"first"' in sent
    assert '"two"' in sent


def test_an_image_is_sent(flow, worktree: Path) -> None:
    (worktree / "dot.png").write_bytes(DOT)
    value, requests = flow("images", {"text": "a dot"})
    assert value == "a dot"
    content = requests[0]["input"][-1]["content"]
    assert [part["type"] for part in content if part["type"] == "input_image"] == ["input_image"]
    assert content[-1]["text"] == "what is this"


def test_a_schema_is_sent_and_the_answer_parsed(flow) -> None:
    value, requests = flow("schema", {"text": '{"answer": 42}'})
    assert value == {"answer": 42}
    assert requests[0]["text"]["format"]["strict"] is True
    assert requests[0]["text"]["format"]["schema"]["required"] == ["answer"]


def test_aborting_ends_the_program(flow) -> None:
    value, _ = flow("abort", {"hang": True})
    assert value == "AbortError"


def test_a_failure_is_thrown(flow) -> None:
    message = {"error": {"message": "bad model", "type": "invalid_request_error"}}
    value, _ = flow("failure", {"http": 400, "body": message})
    assert "bad model" in value


def test_abort_while_a_command_runs(flow):
    call = ("exec_command", {"cmd": ">begun; trap '' TERM INT; sleep 600", "yield_time_ms": 30_000}, "c1")
    value, requests = flow("abortTool", {"call": call}, {"text": "went on"})
    assert value == {"caught": "AbortError", "final": "went on"}
    (output,) = [item["output"] for item in requests[1]["input"] if item["type"] == "function_call_output"]
    assert "aborted" in output
