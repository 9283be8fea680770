"""Input and surroundings that nobody would wish for: huge, binary, unwritable, full. No traceback, a clear end."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from csm.api import events
from csm.api.testing import Bench, ResponsesServer
from csm.runtime.clock import Clock
from csm.runtime.local import LocalPort


def run(
    env: dict[str, str], server: ResponsesServer, work: Path, *words: str, stdin: bytes | int = b"", **how: Any
) -> subprocess.CompletedProcess[bytes]:
    given = [f"-c{key}={json.dumps(value)}" for key, value in server.overrides().items()]
    given = [*given, "--skip-git-repo-check", *words]
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **how}
    command = [sys.executable, "-m", "csm", "exec", *given]
    options |= {"input": stdin} if isinstance(stdin, bytes) else {"stdin": stdin}
    done = subprocess.run(command, env=env, cwd=work, timeout=60, **options)
    assert b"Traceback" not in done.stderr
    return done


def test_a_prompt_of_ten_megabytes_arrives(env: dict[str, str], worktree: Path) -> None:
    text = "word " * 2_000_000
    with ResponsesServer([{"text": "read"}]) as server:
        done = run(env, server, worktree, "-", stdin=text.encode())
        assert (done.returncode, done.stdout) == (0, b"read\n")
        assert server.requests[0].texts()[-1] == text


@pytest.mark.parametrize(("stdin", "place"), [(b"\x00\x01\xff\xfe", 3), (b"fine\nthen \x80", 11)])
def test_binary_input_is_refused_by_the_byte(env: dict[str, str], worktree: Path, stdin: bytes, place: int) -> None:
    with ResponsesServer([]) as server:
        done = run(env, server, worktree, "-", stdin=stdin)
    assert done.returncode == 1
    assert f"The text on stdin is not UTF-8: byte {place}." in done.stderr.decode()


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="the file whose beginning cannot be read is Linux's")
@pytest.mark.parametrize("words", [["-"], ["hello"], []])
def test_input_that_cannot_be_read(env: dict[str, str], worktree: Path, words: list[str]) -> None:
    with ResponsesServer([]) as server, Path("/proc/self/mem").open("rb") as stream:
        done = run(env, server, worktree, *words, stdin=stream.fileno())
        assert not server.requests
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.decode().splitlines()[-1].startswith("Failed to read prompt from stdin: ")


def test_input_that_is_a_folder(env: dict[str, str], worktree: Path) -> None:
    with ResponsesServer([]) as server:
        folder = os.open(worktree, os.O_RDONLY)
        try:
            done = run(env, server, worktree, "-", stdin=folder)
        finally:
            os.close(folder)
        assert not server.requests
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"is a directory" in done.stderr


def test_a_home_that_is_a_file(env: dict[str, str], worktree: Path) -> None:
    home = worktree / "a.txt"
    with ResponsesServer([]) as server:
        done = run({**env, "CODEX_HOME": str(home)}, server, worktree, "x")
    told = f'Error finding codex home: CODEX_HOME points to "{home}", but that path is not a directory\n'
    assert (done.returncode, done.stderr.decode()) == (1, told)


def test_a_named_home_that_is_not_there(env: dict[str, str], worktree: Path, tmp_path: Path) -> None:
    home = tmp_path / "not" / "yet"
    with ResponsesServer([]) as server:
        done = run({**env, "CODEX_HOME": str(home)}, server, worktree, "x")
    told = f'Error finding codex home: CODEX_HOME points to "{home}", but that path does not exist\n'
    assert (done.returncode, done.stderr.decode()) == (1, told)
    assert not home.parent.exists()


def test_the_usual_home_is_made_where_it_is_not_there_yet(env: dict[str, str], worktree: Path) -> None:
    home = Path(env.pop("CODEX_HOME"))
    home.rmdir()
    with ResponsesServer([{"text": "answer"}]) as server:
        done = run(env, server, worktree, "x")
    assert (done.returncode, done.stdout) == (0, b"answer\n")
    assert len(list(home.rglob("rollout-*.jsonl"))) == 1


def test_sessions_that_cannot_be_written_fail_the_turn(env: dict[str, str], worktree: Path) -> None:
    Path(env["CODEX_HOME"], "sessions").write_text("in the way")
    with ResponsesServer([{"text": "answer"}]) as server:
        done = run(env, server, worktree, "--json", "x")
        assert run(env, server, worktree, "--ephemeral", "x").returncode == 0
    last = json.loads(done.stdout.splitlines()[-1])
    assert (done.returncode, last["type"]) == (1, "turn.failed")
    assert "sessions" in last["error"]["message"]
    said = done.stderr.decode().splitlines()
    assert len(said) == len(set(said))


def full(size: int) -> Callable[[], None]:
    """No file may grow beyond `size` bytes: what a full disk looks like to a writer."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def test_a_disk_that_fills_up_is_an_exit_status_and_the_answer_is_not_lost(env: dict[str, str], worktree: Path) -> None:
    answer = "a" * 40_000
    out = worktree / "last.txt"
    with ResponsesServer([{"text": answer}]) as server:
        done = run(env, server, worktree, "-o", str(out), "x", preexec_fn=full(45_000))
    assert done.returncode == 1
    assert done.stdout.decode() == f"{answer}\n"
    assert out.read_text() == answer
    assert "cannot be written" in done.stderr.decode()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("words", [("--json",), ()])
