"""What `csm exec` sends: a beginning that stays the same to the byte, and the fields that Codex sends beside it."""

import base64
import itertools
import json
import os
import subprocess
from pathlib import Path

import pytest

from csm.api.testing import ResponsesServer

ORACLE = Path(os.environ.get("CSM_ORACLE", Path.home() / ".cache/csm-oracle"))
_NATIVE = "node_modules/@openai/codex-linux-x64/vendor/x86_64-unknown-linux-musl"
CODEX = {
    "132": ORACLE / "132" / _NATIVE / "codex/codex",
    "169": ORACLE / "169" / _NATIVE / "bin/codex",
}
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
#: What each program words or numbers for itself.
OWN = {"input", "instructions", "tools", "prompt_cache_key", "client_metadata"}


@pytest.fixture
def sent(home, env, worktree):
    """Runs a program on a scripted server, several times over; the requests of all runs."""
    (worktree / "p.png").write_bytes(PNG)
    (worktree / "schema.json").write_text('{"type": "object", "properties": {}, "x": 1.50}')
    (worktree / "AGENTS.md").write_text("Be kind — ž.\n")

    def run(turns, *runs, program="csm"):
        with ResponsesServer(turns) as server:
            (home / ".codex/config.toml").write_text(
                f'model = "gpt-5.5"\n{server.config_toml("fake", "FAKE_KEY")}'
                f'[projects."{worktree}"]\ntrust_level = "trusted"\n'
            )
            for arguments in runs:
                done = subprocess.run(
                    [program, "exec", "--json", *arguments],
                    cwd=worktree,
                    env={**env, "FAKE_KEY": "sk-fake"},
                    stdin=subprocess.DEVNULL,
                    capture_output=True,
                    text=True,
                    timeout=60,
                )
                assert done.returncode == 0, done.stdout + done.stderr
            return server.requests

    return run


def begins_like(body: bytes, before: bytes) -> bool:
    """Whether a body repeats an earlier one up to the last item of its input."""
    end = before.index(b'],"tools":')
    return body[:end] == before[:end]


def test_the_beginning_is_the_same_over_turns_resume_and_fork(sent):
    call = {"call": ("exec_command", {"cmd": "echo žluť 1.50"}, "c1"), "reasoning": "hm"}
    plan = {"call": ("update_plan", {"plan": [{"step": "one", "status": "in_progress"}]}, "c2")}
    odd = {
        "item": {"type": "message", "role": "assistant", "n": 1.50, "content": [{"type": "output_text", "text": "ü"}]}
    }
    turns = [call, plan, odd, {"text": "two"}, {"text": "three"}, {"text": "four"}]
    requests = sent(
        turns,
        ["-i", "p.png", "--", "first 🐴"],
        ["resume", "--last", "second"],
        ["resume", "--last", "third"],
    )
    assert len(requests) == 5
    for before, request in itertools.pairwise(requests):
        assert begins_like(request.body, before.body)
        assert request.json["tools"] == before.json["tools"]
    thread = requests[0].json["prompt_cache_key"]
    forked = sent([{"text": "four"}], ["fork", thread, "elsewhere"])[0]
    assert begins_like(forked.body, requests[-1].body)
    assert forked.json["prompt_cache_key"] != thread


CASES = {
    "plain": ["hi"],
    "effort": ["-c", "model_reasoning_effort=high", "-c", "model_reasoning_summary=detailed", "hi"],
    "verbosity": ["-c", "model_verbosity=high", "hi"],
    "schema": ["--output-schema", "schema.json", "hi"],
    "tier": ["-c", "service_tier=priority", "hi"],
    "image": ["-i", "p.png", "--", "look"],
    "other model": ["-m", "gpt-5.5-2099-01-01", "hi"],
    "with a prefix": ["-m", "openai/gpt-5.5", "hi"],
}


@pytest.mark.parametrize("version", CODEX)
@pytest.mark.parametrize("case", CASES)
def test_the_fields_of_a_request_are_those_of_codex(sent, case, version):
    if not CODEX[version].exists():
        pytest.skip(f"Codex {version} is not installed below {ORACLE}")
    (theirs,) = sent([{"text": "x"}], CASES[case], program=str(CODEX[version]))
    (ours,) = sent([{"text": "x"}], CASES[case])
    assert {key: value for key, value in ours.json.items() if key not in OWN} == {
        key: value for key, value in theirs.json.items() if key not in OWN
    }
    assert ours.json["prompt_cache_key"] == ours.headers["thread-id"]
    assert set(ours.json) - {"instructions"} == set(theirs.json) - {"instructions"}
    named = {name for name in theirs.headers if name not in ("host", "content-length", "x-codex-beta-features")}
    assert named <= set(ours.headers)
    if version == "169":
        assert ours.json["input"][-1]["content"] == theirs.json["input"][-1]["content"]
        assert rules(ours) == rules(theirs)


def rules(request):
    return [text for text in request.texts() if text.startswith("# AGENTS.md")]


@pytest.mark.parametrize("version", CODEX)
def test_models_of_which_nothing_is_known(sent, version):
    """0.132 asks for no reasoning and for calls one by one, 0.169 for summaries of it; csm for calls together."""
    if not CODEX[version].exists():
        pytest.skip(f"Codex {version} is not installed below {ORACLE}")
    (theirs,) = sent([{"text": "x"}], ["-m", "mystery", "hi"], program=str(CODEX[version]))
    (ours,) = sent([{"text": "x"}], ["-m", "mystery", "hi"])
    differing = {"reasoning"} if version == "169" else {"include", "parallel_tool_calls"}
    left_out = OWN | differing
    assert {key: value for key, value in ours.json.items() if key not in left_out} == {
        key: value for key, value in theirs.json.items() if key not in left_out
    }
    assert ours.json["reasoning"] is None and ours.json["parallel_tool_calls"] is True
    assert "apply_patch" not in json.dumps(ours.json["tools"])


def test_models_that_codex_drives_by_code_get_the_same_tools_as_all(sent):
    def tools(model):
        return sent([{"text": "x"}], ["-m", model, "hi"])[0].json["tools"]

    assert tools("gpt-6.1-sol") == tools("gpt-5.6-luna") == tools("gpt-5.5")
