"""What the contract suites share: a sandbox of each kind around a work tree.

Does not: test anything.
"""

from __future__ import annotations

import functools
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from csm.api import tools as types
from csm.host import roots

roots.mount([roots.Root("bundled", Path(__file__).resolve().parents[2], 0)])

#: `/tmp` is writable by default, and pytest's folders lie there: most cases do without it.
STRICT: dict[str, Any] = {"exclude_slash_tmp": True, "exclude_tmpdir_env_var": True}


class Done(NamedTuple):
    """A command that ended. A code over 128 is a signal, however the sandbox reports it."""

    code: int
    output: str
    warnings: list[str]


class Box:
    """One sandbox, a workspace (a git work tree) and a folder outside of it."""

    def __init__(self, sandbox: Any, work: Path, outside: Path, env: dict[str, str]) -> None:
        self.sandbox, self.work, self.outside, self.env = sandbox, work, outside, env
        self.has_processes_of_its_own = sandbox.name == "bubblewrap"

    def run(self, script: str, *, mode: Any = "workspace-write", workdir: Path | None = None, **policy: Any) -> Done:
        """Run a bash script to its end."""
        return self.start(["/bin/bash", "-c", script], mode=mode, workdir=workdir, **policy)

    def python(self, program: str, *arguments: str, **policy: Any) -> Done:
        """Run a Python program to its end."""
        return self.start([sys.executable, "-I", "-c", program, *arguments], **policy)

    def start(
        self, argv: list[str], *, mode: Any = "workspace-write", workdir: Path | None = None, **policy: Any
    ) -> Done:
        rules = types.SandboxPolicy(mode=mode, **{**STRICT, **policy})
        launch = self.sandbox.launch(argv, cwd=self.work, env=self.env, policy=rules, workdir=workdir)
        try:
            code, output = self._whole(launch, workdir or self.work)
        finally:
            warnings = launch.finish() if launch.finish else []
        return Done(code if code >= 0 else 128 - code, output, warnings)

    @staticmethod
    def _whole(launch: Any, workdir: Path) -> tuple[int, str]:
        start = functools.partial(
            subprocess.Popen, launch.argv, env=launch.env, cwd=workdir, pass_fds=launch.pass_fds, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        try:
            process = launch.through(start) if launch.through else start()
        finally:
            for fd in launch.pass_fds:
                os.close(fd)
        with process:
            try:
                output, _ = process.communicate(timeout=20)
            finally:
                process.kill()
        return process.returncode, output

    @staticmethod
    def state(folder: Path) -> dict[str, tuple[int, int, str]]:
        """Names, modes, link counts and contents of all below a folder."""
        found: dict[str, tuple[int, int, str]] = {}
        for path in sorted(folder.rglob("*")):
            about = path.lstat()
            links = 0 if stat.S_ISDIR(about.st_mode) else about.st_nlink
            found[str(path.relative_to(folder))] = (
                about.st_mode, links, path.read_bytes().decode("latin-1") if stat.S_ISREG(about.st_mode) else "",
            )  # fmt: skip
        return found


def _bubblewrap(work: Path) -> Any:
    from csm_extensions.bubblewrap.sandbox import Bubblewrap

    return Bubblewrap(env=os.environ, cwd=work)


def _landlock(work: Path) -> Any:
    from csm_extensions.landlock.sandbox import Landlock

    return Landlock()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A git repository with one commit that holds `a.txt` ("hello"), to be copied."""
    path = tmp_path_factory.mktemp("template")
    (path / "a.txt").write_text("hello\n")
    script = (
        "git init -q -b main && git config user.email a@b.c && git config user.name n && git add -A && git commit -qm x"
    )
    subprocess.run(["/bin/sh", "-c", script], cwd=path, check=True)
    return path


@pytest.fixture(params=[_bubblewrap, _landlock], ids=lambda make: make.__name__.strip("_"))
def box(
    request: pytest.FixtureRequest, template: Path, tmp_path: Path, env: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Box]:
    """A sandbox around a git work tree, beside a folder `outside` that holds `file`, `script` and `folder/`."""
    make: Callable[[Path], Any] = request.param
    worktree = tmp_path / "work"
    sandbox = make(worktree)
    reason = sandbox.unavailable()
    if reason:
        pytest.skip(f"{sandbox.name}: {reason}")
    shutil.copytree(template, worktree, symlinks=True)
    kept = tmp_path / "kept"
    kept.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(kept))
    outside = tmp_path / "outside"
    (outside / "folder").mkdir(parents=True)
    (outside / "file").write_text("precious\n")
    (outside / "script").write_text("#!/bin/sh\n")
    yield Box(sandbox, worktree, outside, env)
