"""Which files are found for what was typed, and in which order."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from csm_extensions.files import ranking, symbols
from csm_extensions.files.index import Index, Listing, listed

PATHS = [
    "src/app.py", "src/apple/pie.py", "apps/", "tests/test_app.py", "docs/snapped.md", "map/place.py",
    ".hooks/applypatch-msg.sample", "a/p/p.txt", "README.md", "src/wrapper.py", "App.tsx",
]  # fmt: skip


def found(typed: str, paths: list[str] = PATHS) -> list[str]:
    return ranking.ranked(paths, [path.lower() for path in paths], typed)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("app", ["App.tsx", "src/app.py", "apps/", "tests/test_app.py"]),
        ("APP.PY", ["src/app.py"]),
        ("src/app", ["src/app.py"]),
        ("apps", ["apps/"]),
        ("apply", [".hooks/applypatch-msg.sample"]),
        ("rdm", ["README.md"]),
        ("tap", ["tests/test_app.py"]),
        ("zzz", []),
    ],
)
def test_the_best_come_first(typed: str, first: list[str]) -> None:
    told = found(typed)
    assert told[: len(first)] == first if first else not told


def test_hidden_files_come_after_all_others() -> None:
    told = found("app")
    whole = [path for path in told if "app" in path.lower()]
    assert whole[-1] == ".hooks/applypatch-msg.sample"


def test_of_equals_what_changed_lately_comes_first() -> None:
    ages = {"b/model.py": 100.0, "a/model.py": 1e7}
    told = ranking.ranked(list(ages), list(ages), "model", ages.get)
    assert told == ["b/model.py", "a/model.py"]


def test_a_hundred_thousand_paths_are_whole_lists() -> None:
    paths = [f"src/part{n % 97}/module_{n}.py" for n in range(100_000)]
    assert found("module_77777", paths) == ["src/part80/module_77777.py"]
    assert len(found("m", paths)) == ranking.SHOWN
    assert found("prt80mdl77777", paths) == ["src/part80/module_77777.py"]


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", "-c", "user.name=n", "-c", "user.email=e@x.org", *words], cwd=folder, check=True)


def test_git_says_what_there_is(worktree: Path) -> None:
    (worktree / "sub").mkdir()
    (worktree / "sub/new.py").write_text("")
    (worktree / "umlaut ä.txt").write_text("")
    (worktree / "out.log").write_text("")
    (worktree / ".gitignore").write_text("*.log\n")
    made = listed(worktree, os.environ)
    assert sorted(made.paths) == [".gitignore", "a.txt", "sub/", "sub/new.py", "umlaut ä.txt"]
    assert made.changed == {".gitignore", "sub/new.py", "umlaut ä.txt"}
    git(worktree, "add", "-A")
    (worktree / "a.txt").unlink()
    assert "a.txt" not in listed(worktree, os.environ).paths


def test_below_a_work_tree_paths_begin_there(worktree: Path) -> None:
    (worktree / "sub/deep").mkdir(parents=True)
    (worktree / "sub/deep/x.py").write_text("")
    assert listed(worktree / "sub", os.environ).paths == ["deep/", "deep/x.py"]


def test_outside_git_folders_are_walked(tmp_path: Path) -> None:
    for name in ("a/b.py", ".git/config", "node_modules/x.js", "c.py", ".hidden/d.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / "loop").symlink_to(tmp_path)
    env = {**os.environ, "GIT_CEILING_DIRECTORIES": str(tmp_path.parent), "GIT_DIR": "/nowhere"}
    assert listed(tmp_path, env).files == ["c.py", "loop", ".hidden/d.py", "a/b.py"]
    assert listed(tmp_path, {"PATH": "/nowhere"}).files == ["c.py", "loop", ".hidden/d.py", "a/b.py"]


def test_an_old_listing_is_given_while_a_new_one_is_made(worktree: Path) -> None:
    index = Index(worktree, os.environ, old=-1.0)
    assert index.listing().paths == ["a.txt"]
    (worktree / "b.txt").write_text("")
    assert isinstance(index.listing(), Listing)
    index.settle()
    assert sorted(index.listing().paths) == ["a.txt", "b.txt"]


def test_symbols_are_ranked_by_name() -> None:
    made = [
        symbols.Symbol(name, "x.c", at, "function") for at, name in enumerate(["reset_all", "set", "unset", "Setup"])
    ]
    assert [one.name for one in symbols.ranked(made, "set")] == ["set", "Setup", "unset", "reset_all"]


def test_a_ctags_of_another_kind_is_passed_over(tmp_path: Path) -> None:
    fake = tmp_path / "ctags"
    fake.write_text("#!/bin/sh\necho 'ctags (GNU Emacs 29.1)'\n")
    fake.chmod(0o755)
    assert symbols.likely({"PATH": str(tmp_path)})
    assert symbols.program({"PATH": str(tmp_path)}) is None
    assert symbols.read(tmp_path, ["a.py"], {"PATH": str(tmp_path)}) == []
