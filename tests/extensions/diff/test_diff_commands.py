"""Changes in a window: of the tree and of turns, walked through, staged, taken back, commented on, undone."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from csm.api.testing import ResponsesServer
from csm.host import settings
from csm.host.host import Host
from csm.runtime.local import LocalPort
from csm.runtime.port import Start
from csm.ui.driver import ScreenDriver

OLD = "".join(f"line {number}\n" for number in range(40))
NEW = OLD.replace("line 3\n", "line three\n").replace("line 30\n", "line thirty\n")
PATCH = """*** Begin Patch
*** Update File: kept.txt
@@
 line 2
-line 3
+line three
 line 4
@@
 line 29
-line 30
+line thirty
 line 31
*** Add File: fresh.txt
+new
*** Delete File: gone.txt
*** End Patch
"""
Shell = Callable[..., ScreenDriver]


def git(folder: Path, *words: str) -> str:
    command = ["git", "-c", "user.name=n", "-c", "user.email=e", *words]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A repository with two files."""
    folder = tmp_path / "w"
    folder.mkdir()
    git(folder, "init", "-q")
    (folder / "kept.txt").write_text(OLD)
    (folder / "gone.txt").write_text("gone\n")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "first")
    return folder


@pytest.fixture
def shell(work: Path, tmp_path: Path) -> Iterator[Shell]:
    """`shell(keymap=, columns=)`: a shell in which a turn has patched the repository."""
    (tmp_path / ".codex").mkdir()
    env = {"HOME": str(tmp_path), "CODEX_HOME": str(tmp_path / ".codex"), "PATH": os.environ["PATH"], "EDITOR": "true"}
    with contextlib.ExitStack() as stack:

        def start(keymap: str = "codex", columns: int = 90, patched: bool = True) -> ScreenDriver:
            server = stack.enter_context(
                ResponsesServer([{"custom": ("apply_patch", PATCH)}, {"text": "Patched."}] if patched else [])
            )
            more = {"csm.keymap": keymap, "sandbox_mode": "danger-full-access", "approval_policy": "never"}
            found = settings.load(cwd=work, env=env, overrides={**server.overrides(), **more})
            host = Host.open(found, env)
            stack.callback(host.close)
            port = LocalPort(host)
            stack.callback(port.close)
            driver = ScreenDriver(host, port, Start(cwd=str(work), overrides=found.overrides), columns=columns, rows=40)
            stack.callback(driver.close)
            while driver.shell.panels:
                driver.keys("enter")
            if patched:
                driver.type("go\n")
                driver.wait_for("Patched.")
                driver.wait(lambda: driver.shell.session.thread.running is None)
                assert (work / "kept.txt").read_text() == NEW
            driver.frame()
            return driver

        yield start


def _open(driver: ScreenDriver, what: str = "") -> Any:
    driver.shell.run(f"diff.open {what}".strip())
    driver.frame()
    return driver.shell.windows.current.top.buffer


def test_the_tree_is_shown_with_files_and_words(shell: Shell) -> None:
    driver = shell()
    _open(driver)
    screen = driver.screen()
    assert "Work tree · 3 files (+3 -3)" in screen
    assert "▾ kept.txt  +2 -2" in screen
    assert "▾ gone.txt  deleted" in screen
    assert "▾ fresh.txt  new" in screen
    assert {"diff.added.word", "diff.removed.word"} <= {r for line in driver.frame().rows() for r, _ in line}


def test_a_turn_is_shown_and_so_are_several(shell: Shell) -> None:
    driver = shell()
    assert _open(driver, "turn").title == "Turn 1 · 3 files (+3 -3)"
    assert _open(driver, "1 1").title == "Turns 1 to 1 · 3 files (+3 -3)"
    driver.shell.run("diff.open 7")
    assert "there is no turn 7" in driver.screen()


@pytest.mark.parametrize(("keymap", "keys"), [("codex", "n"), ("emacs", "n"), ("vim", "] c")])
def test_hunks_are_walked_through_in_every_keymap(shell: Shell, keymap: str, keys: str) -> None:
    driver = shell(keymap)
    if keymap == "vim":
        driver.keys("esc")
    _open(driver)
    seen = []
    for _ in range(3):
        driver.keys(keys)
        driver.frame()
        diff = driver.shell.windows.current.top.buffer
        assert driver.shell.reader is not None
        seen.append(diff.spot(driver.shell.reader.spot.line, 86)[:2])
    assert seen == sorted(set(seen))


def test_files_fold(shell: Shell) -> None:
    driver = shell()
    _open(driver)
    driver.keys("N")
    driver.frame()
    driver.keys("tab")
    assert "▸" in driver.screen()


