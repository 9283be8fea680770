"""`csm resume` and `csm fork` where no shell is opened: tables, JSON, copies, and what is refused."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import pytest

from csm.cli.launch import launch


def number(of):
    return f"01a1f949-c093-7b01-ae9e-{of:012d}"


@pytest.fixture
def codex(env, worktree, monkeypatch):
    """Codex's home with sessions; commands run in this process, in the work tree."""
    for name in [name for name in os.environ if name not in env]:
        monkeypatch.delenv(name)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(worktree)
    home = Path(env["CODEX_HOME"])
    (home / "config.toml").write_text(
        'model = "gpt-5.5"\nmodel_provider = "s"\n[model_providers.s]\nname = "s"\nbase_url = "http://127.0.0.1:9"\n'
    )
    put(home, 1, "first", worktree, turns=3)
    put(home, 2, "second \x1b[31m\nline", worktree)
    put(home, 3, "elsewhere", worktree.parent)
    put(home, 4, "of exec", worktree, source="exec")
    put(home, 5, "of an agent", worktree, source={"subagent": "review"})
    put(home, 6, "of a server", worktree, source="mcp")
    (home / "session_index.jsonl").write_text(json.dumps({"id": number(1), "thread_name": "Ein Näme"}) + "\n")
    return home


def put(home, of, prompt, cwd, *, source="cli", turns=1):
    path = home / f"sessions/2026/11/20/rollout-2026-11-20T10-00-00-{number(of)}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    meta = {"id": number(of), "timestamp": "2026-11-20T10:00:00.000Z", "cwd": str(cwd), "source": source}
    lines = [("session_meta", {**meta, "model_provider": "s", "git": {"branch": "main"}})]
    for turn in range(1, turns + 1):
        said = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": f"{prompt} {turn}"}]}
        lines += [
            ("event_msg", {"type": "task_started", "turn_id": f"t{turn}"}),
            ("response_item", said),
            ("event_msg", {"type": "user_message", "message": prompt if turn == 1 else f"{prompt} {turn}"}),
            ("event_msg", {"type": "task_complete", "turn_id": f"t{turn}"}),
        ]
    path.write_text("".join(json.dumps({"timestamp": "t", "type": kind, "payload": one}) + "\n" for kind, one in lines))
    os.utime(path, (1_700_000_000 + of, 1_700_000_000 + of))


def run(capsys, *words):
    assert launch(list(words)) == 0
    told = capsys.readouterr()
    assert told.err == ""
    return told.out


def ids(out):
    return [int(one["id"][-3:]) for one in json.loads(out)["sessions"]]


def test_all_sessions_as_a_table(codex, capsys):
    lines = run(capsys, "resume", "--all").splitlines()
    assert lines[0].split() == ["UPDATED", "ID", "NAME", "OR", "FIRST", "PROMPT", "FOLDER"]
    assert [line.split()[2] for line in lines[1:]] == [number(3), number(2), number(1)]
    assert "second ^[[31m line" in lines[2] and "\x1b" not in lines[2] and "Ein Näme" in lines[3]
    assert len({line.index("/") for line in lines[1:]}) == 1


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["--json"], [2, 1]),
        (["--json", "--all"], [3, 2, 1]),
        (["--json", "--include-non-interactive"], [6, 4, 2, 1]),
        (["--json", "--all", "--include-non-interactive"], [6, 4, 3, 2, 1]),
        (["--json", "-C", ".."], [3]),
        (["--json", "-C", "link"], [2, 1]),
        (["--json", "-C", "empty"], []),
    ],
)
def test_which_sessions_are_listed(codex, capsys, worktree, words, found):
    (worktree / "link").symlink_to(worktree)
    (worktree / "empty").mkdir()
    assert ids(run(capsys, "resume", *words)) == found


def test_forks_list_the_same(codex, capsys):
    assert ids(run(capsys, "fork", "--json")) == [2, 1]
    assert ids(run(capsys, "fork", "--json", "--include-non-interactive")) == [6, 4, 2, 1]


@pytest.mark.parametrize(("words", "prompt"), [([], "second"), (["--include-non-interactive"], "of a server")])
def test_the_newest_is_forked_of_those_that_count(codex, capsys, words, prompt):
    made = json.loads(run(capsys, "fork", "--json", "--last", *words))["session"]
    assert made["prompt"].startswith(prompt)


