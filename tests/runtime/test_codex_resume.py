"""A session passed between csm and the released Codex, turn by turn. Skipped where the binaries are not installed."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from csm.api.testing import ResponsesServer

ORACLE = Path(os.environ.get("CSM_ORACLE", Path.home() / ".cache/csm-oracle"))
_NATIVE = "node_modules/@openai/codex-linux-x64/vendor/x86_64-unknown-linux-musl"
PROGRAMS = {
    "csm": ["csm"],
    "132": [str(ORACLE / "132" / _NATIVE / "codex/codex")],
    "169": [str(ORACLE / "169" / _NATIVE / "bin/codex")],
}
#: 0.132 does not open the numbered files that 0.169 begins.
ORDERS = [
    ("csm", "132", "csm", "169", "csm", "132", "169"),
    ("132", "csm", "132", "csm", "169", "csm"),
    ("169", "csm", "169", "csm", "169"),
]


def missing(order):
    return [name for name in order if name != "csm" and not Path(PROGRAMS[name][0]).exists()]


class Lab:
    """One home for all three programs, and a server that answers `1`, `2`, `3`, ..."""

    def __init__(self, folder, env, work, server):
        self.env = {**env, "CODEX_HOME": str(folder), "FAKE_KEY": "sk-fake"}
        self.work, self.server = work, server
        (folder / "config.toml").write_text(
            f'model = "gpt-5.5"\nmodel_provider = "fake"\n[model_providers.fake]\nname = "fake"\n'
            f'base_url = "{server.url}"\nwire_api = "responses"\nenv_key = "FAKE_KEY"\n'
            f'[projects."{work}"]\ntrust_level = "trusted"\n'
        )

    def run(self, program, *args):
        done = subprocess.run(
            [*PROGRAMS[program], "exec", "--json", *args],
            cwd=self.work,
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, f"{program}: {done.stdout}\n{done.stderr}"
        return [json.loads(line) for line in done.stdout.splitlines()]

    def talk(self):
        """What was said, as the last request tells it: prompts and answers, without context."""
        texts = [
            part["text"]
            for item in self.server.requests[-1].json["input"]
            if item.get("role") in ("user", "assistant")
            for part in item["content"]
        ]
        return [text for text in texts if not text.startswith(("<", "#"))]


@pytest.fixture
def lab(tmp_path, home, env, worktree):
    """A lab with an answer for every turn."""
    with ResponsesServer([{"text": f"answer {number}"} for number in range(8)]) as server:
        yield Lab(home / ".codex", env, worktree, server)


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_a_session_goes_from_hand_to_hand(lab, order):
    if missing(order):
        pytest.skip(f"Codex is not installed below {ORACLE}: {', '.join(missing(order))}")
    first, *rest = lab.run(order[0], "prompt 0")
    thread = first["thread_id"]
    said = ["prompt 0"]
    for number, program in enumerate(order[1:], 1):
        events = lab.run(program, "resume", thread, f"prompt {number}")
        said += [f"answer {number - 1}", f"prompt {number}"]
        assert events[0]["thread_id"] == thread
        assert lab.talk() == said
        assert events[-1]["usage"]["input_tokens"] == 100 * (number + 1)
    assert rest[-1]["type"] == "turn.completed"


@pytest.mark.parametrize("program", ["132", "169"])
def test_codex_finds_our_newest_session_and_our_names(lab, program):
    if missing([program]):
        pytest.skip(f"Codex {program} is not installed below {ORACLE}")
    thread = lab.run("csm", "prompt")[0]["thread_id"]
    assert lab.run(program, "resume", "--last", "again")[0]["thread_id"] == thread


def test_we_carry_on_what_codex_forked(lab):
    if missing(["169"]):
        pytest.skip(f"Codex 0.169 is not installed below {ORACLE}")
    parent = lab.run("169", "prompt 0")[0]["thread_id"]
    fork = lab.run("169", "fork", parent, "prompt 1")[0]["thread_id"]
    lab.run("csm", "resume", fork, "prompt 2")
    assert lab.talk() == ["prompt 0", "answer 0", "prompt 1", "answer 1", "prompt 2"]
    lab.run("169", "resume", fork, "prompt 3")
    assert lab.talk()[-3:] == ["prompt 2", "answer 2", "prompt 3"]


def test_neither_opens_what_the_other_holds(lab):
    if missing(["169"]):
        pytest.skip(f"Codex 0.169 is not installed below {ORACLE}")
    from csm.api.testing import bundled

    thread = lab.run("csm", "prompt")[0]["thread_id"]
    writer = bundled("sessions", "store").RolloutStore(Path(lab.env["CODEX_HOME"])).open(thread)
    try:
        with pytest.raises(AssertionError, match="already has an active writer"):
            lab.run("169", "resume", thread, "mine")
        with pytest.raises(AssertionError, match="already has an active writer"):
            lab.run("csm", "resume", thread, "mine")
    finally:
        writer.close()
    assert lab.run("169", "resume", thread, "mine")[0]["thread_id"] == thread


def summary(text):
    """A turn whose answer is a summary, and whose figures say that there is room again."""
    return {"text": text, "usage": {"input": 10, "output": 5}}


@pytest.mark.parametrize(
    ("first", "second"),
    [("csm", "csm"), ("csm", "132"), ("csm", "169"), ("132", "csm"), ("132", "169"), ("169", "csm")],
)
def test_either_goes_on_from_the_other_s_summary(home, env, worktree, first, second):
    if missing([first, second]):
        pytest.skip(f"Codex is not installed below {ORACLE}: {', '.join(missing([first, second]))}")
    full = {"text": "answer 0", "usage": {"input": 900, "output": 100}}
    turns = [full, summary("SUMMARY 1"), summary("answer 1"), summary("answer 2"), {**full}, summary("SUMMARY 2")]
    with ResponsesServer([*turns, summary("answer 3")]) as server:
        lab = Lab(home / ".codex", env, worktree, server)
        limit = ("-c", "model_auto_compact_token_limit=1000")
        thread = lab.run(first, *limit, "prompt 0")[0]["thread_id"]
        shown = lab.run(first, *limit, "resume", thread, "prompt 1")
        assert [event["type"] for event in shown] == [
            "thread.started", "turn.started", "item.completed", "turn.completed",
        ]  # fmt: skip
        lab.run(second, *limit, "resume", thread, "prompt 2")
        said = [text if "SUMMARY" not in text else "the summary" for text in _words(server.requests[-1])]
        assert said == ["prompt 0", "the summary", "prompt 1", "answer 1", "prompt 2"]
        lab.run(second, *limit, "resume", thread, "prompt 3")
        shown = lab.run(first, *limit, "resume", thread, "prompt 4")
        asked, went_on = _words(server.requests[-2]), _words(server.requests[-1])
        assert any("SUMMARY 1" in text for text in asked), "the next summary is made of the last one too"
        assert asked[-3:-1] == ["prompt 3", "answer 0"]
        assert [text for text in went_on if text.startswith("prompt")] == [f"prompt {number}" for number in range(5)]
        assert "SUMMARY 2" in went_on[-2]
        assert shown[-1]["usage"]["input_tokens"] == 900 * 2 + 10 * 5


def _words(request):
    """All messages of user and model, without context."""
    texts = [
        part["text"]
        for item in request.json["input"]
        if item.get("role") in ("user", "assistant")
        for part in item["content"]
    ]
    return [text for text in texts if not text.startswith(("<", "# AGENTS"))]
