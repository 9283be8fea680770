"""`csm session` as it is called: what it prints, as text and as JSON; what it refuses; what the model is asked."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from csm.api import compaction
from csm.api.testing import ResponsesServer, bundled
from csm.cli.launch import launch

fixture = bundled("sessions", "fixture")
MARK = compaction.MARK.split("\n")[0]
CONFIG = """model = "gpt-5.5"
model_provider = "s"
[model_providers.s]
name = "s"
base_url = "{url}"
env_key = "KEY"
request_max_retries = 0
stream_max_retries = 0
"""


@pytest.fixture
def csm(env: dict[str, str], worktree: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Any:
    """Runs csm in this process, in the work tree; its exit status, stdout and stderr."""
    for name in [name for name in os.environ if name not in env]:
        monkeypatch.delenv(name)
    for name, value in {**env, "KEY": "sk-x"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(worktree)

    def run(*words: str, stdin: bytes = b"") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        status = launch(list(words))
        told = capfd.readouterr()
        assert "Traceback" not in told.err
        return status, told.out, told.err

    return run


@pytest.fixture
def made(home: Path) -> tuple[str, Path]:
    """A made-up session of 400 lines, the last turn unfinished: its id and its file."""
    wish = fixture.Wish(400, compact=0)
    path = home / ".codex/sessions" / fixture.folder() / fixture.name(wish)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"".join(fixture.lines(wish)))
    return fixture.thread_id(wish), path


def name(home: Path, thread_id: str, text: str) -> None:
    with (home / ".codex/session_index.jsonl").open("a") as index:
        index.write(json.dumps({"id": thread_id, "thread_name": text}) + "\n")


def test_a_session_is_made_shown_named_and_listed(csm: Any, worktree: Path) -> None:
    status, out, err = csm("session", "create", "--name", " my \n session ")
    assert (status, err) == (0, "")
    (made,) = out.split()
    (session,) = json.loads(csm("session", "list", "--json")[1])["sessions"]
    assert (session["id"], session["name"], session["cwd"]) == (made, "my session", str(worktree))
    path = Path(session["path"])
    assert oct(path.stat().st_mode & 0o777) == "0o600" and path.read_text().count("\n") >= 2
    shown = json.loads(csm("session", "show", "my session", "--json")[1])
    assert (shown["id"], shown["turns"], shown["history"]["items"], shown["unfinished"]) == (made, 0, 0, None)
    assert shown["approval"] == "on-request"  # somebody may open it who can be asked
    status, out, _ = csm("session", "rename", made, "other")
    assert (status, out) == (0, f"Session {made} is called other.\n")
    renamed = json.loads(csm("session", "rename", made, "third", "--json")[1])
    assert renamed["session"]["name"] == "third"
    assert (
        csm("session", "show", "third")[1].startswith(f"session       {made}\nname          third\n")
        or "third" in csm("session", "show", "third")[1]
    )
    assert json.loads(csm("session", "create", "--json")[1])["session"]["name"] is None


def test_tags_are_given_listed_and_go_with_the_session(csm: Any, made: tuple[str, Path], home: Path) -> None:
    other = csm("session", "create", "--name", "a name that is longer than the column for names is wide")[1].strip()
    assert csm("session", "tag", made[0], "bug, #ui bug") == (0, f"Session {made[0]} is tagged #bug #ui.\n", "")
    assert json.loads(csm("session", "tag", other, "ui", "--json")[1])["session"]["tags"] == ["ui"]
    listed = json.loads(csm("session", "list", "--json")[1])["sessions"]
    assert {one["id"]: one["tags"] for one in listed} == {made[0]: ["bug", "ui"], other: ["ui"]}
    table = csm("session", "list")[1].splitlines()
    assert any(made[0] in row and "#bug #ui" in row for row in table)
    assert any("a name that is longer" in row and "… #ui  /" in row for row in table)
    assert made[0] in csm("session", "list", "--search", "#bug")[1]
    assert other not in csm("session", "list", "--search", "#bug")[1]
    assert csm("session", "tag", other, "")[1] == f"Session {other} has no tags.\n"
    status, out, err = csm("session", "tag", other, "x" * 41)
    assert (status, out) == (1, "") and "this is no tag" in err
    tags = next(home.rglob("tags.jsonl"))
    assert csm("delete", made[0], "--force")[0] == 0
    assert json.loads(tags.read_text().splitlines()[-1]) == {"session_id": made[0], "tags": []}


def test_lists_are_filtered(csm: Any, made: tuple[str, Path], home: Path, tmp_path: Path) -> None:
    here = csm("session", "create", "--name", "alpha one")[1].strip()
    (tmp_path / "elsewhere").mkdir()
    there = csm("session", "create", "--name", "alpha two", "-C", str(tmp_path / "elsewhere"))[1].strip()
    os.utime(made[1], (1_700_000_000, 1_700_000_000))

    def ids(*words: str) -> list[str]:
        return [one["id"] for one in json.loads(csm("session", "list", "--json", *words)[1])["sessions"]]

    assert ids() == [there, here, made[0]]
    assert ids("--here") == [here] and ids("-C", str(tmp_path / "elsewhere")) == [there]
    assert ids("--search", "ONE alpha") == [here] and ids("--search", "nothing") == []
    assert ids("--newer-than", "2h") == [there, here] and ids("--newer-than", "9999w") == [there, here, made[0]]
    assert ids("--limit", "1") == [there] and ids("--limit", "0") == []
    csm("archive", here)
    assert ids("--archived") == [here] and ids() == [there, made[0]]
    table = csm("session", "list", "--search", "two")[1].splitlines()
    assert table[0].startswith("UPDATED") and there in table[1] and len(table) == 2


@pytest.mark.parametrize("command", ["show", "resume-plan", "export", "rename", "tag", "compact"])
@pytest.mark.parametrize("text", ["", "nobody", "../../x", "/etc/passwd", "*", "a\nb", "x" * 5000, "01a1f949", "."])
def test_what_names_no_session_is_an_error(csm: Any, command: str, text: str) -> None:
    more = {"rename": ("new",), "tag": ("new",), "compact": ("--seed",)}.get(command, ())
    status, out, err = csm("session", command, text, *more)
    assert (status, out) == (1, "") and err.startswith("Error: ") and len(err) < 1000


def test_several_sessions_of_one_name_are_an_error(csm: Any, made: tuple[str, Path], home: Path) -> None:
    other = csm("session", "create", "--name", "same")[1].strip()
    name(home, made[0], "same")
    status, out, err = csm("session", "show", "same")
    assert (status, out) == (1, "") and "2 sessions are called same" in err and other in err and made[0] in err


@pytest.mark.parametrize(
    ("words", "status", "why"),
    [
        (("compact", "ID"), 2, "--seed, --summary"),
        (("compact", "ID", "--summary", "--summary-file", "f"), 2, "cannot be used with"),
        (("compact", "ID", "--summary-file", "nosuch"), 1, "cannot read nosuch"),
        (("compact", "ID", "--summary-file", "empty"), 1, "says nothing"),
        (("compact", "ID", "--summary-file", "binary"), 1, "no text in UTF-8"),
        (("compact", "ID", "--source-file", "."), 1, "cannot read ."),
        (("prune",), 1, "say what may go"),
        (("prune", "--older-than", "soon"), 1, "'soon' is no age"),
        (("list", "--newer-than=-3d"), 1, "is no age"),
        (("list", "--limit", "x"), 1, "--limit is a number"),
        (("create", "--name", " "), 1, "a name needs"),
        (("create", "--from", "nosuch"), 1, "there is no artefact"),
        (("rename", "ID", "  "), 1, "a name needs"),
        (("export", "ID", "--turns", "0"), 1, "names no turns"),
        (("export", "ID", "--turns", "5..2"), 1, "names no turns"),
        (("export", "ID", "--turns", "99"), 1, "there is no turn 99"),
        (("export", "ID", "--format", "pdf"), 2, "invalid value 'pdf'"),
        (("nosuch",), 2, "unrecognized subcommand"),
    ],
)
def test_refusals(csm: Any, made: tuple[str, Path], worktree: Path, words: Any, status: int, why: str) -> None:
    (worktree / "empty").write_text(" \n")
    (worktree / "binary").write_bytes(b"\xff\xfe\x00")
    found, out, err = csm("session", *(made[0] if word == "ID" else word for word in words))
    assert (found, out) == (status, "") and why in err


def test_a_plan_says_what_resuming_reads_and_changes_nothing(csm: Any, home: Path) -> None:
    wish = fixture.Wish(3000, compact=1000)
    path = home / ".codex/sessions" / fixture.folder() / fixture.name(wish)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"".join(fixture.lines(wish)))
    before = {file: file.stat().st_mtime_ns for file in home.rglob("*") if file.is_file()}
    plan = json.loads(csm("session", "resume-plan", fixture.thread_id(wish), "-m", "gpt-x", "--json")[1])
    after = {file: file.stat().st_mtime_ns for file in home.rglob("*") if file.is_file() and "csm" not in file.parts}
    assert {file: time for file, time in before.items() if "csm" not in file.parts} == after
    size = path.stat().st_size
    assert (plan["index"]["state"], plan["reads"]["total"], plan["log_bytes"]) == ("missing", size, size)
    assert (plan["recorded_model"], plan["model"]) == ("gpt-5.5", "gpt-x")
    assert any("was recorded with model gpt-5.5" in text for text in plan["warnings"])
    assert not list(home.rglob("*.log-index"))
    csm("log", "index", fixture.thread_id(wish))
    quick = json.loads(csm("session", "resume-plan", fixture.thread_id(wish), "--json")[1])
    assert quick["index"]["state"] == "current" and quick["reads"]["total"] < size / 3
    assert quick["history"] == plan["history"] and quick["turns"] == plan["turns"]
    path.write_bytes(path.read_bytes() + b'{"torn')
    text = csm("session", "resume-plan", fixture.thread_id(wish))[1]
    assert "behind" in text and "its last turn has not ended" in text and "% of what fits" in text


def test_broken_logs_are_shown_with_what_is_sound(csm: Any, made: tuple[str, Path]) -> None:
    lines = made[1].read_bytes().splitlines(keepends=True)
    made[1].write_bytes(b"".join([b'{"torn\n', *lines[1:200], b"\0\0\0\n", *lines[200:], b'{"al']))
    shown = json.loads(csm("session", "show", made[0], "--json")[1])
    assert shown["turns"] > 5 and any("could not be read" in text for text in shown["findings"])
    for words in (("show",), ("resume-plan",), ("export",), ("export", "--format", "html")):
        status, out, _ = csm("session", words[0], made[0], *words[1:])
        assert status == 0 and made[0] in out


def test_artefacts_are_made_shown_pruned(csm: Any, made: tuple[str, Path], home: Path) -> None:
    before = made[1].read_bytes()
    told = json.loads(csm("session", "compact", made[0], "--seed", "--summary-file", "-", "--json", stdin=b"hi\n")[1])
    assert [one["kind"] for one in told["artefacts"]] == ["replay-seed", "semantic-summary"]
    assert told["artefacts"][1]["text"] == "hi" and "places" not in told["artefacts"][0]
    assert made[1].read_bytes() == before
    (home / "notes.md").write_text("\ufeffmore", "utf-8")
    status, out, _ = csm("session", "compact", made[0], "--summary-file", str(home / "notes.md"))
    assert status == 0 and "by file notes.md" in out
    shown = json.loads(csm("session", "show", made[0], "--json")[1])
    assert [(one["kind"], one["latest"], one["standing"]) for one in shown["artefacts"]] == [
        ("replay-seed", True, "current"),
        ("semantic-summary", False, "current"),
        ("semantic-summary", True, "current"),
    ]
    assert shown["sizes"]["artefacts"] == sum(one["bytes"] for one in shown["artefacts"])
    files = sorted(home.rglob("*/artefacts/*"))
    dry = json.loads(csm("session", "prune", "--keep-latest-per-kind", "--json")[1])
    assert not dry["applied"] and [one["id"] for one in dry["artefacts"]] == [shown["artefacts"][1]["id"]]
    assert dry["bytes"] == shown["artefacts"][1]["bytes"] and sorted(home.rglob("*/artefacts/*")) == files
    assert "would remove 1 artefact" in csm("session", "prune", "--keep-latest-per-kind")[1]
    assert "nothing to remove: 3 stay" in csm("session", "prune", "--older-than", "1h", "--apply")[1]
    assert "removed 1 artefact" in csm("session", "prune", made[0], "--keep-latest-per-kind", "--apply")[1]
    assert json.loads(csm("session", "prune", made[0], "--apply", "--json")[1])["kept"] == 0
    assert list(home.rglob("*/artefacts/*")) == []


def test_a_summary_is_asked_of_the_model(csm: Any, made: tuple[str, Path], home: Path) -> None:
    before = made[1].read_bytes()
    with ResponsesServer([{"text": "FIRST"}, {"text": "SECOND"}, {"text": "OF A TEXT"}, {"http": 500}]) as server:
        (home / ".codex/config.toml").write_text(CONFIG.format(url=server.url))
        made_of = json.loads(csm("session", "compact", made[0], "--summary", "-m", "gpt-x", "--json")[1])
        (one,) = made_of["artefacts"]
        assert (one["text"], one["by"], one["after"]) == ("FIRST", "model gpt-x", "")
        request = server.requests[0].json
        assert request["model"] == "gpt-x" and not request.get("tools")
        assert len(request["input"]) == one["span"]["history_items"] + 1
        assert request["input"][-1]["content"][0]["text"] == compaction.ASK
        status, _, err = csm("session", "compact", made[0], "--summary")
        assert (status, len(server.requests)) == (1, 1) and "nothing to sum up since the summary" in err
        with made[1].open("ab") as log:
            log.writelines(list(fixture.lines(fixture.Wish(500, compact=0)))[400:])
        (two,) = json.loads(csm("session", "compact", made[0], "--summary", "--json")[1])["artefacts"]
        assert (two["text"], two["after"]) == ("SECOND", one["id"])
        said = [text for text in server.requests[1].texts() if text.startswith(MARK)]
        assert len(said) == 1 and said[0].endswith("FIRST")
        (third,) = json.loads(csm("session", "compact", made[0], "--source-file", "-", "--json", stdin=b"A TALE")[1])[
            "artefacts"
        ]
        assert (third["text"], third["by"], third["after"]) == ("OF A TEXT", "model gpt-5.5 of stdin", "")
        asked = json.dumps(server.requests[2].json["input"])
        assert "A TALE" in asked and "SECOND" not in asked and "amber" not in asked
        status, out, err = csm("session", "compact", made[0], "--source-file", "a.txt")
        assert (status, out) == (1, "") and err.startswith("Error: ")
    assert made[1].read_bytes().startswith(before) and b"FIRST" not in made[1].read_bytes()


@pytest.mark.parametrize("kind", ["--seed", "--summary-file"])
def test_a_session_goes_on_from_an_artefact(csm: Any, made: tuple[str, Path], home: Path, kind: str) -> None:
    words = ("--seed",) if kind == "--seed" else ("--summary-file", "-")
    told = json.loads(csm("session", "compact", made[0], *words, "--json", stdin=b"the notes")[1])
    new = csm("session", "create", "--from", told["artefacts"][0]["id"], "--name", "next")[1].strip()
    shown = json.loads(csm("session", "show", new, "--json")[1])
    assert (shown["turns"], shown["forked_from"], shown["name"]) == (0, made[0], "next")
    with ResponsesServer([{"text": "done"}]) as server:
        (home / ".codex/config.toml").write_text(CONFIG.format(url=server.url))
        assert csm("exec", "resume", "next", "go on", "--skip-git-repo-check")[0] == 0
        texts = server.requests[0].texts()
    marked = [text for text in texts if text.startswith(MARK)]
    if kind == "--seed":
        assert not marked and len(texts) > 12 and texts[-1] == "go on"
    else:
        assert len(marked) == 1 and marked[0].endswith("the notes") and "goes on from an earlier one" in marked[0]


@pytest.mark.parametrize("chained", [False, True], ids=["whole", "previous_response_id"])
def test_a_model_without_stored_history_gets_the_summary_once(
    csm: Any, made: tuple[str, Path], home: Path, chained: bool
) -> None:
    csm("session", "compact", made[0], "--summary-file", "-", stdin=b"what was lost")
    lines = made[1].read_bytes().splitlines(keepends=True)
    made[1].write_bytes(b"".join([b"\0" * 9 + b"\n"] * 300 + lines[300:]))
    with ResponsesServer([{"text": "one"}, {"text": "two"}]) as server:
        setting = "csm.previous_response_id = true\n" if chained else ""
        (home / ".codex/config.toml").write_text(setting + CONFIG.format(url=server.url))
        for prompt in ("first", "second"):
            status, _, err = csm("exec", "resume", made[0], prompt, "--skip-git-repo-check")
            assert status == 0
            assert ("has lost its beginning" in err) == (prompt == "first")
        for number, request in enumerate(server.requests):
            # Another process knows no response to go on from: it sends all, the summary among it.
            assert request.json.get("previous_response_id") is None
            marked = [text for text in request.texts() if text.startswith(MARK)]
            assert len(marked) == 1 and marked[0].endswith("what was lost"), number
