"""Archiving, bringing back and deleting on the command line: texts, exit statuses, and what lies on the disk."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from csm.api.testing import bundled
from csm.cli.launch import launch
from csm.headless.visible import one_line

ODD = [
    "nosuch",
    "",
    "  ",
    "../../x",
    "/etc/passwd",
    "*",
    "a\nb",
    "'; DROP TABLE threads;--",
    "x" * 5000,
    "01a1f949",
    ".",
]


def number(of):
    return f"01a1f949-c093-7b01-ae9e-{of:012d}"


@pytest.fixture
def codex(env, worktree, monkeypatch):
    """Codex's home; commands run in this process, in the work tree."""
    for name in [name for name in os.environ if name not in env]:
        monkeypatch.delenv(name)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(worktree)
    return Path(env["CODEX_HOME"])


def session(codex, of, name=None, *, archived=False, cwd="/w", source="cli", base=None, parent=None, day=20, part=""):
    """A session file; its path."""
    folder = codex / ("archived_sessions" if archived else f"sessions/2026/11/{day:02d}")
    folder.mkdir(parents=True, exist_ok=True)
    meta = {"id": number(of), "timestamp": "2026-11-20T10:00:00.000Z", "cwd": cwd, "source": source}
    if base:
        meta["history_base"] = {"thread_id": base, "end_ordinal_exclusive": 2, "end_byte_offset": 10}
    if parent:
        meta |= {"parent_thread_id": parent, "source": {"subagent": "review"}}
    lines = [("session_meta", meta), ("event_msg", {"type": "user_message", "message": f"prompt {of}"})]
    path = folder / f"rollout-2026-11-{day:02d}T10-00-00-{number(of)}{part}.jsonl"
    text = "".join(json.dumps({"timestamp": "t", "type": kind, "payload": load}) + "\n" for kind, load in lines)
    path.write_text(text)
    if name:
        call(codex, of, name)
    return path


def call(codex, of, name):
    with (codex / "session_index.jsonl").open("a") as index:
        index.write(json.dumps({"id": number(of), "thread_name": name, "updated_at": "t"}) + "\n")


def files(codex):
    return sorted(path.relative_to(codex).parts[0] + path.stem[-2:] for path in codex.rglob("rollout-*"))


def test_there_and_back(codex, capsys):
    path = session(codex, 1, "alpha")
    before = path.read_bytes(), path.stat().st_mtime_ns
    assert launch(["archive", "alpha"]) == 0
    assert capsys.readouterr().out == f"Archived session alpha ({number(1)}).\n"
    assert files(codex) == ["archived_sessions01"]
    assert launch(["archive", number(1).upper()]) == 1
    assert capsys.readouterr().err.startswith("Error: failed to archive session\n")
    assert launch(["unarchive", number(1).upper()]) == 0
    assert capsys.readouterr().out == f"Unarchived session alpha ({number(1)}).\n"
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert launch(["archive", number(1)]) == 0
    assert capsys.readouterr().out == f"Archived session {number(1)}.\n"


@pytest.mark.skipif(shutil.which("zstd") is None, reason="there is no zstd here to pack with")
def test_a_packed_session_there_and_back_by_its_name(codex, capsys):
    before = session(codex, 1, "alpha").read_bytes()
    for command, told in (("archive", "Archived"), ("unarchive", "Unarchived")):
        (path,) = codex.rglob("rollout-*.jsonl")
        subprocess.run(["zstd", "-q", "--rm", str(path)], check=True)
        assert launch([command, "alpha"]) == 0
        assert capsys.readouterr().out == f"{told} session alpha ({number(1)}).\n"
    (path,) = codex.rglob("rollout-*")
    assert path.read_bytes() == before and path.parent.parent.parent.parent.name == "sessions"
    subprocess.run(["zstd", "-q", "--rm", str(path)], check=True)
    assert launch(["delete", "alpha"]) == 1
    assert "cannot confirm session deletion" in capsys.readouterr().err
    assert launch(["delete", "--force", number(1)]) == 0 and not list(codex.rglob("rollout-*"))


@pytest.mark.parametrize("text", ODD)
@pytest.mark.parametrize(
    ("command", "what"), [("archive", "active"), ("unarchive", "archived"), ("delete", "active or archived")]
)
def test_sessions_there_are_not(codex, capsys, command, what, text):
    session(codex, 1, "alpha")
    session(codex, 2, "beta", archived=True)
    assert launch([command, "--", text]) == 1
    told = capsys.readouterr()
    assert told.out == "" and told.err.startswith(f"Error: No {what} session found matching '{one_line(text)[:200]}")
    assert len(told.err) < 300 and told.err.count("\n") == 1
    assert files(codex) == ["archived_sessions02", "sessions01"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["archive", number(9)], "failed to archive session"),
        (["unarchive", number(9)], "failed to unarchive session"),
        (["unarchive", number(1)], "failed to unarchive session"),
        (["delete", "--force", number(9)], "failed to delete session"),
        (["delete", number(9)], f"No active or archived session found matching '{number(9)}'."),
        (["delete", "--force", "alpha"], "--force requires a session UUID; names must be confirmed interactively"),
        (["delete", "alpha"], "cannot confirm session deletion without an interactive terminal; "),
    ],
)
def test_what_is_refused(codex, capsys, words, message):
    session(codex, 1, "alpha")
    assert launch(words) == 1
    assert capsys.readouterr().err.startswith(f"Error: {message}")
    assert files(codex) == ["sessions01"]


