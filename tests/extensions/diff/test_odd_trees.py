"""Work trees of every kind, with real git: what is shown, and that hunks can be staged and taken back."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from csm.api import CommandError, lines, patches
from csm.api.testing import bundled

sources, undoing, buffer = bundled("diff", "sources"), bundled("diff", "undoing"), bundled("diff", "buffer")
MANY = "".join(f"line {n}\n" for n in range(60))


def git(folder: Path, *words: str) -> str:
    command = ["git", "-c", "user.name=n", "-c", "user.email=e", "-c", "protocol.file.allow=always", *words]
    return subprocess.run(
        command, cwd=folder, check=True, capture_output=True, encoding="utf-8", errors="replace"
    ).stdout


def put(path: Path, data: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)


@pytest.fixture
def tree(tmp_path: Path) -> Callable[..., Path]:
    """`tree({name: text}, {name: text or None})`: a repository with a commit, and what was changed since."""

    def make(before: dict[str, str | bytes], after: dict[str, str | bytes | None], *config: str) -> Path:
        folder = tmp_path / "repo"
        folder.mkdir()
        git(folder, "init", "-q")
        for line in config:
            git(folder, "config", *line.split("="))
        for name, data in before.items():
            put(folder / name, data)
        if before:
            git(folder, "add", "-A")
            git(folder, "commit", "-qm", "first")
        for name, data in after.items():
            if data is None:
                (folder / name).unlink()
            else:
                put(folder / name, data)
        return folder

    return make


def shown(folder: Path, width: int = 80) -> list[str]:
    made = buffer.Diff("diff", "Work tree", lambda: sources.tree_files(str(folder)), cwd=str(folder), tree=True)
    found = made.lines(0, made.line_count(width), width)
    assert all(lines.line_width(line) <= width for line in found)
    return [lines.plain(line).rstrip() for line in found]


CHANGES: dict[str, tuple[dict[str, str | bytes], dict[str, str | bytes | None]]] = {
    "two hunks": ({"a": MANY}, {"a": MANY.replace("line 3\n", "three\n").replace("line 50\n", "fifty\n")}),
    "carriage returns": ({"a": "one\r\ntwo\r\nthree\r\n"}, {"a": "one\r\nzwei\r\nthree\r\n"}),
    "to carriage returns": ({"a": "one\ntwo\n"}, {"a": "one\r\ntwo\r\n"}),
    "no newline before": ({"a": "one\ntwo"}, {"a": "one\ntwo\n"}),
    "no newline after": ({"a": "one\ntwo\n"}, {"a": "one\nzwei"}),
    "no newline at all": ({"a": "one"}, {"a": "two"}),
    "emptied": ({"a": "one\n"}, {"a": ""}),
    "filled": ({"a": ""}, {"a": "one\n"}),
    "gone": ({"a": "one\ntwo\n", "b": "x\n"}, {"a": None}),
    "new": ({"b": "x\n"}, {"a": "one\n"}),
    "odd name": ({"b": "x\n"}, {'ä "q"\t\\x': "one\n"}),
    "odd name changed": ({'ä "q"\t\\x': "one\ntwo\n"}, {'ä "q"\t\\x': "one\nzwei\n"}),
    "blanks in names": ({"a folder/b c": "one\ntwo\n"}, {"a folder/b c": "one\nzwei\n"}),
    "not utf-8": ({"a": b"one\n\xe4\xf6\n"}, {"a": b"one\n\xe4\xfc\n"}),
    "lines like a diff": ({"a": "-- x\n++ y\n"}, {"a": "-- z\n++ y\n@@ -1 +1 @@\ndiff --git a/x b/x\n"}),
}


@pytest.mark.parametrize("name", CHANGES)
def test_all_that_is_shown_can_be_staged(tree: Callable[..., Path], name: str) -> None:
    folder = tree(*CHANGES[name])
    found = sources.tree_files(str(folder))
    assert found and shown(folder)
    for file in found:
        given = patches.text(file.path, file.hunks, kind=file.kind, old_path=file.old_path, mode=file.mode)
        sources.git(str(folder), "apply", "--cached", "--recount", "--unidiff-zero", "-", given=given)
    assert git(folder, "diff") == "" and git(folder, "diff", "--cached")


@pytest.mark.parametrize("name", [name for name in CHANGES if name not in ("gone", "not utf-8", "new", "odd name")])
def test_each_hunk_can_be_taken_back(tree: Callable[..., Path], name: str) -> None:
    folder = tree(*CHANGES[name])
    while found := sources.tree_files(str(folder)):
        file = found[0]
        undoing.write(undoing.without(str(folder / file.path), file.hunks[-1], file.kind))
    assert git(folder, "status", "--porcelain") == ""


def test_what_a_rename_changes_is_staged_with_it(tree: Callable[..., Path]) -> None:
    folder = tree({"old name": MANY}, {})
    git(folder, "mv", "old name", "new name")
    put(folder / "new name", MANY.replace("line 3\n", "three\n"))
    [file] = sources.tree_files(str(folder))
    assert (file.old_path, file.path) == ("old name", "new name")
    assert "old name → new name" in "\n".join(shown(folder))
    git(folder, "reset", "-q")
    git(folder, "add", "-N", "new name")
    [file] = sources.tree_files(str(folder))
    given = patches.text(file.path, file.hunks, old_path=file.old_path)
    assert "rename from old name\nrename to new name\n" in given


def test_modes_binaries_and_links(tree: Callable[..., Path]) -> None:
    folder = tree({"run": "x\n", "data": b"\0\1", "link": "x\n"}, {"data": b"\0\2"})
    (folder / "run").chmod(0o755)
    (folder / "link").unlink()
    (folder / "link").symlink_to("run")
    put(folder / "tool", "#!/bin/sh\n")
    (folder / "tool").chmod(0o755)
    text = "\n".join(shown(folder))
    assert "run  mode 100644 → 100755  +0 -0" in text and "data  binary" in text
    file = next(one for one in sources.tree_files(str(folder)) if one.path == "tool")
    given = patches.text(file.path, file.hunks, kind=file.kind, mode=file.mode)
    sources.git(str(folder), "apply", "--cached", "-", given=given)
    assert git(folder, "ls-files", "-s", "tool").startswith("100755")


def test_before_the_first_commit(tree: Callable[..., Path]) -> None:
    folder = tree({}, {"a": "one\n", "b": "two\n"})
    git(folder, "add", "a")
    assert {file.path: file.kind for file in sources.tree_files(str(folder))} == {"a": "add", "b": "add"}


def test_submodules_are_told_by_their_commits(tree: Callable[..., Path], tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    git(inner, "init", "-q")
    git(inner, "commit", "-qm", "one", "--allow-empty")
    folder = tree({"a": "one\n"}, {}, "diff.submodule=log")
    git(folder, "submodule", "add", "-q", str(inner), "sub")
    git(folder, "commit", "-qm", "sub")
    git(folder / "sub", "commit", "-qm", "two", "--allow-empty")
    text = "\n".join(shown(folder))
    assert "▾ sub" in text and "Subproject commit" in text


@pytest.mark.parametrize(
    "line", ["diff.noprefix=true", "diff.mnemonicPrefix=true", "color.ui=always", "diff.context=0"]
)
def test_no_setting_of_git_changes_what_is_read(tree: Callable[..., Path], line: str) -> None:
    folder = tree({"b/a": "one\ntwo\n"}, {"b/a": "one\nzwei\n"}, line)
    [file] = sources.tree_files(str(folder))
    assert file.path == "b/a" and file.hunks[0].lines == (" one", "-two", "+zwei")


def test_a_file_in_conflict_is_shown(tree: Callable[..., Path]) -> None:
    folder = tree({"a": "one\n"}, {})
    git(folder, "checkout", "-qb", "other")
    put(folder / "a", "two\n")
    git(folder, "commit", "-qam", "two")
    git(folder, "checkout", "-q", "-")
    put(folder / "a", "three\n")
    git(folder, "commit", "-qam", "three")
    subprocess.run(["git", "merge", "-q", "other"], cwd=folder, capture_output=True, check=False)
    assert "<<<<<<<" in "\n".join(shown(folder))


def test_one_file_alone(tree: Callable[..., Path]) -> None:
    folder = tree({"a": "1\n", "b": "1\n", "[x]*": "1\n"}, {"a": "2\n", "b": "2\n", "[x]*": "2\n", "c": "3\n"})
    assert [file.path for file in sources.tree_files(str(folder), "[x]*")] == ["[x]*"]
    assert [file.path for file in sources.tree_files(str(folder), "c")] == ["c"]


def test_a_huge_change_is_shown_and_walked_through(tree: Callable[..., Path]) -> None:
    long = "".join(f"{n}\n" for n in range(60_000))
    folder = tree({"a": long}, {"a": long.replace("0\n", "null\n"), "b": "x" * (2 << 20)})
    made = buffer.Diff("diff", "Work tree", lambda: sources.tree_files(str(folder)), cwd=str(folder), tree=True)
    assert made.line_count(80) > 50_000
    line = made.line_count(80) // 2
    assert made.lines(line, line + 50, 80) and made.next(line, 80, 1, files=True)


def test_no_repository_and_no_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match="not a git repository"):
        sources.root(str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CommandError, match="git is not installed"):
        sources.root(str(tmp_path))
    assert os.environ["PATH"] == str(tmp_path)


def test_a_hunk_folds_by_itself(tree: Callable[..., Path]) -> None:
    folder = tree(*CHANGES["two hunks"])
    made = buffer.Diff("diff", "Work tree", lambda: sources.tree_files(str(folder)), cwd=str(folder), tree=True)
    whole = made.line_count(80)
    first = made.line_of(80, file=0, hunk=0)
    made.fold("block", first + 2)
    text = "\n".join(lines.plain(line) for line in made.lines(0, 99, 80))
    assert made.line_count(80) < whole and "▸ @@" in text and "fifty" in text and "three" not in text
    made.refresh()
    assert "three" not in "\n".join(lines.plain(line) for line in made.lines(0, 99, 80))
    made.fold("block", made.line_of(80, file=0, hunk=0))
    assert made.line_count(80) == whole