def test_one_hunk_is_staged(shell: Shell, work: Path) -> None:
    driver = shell()
    diff = _open(driver)
    at = next(index for index, file in enumerate(diff.files) if file.path == "kept.txt")
    driver.shell.screen.go_to(diff.line_of(86, file=at, hunk=1))
    driver.frame()
    driver.keys("s")
    assert "staged kept.txt" in driver.screen()
    staged = git(work, "diff", "--cached")
    assert "+line thirty" in staged
    assert "+line three" not in staged
    driver.keys("u")
    assert git(work, "diff", "--cached") == ""


def test_one_hunk_is_taken_back_after_asking(shell: Shell, work: Path) -> None:
    driver = shell()
    diff = _open(driver)
    at = next(index for index, file in enumerate(diff.files) if file.path == "kept.txt")
    driver.shell.screen.go_to(diff.line_of(86, file=at, hunk=0))
    driver.frame()
    driver.keys("x")
    assert "Take this hunk" in driver.screen()
    driver.keys("down enter")
    assert (work / "kept.txt").read_text() == NEW
    driver.keys("x enter")
    assert (work / "kept.txt").read_text() == NEW.replace("line three\n", "line 3\n")
    assert "(+2 -2)" in driver.screen()


def test_a_line_is_commented_on_in_the_composer(shell: Shell) -> None:
    driver = shell()
    driver.type("draft")
    diff = _open(driver)
    at = next(index for index, file in enumerate(diff.files) if file.path == "kept.txt")
    line = diff.line_of(86, file=at, hunk=0)
    driver.shell.screen.go_to(line + 5)
    driver.frame()
    driver.keys("c")
    assert driver.shell.place == "composer"
    assert driver.text.startswith("draft\n\nkept.txt:4\n> ")
    assert "line three" in driver.text


def test_selected_lines_are_quoted(shell: Shell) -> None:
    driver = shell()
    diff = _open(driver)
    at = next(index for index, file in enumerate(diff.files) if file.path == "kept.txt")
    driver.shell.screen.go_to(diff.line_of(86, file=at, hunk=0) + 1)
    driver.frame()
    driver.keys("V j j c")
    assert driver.text.count("\n> ") == 3


def test_side_by_side_where_there_is_room(shell: Shell) -> None:
    driver = shell(columns=140)
    _open(driver)
    driver.keys("|")
    both = [line for line in driver.screen().splitlines() if "line 3" in line and "line three" in line]
    assert both
    driver.keys("|")
    assert not [line for line in driver.screen().splitlines() if "line 3 " in line and "line three" in line]


def test_a_turn_is_undone_after_asking(shell: Shell, work: Path) -> None:
    driver = shell()
    driver.shell.run("diff.undo-turn")
    assert "Undo Turn 1" in driver.screen()
    driver.keys("enter")
    assert (work / "kept.txt").read_text() == OLD
    assert (work / "gone.txt").read_text() == "gone\n"
    assert not (work / "fresh.txt").exists()
    assert git(work, "status", "--porcelain") == ""


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("kept.txt", OLD.replace("line 30\n", "line XXX\n"), "the file has changed"),
        ("fresh.txt", "other\n", "the file has changed"),
        ("gone.txt", "back\n", "there is a file again"),
        ("kept.txt", None, "the file is gone"),
    ],
)
def test_what_was_changed_since_keeps_all_of_it(
    shell: Shell, work: Path, name: str, text: str | None, why: str
) -> None:
    driver = shell()
    if text is None:
        (work / name).unlink()
    else:
        (work / name).write_text(text)
    before = {path.name: path.read_bytes() for path in work.iterdir() if path.is_file()}
    driver.shell.run("diff.undo-turn")
    screen = driver.screen()
    assert why in screen
    assert name in screen
    assert {path.name: path.read_bytes() for path in work.iterdir() if path.is_file()} == before


def test_a_hunk_copied_is_a_patch_that_git_takes(shell: Shell, work: Path) -> None:
    driver = shell()
    sent: list[str] = []
    driver.shell.screen.copy = sent.append  # type: ignore[method-assign]
    _open(driver, "turn")
    driver.keys("y")
    assert sent[0].startswith("diff --git a/")
    subprocess.run(["git", "apply", "-R", "--check", "-"], input=sent[0].encode(), cwd=work, check=True)


def test_nothing_changed_and_no_repository_are_told(shell: Shell, work: Path) -> None:
    driver = shell(patched=False)
    _open(driver)
    assert "Nothing has changed." in driver.screen()
    driver.keys("s")
    assert "nothing has changed" in driver.screen()
    driver.shell.run("diff.open turn")
    assert "no turn has changed a file yet" in driver.screen()
    subprocess.run(["rm", "-rf", str(work / ".git")], check=True)
    driver.shell.run("diff.open")
    assert "not a git repository" in driver.screen()
