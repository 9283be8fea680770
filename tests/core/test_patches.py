"""Diffs as data: what difflib and git make is read, applied, undone; what was changed since is refused."""

from __future__ import annotations

import difflib
import random
import subprocess
from pathlib import Path

import pytest

from csm.core import patches
from csm.core.patches import Conflict, Hunk


def _diff(old: str, new: str, context: int = 3) -> str:
    """As git writes it, with the note on a missing newline."""
    made: list[str] = []
    for line in difflib.unified_diff(old.splitlines(True), new.splitlines(True), "a/f", "b/f", n=context):
        made.append(line if line.endswith("\n") else line + "\n\\ No newline at end of file\n")
    return "".join(made)


OLD = "".join(f"line {number}\n" for number in range(30))


def _changed(rng: random.Random, text: str) -> str:
    lines = text.splitlines(True)
    for _ in range(rng.randrange(1, 5)):
        at = rng.randrange(len(lines) + 1)
        what = rng.randrange(3)
        if what == 0:
            lines.insert(at, f"new {rng.randrange(99)}\n")
        elif lines and what == 1:
            del lines[min(at, len(lines) - 1)]
        elif lines:
            lines[min(at, len(lines) - 1)] = f"other {rng.randrange(99)}\n"
    made = "".join(lines)
    return made.removesuffix("\n") if rng.random() < 0.3 else made


@pytest.mark.parametrize("seed", range(120))
def test_applying_gives_the_new_text_and_the_reverse_the_old_one(seed: int) -> None:
    rng = random.Random(seed)
    old = "".join(f"line {rng.randrange(12)}\n" for _ in range(rng.randrange(0, 25)))
    old = old.removesuffix("\n") if rng.random() < 0.3 else old
    new = _changed(rng, old)
    hunks = patches.parse(_diff(old, new, rng.choice((0, 1, 3))))
    assert patches.apply(old, hunks) == new
    assert patches.apply(new, patches.reverse(hunks)) == old


@pytest.mark.parametrize("seed", range(40))
def test_git_applies_what_we_write(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    new = _changed(rng, OLD)
    hunks = patches.parse(_diff(OLD, new))
    (tmp_path / "f").write_text(OLD)
    made = patches.text("f", hunks)
    subprocess.run(["git", "apply", "-"], input=made.encode(), cwd=tmp_path, check=True)
    assert (tmp_path / "f").read_text() == new


def test_one_hunk_of_several_can_be_undone() -> None:
    new = OLD.replace("line 3\n", "three\n").replace("line 20\n", "twenty\n")
    hunks = patches.parse(_diff(OLD, new))
    assert len(hunks) == 2
    assert patches.apply(new, patches.reverse(hunks[1:])) == OLD.replace("line 3\n", "three\n")


def test_a_text_that_moved_is_found_where_it_stands_now() -> None:
    new = OLD.replace("line 20\n", "twenty\n")
    hunks = patches.reverse(patches.parse(_diff(OLD, new)))
    assert patches.apply("before\n" * 7 + new, hunks) == "before\n" * 7 + OLD


@pytest.mark.parametrize(
    ("now", "why"),
    [
        (OLD, "has changed"),
        ("", "has changed"),
        (("a\nb\nc\n" * 3 + "x\n") * 2, "has changed"),
    ],
)
def test_what_was_changed_since_is_refused(now: str, why: str) -> None:
    hunks = patches.reverse(patches.parse(_diff(OLD, OLD.replace("line 20\n", "twenty\n"))))
    with pytest.raises(Conflict, match=why):
        patches.apply(now, hunks)


def test_what_stands_twice_is_refused() -> None:
    hunk = Hunk(50, 50, (" same", "-gone", "+new", " same"))
    with pytest.raises(Conflict, match="more than once"):
        patches.apply("same\ngone\nsame\n" * 2, [hunk])


@pytest.mark.parametrize("text", ["", "one\n", "one\ntwo", "\n", "a\n\nb\n"])
def test_whole_files(text: str) -> None:
    assert patches.apply("", patches.whole(text, added=True)) == text
    assert patches.apply(text, patches.whole(text, added=False)) == ""


def test_the_files_of_git(tmp_path: Path) -> None:
    def git(*words: str) -> str:
        command = ["git", "-c", "user.name=n", "-c", "user.email=e", *words]
        return subprocess.run(command, cwd=tmp_path, check=True, capture_output=True).stdout.decode()

    git("init", "-q")
    (tmp_path / "kept.txt").write_text(OLD)
    (tmp_path / "gone.txt").write_text("x\n")
    (tmp_path / "old name.txt").write_text(OLD + "more\n")
    (tmp_path / "ümläut\t.txt").write_text("a\n")
    (tmp_path / "data.bin").write_bytes(b"\0\1")
    git("add", "-A")
    git("commit", "-qm", "first")
    (tmp_path / "kept.txt").write_text(OLD.replace("line 4\n", "--- four\n"))
    (tmp_path / "gone.txt").unlink()
    (tmp_path / "old name.txt").rename(tmp_path / "new name.txt")
    (tmp_path / "ümläut\t.txt").write_text("b\n")
    (tmp_path / "data.bin").write_bytes(b"\0\2")
    (tmp_path / "fresh.txt").write_text("y")
    git("add", "-A")
    found = {one.path: one for one in patches.files(git("diff", "--cached", "-M"))}
    assert {path: one.kind for path, one in found.items()} == {
        "kept.txt": "update", "gone.txt": "delete", "new name.txt": "update", "ümläut\t.txt": "update",
        "data.bin": "update", "fresh.txt": "add",
    }  # fmt: skip
    assert found["new name.txt"].old_path == "old name.txt"
    assert found["data.bin"].binary
    assert patches.apply(OLD, found["kept.txt"].hunks) == OLD.replace("line 4\n", "--- four\n")
    assert patches.apply("", found["fresh.txt"].hunks) == "y"