def test_an_output_that_is_full(env: dict[str, str], worktree: Path, words: tuple[str, ...]) -> None:
    with ResponsesServer([{"text": "answer"}], repeat=True) as server, Path("/dev/full").open("w") as device:
        done = run(env, server, worktree, *words, "x", stdout=device)
        assert done.returncode == 1
        assert done.stderr.decode().endswith("Error: stdout cannot be written: No space left on device\n")
        done = run(env, server, worktree, *words, "-o", "/dev/full", "x")
    assert done.returncode == 1
    assert b"answer" in done.stdout


def test_words_that_are_no_utf8_are_mended(env: dict[str, str], worktree: Path) -> None:
    with ResponsesServer([{"text": "answer"}]) as server:
        done = run(env, server, worktree, os.fsdecode(b"a\xff"))
        assert server.requests[0].texts()[-1] == "a�"
    assert done.returncode == 0


class Backwards(Clock):
    """A clock that loses a second each time it is read."""

    def __init__(self) -> None:
        self.at = 1_800_000_000_000

    def now(self) -> int:
        self.at -= 1000
        return self.at


def test_a_clock_that_goes_backwards_harms_nothing(tmp_path: Path) -> None:
    with Bench(tmp_path, [{"text": "one"}, {"text": "two"}]) as bench:
        bench.port.close()
        bench.port = LocalPort(bench.host, Backwards())
        thread = bench.start()
        first, second = bench.turn(thread, "a"), bench.turn(thread, "b")
        bench.port.close()
        again = LocalPort(bench.host)
        from csm.runtime.port import Start

        again.start(Start(str(bench.work), resume=thread)).result(10)
        turns = again.attach(thread).snapshot.turns
        again.close()
    ends = [one[-1].body for one in (first, second)]
    assert all(isinstance(end, events.TurnCompleted) and end.duration_ms == 0 for end in ends)
    assert [turn.last_message for turn in turns if turn.id] == ["one", "two"]
    seqs = [event.seq for event in [*first, *second]]
    assert seqs == sorted(seqs)


def noticed(done: subprocess.CompletedProcess[bytes]) -> list[str]:
    """The messages of the error items that stand before the turn."""
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    before = lines[1 : [line["type"] for line in lines].index("turn.started")]
    return [line["item"]["message"] for line in before if line["item"]["type"] == "error"]


def test_a_torn_tail_is_told_once(env: dict[str, str], worktree: Path) -> None:
    with ResponsesServer([{"text": word} for word in ("one", "two", "three", "four")]) as server:
        assert noticed(run(env, server, worktree, "--json", "x")) == []
        (path,) = Path(env["CODEX_HOME"]).rglob("rollout-*.jsonl")
        tear(path)
        (message,) = noticed(run(env, server, worktree, "resume", "--last", "--json", "y"))
        assert "cut off" in message
        assert noticed(run(env, server, worktree, "resume", "--last", "--json", "z")) == []
        tear(path)
        done = run(env, server, worktree, "resume", "--last", "z")
        assert f"warning: {message}\n" in done.stderr.decode()


def tear(path: Path) -> None:
    """Leave a log as a process does that dies while it writes."""
    with path.open("ab") as file:
        file.write(b'{"timestamp":"x","type":"event_')


def test_another_model_is_told_once(env: dict[str, str], worktree: Path) -> None:
    resume = ("resume", "--last", "--json", "-m", "gpt-5.5-b", "y")
    with ResponsesServer([{"text": word} for word in ("one", "two", "three")]) as server:
        run(env, server, worktree, "-m", "gpt-5.5-a", "x")
        told = noticed(run(env, server, worktree, *resume))
        again = noticed(run(env, server, worktree, *resume))
    begin = "This session was recorded with model `gpt-5.5-a` but is resuming with `gpt-5.5-b`"
    assert [text.startswith(begin) for text in told if "recorded" in text] == [True]
    assert [text for text in again if "recorded" in text] == []
