"""Changed files as sections of a git diff: git itself is the measure."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from csm.headless.git_diff import section
from csm.protocol.items import PatchChange


@pytest.mark.parametrize("text", ["one\n", "one\ntwo\n", "no end", "", "\n", "é\n\nx\n"])
@pytest.mark.parametrize("kind", ["add", "delete"])
def test_new_and_deleted_files_as_git_shows_them(tmp_path: Path, kind: str, text: str) -> None:
    def git(*words: str) -> str:
        told = subprocess.run(["git", "-C", tmp_path, *words], capture_output=True, check=True)
        return told.stdout.decode()

    git("init", "-q")
    file = tmp_path / "sub" / "a.txt"
    file.parent.mkdir()
    file.write_text(text, "utf-8")
    git("add", "-A")
    if kind == "delete":
        git("-c", "user.name=n", "-c", "user.email=a@b.c", "commit", "-q", "-m", "m")
        git("rm", "-q", "--cached", "sub/a.txt")
    shown = git("diff", "--cached", "--full-index").split("\n")[:-1]
    if not text:  # git leaves the names out where there is no line to show
        shown += ["--- /dev/null", "+++ b/sub/a.txt"] if kind == "add" else ["--- a/sub/a.txt", "+++ /dev/null"]
    change = PatchChange(str(file), kind, text)  # type: ignore[arg-type]
    assert section(change, str(tmp_path)) == shown


def test_updates_moves_and_places_outside() -> None:
    moved = PatchChange("/w/a", "update", "@@ -1 +1 @@\n-a\n+b\n", "/w/sub/b")
    assert section(moved, "/w") == ["diff --git a/a b/sub/b", "--- a/a", "+++ b/sub/b", "@@ -1 +1 @@", "-a", "+b"]
    outside = PatchChange("/tmp/x", "update", "")
    assert section(outside, "/w") == ["diff --git a/tmp/x b/tmp/x"]
