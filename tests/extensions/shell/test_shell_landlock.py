"""The shell tools over Landlock: what was put back is told, terminals and interrupts work, nothing stays behind."""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest

from csm.api import tools as types


@pytest.fixture
def confined(bench: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A thread whose commands run under Landlock, `workspace-write`."""
    from csm_extensions.landlock.sandbox import Landlock

    sandbox = Landlock()
    if reason := sandbox.unavailable():
        pytest.skip(f"landlock: {reason}")
    (tmp_path / "kept").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "kept"))
    bench._sandbox = sandbox
    bench.sandbox_policy = types.SandboxPolicy(mode="workspace-write", exclude_slash_tmp=True)
    return bench


def test_what_was_put_back_is_told_to_user_and_model(confined: Any, run: Any) -> None:
    config = (confined.cwd / ".git" / "config").read_text()
    text = run(confined, lambda: confined.run("echo '[evil]' >> .git/config; echo done", login=False))
    assert (confined.cwd / ".git" / "config").read_text() == config
    told = [said for kind, said in confined.log if kind == "warn"]
    assert len(told) == 1
    assert text.endswith(f"Output:\ndone\n\nNote: {told[0]}\n")
    assert confined.kinds() == ["started", "warn", "completed"]


def test_a_terminal_and_its_interrupt(confined: Any, run: Any) -> None:
    async def work() -> str:
        cmd = "trap 'echo caught; exit 5' INT; tty > /dev/null && echo ready; while :; do sleep 30; done"
        text = await confined.run(cmd, login=False, tty=True, yield_time_ms=400)
        session = int(re.search(r"session ID (\d+)\n(?:.*\n)*ready", text)[1])  # type: ignore[index]
        return await confined.type(session, "\x03", yield_time_ms=5000)

    assert "exited with code 5\n" in run(confined, work)


def test_what_runs_in_the_background_ends_with_the_command(confined: Any, run: Any) -> None:
    os.mkfifo(confined.cwd / "alive")
    reader = os.open(confined.cwd / "alive", os.O_RDONLY | os.O_NONBLOCK)
    run(confined, lambda: confined.run("sleep 300 7> alive > /dev/null & true", login=False))
    end = time.monotonic() + 5
    while _has_writer(reader):
        assert time.monotonic() < end
    os.close(reader)


def _has_writer(reader: int) -> bool:
    try:
        return os.read(reader, 1) != b""
    except BlockingIOError:
        return True


def test_cancelling_and_closing_put_things_back_too(confined: Any, run: Any) -> None:
    config = (confined.cwd / ".git" / "config").read_text()

    async def changed() -> None:
        end = time.monotonic() + 5
        while (confined.cwd / ".git" / "config").read_text() == config:
            assert time.monotonic() < end
            await asyncio.sleep(0.01)

    async def work() -> None:
        call = asyncio.create_task(confined.run("echo x >> .git/config; sleep 300", login=False))
        await changed()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert (confined.cwd / ".git" / "config").read_text() == config
        await confined.run("echo x >> .git/config; sleep 300", login=False, yield_time_ms=250)
        await changed()

    run(confined, work)
    assert (confined.cwd / ".git" / "config").read_text() == config
