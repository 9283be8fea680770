"""Whose project a folder is, and whether it is trusted, on real folders and a real work tree."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from csm.host import trust


def entry(path: Path, level: str = "trusted") -> dict[str, dict[str, str]]:
    return {str(path): {"trust_level": level}}


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    root = tmp_path / "repo"
    (root / ".git").mkdir(parents=True)
    (root / ".git/HEAD").touch()
    (root / "a/b").mkdir(parents=True)
    return root


def test_roots(repo: Path, tmp_path: Path) -> None:
    assert trust.git_root(repo / "a/b") == repo
    assert trust.git_root(Path("/")) is None
    (repo / "a/.git").mkdir()
    assert trust.git_root(repo / "a/b") == repo
    (repo / "a/.git").rmdir()
    assert trust.project_root(repo / "a/b", (".hg",)) == repo / "a/b"
    (repo / "a/package.json").touch()
    assert trust.project_root(repo / "a/b", ("package.json",)) == repo / "a"
    assert trust.config_folders(repo / "a/b") == [repo, repo / "a", repo / "a/b"]


@pytest.mark.parametrize(("level", "expected"), [("trusted", True), ("untrusted", False)])
@pytest.mark.parametrize("where", ["", "a/b"])
def test_the_folder_or_its_root_decides(repo: Path, where: str, level: str, expected: bool) -> None:
    assert trust.level(entry(repo, level), repo / where) is expected


def test_the_nearest_entry_wins(repo: Path) -> None:
    projects = {**entry(repo), **entry(repo / "a/b", "untrusted")}
    assert trust.level(projects, repo / "a/b") is False
    assert trust.level(projects, repo / "a") is True


def test_a_folder_above_or_beside_says_nothing(repo: Path, tmp_path: Path) -> None:
    assert trust.level(entry(tmp_path), repo) is None
    assert trust.level(entry(repo / "a/b"), repo / "a") is None
    assert trust.level({}, repo) is None


def test_an_entry_through_a_link_or_with_a_slash_counts(repo: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(repo)
    assert trust.level(entry(repo), link / "a") is True
    assert trust.level({f"{repo}/": {"trust_level": "trusted"}}, repo) is True


def test_a_linked_work_tree_has_the_trust_of_its_repository(tmp_path: Path) -> None:
    main, tree = tmp_path / "main", tmp_path / "tree"
    git = ["git", "-c", "user.name=n", "-c", "user.email=e@x", "-C"]
    subprocess.run(["git", "init", "-q", str(main)], check=True)
    subprocess.run([*git, str(main), "commit", "-q", "--allow-empty", "-m", "x"], check=True)
    subprocess.run([*git, str(main), "worktree", "add", "-q", str(tree)], check=True, capture_output=True)
    assert trust.main_root(tree) == main
    assert trust.level(entry(main), tree) is True


@pytest.mark.parametrize("inner", ["modules/sub", "worktrees/sub", "worktrees/missing", "../.."])
def test_a_git_file_that_points_elsewhere_gives_no_trust(tmp_path: Path, inner: str) -> None:
    trusted, fake = tmp_path / "trusted", tmp_path / "fake"
    for name in ("modules/sub", "worktrees/sub"):
        (trusted / ".git" / name).mkdir(parents=True)
    (trusted / ".git/worktrees/sub/gitdir").write_text(f"{tmp_path}/another/.git\n")
    fake.mkdir()
    (fake / ".git").write_text(f"gitdir: {trusted}/.git/{inner}\n")
    assert trust.level(entry(trusted), fake) is None
