"""The real program from the outside: exit statuses, streams, and what it imports."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


def csm(*words: str, env: dict[str, str] | None = None, **kwargs: Any) -> subprocess.CompletedProcess[str]:
    options: dict[str, Any] = {"capture_output": True, "text": True, "timeout": 30, "stdin": subprocess.DEVNULL}
    command = [sys.executable, "-m", "csm", *words]
    return subprocess.run(command, env={**os.environ, **(env or {})}, **{**options, **kwargs})


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "codex").mkdir()
    names = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "CODEX_API_KEY", "OPENAI_API_KEY")
    return {**dict.fromkeys(names, ""), "HOME": str(tmp_path), "CODEX_HOME": str(tmp_path / "codex")}


@pytest.mark.parametrize("words", [["--version"], ["-V"], ["-V", "whatever"]])
def test_version(words: list[str]) -> None:
    done = csm(*words)
    assert (done.returncode, done.stdout, done.stderr) == (0, "csm 0.1.0\n", "")


def test_version_of_exec() -> None:
    done = csm("exec", "--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, "csm exec 0.1.0\n", "")


def test_help_goes_to_stdout() -> None:
    done = csm("exec", "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert "--output-schema <FILE>" in done.stdout


def test_words_that_make_no_sense_are_2() -> None:
    done = csm("exec", "--no-such-flag")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: unexpected argument '--no-such-flag' found\n\n  tip: ")


def test_help_of_nothing_is_2() -> None:
    done = csm("help", "nope")
    assert (done.returncode, done.stdout) == (2, "")
    assert "unrecognized subcommand 'nope'" in done.stderr


@pytest.mark.parametrize("words", [[], ["prompt words"], ["oneword"], ["resume"], ["resume", "--last"]])
def test_the_shell_wants_a_terminal(words: list[str], home: dict[str, str]) -> None:
    done = csm(*words, env=home)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "Error: stdin is not a terminal\n")


def test_words_are_read_before_the_terminal_is_looked_at(home: dict[str, str]) -> None:
    done = csm("-c", "novalue", "hi", env=home)
    said = "Error parsing -c overrides: Invalid override (missing '='): novalue\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", said)


def test_broken_settings_are_shown(home: dict[str, str]) -> None:
    path = Path(home["CODEX_HOME"], "config.toml")
    path.write_text('model = "x"\nsandbox_mode = 5\n')
    done = csm("exec", "--skip-git-repo-check", "hi", env=home)
    lines = done.stderr.splitlines()
    assert done.returncode == 1
    assert lines[0] == "Error loading config.toml:"
    assert lines[1].startswith(f"{path}:2:16: expected one of")
    assert lines[2:] == ["  |", "2 | sandbox_mode = 5", "  |                ^"]


REFUSED = {
    ("-c", "noequals", "hi"): "Error parsing -c overrides: Invalid override (missing '='): noequals",
    ("-C", "/nowhere/at/all", "hi"): "Error: No such file or directory (os error 2): /nowhere/at/all",
    ("-c", "model_provider=nope", "hi"): "Error: Model provider `nope` not found",
    ("--output-schema", "nope.json", "hi"): "Failed to read output schema file nope.json: No such file or directory",
    ("-o", "/nowhere/x", "hi"): 'Error: Failed to open last message file "/nowhere/x": No such file or directory',
    ("--strict-config", "-c", "zz=1", "hi"): "unknown configuration field `zz` in -c/--config override",
    ("--api-key-file", "/nowhere/key", "hi"): "Cannot read the API key file /nowhere/key: No such file or directory",
    (): "No prompt provided via stdin.",
    ("-i", "f.png", "prompt"): "No prompt provided via stdin.",
}


@pytest.mark.parametrize("words", REFUSED, ids=" ".join)
def test_what_cannot_be_done_is_1(words: tuple[str, ...], home: dict[str, str], tmp_path: Path) -> None:
    done = csm("exec", "--skip-git-repo-check", *words, env=home, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert REFUSED[words] in done.stderr
    assert "Traceback" not in done.stderr


def test_a_strange_folder_is_refused(home: dict[str, str], tmp_path: Path) -> None:
    done = csm("exec", "hi", env=home, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "Not inside a trusted directory and --skip-git-repo-check was not specified.\n" in done.stderr


def test_a_bad_schema_is_refused(home: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text("{")
    done = csm("exec", "--skip-git-repo-check", "--output-schema", "bad.json", "hi", env=home, cwd=tmp_path)
    assert done.returncode == 1
    assert "Output schema file bad.json is not valid JSON: " in done.stderr


def imported(*words: str, env: dict[str, str] | None = None, **kwargs: Any) -> set[str]:
    """The modules that a run imports, by Python's own account."""
    done = csm(*words, env={"PYTHONPROFILEIMPORTTIME": "1", **(env or {})}, **kwargs)
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    assert lines
    return {line.rpartition("|")[2].strip() for line in lines} - {"imported package"}


def third_parties(names: set[str]) -> set[str]:
    tops = {name.partition(".")[0] for name in names}
    site = {
        name for name in tops if name.startswith(("_distutils_hack", "__editable__", "_virtualenv", "sitecustomize"))
    }
    return {name for name in tops - site if name not in sys.stdlib_module_names and name != "csm"}


@pytest.mark.parametrize("words", [["--version"], ["--help"], ["exec", "--help"], ["completion", "zsh"], ["--nope"]])
def test_what_needs_no_library_imports_none(words: list[str]) -> None:
    assert third_parties(imported(*words)) == set()


def test_version_imports_nothing_of_ours_beyond_the_entry() -> None:
    names = {name for name in imported("--version") if name.startswith("csm")}
    assert names == {"csm", "csm.cli", "csm.cli.main"}


def test_what_python_has_itself_is_not_imported_from_elsewhere(home: dict[str, str], tmp_path: Path) -> None:
    names = imported("exec", "x", env=home, cwd=tmp_path)  # ends before there is a session, which needs `inspect`
    assert "msgspec" in names
    assert "inspect" not in names  # `typing_extensions` would have brought it


def test_output_to_a_closed_pipe_is_quiet() -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as closed:
        done = csm("--help", stdout=closed, capture_output=False, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (1, "")


def test_an_added_subcommand_that_breaks_tells_where(home: dict[str, str], tmp_path: Path) -> None:
    folder = tmp_path / ".config/csm/extensions/broken"
    folder.mkdir(parents=True)
    folder.joinpath("__init__.py").write_text(
        "from csm.api import command\n\n\n"
        "@command('broken.run', cli='broken')\ndef run(cx, name: str = 'x'):\n    raise ValueError('no ' + name)\n"
    )
    done = csm("broken", "luck", env=home)
    assert done.returncode == 1
    assert "ValueError: no luck" in done.stderr
    assert f"{folder}/__init__.py" in done.stderr
    assert "messages buffer" not in done.stderr
    assert "Usage: csm broken [NAME]" in csm("broken", "--help", env=home).stdout
