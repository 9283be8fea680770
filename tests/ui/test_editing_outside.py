"""The user's editor on a draft: what it leaves, and what is kept where it fails; symbols by a real ctags."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from csm.api.testing import bundled
from csm.ui.driver import ScreenDriver

Drive = Callable[..., ScreenDriver]


def edit(driver: ScreenDriver, home: Path, script: str) -> None:
    """Run the editor that a script is on the draft."""
    path = home / "editor"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    driver.shell.host.env["VISUAL"] = str(path)  # type: ignore[index]
    driver.keys("C-g")


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("exit 3", "ended with status 3; the draft is as it was"),
        ("kill -9 $$", "was ended by signal 9; the draft is as it was"),
        ("rm \"$1\"", "No such file"),
    ],
)  # fmt: skip
def test_an_editor_that_fails_leaves_the_draft(drive: Drive, home: Path, script: str, said: str) -> None:
    driver = drive(columns=160)
    driver.type("a draft")
    edit(driver, home, script)
    driver.wait_for(said)
    assert driver.text == "a draft"


def test_what_it_saved_before_it_failed_is_kept(drive: Drive, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(home))
    driver = drive(columns=160)
    driver.type("a draft")
    edit(driver, home, 'echo "long thoughts" > "$1"; kill -9 $$')
    driver.wait_for("what was saved stands in")
    assert driver.text == "a draft"
    [kept] = home.glob("kept-csm-draft-*")
    assert kept.read_text() == "long thoughts\n"


def test_nothing_left_empties_the_draft_and_undo_brings_it_back(drive: Drive, home: Path) -> None:
    driver = drive()
    driver.type("a draft")
    edit(driver, home, ': > "$1"')
    driver.wait_for("nothing was left of the draft")
    assert driver.text == ""
    driver.keys("C-_")
    assert driver.text == "a draft"


def test_an_editor_that_cannot_be_started_or_read_says_so(drive: Drive) -> None:
    driver = drive(columns=120)
    driver.type("a draft")
    for name in ("/nowhere/editor", "'unclosed"):
        driver.shell.host.env["VISUAL"] = name  # type: ignore[index]
        driver.keys("C-g")
        driver.wait_for("EDITOR")
        assert driver.text == "a draft"


def universal() -> bool:
    found = shutil.which("ctags")
    return (
        found is not None and "Universal" in subprocess.run([found, "--version"], capture_output=True, text=True).stdout
    )


@pytest.mark.skipif(not universal(), reason="there is no Universal Ctags here")
def test_symbols_come_from_ctags(tmp_path: Path) -> None:
    symbols = bundled("files", "symbols")
    (tmp_path / "app.py").write_text("class Cache:\n    def clear(self):\n        pass\n")
    (tmp_path / "broken.c").write_bytes(b"\xff\xfe int (((\n")
    found = symbols.read(tmp_path, ["app.py", "broken.c", "gone.py"], dict(os.environ))
    assert {(one.name, one.path, one.line) for one in found} >= {("Cache", "app.py", 1), ("clear", "app.py", 2)}
    assert [one.name for one in symbols.ranked(found, "clear")][:1] == ["clear"]