def test_sessions_of_a_linked_folder_are_found_from_the_real_one(codex, capsys, worktree):
    (worktree / "link").symlink_to(worktree.parent)
    put(codex, 7, "through a link", worktree / "link")
    assert ids(run(capsys, "resume", "--json", "-C", "..")) == [7, 3]


@pytest.mark.parametrize("which", [number(1), number(1).upper(), "Ein Näme"])
def test_one_session_as_json(codex, capsys, which):
    told = json.loads(run(capsys, "resume", which, "--json"))["session"]
    assert (told["id"], told["name"], told["prompt"]) == (number(1), "Ein Näme", "first")
    assert (told["branch"], told["source"], told["provider"], told["turns"]) == ("main", "cli", "s", 3)
    assert told["size"] == Path(told["path"]).stat().st_size and told["updated"].startswith("2023-11-14T22:13:21")


@pytest.mark.parametrize(("words", "found"), [([], 2), (["--all"], 3), (["--include-non-interactive"], 6)])
def test_the_newest_one(codex, capsys, words, found):
    told = json.loads(run(capsys, "resume", "--last", "--json", *words))["session"]
    assert told["id"] == number(found)


@pytest.mark.parametrize(("at", "turns"), [([], 3), (["--at", "2"], 2), (["--at", "t1"], 1)])
def test_a_copy_is_made_and_told_of(codex, capsys, at, turns):
    told = json.loads(run(capsys, "fork", number(1), "--json", *at))["session"]
    assert told["id"] != number(1) and told["turns"] == turns
    first = json.loads(Path(told["path"]).read_text().splitlines()[0])["payload"]
    assert first["forked_from_id"] == number(1)
    assert len(list(codex.rglob("rollout-*"))) == 7


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["resume", "--json", "nosuch"], "Error: no session with the id or name nosuch"),
        (["resume", "--json", number(9)], f"Error: no session with the id or name {number(9)}"),
        (["resume", "--json", "../../x"], "Error: no session"),
        (["resume", "--json", "x" * 5000], "Error: no session with the id or name xxx"),
        (["resume", "--json", "a\nb"], "Error: no session with the id or name 'a\\nb'"),
        (["resume", "--json", ""], "Error: no session"),
        (["resume", "--json", "--last", "-C", "empty"], "Error: There is no session to resume of this folder"),
        (["fork", "--json", "--last", "-C", "empty"], "Error: There is no session to fork of this folder"),
        (["fork", "--json", number(1), "--at", "4"], "Error: there is no turn '4': the session has 3 turns"),
        (["resume"], "Error: stdin is not a terminal"),
        (["resume", "--last"], "Error: stdin is not a terminal"),
        (["resume", number(1)], "Error: stdin is not a terminal"),
        (["fork"], "Error: stdin is not a terminal"),
    ],
)
def test_what_is_refused(codex, capsys, worktree, words, message, monkeypatch):
    (worktree / "empty").mkdir()
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert launch(words) == 1
    told = capsys.readouterr()
    assert told.err.startswith(message) and told.out == "" and len(told.err) < 400
    assert len(list(codex.rglob("rollout-*"))) == 6


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["resume", "--last", "x", "y"], "the argument '--last' cannot be used with '[PROMPT]'"),
        (["fork", "--last", "x", "y"], "the argument '--last' cannot be used with '[PROMPT]'"),
        (["fork", "--at", "2"], "the argument '--at <TURN>' needs a session, or '--last'"),
        (["resume", "a", "b", "c"], "unexpected argument 'c' found"),
        (["resume", "--at", "2", "x"], "unexpected argument '--at' found"),
    ],
)
def test_words_that_make_no_sense(codex, capsys, words, message):
    assert launch(words) == 2
    assert capsys.readouterr().err.startswith(f"error: {message}")


def test_no_session_at_all(env, worktree, monkeypatch, capsys):
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(worktree)
    assert run(capsys, "resume", "--all").count("\n") == 1
    assert json.loads(run(capsys, "resume", "--all", "--json")) == {"sessions": []}


def test_files_that_cannot_be_read_are_told(codex, capsys):
    (codex / f"sessions/2026/11/20/rollout-2026-11-20T10-00-00-{number(9)}.jsonl").mkdir()
    assert launch(["resume", "--all", "--json"]) == 0
    told = capsys.readouterr()
    assert ids(told.out) == [3, 2, 1]
    assert told.err.startswith("warning: 1 session file could not be read: /")
