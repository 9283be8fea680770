"""What is rewound, forked, archived and deleted here, as the released Codex finds it, and the other way round."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from csm.api.testing import ResponsesServer
from csm.host import settings
from csm.host.host import Host
from csm.protocol import ops
from csm.runtime.local import LocalPort
from csm.runtime.port import Start

ORACLE = Path(os.environ.get("CSM_ORACLE", Path.home() / ".cache/csm-oracle"))
_NATIVE = "node_modules/@openai/codex-linux-x64/vendor/x86_64-unknown-linux-musl"
PROGRAMS = {
    "csm": ["csm"],
    "132": [str(ORACLE / "132" / _NATIVE / "codex/codex")],
    "169": [str(ORACLE / "169" / _NATIVE / "bin/codex")],
}


def missing(*names):
    return [name for name in names if name != "csm" and not Path(PROGRAMS[name][0]).exists()]


class Lab:
    """One home for all, and a server that answers `answer 0`, `answer 1`, ..."""

    def __init__(self, folder, env, work, server):
        self.env = {**env, "CODEX_HOME": str(folder), "FAKE_KEY": "sk-fake"}
        self.home, self.work, self.server = folder, work, server
        (folder / "config.toml").write_text(
            f'model = "gpt-5.5"\nmodel_provider = "fake"\n[model_providers.fake]\nname = "fake"\n'
            f'base_url = "{server.url}"\nwire_api = "responses"\nenv_key = "FAKE_KEY"\n'
            f'[projects."{work}"]\ntrust_level = "trusted"\n'
        )

    def call(self, program, *args):
        return subprocess.run(
            [*PROGRAMS[program], *args],
            cwd=self.work,
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def turn(self, program, *args):
        """A turn; the thread's id."""
        done = self.call(program, "exec", "--json", *args)
        assert done.returncode == 0, f"{program}: {done.stdout}\n{done.stderr}"
        return json.loads(done.stdout.split("\n")[0])["thread_id"]

    def talk(self):
        """What was said, as the last request tells it: prompts and answers, without context."""
        texts = [
            part["text"]
            for item in self.server.requests[-1].json["input"]
            if item.get("role") in ("user", "assistant")
            for part in item["content"]
        ]
        return [text for text in texts if not text.startswith(("<", "#"))]

    def act(self, thread, *asked):
        """Have csm do ops in a stored session."""
        loaded = settings.load(cwd=self.work, env=self.env)
        host = Host.open(loaded, self.env)
        port = LocalPort(host)
        try:
            port.start(Start(cwd=str(self.work), resume=thread)).result(10)
            watcher = port.attach(thread)
            for op in asked:
                assert port.submit(thread, op).result(20).accepted
                if isinstance(op, ops.Compact):
                    while (event := watcher.get(20)) is not None and type(event.body).__name__ != "TurnCompleted":
                        pass
        finally:
            port.close()
            host.close()


@pytest.fixture
def lab(home, env, worktree, request):
    """A lab with an answer for every turn, for tests that name a Codex."""
    wanted = [value for value in getattr(request.node, "callspec", None).params.values() if value in PROGRAMS]
    if missing(*wanted):
        pytest.skip(f"Codex is not installed below {ORACLE}: {', '.join(missing(*wanted))}")
    with ResponsesServer([{"text": f"answer {number}"} for number in range(9)]) as server:
        yield Lab(home / ".codex", env, worktree, server)


@pytest.mark.parametrize("after", ["132", "169", "csm"])
@pytest.mark.parametrize("first", ["csm", "132", "169"])
def test_a_rewound_session_has_the_same_history_everywhere(lab, first, after):
    thread = lab.turn(first, "prompt 0")
    for number in (1, 2):
        lab.turn(first, "resume", thread, f"prompt {number}")
    lab.act(thread, ops.Rewind("2"))
    lab.turn(after, "resume", thread, "another way")
    assert lab.talk() == ["prompt 0", "answer 0", "another way"]
    lab.turn("csm", "resume", thread, "and on")
    assert lab.talk() == ["prompt 0", "answer 0", "another way", "answer 3", "and on"]


