"""Disks that are full, fill up or may not be written to, under a real exec: told, exit status 1, nothing half-written.

Each home is a small file system of its own, made by bwrap, which a kernel may refuse.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from csm.api.testing import ResponsesServer, bundled

BWRAP = shutil.which("bwrap")


def _works() -> bool:
    words = [str(BWRAP), "--bind", "/", "/", "--size", "65536", "--tmpfs", "/mnt", "true"]
    return BWRAP is not None and subprocess.run(words, capture_output=True).returncode == 0


pytestmark = pytest.mark.skipif(not _works(), reason="bwrap makes no file systems here")


class Home:
    """A home that is mounted in one way or another for each run."""

    def __init__(self, env: dict[str, str], work: Path, server: ResponsesServer) -> None:
        self.env, self.work = env, work
        self.path = Path(env["CODEX_HOME"])
        (self.path / "config.toml").write_text(
            f'model = "gpt-5.5"\nmodel_provider = "s"\n[model_providers.s]\nname = "s"\nbase_url = "{server.url}"\n'
        )

    def run(self, mount: list[str], *words: str) -> tuple[int, list[dict[str, Any]], str]:
        status, out, said = self.said(mount, "exec", "--json", "--skip-git-repo-check", *words)
        return status, [json.loads(line) for line in out.splitlines()], said

    def said(self, mount: list[str], *words: str) -> tuple[int, str, str]:
        inside = [sys.executable, "-m", "csm", *words]
        command = [str(BWRAP), "--bind", "/", "/", "--dev", "/dev", "--proc", "/proc", *mount, "--", *inside]
        done = subprocess.run(
            command, env=self.env, cwd=self.work, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60
        )
        assert "Traceback" not in done.stderr
        return done.returncode, done.stdout, done.stderr

    def small(self, size: int) -> list[str]:
        """Sessions and locks on a file system of so many bytes; what is there is copied by hand before."""
        return ["--size", str(size), "--tmpfs", str(self.path / "sessions")]

    def logs(self) -> list[Path]:
        return sorted(self.path.rglob("rollout-*.jsonl"))


@pytest.fixture
def home_of(env: dict[str, str], worktree: Path) -> Any:
    return lambda server: Home(env, worktree, server)


def test_no_room_at_the_start(home_of: Any) -> None:
    with ResponsesServer([{"text": "answer"}], repeat=True) as server:
        home = home_of(server)
        (home.path / "sessions").mkdir()
        status, events, said = home.run(home.small(4096), "x")
    assert status == 1
    assert events[-1]["type"] == "turn.failed" and "No space left" in events[-1]["error"]["message"]
    assert "No space left" not in said


def test_a_full_disk_is_told_once(home_of: Any) -> None:
    with ResponsesServer([{"text": "a" * 60_000}]) as server:
        home = home_of(server)
        (home.path / "sessions").mkdir()
        status, out, said = home.said(home.small(40960), "exec", "--skip-git-repo-check", "x")
    assert (status, out) == (1, "a" * 60_000 + "\n")
    assert said.count("No space left") == 1 and said.count("cannot be written") == 1


def test_a_disk_that_fills_up_in_the_middle(home_of: Any) -> None:
    answer = "a" * 200_000
    with ResponsesServer([{"text": "one"}, {"text": answer}, {"text": "fine"}], repeat=True) as server:
        home = home_of(server)
        (home.path / "sessions").mkdir()
        assert home.run([], "x")[0] == 0
        (path,) = home.logs()
        thread_id = path.stem[-36:]
        before = path.read_bytes()
        image = home.path / "small"
        image.mkdir()
        script = (
            f"cp -a {home.path}/sessions/. {image}/ && mount --bind {image} {home.path}/sessions && "
            f"{sys.executable} -m csm exec --json --skip-git-repo-check resume {thread_id} y; status=$?; "
            f"cp {image}/{path.relative_to(home.path / 'sessions')} {home.work}/after; exit $status"
        )
        mount = ["--size", "131072", "--tmpfs", str(image), "--cap-add", "CAP_SYS_ADMIN"]
        command = [str(BWRAP), "--bind", "/", "/", "--dev", "/dev", "--proc", "/proc", *mount, "sh", "-c", script]
        done = subprocess.run(command, env=home.env, cwd=home.work, capture_output=True, text=True, timeout=60)
        if "mount:" in done.stderr:
            pytest.skip("nothing may be mounted here")
        assert done.returncode == 1, done.stderr
        assert "No space left" in done.stdout
        after = (home.work / "after").read_bytes()
        assert after.startswith(before) and all(json.loads(line) for line in after.splitlines())
        path.write_bytes(after)
        assert bundled("sessions", "checking").check(home.path, path).sound
        assert home.run([], "resume", thread_id, "z")[0] == 0


def test_a_disk_that_may_not_be_written_to(home_of: Any) -> None:
    with ResponsesServer([{"text": "answer"}], repeat=True) as server:
        home = home_of(server)
        assert home.run([], "x")[0] == 0
        (path,) = home.logs()
        before = path.read_bytes()
        mount = ["--ro-bind", str(home.path), str(home.path)]
        status, events, _ = home.run(mount, "y")
        assert status == 1
        assert events[-1]["type"] == "turn.failed" and "Read-only file system" in events[-1]["error"]["message"]
        status, events, said = home.run(mount, "resume", "--last", "y")
        assert (status, events) == (1, []) and "Read-only file system" in said
        assert path.read_bytes() == before and home.logs() == [path]
        assert home.run([], "resume", "--last", "y")[0] == 0
