"""`csm replay` as it is called: screens, JSON, the same bytes anywhere; proof, and what a planted fault does to it."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from csm.api.testing import ResponsesServer, bundled
from csm.core.fold import fold

indexes = bundled("sessions", "index")
fixture = bundled("sessions", "fixture")


@pytest.fixture
def csm(env: dict[str, str], tmp_path: Path) -> Any:
    """Runs csm; its exit status, stdout and stderr, in bytes."""

    def run(*words: str, **more: str) -> tuple[int, bytes, bytes]:
        command = [sys.executable, "-m", "csm", *words]
        done = subprocess.run(
            command, env={**env, **more}, cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, timeout=60
        )
        assert b"Traceback" not in done.stderr
        return done.returncode, done.stdout, done.stderr

    return run


@pytest.fixture
def log(tmp_path: Path) -> Path:
    wish = fixture.Wish(3000, 7)
    path = tmp_path / fixture.name(wish)
    path.write_bytes(b"".join(fixture.lines(wish)))
    return path


def test_the_same_log_gives_the_same_bytes_anywhere(csm: Any, log: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    (other / "deep").mkdir(parents=True)
    moved = other / "deep" / log.name
    shutil.copy(log, moved)
    places = {"HOME": str(other), "CODEX_HOME": str(other), "XDG_STATE_HOME": str(other / "s")}
    away = {**places, "TZ": "Asia/Tokyo", "LANG": "de_DE.UTF-8", "LC_ALL": "C", "TERM": "vt100", "COLUMNS": "40"}
    for words in (("--at", "1500"), ("--turn", "9", "--size", "50x10", "--colors", "--theme", "light"), ("--at", "0")):
        first, second = csm("replay", str(log), *words), csm("replay", str(moved), *words, **away)
        assert first[0] == second[0] == 0, first
        assert first[1] == second[1]
        assert csm("replay", str(log), *words)[1] == first[1]
    told = [
        json.loads(csm("replay", str(path), "--at", "777", "--json", **env)[1])
        for path, env in ((log, {}), (moved, away))
    ]
    for one in told:
        del one["path"]
    assert told[0] == told[1] and told[0]["event"] == 777


def test_a_screen_has_its_size_and_says_where_it_is(csm: Any, log: Path) -> None:
    for size in ("80x24", "40x12", "1x1", "200x50"):
        status, out, _ = csm("replay", str(log), "--turn", "20", "--size", size)
        columns, rows = map(int, size.split("x"))
        lines = out.decode().splitlines()
        assert status == 0 and len(lines) == rows and max(map(len, lines)) <= columns
    text = csm("replay", str(log), "--turn", "20")[1].decode()
    assert text.splitlines()[-1].startswith("  event 521 of 3,000 · turn 20 of 116 · turn_completed")
    assert "\x1b" not in text
    assert "\x1b[" in csm("replay", str(log), "--at", "500", "--colors")[1].decode()


def test_the_summary_is_the_state_of_as_many_events(csm: Any, log: Path) -> None:
    recording = bundled("sessions", "store").RolloutStore(log.parent).recording(str(log))
    for number in (1, 42, 1999, 3000):
        told = json.loads(csm("replay", str(log), "--at", str(number), "--json")[1])
        fresh = fold((step.time, step.body) for step in recording.steps(0) if step.number <= number)
        assert told["state"]["digest"] == fresh.state_hash()
        assert told["state"]["history_items"] == len(fresh.history)
        assert (told["events"], told["turn"]) == (3000, fresh.begun)


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (("--at", "3001"), 1, "no event 3001"),
        (("--at", "-1"), 2, "--at <N>"),
        (("--at", "x"), 2, "invalid value"),
        (("--turn", "0"), 1, "no turn 0"),
        (("--turn", "117"), 1, "no turn 117"),
        (("--at", "1", "--turn", "1"), 2, "cannot be used with"),
        (("--at", "1", "--size", "big"), 1, "no size"),
        (("--at", "1", "--size", "0x5"), 1, "no size"),
        (("--at", "1", "--colors", "--theme", "nobody"), 1, "nobody"),
        ((), 1, "no terminal"),
    ],
)
def test_what_cannot_be_shown_is_said(csm: Any, log: Path, words: tuple[str, ...], status: int, says: str) -> None:
    found = csm("replay", str(log), *words)
    if words[-1:] == ("0x5",):
        says = "from 1x1"
    assert (found[0], found[1]) == (status, b"")
    assert says in found[2].decode()


def test_a_session_that_is_not_there(csm: Any, tmp_path: Path) -> None:
    for words in (("nobody", "--at", "1"), ("./nothing.jsonl", "--verify")):
        status, out, error = csm("replay", *words)
        assert (status, out) == (1, b"") and b"no " in error
    (tmp_path / "empty.jsonl").write_bytes(b"")
    assert csm("replay", "empty.jsonl", "--at", "0")[0] == 1


def test_both_folds_are_the_same(csm: Any, log: Path) -> None:
    status, out, _ = csm("replay", str(log), "--verify", "--json")
    told = json.loads(out)
    assert status == 0 and told["same"] is True and told["differs"] == []
    assert told["checkpoints"] > 3 and told["compared"] == told["screens"] >= told["turns"] == 116 and not told["made"]
    assert csm("replay", str(log), "--verify")[1].startswith(str(log).encode())


def plant(home: Path, log: Path, change: Any) -> int:
    """Make the index of a log, and change one of its states in the middle; its number."""
    folder = home / ".local/state/csm/index"
    tracker = bundled("sessions", "tracking").Tracker(log.parent, log, log.stem[-36:], folder, whole=True)
    file = tracker.make()
    found = indexes.load(file, log.stem[-36:])
    number = len(found.points) // 2
    change(found, number)
    indexes.save(file, found)
    return number + 1


def _seed(name: str, value: Any) -> Any:
    """A change of one field of a seed, which is an array."""
    names = [field.name for field in msgspec.structs.fields(bundled_seed())]

    def change(found: Any, number: int) -> None:
        values = json.loads(found.points[number].seed)
        values[names.index(name)] = value
        found.points[number].seed = json.dumps(values).encode()

    return change


def bundled_seed() -> Any:
    from csm.core import seed

    return seed._Seed


def _point(name: str, by: int) -> Any:
    def change(found: Any, number: int) -> None:
        setattr(found.points[number], name, getattr(found.points[number], name) + by)

    return change


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (_seed("model", "another"), "model"),
        (_seed("begun", 3), "begun"),
        (_seed("usage", {"input": 1}), "usage"),
        (_seed("total", "abc"), "state"),
        (_seed("seq", 5), "seq"),
        (_point("history", 1), "history"),
        (lambda found, number: setattr(found.points[number], "seed", b"[]"), "cannot be read"),
    ],
)
def test_a_wrong_checkpoint_is_found(csm: Any, home: Path, log: Path, change: Any, says: str) -> None:
    number = plant(home, log, change)
    status, out, _ = csm("replay", str(log), "--verify", "--json")
    told = json.loads(out)
    assert status == 1 and told["same"] is False
    assert any(f"checkpoint {number}" in one and says in one for one in told["differs"]), told["differs"]
    assert csm("replay", str(log), "--verify")[0] == 1


def test_an_index_that_leads_to_the_wrong_turns_is_found(csm: Any, home: Path, log: Path) -> None:
    def change(found: Any, number: int) -> None:
        marks = indexes.numbers("Q", found.marks)
        marks[5] += 1
        found.marks = marks.tobytes()

    plant(home, log, change)
    status, out, _ = csm("replay", str(log), "--verify")
    assert status == 1 and b"the index says that" in out


def test_a_session_of_exec_is_proved_printed_and_run_again(csm: Any, env: dict[str, str], tmp_path: Path) -> None:
    turns = [{"call": [("exec_command", {"cmd": "echo made"}, "c1")]}, {"text": "It is done."}]
    with ResponsesServer(turns) as server:
        words = [word for key, value in server.overrides().items() for word in ("-c", f"{key}={json.dumps(value)}")]
        done = csm("exec", "--skip-git-repo-check", "-s", "danger-full-access", "--json", *words, "do it")
    thread = json.loads(done[1].splitlines()[0])["thread_id"]
    screen = csm("replay", thread, "--turn", "1")[1].decode()
    assert "› do it" in screen and "echo made" in screen and "It is done." in screen
    assert csm("replay", thread, "--verify")[0] == 0
    status, out, _ = csm("replay", thread, "--with-model", "--json")
    told = json.loads(out)
    assert status == 0 and told["same"] is True
    assert (told["turns"], told["requests"], told["tools"]) == (1, 2, 1)
    path = next(Path(env["CODEX_HOME"]).glob("sessions/**/rollout-*.jsonl"))
    changed = tmp_path / path.name
    changed.write_text(path.read_text().replace('"message":"It is done."', '"message":"It is not."'))
    status, out, _ = csm("replay", str(changed), "--with-model")
    assert status == 1 and b"Different at event" in out and b"It is not." in out and b"It is done." in out


def test_turns_of_codex_are_run_again_by_their_history(csm: Any, log: Path, tmp_path: Path) -> None:
    status, out, _ = csm("replay", str(log), "--with-model")
    assert status == 0 and b"115 of the turns are another program's" in out
    planted = tmp_path / f"planted-{log.name}"
    lines = log.read_bytes().splitlines(keepends=True)
    gone = next(at for at, line in enumerate(lines) if b'"function_call"' in line)
    planted.write_bytes(b"".join([*lines[:gone], *lines[gone + 1 :]]))
    status, out, _ = csm("replay", str(planted), "--with-model")
    assert status == 1 and b"Different at event" in out


def test_a_log_of_which_no_turn_can_be_run_again(csm: Any, log: Path, tmp_path: Path) -> None:
    short = tmp_path / f"short-{log.name}"
    short.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:12]))
    status, out, _ = csm("replay", str(short), "--with-model", "--json")
    assert status == 3
    assert (json.loads(out)["turns"], json.loads(out)["cut"]) == (0, 1)


@pytest.mark.parametrize("term", ["dumb", "unknown", ""])
def test_a_terminal_without_a_screen_is_told_what_it_can_do(
    env: dict[str, str], tmp_path: Path, log: Path, term: str
) -> None:
    ours, theirs = pty.openpty()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "csm", "replay", str(log)], env={**env, "TERM": term}, cwd=tmp_path,
            stdin=theirs, stdout=theirs, stderr=subprocess.PIPE, timeout=60, check=False,
        )  # fmt: skip
        said = done.stderr.decode()
        os.write(theirs, b"!")
        assert os.read(ours, 100) == b"!"  # nothing else was written to it
    finally:
        os.close(ours)
        os.close(theirs)
    assert done.returncode == 1
    assert "no screen to step through a session on" in said
    assert "--at N or --turn N" in said
    assert "Traceback" not in said
