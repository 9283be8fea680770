"""`csm execpolicy check`: what it prints and how it ends, case by case as both released versions of Codex do."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

GIT = """\
prefix_rule(pattern=["git", ["status", "log"]], justification="safe", match=["git status"], not_match=["git push"])
prefix_rule(pattern=["git", "push"], decision="forbidden", justification="no pushing")
prefix_rule(pattern=["git"], decision="prompt")
host_executable(name="git", paths=["/usr/bin/git"])
"""
ANY = 'prefix_rule(pattern=["git"])\n'


def match(*prefix: str, decision: str = "allow", **more: str) -> dict[str, Any]:
    return {"prefixRuleMatch": {"matchedPrefix": list(prefix), "decision": decision, **more}}


BARE = match("git", decision="prompt")
#: Words after the files, the matches, and the decision.
CASES: list[tuple[str, list[str], list[dict[str, Any]], str | None]] = [
    (GIT, ["git", "status"], [match("git", "status", justification="safe"), BARE], "prompt"),
    (GIT, ["--", "git", "log", "-1"], [match("git", "log", justification="safe"), BARE], "prompt"),
    (
        GIT,
        ["git", "push", "x"],
        [match("git", "push", decision="forbidden", justification="no pushing"), BARE],
        "forbidden",
    ),
    (GIT, ["git"], [BARE], "prompt"),
    (GIT, ["gitk"], [], None),
    (GIT, ["rm", "x"], [], None),
    (GIT, ["--bogus"], [], None),
    (GIT, ["-rx", "git"], [], None),
    (GIT, ["bash", "-lc", "git status"], [], None),
    (GIT, ["/usr/bin/git", "x"], [], None),
    (
        GIT,
        ["--resolve-host-executables", "/usr/bin/git", "x"],
        [match("git", decision="prompt", resolvedProgram="/usr/bin/git")],
        "prompt",
    ),
    (GIT, ["--resolve-host-executables", "/opt/git", "x"], [], None),
    (ANY, ["--resolve-host-executables", "/a/../b/git"], [match("git", resolvedProgram="/b/git")], "allow"),
    (ANY, ["git", "--help", "--rules", "x", "--pretty"], [match("git")], "allow"),
    (ANY + ANY, ["git"], [match("git"), match("git")], "allow"),
    ('host_executable("git", [])\n' + ANY, ["--resolve-host-executables", "/usr/bin/git"], [], None),
    (
        'prefix_rule(["/usr/bin/git"], "forbidden")\n' + ANY,
        ["--resolve-host-executables", "/usr/bin/git"],
        [match("/usr/bin/git", decision="forbidden")],
        "forbidden",
    ),
    ('prefix_rule([["git", "hg"], ["a", "b"]])', ["hg", "b", "c"], [match("hg", "b")], "allow"),
    ('prefix_rule(["git", ""])', ["git", ""], [match("git", "")], "allow"),
    ('prefix_rule(["ü"], justification="\\x1b")', ["ü"], [match("ü", justification="\x1b")], "allow"),
    ("", ["git"], [], None),
    ('network_rule("a.com", "https", "deny")', ["git"], [], None),
    (ANY, ["-c", "a=b", "--enable", "goals", "git"], [match("git")], "allow"),
]


@pytest.fixture
def check(env: dict[str, str], tmp_path: Path) -> Any:
    def run(*words: str, files: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        for name, text in (files or {}).items():
            (tmp_path / name).write_text(text)
        command = [sys.executable, "-m", "csm", "execpolicy", *words]
        return subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True, timeout=60)

    return run


@pytest.mark.parametrize(("text", "words", "matches", "decision"), CASES)
def test_the_answer(
    text: str,
    words: list[str],
    matches: list[dict[str, Any]],
    decision: str | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from csm_extensions.rules import checking

    (tmp_path / "t.rules").write_text(text)
    monkeypatch.chdir(tmp_path)
    assert checking.run(["check", "--rules", "t.rules", *words]) == 0
    wanted = {"matchedRules": matches} | ({"decision": decision} if decision else {})
    assert capsys.readouterr().out == json.dumps(wanted, separators=(",", ":"), ensure_ascii=False) + "\n"


def test_as_a_program(check: Any) -> None:
    files = {"a.rules": ANY, "b.rules": GIT}
    done = check("check", "-r", "a.rules", "--rules=b.rules", "--pretty", "git", "x", files=files)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {"matchedRules": [match("git"), BARE], "decision": "prompt"}
    assert done.stdout.startswith('{\n  "matchedRules": [\n    {\n      "prefixRuleMatch": {\n')
    assert check("check", "-r", "a.rules", "--pretty", "x").stdout == '{\n  "matchedRules": []\n}\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('prefix_rule(["git"', "Parse error"),
        ('prefix_rule([], "allow")', "the pattern is empty"),
        ('prefix_rule(["a"], "x")', "invalid decision: x"),
        ('prefix_rule(["a"], match=["b"])', "does not match its example: b"),
        ("x = 1\nfoo()", "Variable `foo` not found"),
        ('prefix_rule(["a"], justification="")\n# \x1b[31m', "justification is empty"),
    ],
)
def test_files_that_cannot_be_used(
    text: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from csm_extensions.rules import checking

    (tmp_path / "t.rules").write_text(text)
    monkeypatch.chdir(tmp_path)
    assert checking.run(["check", "--rules", "t.rules", "git"]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("Error: failed to parse policy at t.rules\n\nCaused by:\n    ")
    assert said in shown.err and "\x1b" not in shown.err


def test_files_that_cannot_be_read(check: Any, tmp_path: Path) -> None:
    done = check("check", "--rules", "no.rules", "git")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "Error: failed to read policy at no.rules\n\nCaused by:\n    No such file or directory (os error 2)\n"
    )
    (tmp_path / "b.rules").write_bytes(b"\xff")
    assert "failed to read policy at b.rules" in check("check", "--rules", "b.rules", "git").stderr


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        ([], 2, "Usage: csm execpolicy check"),
        (["bogus"], 2, "error: unrecognized subcommand 'bogus'"),
        (["check"], 2, "were not provided:\n  --rules <PATH>\n  <COMMAND>..."),
        (["check", "x"], 2, "were not provided:\n  --rules <PATH>\n"),
        (["check", "--rules", "t.rules"], 2, "were not provided:\n  <COMMAND>..."),
        (["check", "--rules", "t.rules", "--"], 2, "were not provided:\n  <COMMAND>..."),
        (["check", "--rules"], 2, "a value is required for '--rules <PATH>'"),
        (["check", "--pretty", "--pretty", "--rules", "t.rules", "x"], 2, "'--pretty' cannot be used multiple times"),
        (["check", "--enable", "nonsense", "--rules", "t.rules", "x"], 1, "Unknown feature flag: nonsense"),
    ],
)
def test_words_that_make_no_sense(words: list[str], status: int, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    from csm_extensions.rules import checking

    assert checking.run(words) == status
    shown = capsys.readouterr()
    assert shown.out == "" and said in shown.err


@pytest.mark.parametrize("words", [["--help"], ["help", "check"], ["check", "--help"], ["check", "--rules", "x", "-h"]])
def test_help(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    from csm_extensions.rules import checking

    assert checking.run(words) == 0
    assert "--resolve-host-executables" in capsys.readouterr().out
