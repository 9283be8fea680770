"""A session passed between csm and the released Codex, turn by turn. Skipped where the binaries are not installed."""

import json
import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from csm.api.testing import Gate, ResponsesServer, bundled

ORACLE = Path(os.environ.get("CSM_ORACLE", Path.home() / ".cache/csm-oracle"))
_NATIVE = "node_modules/@openai/codex-linux-x64/vendor/x86_64-unknown-linux-musl"
PROGRAMS = {
    "csm": ["csm"],
    "132": [str(ORACLE / "132" / _NATIVE / "codex/codex")],
    "169": [str(ORACLE / "169" / _NATIVE / "bin/codex")],
}
#: 0.169 does not open a numbered file that 0.132 was the last to write to; csm goes on with the numbers.
ORDERS = [
    ("csm", "132", "csm", "169", "csm", "132", "169"),
    ("132", "csm", "132", "csm", "169", "csm"),
    ("169", "csm", "169", "csm", "169"),
    ("169", "132", "csm", "169", "csm", "132", "csm", "169"),
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
        return [json.loads(line) for line in done.stdout.split("\n") if line]

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


def test_we_tell_that_a_running_codex_has_the_session(home, env, worktree):
    if missing(["169"]):
        pytest.skip(f"Codex 0.169 is not installed below {ORACLE}")
    gate = Gate()
    with ResponsesServer([{"text": "one"}, [{"wait": gate}, {"text": "two"}], {"text": "three"}]) as server:
        lab = Lab(home / ".codex", env, worktree, server)
        thread = lab.run("169", "prompt 0")[0]["thread_id"]
        command = [*PROGRAMS["169"], "exec", "--json", "resume", thread, "prompt 1"]
        codex = subprocess.Popen(command, cwd=worktree, env=lab.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        try:
            gate.wait_arrived()
            with pytest.raises(AssertionError, match=rf"it is open in codex \(process {codex.pid}\)"):
                lab.run("csm", "resume", thread, "mine")
        finally:
            gate.open()
            codex.communicate(timeout=30)
        assert codex.returncode == 0
        lab.run("csm", "resume", thread, "mine")
        assert lab.talk() == ["prompt 0", "one", "prompt 1", "two", "mine"]


@pytest.mark.parametrize("program", ["132", "169"])
def test_codex_opens_our_copies_of_damaged_logs(home, env, worktree, program):
    if missing([program]):
        pytest.skip(f"Codex {program} is not installed below {ORACLE}")
    mending, disk = bundled("sessions", "mending"), bundled("sessions", "disk").Disk()
    with ResponsesServer([{"text": f"answer {number}"} for number in range(2)] + [{"text": "fine"}] * 30) as server:
        lab = Lab(home / ".codex", env, worktree, server)
        thread = lab.run(program, "prompt 0")[0]["thread_id"]
        lab.run(program, "resume", thread, "prompt 1")
        (path,) = (home / ".codex").rglob(f"rollout-*-{thread}.jsonl")
        data = path.read_bytes()
        lines = data.splitlines(keepends=True)
        damaged = {
            "first line torn": lines[0][:-500] + b"\n" + b"".join(lines[1:]),
            "first line lost": b"".join(lines[1:]),
            "bytes that are no text": data.replace(b"answer 0", b"answer \xff0"),
            "half a character": data.replace(b"answer 0", b"answer\\ud800 0"),
            "written on behind NULs": data + b"\0" * 4096 + lines[-1],
            "last number lost": b"".join([*lines[:-1], re.sub(rb'"ordinal":\d+,', b"", lines[-1])]),
        }
        refused = 0
        for what, broken in damaged.items():
            path.write_bytes(broken)
            copy = worktree / f"{what}.jsonl"
            done = mending.mend(home / ".codex", path, copy, disk)
            if done.before.refused:
                refused += 1
                with pytest.raises(AssertionError):
                    lab.run(program, "resume", thread, "more")
            for database in (home / ".codex").glob("*.sqlite*"):  # where it notes what it made of the damaged file
                database.unlink()
            path.write_bytes(copy.read_bytes())
            lab.run(program, "resume", thread, "more")
            assert [text for text in lab.talk() if text.startswith("prompt")] == ["prompt 0", "prompt 1"], what
            assert lab.talk()[-1] == "more"
        assert refused >= 3


def test_a_fork_outlives_its_parent_damaged_mended_archived_and_lost(home, env, worktree):
    if missing(["169"]):
        pytest.skip(f"Codex 0.169 is not installed below {ORACLE}")
    mending, disk = bundled("sessions", "mending"), bundled("sessions", "disk").Disk()
    with ResponsesServer([{"text": f"answer {number}"} for number in range(12)]) as server:
        lab = Lab(home / ".codex", env, worktree, server)
        parent = lab.run("169", "prompt 0")[0]["thread_id"]
        fork = lab.run("169", "fork", parent, "prompt 1")[0]["thread_id"]
        said = ["prompt 0", "answer 0", "prompt 1", "answer 1"]
        (path,) = (home / ".codex").rglob(f"rollout-*-{parent}.jsonl")
        lines = path.read_bytes().splitlines(keepends=True)
        path.write_bytes(b"".join([*lines[:4], b"\xff" * (len(lines[4]) - 1) + b"\n", *lines[5:]]))
        mending.mend(home / ".codex", path, worktree / "copy", disk)
        path.write_bytes((worktree / "copy").read_bytes())
        lab.run("csm", "resume", fork, "prompt 2")
        assert lab.talk() == [*said, "prompt 2"]
        lab.run("csm", "resume", parent, "elsewhere")
        archive = home / ".codex/archived_sessions"
        archive.mkdir()
        path.rename(archive / path.name)
        for number, program in enumerate(("169", "csm"), 3):
            lab.run(program, "resume", fork, f"prompt {number}")
            assert lab.talk()[:4] == said and "elsewhere" not in lab.talk()
        (archive / path.name).unlink()
        with pytest.raises(AssertionError, match="missing source rollout"):
            lab.run("169", "resume", fork, "lost")
        events = lab.run("csm", "resume", fork, "prompt 5")
        assert f"the session {parent}" in json.dumps(events)
        assert lab.talk()[:2] == ["prompt 1", "answer 1"]
        (path,) = (home / ".codex").rglob(f"rollout-*-{fork}.jsonl")
        mending.mend(home / ".codex", path, worktree / "fork", disk)
        path.write_bytes((worktree / "fork").read_bytes())
        lab.run("169", "resume", fork, "prompt 6")
        assert lab.talk()[:2] == ["prompt 1", "answer 1"] and lab.talk()[-1] == "prompt 6"


def test_we_go_on_with_what_codex_packed(home, env, worktree):
    if missing(["169"]) or shutil.which("zstd") is None:
        pytest.skip("Codex 0.169 or zstd is not installed")
    with ResponsesServer([{"text": f"answer {number}"} for number in range(3)]) as server:
        lab = Lab(home / ".codex", env, worktree, server)
        thread = lab.run("169", "prompt 0")[0]["thread_id"]
        (path,) = (home / ".codex").rglob(f"rollout-*-{thread}.jsonl")
        os.utime(path, (1_700_000_000, 1_700_000_000))
        packed = path.with_name(f"{path.name}.zst")
        asked = [
            {"id": 1, "method": "initialize", "params": {"clientInfo": {"name": "x", "version": "1"}}},
            {"id": 2, "method": "rollout/compress", "params": None},
        ]
        asked[0]["params"]["capabilities"] = {"experimentalApi": True}
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
        with subprocess.Popen([*PROGRAMS["169"], "app-server"], cwd=worktree, env=lab.env, **pipes) as codex:
            for number, request in enumerate(asked, 1):
                codex.stdin.write(json.dumps(request) + "\n")
                codex.stdin.flush()
                while json.loads(codex.stdout.readline()).get("id") != number:
                    pass
            until = time.monotonic() + 10
            while path.exists() and time.monotonic() < until:
                time.sleep(0.01)
            codex.kill()
        if not packed.exists():
            pytest.skip("Codex packed nothing")
        lab.run("csm", "resume", thread, "prompt 1")
        assert lab.talk() == ["prompt 0", "answer 0", "prompt 1"] and not packed.exists()
        lab.run("169", "resume", thread, "prompt 2")
        assert lab.talk()[-1] == "prompt 2"


def rich(number):
    """A turn with thinking, remarks, a command, a patch and characters of every kind."""
    patch = f"*** Begin Patch\n*** Add File: new{number}.txt\n+line {number}\n*** End Patch\n"
    return [
        [
            {"reasoning": f"thinking {number}"},
            {"text": f"remark {number} \u00e9\u2028\U0001f600\ttab", "phase": "commentary"},
            {"call": ("exec_command", {"cmd": f"echo told {number}"}, f"call{number}")},
        ],
        {"custom": ("apply_patch", patch, f"patch{number}")},
        {"text": f"answer {number}"},
    ]


def conversation(request):
    """What the model is told of the conversation: all items, but for ids and what each program adds of its own."""
    kept = ("type", "role", "content", "call_id", "name", "arguments", "input", "output", "summary")
    return [
        {key: value for key, value in item.items() if key in kept and value is not None}
        for item in request.json["input"]
        if item.get("role") not in ("developer", "system")
        and not (item.get("role") == "user" and item["content"][0].get("text", "").startswith(("<", "# AGENTS")))
    ]


@pytest.mark.parametrize("order", [("csm", "169", "csm", "132", "csm"), ("169", "csm", "169")], ids="-".join)
def test_every_word_is_kept(home, env, worktree, order):
    if missing(order):
        pytest.skip(f"Codex is not installed below {ORACLE}: {', '.join(missing(order))}")
    turns = [turn for number in range(len(order)) for turn in rich(number)]
    with ResponsesServer(turns) as server:
        lab = Lab(home / ".codex", env, worktree, server)
        thread, before = "", []
        for number, program in enumerate(order):
            args = ["resume", thread, f"prompt {number}"] if thread else [f"prompt {number}"]
            first = len(server.requests)
            thread = lab.run(program, *args)[0]["thread_id"]
            asked = [conversation(request) for request in server.requests[first:]]
            assert len(asked) == 3
            assert asked[0][: len(before)] == before, f"{program} lost something"
            assert asked[0][-1]["content"][0]["text"] == f"prompt {number}"
            before = asked[-1]
    (path,) = (home / ".codex").rglob(f"rollout-*-{thread}.jsonl")
    assert bundled("sessions", "checking").check(home / ".codex", path).sound


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
