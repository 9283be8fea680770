"""Bubblewrap's own parts: which bwrap, which mounts, placeholders."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import Any

import pytest

from csm.api import SandboxError
from csm.api import tools as types

NAMES = (".git", ".codex")


def program(folder: Path) -> Path:
    """Something that could be a bwrap."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "bwrap"
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def find(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module, with no system folders."""
    from csm_extensions.bubblewrap import find

    monkeypatch.setattr(find, "TRUSTED", ())
    monkeypatch.setattr(find, "_installed", lambda: iter(()))
    return find


def test_a_bwrap_in_the_project_is_not_taken(find: Any, tmp_path: Path) -> None:
    inside, outside = program(tmp_path / "work" / "bin"), program(tmp_path / "bin")
    env = {"PATH": f"{inside.parent}:bin:.::{outside.parent}"}
    assert find.find(env, tmp_path / "work") == str(outside)


def test_nor_one_that_leads_into_it(find: Any, tmp_path: Path) -> None:
    inside = program(tmp_path / "work" / "bin")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "bwrap").symlink_to(inside)
    assert find.find({"PATH": str(tmp_path / "bin")}, tmp_path / "work") is None


def test_nor_one_where_everybody_writes(find: Any, tmp_path: Path) -> None:
    outside = program(tmp_path / "bin")
    outside.parent.chmod(0o777)
    assert find.find({"PATH": str(outside.parent)}, tmp_path / "work") is None


def test_nor_one_that_does_not_run(find: Any, tmp_path: Path) -> None:
    program(tmp_path / "bin").chmod(0o644)
    assert find.find({"PATH": str(tmp_path / "bin")}, tmp_path) is None


def test_system_folders_come_first(find: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trusted, other = program(tmp_path / "usr"), program(tmp_path / "bin")
    monkeypatch.setattr(find, "TRUSTED", (str(trusted.parent),))
    assert find.find({"PATH": str(other.parent)}, tmp_path / "work") == str(trusted)


def test_the_package_is_the_last_resort(find: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packaged = program(tmp_path / "package")
    monkeypatch.setattr(find, "_installed", lambda: iter([packaged]))
    assert find.find({"PATH": "/nowhere"}, tmp_path / "work") == str(packaged)


def test_without_any_it_says_so(find: Any, tmp_path: Path) -> None:
    from csm_extensions.bubblewrap.sandbox import Bubblewrap

    sandbox = Bubblewrap(env={"PATH": ""}, cwd=tmp_path)
    assert sandbox.unavailable() == "bwrap was not found"
    with pytest.raises(SandboxError):
        sandbox.launch(["true"], cwd=tmp_path, env={}, policy=types.SandboxPolicy("workspace-write"))
    assert list(tmp_path.iterdir()) == []


def test_a_bwrap_that_fails_is_quoted(find: Any, tmp_path: Path) -> None:
    from csm_extensions.bubblewrap.sandbox import Bubblewrap

    program(tmp_path / "bin").write_text("#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2; exit 1\n")
    sandbox = Bubblewrap(env={"PATH": str(tmp_path / "bin")}, cwd=tmp_path / "work")
    assert sandbox.unavailable() == "bwrap: setting up uid map: Permission denied"


def options(tmp_path: Path, cwd: Path, *, guarded: tuple[Path, ...] = (), **policy: Any) -> list[str]:
    """bwrap's arguments before the command."""
    from csm_extensions.bubblewrap.sandbox import Bubblewrap

    program(tmp_path / "bin")
    sandbox = Bubblewrap(env={"PATH": str(tmp_path / "bin")}, cwd=Path("/nowhere"), guarded=guarded)
    rules = types.SandboxPolicy("workspace-write", exclude_slash_tmp=True, exclude_tmpdir_env_var=True, **policy)
    launch = sandbox.launch(["true"], cwd=cwd, env={}, policy=rules)
    for fd in launch.pass_fds:
        os.close(fd)
    assert launch.finish is not None
    launch.finish()
    return list(launch.argv[: launch.argv.index("--")])


def binds(arguments: list[str], kind: str) -> list[str]:
    """What is bound one way."""
    return [arguments[at + 1] for at, word in enumerate(arguments) if word == kind]


def test_mounts(find: Any, tmp_path: Path) -> None:
    work = tmp_path / "work"
    (work / ".git").mkdir(parents=True)
    arguments = options(tmp_path, work, guarded=(tmp_path, work / ".config"))
    assert binds(arguments, "--bind") == [str(work)]
    assert [path for path in binds(arguments, "--ro-bind") if not path.startswith("/proc")] == [
        "/",
        *(str(work / name) for name in (".git", ".codex", ".agents", ".aws", ".csm")),
    ]
    assert "--unshare-net" in arguments
    assert "--unshare-net" not in options(tmp_path, work, network_access=True)


def test_own_settings_inside_a_writable_folder_are_guarded(find: Any, tmp_path: Path) -> None:
    config = tmp_path / "work" / ".config" / "csm"
    config.mkdir(parents=True)
    assert str(config) in binds(options(tmp_path, tmp_path / "work", guarded=(config,)), "--ro-bind")


def test_a_root_inside_a_protected_folder_was_asked_for(find: Any, tmp_path: Path) -> None:
    inner = tmp_path / "work" / ".codex" / "scratch"
    inner.mkdir(parents=True)
    arguments = options(tmp_path, tmp_path / "work", writable_roots=(str(inner),))
    order = [word for word in arguments if word in (str(inner), str(tmp_path / "work" / ".codex"))]
    assert order == [str(inner.parent)] * 2 + [str(inner)] * 2


def test_the_whole_disk_as_workspace_still_has_a_small_dev(find: Any, tmp_path: Path) -> None:
    arguments = options(tmp_path, tmp_path, writable_roots=("/",))
    assert arguments[arguments.index("/") - 1] == "--bind"
    assert arguments.index("--dev") > arguments.index("/")
    assert arguments.count("--bind") == 2


# Placeholders


@pytest.fixture
def placeholders() -> Any:
    """The class under test."""
    from csm_extensions.bubblewrap.placeholders import Placeholders

    return Placeholders


def test_placeholders_come_and_go(placeholders: Any, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    held = placeholders()
    held.hold(tmp_path, NAMES)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".codex", ".git"]
    held.close()
    held.close()
    assert [path.name for path in tmp_path.iterdir()] == [".git"]


def test_the_last_command_removes_them(placeholders: Any, tmp_path: Path) -> None:
    first, second = placeholders(), placeholders()
    first.hold(tmp_path, NAMES)
    second.hold(tmp_path, NAMES)
    first.close()
    assert (tmp_path / ".codex").is_dir()
    second.close()
    assert list(tmp_path.iterdir()) == []


def test_those_of_a_killed_process_are_taken_over(placeholders: Any, tmp_path: Path) -> None:
    killed = placeholders()
    killed.hold(tmp_path, NAMES)
    for fd, _ in killed._held:
        os.close(fd)
    held = placeholders()
    held.hold(tmp_path, NAMES)
    held.close()
    assert list(tmp_path.iterdir()) == []


def test_what_somebody_else_made_stays(placeholders: Any, tmp_path: Path) -> None:
    held = placeholders()
    held.hold(tmp_path, NAMES)
    (tmp_path / ".codex").rmdir()
    (tmp_path / ".codex").mkdir()
    held.close()
    assert [path.name for path in tmp_path.iterdir()] == [".codex"]


def test_a_folder_that_another_program_locks_is_refused(placeholders: Any, tmp_path: Path) -> None:
    fd = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(fd, fcntl.LOCK_EX)
    held = placeholders()
    with pytest.raises(BlockingIOError):
        held.hold(tmp_path, NAMES)
    held.close()
    os.close(fd)
    assert list(tmp_path.iterdir()) == []
