"""Changed files as sections of a git diff: git itself is the measure."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from csm.api import items
from csm.api.testing import bundled
from csm.headless import hunks
from csm.headless.git_diff import now, section

edit = bundled("patch", "edit")
unified = bundled("patch", "diff").unified
PatchChange = items.PatchChange
Git = Callable[..., str]


@pytest.fixture
def git(tmp_path: Path) -> Git:
    def run(*words: str) -> str:
        named = ("-c", "user.name=n", "-c", "user.email=a@b.c", "-c", "core.quotePath=false")
        told = subprocess.run(["git", "-C", tmp_path, *named, *words], capture_output=True, check=True)
        return told.stdout.decode()

    run("init", "-q")
    return run


def shown_by(git: Git, *words: str) -> list[str]:
    """Without the mode behind the blobs, the words behind the head of a hunk, and the CR of line ends."""
    lines = git("diff", "--full-index", "--no-ext-diff", "--no-color", *words).replace("\r\n", "\n").split("\n")[:-1]
    lines = [line.removesuffix(" 100644") if line.startswith("index ") else line for line in lines]
    return [line[: line.rindex("@@") + 2] if line.startswith("@@") else line for line in lines]


@pytest.mark.parametrize("text", ["one\n", "one\ntwo\n", "no end", "", "\n", "é\n\nx\n"])
@pytest.mark.parametrize("kind", ["add", "delete"])
def test_new_and_deleted_files_as_git_shows_them(tmp_path: Path, git: Git, kind: str, text: str) -> None:
    file = tmp_path / "sub" / "a.txt"
    file.parent.mkdir()
    file.write_text(text, "utf-8")
    git("add", "-A")
    if kind == "delete":
        git("commit", "-q", "-m", "m")
        git("rm", "-q", "--cached", "sub/a.txt")
    wanted = git("diff", "--cached", "--full-index").split("\n")[:-1]
    change = PatchChange(str(file), kind, text)  # type: ignore[arg-type]
    assert section(change, str(tmp_path), now(change)) == wanted


def updated(file: Path, new: list[tuple[int, int, tuple[str, ...]]]) -> items.PatchChange:
    """The file changed as the patch tool does it, and told as it does."""
    text = file.read_bytes().decode()
    split = edit._LINE.findall(text)
    lines = tuple(line for line, ending in split if line or ending)
    end = split[0][1] or "\n"
    edits = tuple(edit.Edit(*one) for one in new)
    kept = [line + (ending or end) for line, ending in split if line or ending]
    for one in reversed(edits):
        kept[one.start : one.stop] = [line + end for line in one.new]
    unfinished = not text.endswith(("\n", "\r"))
    diff = unified(edit.Edited(lines, edits, unfinished, ""))
    file.write_bytes("".join(kept).encode())
    return PatchChange(str(file), "update", diff)


@pytest.mark.parametrize("seed", range(60))
def test_updates_as_git_shows_them(tmp_path: Path, git: Git, seed: int) -> None:
    luck = random.Random(seed)
    file, end = tmp_path / "ü.txt", luck.choice(["\n", "\n", "\r\n"])
    lines = [f"line {number} é" for number in range(luck.choice([1, 2, 9, 40]))]
    file.write_bytes((end.join(lines) + luck.choice([end, end, ""])).encode())
    git("add", "-A")
    edits, at = [], 0
    while at < len(lines):
        stop = min(len(lines), at + luck.randrange(3))
        new = tuple(f"new {seed} {at} {number}" for number in range(luck.randrange(1 if stop == at else 0, 3)))
        edits.append((at, stop, new))
        at = stop + luck.randrange(1, 9)
    change = updated(file, edits)
    if file.stat().st_size:
        assert section(change, str(tmp_path), now(change)) == shown_by(git)


def test_what_does_not_fit_any_more_is_shown_as_it_was_told(tmp_path: Path) -> None:
    file = tmp_path / "a"
    change = PatchChange(str(file), "update", "@@ -1 +1 @@\n-a\n+b\n")
    told = ["diff --git a/a b/a", "--- a/a", "+++ b/a", "@@ -1 +1 @@", "-a", "+b"]
    for now_there in (b"c\n", b"", b"b", b"b\r\nx\n", b"\xff\n"):
        file.write_bytes(now_there)
        assert section(change, str(tmp_path), now(change)) == told
    file.unlink()
    assert section(change, str(tmp_path), now(change)) == told
    assert hunks.whole("@@ -1 +1,2 @@\n-a\n+b\n z\n", "b\nx\n") is None


def test_moves_and_places_outside() -> None:
    moved = PatchChange("/w/a", "update", "@@ -1 +1 @@\n-a\n+b\n", "/w/sub/b")
    names = ["diff --git a/a b/sub/b", "index 78981922613b2afb6025042ff6bd878ac1994e85.."]
    found = section(moved, "/w", "b\n")
    assert [found[0], found[1][:48], *found[2:]] == [*names, "--- a/a", "+++ b/sub/b", "@@ -1 +1 @@", "-a", "+b"]
    assert section(PatchChange("/w/a", "update", "", "/w/b"), "/w") == [
        "diff --git a/a b/b",
        "rename from a",
        "rename to b",
    ]
    assert section(PatchChange("/tmp/x", "update", ""), "/w") == ["diff --git a/tmp/x b/tmp/x"]
