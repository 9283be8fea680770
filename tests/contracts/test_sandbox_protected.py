"""What every sandbox must hold: names inside writable folders that are run or believed outside.

Landlock lets them be changed and puts them back; bubblewrap does not let them be changed.
"""

from __future__ import annotations

import subprocess
from typing import Any

import pytest

PROTECTED = {
    "a hook": "echo x > .git/hooks/post-checkout",
    "git's settings": "echo '[core] hooksPath = /x' >> .git/config",
    "a commit": "echo x > b && git add b && git commit -qm x",
    "git's folder moved": "mv .git other && mkdir .git",
    "git's folder removed": "rm -rf .git",
    "a branch": "echo 0 > .git/refs/heads/other",
    "codex": "mkdir .codex && echo x > .codex/config.toml",
    "agents": "mkdir -p .agents/skills/x",
    "aws": "mkdir .aws",
    "csm": "mkdir -p .csm/extensions && echo x > .csm/extensions/x.py",
    "a file in place of a folder": "echo x > .codex",
    "a link in place of a folder": "ln -s /tmp .codex",
    "a protected file's mode": "chmod 777 .git/config",
}


@pytest.mark.parametrize("script", PROTECTED.values(), ids=PROTECTED.keys())
def test_protected_names_are_as_before_once_the_command_ended(box: Any, script: str) -> None:
    before = box.state(box.work)
    done = box.run(script)
    after = {name: value for name, value in box.state(box.work).items() if name.split("/")[0] not in ("b", "other")}
    assert {name: value for name, value in after.items() if "/objects/" not in name} == {
        name: value for name, value in before.items() if "/objects/" not in name
    }
    assert done.code != 0 or any("protected" in warning for warning in done.warnings), done


def test_existing_protected_folders_and_what_is_in_them(box: Any) -> None:
    (box.work / ".codex").mkdir()
    (box.work / ".codex" / "config.toml").write_text("model = 'x'\n")
    before = box.state(box.work)
    box.run("echo x > .codex/config.toml; echo x > .codex/new; rm -rf .codex; mkdir .codex")
    assert box.state(box.work) == before


def test_a_protected_link_is_put_back(box: Any) -> None:
    (box.outside / "settings").mkdir()
    (box.work / ".codex").symlink_to(box.outside / "settings")
    box.run("rm .codex; mkdir .codex; echo x > .codex/config.toml; echo x > .codex/new")
    assert (box.work / ".codex").readlink() == box.outside / "settings"
    assert list((box.outside / "settings").iterdir()) == []


def test_where_a_git_file_points_is_protected_too(box: Any) -> None:
    subprocess.run(["git", "worktree", "add", "-q", str(box.work / "tree")], cwd=box.work, check=True)
    main, box.work = box.work, box.work / "tree"
    before = box.state(main / ".git")
    box.run(f"echo x > {main}/.git/config; echo x > {main}/.git/worktrees/tree/HEAD", writable_roots=(str(main),))
    assert box.state(main / ".git") == before


def test_nothing_is_left_behind(box: Any) -> None:
    before = box.state(box.work)
    assert box.run("true").warnings == []
    assert box.state(box.work) == before


def test_git_can_be_read(box: Any) -> None:
    done = box.run("echo x > b; git status --short; git log --oneline | wc -l; git diff --stat")
    assert done.output.split() == ["??", "b", "1"]
    assert done.warnings == []


LEFT_OUT = ("sub/other", "sub/.git/objects/")
NESTED = [
    "echo evil >> sub/.git/config",
    "echo evil > sub/.git/hooks/post-checkout",
    "rm -rf sub/.git; git init -q sub",
    "mv sub/.git sub/other; mkdir sub/.git",
    "mv sub moved; echo evil >> moved/.git/config; mv moved sub",
    "echo evil > a/b/c/.git",
    "echo evil > a/b/c/.codex/config.toml",
]


def state(box: Any) -> dict[str, Any]:
    """The workspace, but for what a script may leave in `sub/other` and for git's objects, which have no copies."""
    return {path: about for path, about in box.state(box.work).items() if not path.startswith(LEFT_OUT)}


@pytest.mark.parametrize("script", NESTED)
def test_repositories_in_the_workspace_are_as_before(box: Any, script: str) -> None:
    subprocess.run(["/bin/sh", "-c", "git init -q sub && mkdir -p a/b/c/.codex"], cwd=box.work, check=True)
    (box.work / "a/b/c/.git").write_text("gitdir: elsewhere\n")
    (box.work / "a/b/c/.codex/config.toml").write_text("")
    before, _, after = state(box), box.run(script), state(box)
    assert after == before


def test_a_repository_that_commands_made_is_theirs(box: Any) -> None:
    assert box.run("git init -q made && git -C made config user.name x").code == 0
    done = box.run(
        "cd made && git config user.email y && git commit -q --allow-empty -m z && git log --oneline | wc -l"
    )
    assert (done.output, done.warnings) == ("1\n", [])