@pytest.mark.parametrize("after", ["132", "169"])
def test_back_to_before_a_summary(lab, after):
    thread = lab.turn("csm", "prompt 0")
    lab.turn("csm", "resume", thread, "prompt 1")
    lab.act(thread, ops.Compact())
    lab.turn("csm", "resume", thread, "prompt 2")
    lab.act(thread, ops.Rewind("2"))
    lab.turn(after, "resume", thread, "another way")
    assert lab.talk() == ["prompt 0", "answer 0", "another way"]


@pytest.mark.parametrize("after", ["132", "169"])
def test_a_copy_up_to_a_turn(lab, after):
    thread = lab.turn("csm", "prompt 0")
    for number in (1, 2):
        lab.turn("csm", "resume", thread, f"prompt {number}")
    told = lab.call("csm", "fork", thread, "--at", "2", "--json")
    copy = json.loads(told.stdout)["session"]["id"]
    lab.turn(after, "resume", copy, "another way")
    assert lab.talk() == ["prompt 0", "answer 0", "prompt 1", "answer 1", "another way"]


@pytest.mark.parametrize("codex", ["169"])
def test_what_codex_reverted_is_read_as_codex_reads_it(lab, codex):
    """0.169 goes back by beginning another file of the same session."""
    thread = lab.turn(codex, "prompt 0")
    for number in (1, 2):
        lab.turn(codex, "resume", thread, f"prompt {number}")
    server = subprocess.Popen(
        [*PROGRAMS[codex], "app-server"],
        cwd=lab.work,
        env=lab.env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert server.stdin and server.stdout

        def call(number, method, **params):
            server.stdin.write(json.dumps({"id": number, "method": method, "params": params}) + "\n")
            server.stdin.flush()
            for line in server.stdout:
                if json.loads(line).get("id") == number:
                    return json.loads(line)["result"]
            raise AssertionError("the server is gone")

        call(0, "initialize", clientInfo={"name": "x", "version": "1"}, capabilities={"experimentalApi": True})
        server.stdin.write('{"method":"initialized"}\n')
        call(1, "thread/resume", threadId=thread)
        turns = call(2, "thread/turns/list", threadId=thread)["data"]
        call(3, "thread/revert", threadId=thread, beforeTurnId=turns[1]["id"])
    finally:
        server.stdin.close()
        server.wait(timeout=30)
    assert len(list(lab.home.rglob(f"rollout-*{thread}*"))) == 2
    lab.turn("csm", "resume", thread, "another way")
    assert lab.talk() == ["prompt 0", "answer 0", "another way"]
    lab.turn(codex, "resume", thread, "and on")
    assert lab.talk() == ["prompt 0", "answer 0", "another way", "answer 3", "and on"]


@pytest.mark.parametrize("away", ["csm", "169"])
@pytest.mark.parametrize("back", ["csm", "169"])
def test_the_archive_is_one_and_the_same(lab, away, back):
    thread = lab.turn("169", "prompt 0")
    assert lab.call(away, "archive", thread).returncode == 0
    for program in ("csm", "169"):
        refused = lab.call(program, "exec", "resume", thread, "more")
        assert refused.returncode == 1 and "is archived" in refused.stderr
    assert lab.call(back, "unarchive", thread).returncode == 0
    lab.turn("169", "resume", thread, "prompt 1")
    assert lab.talk() == ["prompt 0", "answer 0", "prompt 1"]
    lab.turn("csm", "resume", thread, "prompt 2")


@pytest.mark.parametrize("codex", ["132", "169"])
def test_what_is_deleted_here_is_gone_there(lab, codex):
    kept, thread = lab.turn(codex, "prompt 0"), lab.turn(codex, "prompt 1")
    assert lab.call("csm", "delete", "--force", thread).returncode == 0
    refused = lab.call(codex, "exec", "resume", thread, "more")
    assert refused.returncode == 1 and "no rollout found" in refused.stderr
    assert lab.turn(codex, "resume", "--last", "more") == kept


@pytest.mark.parametrize("codex", ["169"])
def test_a_parent_of_a_fork_of_codex_stays(lab, codex):
    parent = lab.turn(codex, "prompt 0")
    fork = lab.turn(codex, "fork", parent, "prompt 1")
    refused = lab.call("csm", "delete", "--force", parent)
    assert refused.returncode == 1 and fork in refused.stderr
    assert lab.call("csm", "archive", parent).returncode == 0
    lab.turn("csm", "resume", fork, "prompt 2")
    assert lab.talk() == ["prompt 0", "answer 0", "prompt 1", "answer 1", "prompt 2"]
