"""What is put back after a command under Landlock, what is only told, and how commands that overlap share it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def guards(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Guards that keep things in `kept`."""
    from csm_extensions.landlock.guard import Guards

    (tmp_path / "kept").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "kept"))
    return Guards()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A protected folder."""
    path = tmp_path / "work" / ".git"
    (path / "hooks").mkdir(parents=True)
    (path / "config").write_text("[core]\n")
    (path / "config").chmod(0o640)
    (path / "link").symlink_to("config")
    (path / "objects" / "ab").mkdir(parents=True)
    (path / "objects" / "ab" / "cdef").write_text("object")
    return path


def shape(folder: Path) -> dict[str, Any]:
    """Names, modes and contents."""
    found: dict[str, Any] = {}
    for path in sorted([folder, *folder.rglob("*")]) if os.path.lexists(folder) else []:
        what = os.readlink(path) if path.is_symlink() else path.read_text() if path.is_file() else ""  # noqa: PTH115
        found[str(path)] = (path.lstat().st_mode, what)
    return found


def kept(tmp_path: Path) -> list[str]:
    """The contents of what was set aside."""
    return sorted(path.read_text() for path in (tmp_path / "kept").rglob("*") if path.is_file())


def swap(path: Path) -> None:
    """Put a link in a folder's place."""
    path.rename(path.with_name("moved"))
    path.symlink_to("/tmp")


CHANGES: dict[str, Callable[[Path], object]] = {
    "edited": lambda git: (git / "config").write_text("[evil]\n"),
    "same size and time": lambda git: (
        (git / "config").write_text("[croe]\n"),
        os.utime(git / "config", ns=(1, 1)),
    ),
    "mode": lambda git: (git / "config").chmod(0o777),
    "created": lambda git: (git / "hooks" / "pre-commit").write_text("evil"),
    "created deep": lambda git: ((git / "x" / "y").mkdir(parents=True), (git / "x" / "y" / "z").write_text("z")),
    "removed": lambda git: (git / "config").unlink(),
    "folder removed": lambda git: (git / "hooks").rmdir(),
    "link changed": lambda git: ((git / "link").unlink(), (git / "link").symlink_to("/etc/passwd")),
    "link to file": lambda git: ((git / "link").unlink(), (git / "link").write_text("x")),
    "file to folder": lambda git: ((git / "config").unlink(), (git / "config").mkdir()),
    "file to link": lambda git: ((git / "config").unlink(), (git / "config").symlink_to("/etc/passwd")),
    "folder to file": lambda git: ((git / "hooks").rmdir(), (git / "hooks").write_text("x")),
    "folder to link": lambda git: swap(git / "hooks"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_changes_are_undone(guards: Any, folder: Path, change: Callable[[Path], object]) -> None:
    before = shape(folder)
    guards.enter([folder])
    change(folder)
    warnings = guards.leave([folder])
    assert shape(folder) == before
    assert len(warnings) == 1
    assert "protected: put back" in warnings[0]


def test_what_was_found_is_kept(guards: Any, folder: Path, tmp_path: Path) -> None:
    guards.enter([folder])
    (folder / "config").write_text("mine?")
    (folder / "hooks" / "new").write_text("made")
    warning = guards.leave([folder])[0]
    assert kept(tmp_path) == ["made", "mine?"]
    assert str(tmp_path / "kept") in warning


def test_nothing_changed_nothing_said(guards: Any, folder: Path, tmp_path: Path) -> None:
    guards.enter([folder])
    assert guards.leave([folder]) == []
    assert list((tmp_path / "kept").iterdir()) == []


def test_the_whole_folder_replaced(guards: Any, folder: Path) -> None:
    before = {name: value for name, value in shape(folder).items() if "/objects/" not in name}
    guards.enter([folder])
    folder.rename(folder.with_name("other"))
    folder.mkdir()
    (folder / "config").write_text("evil")
    warnings = guards.leave([folder])
    assert shape(folder) == before
    assert "objects were removed" in warnings[-1]


def test_a_missing_name_stays_missing(guards: Any, tmp_path: Path) -> None:
    path = tmp_path / ".codex"
    guards.enter([path])
    path.mkdir()
    (path / "config.toml").write_text("evil")
    assert guards.leave([path])
    assert not path.exists()
    assert kept(tmp_path) == ["evil"]


def test_new_objects_may_stay_and_lost_ones_are_told(guards: Any, folder: Path) -> None:
    guards.enter([folder])
    (folder / "objects" / "ab" / "new").write_text("x")
    assert guards.leave([folder]) == []
    guards.enter([folder])
    (folder / "objects" / "ab" / "cdef").unlink()
    assert "objects were removed" in guards.leave([folder])[0]


def test_a_change_is_not_passed_off_as_given_by_an_overlap(guards: Any, folder: Path) -> None:
    """The second command starts while the first one's change lies there."""
    before = shape(folder)
    guards.enter([folder])
    (folder / "config").write_text("evil")
    guards.enter([folder])
    assert guards.leave([folder])
    assert shape(folder) == before
    (folder / "config").write_text("again")
    assert guards.leave([folder])
    assert shape(folder) == before
    assert guards._used == {}


def test_what_is_too_large_to_copy_is_told(guards: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from csm_extensions.landlock import snapshot

    monkeypatch.setattr(snapshot, "FILE_BYTES", 3)
    guards.enter([folder])
    (folder / "config").write_text("evil\n")
    assert "could not be put back" in guards.leave([folder])[0]


def test_version_and_machine_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    from csm_extensions.landlock import launcher
    from csm_extensions.landlock.sandbox import Landlock

    for version, reason in ((0, "no Landlock"), (2, "version 3 is needed, this kernel has 2")):
        monkeypatch.setattr(launcher, "probe", lambda version=version: version)
        assert reason in (Landlock().unavailable() or "")
    monkeypatch.setattr(launcher, "probe", lambda: 3)
    assert Landlock().unavailable() is None
