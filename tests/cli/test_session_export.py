"""`csm session export` as it is called: formats, files, turns, logs of Codex, long logs in little memory."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from csm.api.testing import bundled

fixture = bundled("sessions", "fixture")


@pytest.fixture
def csm(env: dict[str, str], tmp_path: Path) -> Any:
    """Runs csm; its exit status, stdout and stderr."""

    def run(*words: str, **more: Any) -> tuple[int, str, str]:
        command = [sys.executable, "-m", "csm", "session", "export", *words]
        options = {"stdin": subprocess.DEVNULL, "capture_output": True, "text": True, "timeout": 60, **more}
        done = subprocess.run(command, env=env, cwd=tmp_path, **options)
        assert "Traceback" not in (done.stderr or "")
        return done.returncode, done.stdout, done.stderr

    return run


def made_up(home: Path, **wish: Any) -> tuple[str, Path]:
    """A made-up session: its id and its file."""
    wanted = fixture.Wish(**{"events": 400, "compact": 0, **wish})
    path = home / ".codex/sessions" / fixture.folder() / fixture.name(wanted)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(fixture.lines(wanted)))
    return fixture.thread_id(wanted), path


def test_the_file_name_says_what_it_becomes(csm: Any, home: Path, tmp_path: Path) -> None:
    session, _ = made_up(home)
    for name, begins in (("a.md", "# "), ("a.html", "<!doctype html>"), ("a.JSON", '{"format":'), ("plain", "# ")):
        status, out, err = csm(session, "-o", name)
        text = (tmp_path / name).read_text("utf-8")
        assert (status, err) == (0, "") and text.startswith(begins)
        assert out == f"{name}: {len(text.encode()):,} bytes\n"
    assert (tmp_path / "a.md").read_text("utf-8") == csm(session)[1]
    assert json.loads(csm(session, "--json")[1]) == json.loads((tmp_path / "a.JSON").read_text())
    assert csm(session, "-o", "x.md", "--format", "json")[0] == 0 and json.loads((tmp_path / "x.md").read_text())


def test_what_is_there_stays_unless_forced(csm: Any, home: Path, tmp_path: Path) -> None:
    session, path = made_up(home)
    (tmp_path / "out.md").write_text("mine")
    status, out, err = csm(session, "-o", "out.md")
    assert (status, out) == (1, "") and "is there already\n--force" in err
    assert (tmp_path / "out.md").read_text() == "mine"
    assert csm(session, "-o", "out.md", "--turns", "99", "--force")[0] == 1
    assert (tmp_path / "out.md").read_text() == "mine"
    assert csm(session, "-o", "out.md", "--force")[0] == 0 and (tmp_path / "out.md").read_text().startswith("# ")
    before = path.read_bytes()
    (tmp_path / "link.md").symlink_to(path)
    for name in (str(path), "link.md"):
        assert "is the session itself" in csm(session, "-o", name, "--force")[2]
    assert path.read_bytes() == before
    for name, why in ((".", "is a folder"), ("no/such/out.md", "No such file")):
        status, _, err = csm(session, "-o", name)
        assert status == 1 and why in err
    assert sorted(file.name for file in tmp_path.iterdir()) == ["home", "link.md", "out.md"]


def test_a_full_disk_leaves_no_half_of_a_file(csm: Any, home: Path, tmp_path: Path) -> None:
    session, _ = made_up(home, events=3000)

    def little() -> None:
        import signal

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    status, _, err = csm(session, "-o", "out.html", preexec_fn=little)
    assert status == 1 and "cannot write out.html: File too large" in err
    assert [file.name for file in tmp_path.iterdir()] == ["home"]


@pytest.mark.parametrize("shape", ["legacy", "paginated"])
def test_calls_that_only_the_history_tells_of_are_written_out(csm: Any, home: Path, shape: str) -> None:
    session, path = made_up(home, shape=shape)
    lines = [json.loads(line)["payload"] for line in path.read_bytes().splitlines()]
    calls = [json.loads(one["arguments"])["cmd"] for one in lines if one.get("type") == "function_call"]
    answers = [one["output"] for one in lines if one.get("type") == "function_call_output"]
    turns = json.loads(csm(session, "--json")[1])["turns"]
    found = [one for turn in turns for one in turn["items"] if one["type"] == "command_execution"]
    assert [one["command"] for one in found] == calls
    assert [one["output"] for one in found if one["output"]] == [one for one in answers if one]
    assert [one["type"] for one in turns[1]["items"]] == ["user_message", *["command_execution"] * 9, "agent_message"]
    assert "*Ran*" in csm(session)[1] and "*Ran*" not in csm(session, "--tools", "none")[1]
    third = json.loads(csm(session, "--json", "--turns", "3")[1])["turns"]
    assert third == [turns[2]]


def test_turns_that_were_taken_back_are_left_out(csm: Any, home: Path) -> None:
    session, path = made_up(home, shape="legacy", events=121)
    before = json.loads(csm(session, "--json")[1])["turns"]
    lines = path.read_bytes().splitlines(keepends=True)
    back = {"timestamp": "t", "type": "event_msg", "payload": {"type": "thread_rolled_back", "num_turns": 2}}
    more = list(fixture.lines(fixture.Wish(200, 9, "legacy", 0)))[1:60]
    path.write_bytes(b"".join([*lines, json.dumps(back).encode() + b"\n", *more]))
    after = json.loads(csm(session, "--json")[1])["turns"]
    kept = len(before) - 2
    assert after[:kept] == before[:kept] and [one["number"] for one in after] == list(range(1, len(after) + 1))
    said = {item["text"] for turn in after for item in turn["items"] if item["type"] == "user_message"}
    gone = {item["text"] for turn in before[kept:] for item in turn["items"] if item["type"] == "user_message"}
    assert len(after) > kept and not said & gone
    commands = [item["command"] for turn in after for item in turn["items"] if item["type"] == "command_execution"]
    assert len(commands) > 9 * kept


def test_long_logs_take_little_memory(csm: Any, home: Path) -> None:
    session, path = made_up(home, events=60_000, compact=2000)
    assert path.stat().st_size > 10_000_000

    def little() -> None:
        resource.setrlimit(resource.RLIMIT_DATA, (40 << 20, 40 << 20))

    status, out, err = csm(session, "--format", "html", "--tools", "full", preexec_fn=little)
    assert (status, err) == (0, "") and out.count("<section id=") > 2000


def test_a_reader_that_goes_away_is_no_error_to_speak_of(csm: Any, env: dict[str, str], home: Path) -> None:
    session, _ = made_up(home, events=20_000)
    script = f"{sys.executable} -m csm session export {session} | head -c 100"
    done = subprocess.run(["bash", "-c", script], env=env, capture_output=True, text=True, timeout=60)
    assert done.stderr == "" and len(done.stdout) == 100
