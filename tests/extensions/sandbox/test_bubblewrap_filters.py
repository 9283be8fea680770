"""The ways a filter gets to a command, with real processes: through a thread, by bwrap alone, by a loader inside."""

from __future__ import annotations

import functools
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from csm.api import listening, seccomp
from csm.api import tools as types

OWN = """
import socket
server = socket.socket(socket.AF_UNIX); server.bind("own"); server.listen()
client = socket.socket(socket.AF_UNIX); client.connect("own"); server.accept()[0].sendall(b"own")
print(client.recv(9).decode())
other = socket.socket(socket.AF_UNIX)
try:
    other.connect("{0}")
except PermissionError:
    print("refused")
"""


@pytest.fixture
def sandbox(tmp_path: Path) -> Any:
    from csm_extensions.bubblewrap.sandbox import Bubblewrap

    made = Bubblewrap(env=os.environ, cwd=tmp_path)
    if reason := made.unavailable():
        pytest.skip(f"bubblewrap: {reason}")
    return made


@pytest.fixture
def other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Another program's socket, in the workspace."""
    with socket.socket(socket.AF_UNIX) as listener:
        monkeypatch.chdir(tmp_path)
        listener.bind("other")
        listener.listen()
        yield "other"


def run(sandbox: Any, work: Path, program: str, *, through: bool = True) -> tuple[int, str]:
    """Exit code and output of a Python program; without `through`, as a caller who does not know of it."""
    rules = types.SandboxPolicy("workspace-write", exclude_slash_tmp=True, exclude_tmpdir_env_var=True)
    launch = sandbox.launch([sys.executable, "-I", "-c", program], cwd=work, env={}, policy=rules)
    start = functools.partial(
        subprocess.Popen, launch.argv, env={}, cwd=work, pass_fds=launch.pass_fds, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    process = launch.through(start) if through and launch.through else start()
    for fd in launch.pass_fds:
        os.close(fd)
    with process:
        output, _ = process.communicate(timeout=20)
    launch.finish()
    return process.returncode, output


@pytest.fixture(params=["thread", "loader"])
def either(request: pytest.FixtureRequest, sandbox: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A sandbox that asks about `connect`, one way or the other."""
    if request.param == "loader":
        from csm_extensions.bubblewrap import sandbox as module

        monkeypatch.setattr(module, "_gains", lambda program: True)
    return sandbox


def test_own_sockets_are_reached_and_others_are_not(either: Any, other: str, tmp_path: Path) -> None:
    assert run(either, tmp_path, OWN.format(other)) == (0, "own\nrefused\n")


def test_whoever_starts_a_command_by_himself_gets_the_strict_filter(sandbox: Any, tmp_path: Path) -> None:
    code, output = run(sandbox, tmp_path, OWN, through=False)
    assert code == 1
    assert "PermissionError" in output
    assert "own\n" not in output


def test_nothing_of_it_holds_csm_itself(sandbox: Any, other: str, tmp_path: Path) -> None:
    before = threading.enumerate()

    def knock() -> None:
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(other)

    for _ in range(3):
        assert run(sandbox, tmp_path, "print(1)") == (0, "1\n")
        knock()
    for thread in set(threading.enumerate()) - set(before):
        thread.join(5)
    assert set(threading.enumerate()) <= set(before)


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_no_file_stays_open(either: Any, other: str, tmp_path: Path) -> None:
    run(either, tmp_path, OWN.format(other))
    before = open_files()
    for _ in range(3):
        run(either, tmp_path, OWN.format(other))
    assert open_files() == before


def test_a_start_that_fails_is_told_and_leaves_nothing(sandbox: Any, tmp_path: Path) -> None:
    def fail() -> Any:
        raise FileNotFoundError("bwrap")

    before = open_files()
    launch = sandbox.launch(["true"], cwd=tmp_path, env={}, policy=types.SandboxPolicy())
    with pytest.raises(FileNotFoundError):
        launch.through(fail)
    for fd in launch.pass_fds:
        os.close(fd)
    launch.finish()
    assert open_files() == before


def test_a_process_dies_with_csm_and_not_before(tmp_path: Path) -> None:
    """The thread that started it stays, since processes may have asked to die with that thread."""
    seen: list[int] = []
    start: Callable[[], Any] = functools.partial(
        subprocess.Popen, ["/bin/sh", "-c", "read x; exit 7"], stdin=subprocess.PIPE, text=True
    )
    held = listening.Held(seccomp.asking(os.uname().machine, ("connect",)), seen.append)
    process = held.start(start)
    holder = next(thread for thread in threading.enumerate() if thread.name == "csm-holder" and thread.is_alive())
    process.communicate("go\n")
    assert process.returncode == 7
    holder.join(5)
    assert not holder.is_alive()
    for listener in seen:
        os.close(listener)
