"""What a session finds around it: rules, git, zone, shell."""

import os
import subprocess

import msgspec
import pytest

from csm.host import settings as layers
from csm.runtime import surroundings


@pytest.fixture
def rules(env, worktree):
    """The rules for a folder below the work tree, with settings changed as given."""

    def found(below=".", **changes):
        cwd = (worktree / below).resolve()
        settings = layers.load(cwd=cwd, env=env)
        return surroundings.rules(msgspec.structs.replace(settings, **changes), cwd)

    return found


def test_rules_from_the_root_down_the_nearest_last(rules, worktree, home):
    (worktree / "a/b").mkdir(parents=True)
    (home / ".codex/AGENTS.md").write_text("personal")
    (worktree.parent / "AGENTS.md").write_text("above the root")
    (worktree / "AGENTS.md").write_text("root\n")
    (worktree / "a/AGENTS.md").write_text("overridden")
    (worktree / "a/AGENTS.override.md").write_text("middle\n")
    (worktree / "a/b/AGENTS.md").write_text("  \n")
    assert rules("a/b") == (
        f"# AGENTS.md instructions for {worktree}/a/b\n\n<INSTRUCTIONS>\n"
        "personal\n\n--- project-doc ---\n\nroot\n\n\nmiddle\n\n</INSTRUCTIONS>"
    )
    assert "middle" not in rules()


def test_a_blank_file_hides_the_next_but_not_the_person_s_own(rules, worktree, home):
    (home / ".codex/AGENTS.md").write_text("personal")
    (home / ".codex/AGENTS.override.md").write_text(" \n")
    (worktree / "AGENTS.md").write_text("hidden")
    (worktree / "AGENTS.override.md").write_text(" \n")
    assert rules() == "# AGENTS.md instructions\n\n<INSTRUCTIONS>\npersonal\n</INSTRUCTIONS>"


def test_the_limit_holds_for_all_files_together(rules, worktree):
    (worktree / "a").mkdir()
    (worktree / "AGENTS.md").write_text("0123456789\n")
    (worktree / "a/AGENTS.md").write_text("abcdefghij\n")
    assert rules("a", project_doc_max_bytes=15).endswith("0123456789\n\n\nabcd\n</INSTRUCTIONS>")
    assert "abc" not in rules("a", project_doc_max_bytes=11)


def test_rules_that_are_cut_are_told(env, worktree):
    def clipped(**changes):
        settings = msgspec.structs.replace(layers.load(cwd=worktree / "a", env=env), **changes)
        return surroundings.clipped(settings, worktree / "a")

    (worktree / "a").mkdir()
    (worktree / "AGENTS.md").write_text("0123456789\n")
    (worktree / "a/AGENTS.md").write_text("abcdefghij\n")
    assert clipped() == clipped(project_doc_max_bytes=22) == clipped(project_doc_max_bytes=0) == []
    told = clipped(project_doc_max_bytes=15)
    assert [text.partition(" were")[0] for text in told] == [f"Only 4 of 11 bytes of {worktree}/a/AGENTS.md"]
    assert len(clipped(project_doc_max_bytes=10)) == 2


def test_no_rules(rules):
    assert rules() == ""


def test_other_names_and_the_limit(rules, worktree):
    (worktree / "RULES.md").write_text("é" * 100)
    assert rules() == ""
    text = rules(project_doc_fallback_filenames=("RULES.md",), project_doc_max_bytes=11)
    assert text.count("é") == 5 and text.count("\ufffd") == 1
    assert rules(project_doc_fallback_filenames=("RULES.md",), project_doc_max_bytes=0) == ""


def test_what_is_no_file_is_no_rule(rules, worktree):
    os.mkfifo(worktree / "AGENTS.override.md")
    (worktree / "AGENTS.md").mkdir()
    assert rules() == ""


def run(*args, cwd):
    return subprocess.run(["git", *args], cwd=cwd, check=True, capture_output=True, text=True).stdout.strip()


def test_git_as_git_says_it(worktree):
    head = run("rev-parse", "HEAD", cwd=worktree)
    assert surroundings.git(worktree) == {"commit_hash": head, "branch": "main"}
    run("remote", "add", "origin", "https://user:password@example.org/x.git", cwd=worktree)
    run("pack-refs", "--all", cwd=worktree)
    assert surroundings.git(worktree) == {
        "commit_hash": head,
        "branch": "main",
        "repository_url": "https://example.org/x.git",
    }
    run("checkout", "-q", "--detach", cwd=worktree)
    assert surroundings.git(worktree)["commit_hash"] == head
    assert "branch" not in surroundings.git(worktree)


def test_a_linked_work_tree(worktree, tmp_path):
    run("worktree", "add", "-q", "-b", "side", str(tmp_path / "side"), cwd=worktree)
    found = surroundings.git(tmp_path / "side")
    assert (found["branch"], found["commit_hash"]) == ("side", run("rev-parse", "HEAD", cwd=worktree))


def test_no_git_and_broken_git(tmp_path):
    assert surroundings.git(None) == {} == surroundings.git(tmp_path)
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git/HEAD").write_bytes(b"\xff")
    assert surroundings.git(tmp_path) == {}


def test_a_repository_without_commits(tmp_path):
    run("init", "-q", "-b", "first", cwd=tmp_path)
    assert surroundings.git(tmp_path) == {"branch": "first"}


@pytest.mark.parametrize(
    ("env", "zone"),
    [
        ({"TZ": "Europe/Berlin"}, "Europe/Berlin"),
        ({"TZ": ":UTC"}, "UTC"),
        ({"TZ": "/x/zoneinfo/Asia/Tokyo"}, "Asia/Tokyo"),
    ],
)
def test_zones(env, zone):
    assert surroundings.zone(env) == zone


def test_shells():
    assert surroundings.shell({"SHELL": "/usr/bin/zsh"}) == "zsh"
    assert surroundings.shell({}) == "bash"