def test_a_name_of_several_is_refused_and_names_two(codex, capsys):
    for of in (1, 2, 3):
        session(codex, of, "twin")
    session(codex, 4, "twin", archived=True)
    assert launch(["archive", "twin"]) == 1
    told = capsys.readouterr().err
    assert told == (
        f"Error: Multiple sessions match 'twin' (including {number(3)} and {number(2)}); "
        "use a session UUID to disambiguate.\n"
    )
    assert launch(["unarchive", "twin"]) == 0  # of those in the archive there is one


def test_the_last_name_counts(codex, capsys):
    session(codex, 1, "old")
    call(codex, 1, "new")
    assert launch(["archive", "old"]) == 1
    assert launch(["archive", "new"]) == 0
    assert "new" in capsys.readouterr().out


def test_deleting_takes_the_name_and_the_agents_along(codex, capsys):
    session(codex, 1, "alpha")
    session(codex, 2, "beta")
    session(codex, 3, parent=number(1))
    session(codex, 4, parent=number(3), archived=True)
    assert launch(["delete", "--force", number(1)]) == 0
    assert capsys.readouterr().out == f"Deleted session {number(1)} and 2 agents of it.\n"
    assert files(codex) == ["sessions02"]
    index = (codex / "session_index.jsonl").read_text()
    assert "alpha" not in index and "beta" in index
    assert launch(["archive", "beta"]) == 0


def test_a_session_that_another_one_builds_on_stays(codex, capsys):
    session(codex, 1)
    session(codex, 2, base=number(1), archived=True)
    assert launch(["delete", "--force", number(1)]) == 1
    told = capsys.readouterr().err
    assert told.startswith("Error: failed to delete session\n") and number(2) in told
    assert launch(["delete", "--force", number(2)]) == 0
    assert launch(["delete", "--force", number(1)]) == 0
    assert files(codex) == []


def test_a_session_of_several_files_moves_and_goes_as_one(codex, capsys):
    part = "01a1f949-d000-7b01-ae9e-000000000077"
    session(codex, 1, "alpha")
    session(codex, 1, base=number(1), day=21, part=f"_{part}")
    assert launch(["archive", "alpha"]) == 0
    assert files(codex) == ["archived_sessions01", "archived_sessions77"]
    assert launch(["unarchive", "alpha"]) == 0
    assert [path.parent.name for path in sorted(codex.rglob("rollout-*"))] == ["20", "21"]
    session(codex, 2, base=part)
    assert launch(["delete", "--force", number(1)]) == 1  # the fork reads the later file
    (codex / "sessions/2026/11/20" / f"rollout-2026-11-20T10-00-00-{number(2)}.jsonl").unlink()
    assert launch(["delete", "--force", number(1)]) == 0
    assert files(codex) == []
    capsys.readouterr()


@pytest.mark.parametrize("words", [["archive"], ["delete", "--force"]])
def test_a_session_that_is_written_stays(codex, capsys, words):
    session(codex, 1)
    lock = bundled("sessions", "locks").Lock(codex, number(1))
    try:
        assert launch([*words, number(1)]) == 1
        assert "active writer" in capsys.readouterr().err
        assert files(codex) == ["sessions01"]
    finally:
        lock.release()
    assert launch([*words, number(1)]) == 0


def test_nothing_is_overwritten(codex, capsys):
    session(codex, 1)
    session(codex, 1, archived=True)
    assert launch(["archive", number(1)]) == 1
    assert "is there already" in capsys.readouterr().err
    assert files(codex) == ["archived_sessions01", "sessions01"]


def test_what_was_cut_short_can_be_asked_for_again(codex, capsys, monkeypatch):
    part = "01a1f949-d000-7b01-ae9e-000000000077"
    session(codex, 1)
    session(codex, 1, base=number(1), day=21, part=f"_{part}")
    rename = Path.rename
    moved = []

    def once(path, target):
        if moved:
            raise OSError(28, "No space left on device")
        moved.append(path)
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", once)
    assert launch(["archive", number(1)]) == 1
    assert "No space left" in capsys.readouterr().err
    assert files(codex) == ["archived_sessions01", "sessions77"]  # the newest file is the session, and still here
    monkeypatch.setattr(Path, "rename", rename)
    assert launch(["archive", number(1)]) == 0
    assert files(codex) == ["archived_sessions01", "archived_sessions77"]


@pytest.mark.parametrize(
    ("typed", "status", "last", "left"),
    [
        ("y\r", 0, "Deleted session alpha", 0),
        ("yes\r", 0, "Deleted", 0),
        ("n\r", 0, "Delete cancelled.", 1),
        ("\r", 0, "Delete cancelled.", 1),
        ("\x04", 0, "Delete cancelled.", 1),
        ("\x03", 1, "", 1),
    ],
    ids=["y", "yes", "n", "enter", "end", "break"],
)
def test_who_is_there_is_asked(codex, env, worktree, typed, status, last, left):
    session(codex, 1, "alpha")
    child = pexpect.spawn(
        sys.executable, ["-m", "csm", "delete", "alpha"], env=env, cwd=str(worktree), encoding="utf-8", timeout=30
    )
    child.expect_exact(f"Permanently delete session 'alpha' ({number(1)})?")
    child.expect_exact("Continue? [y/N]: ")
    child.send(typed)
    child.expect(pexpect.EOF)
    child.close()
    assert last in child.before and child.exitstatus == status
    assert len(files(codex)) == left
