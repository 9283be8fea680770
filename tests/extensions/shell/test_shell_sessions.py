"""Sessions that outlive a call: waiting, typing, interrupting, cancelling, closing."""

from __future__ import annotations

import asyncio
import os
import re
import select
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from csm.api import ToolError


def number(text: str) -> int:
    """The session of a command that still runs."""
    found = re.search(r"^Process running with session ID (\d{4,5})$", text, re.MULTILINE)
    assert found, text
    return int(found[1])


def ended(text: str) -> tuple[int, str]:
    """Exit code and output of one that ended."""
    found = re.search(r"^Process exited with code (\d+)\n.*?\nOutput:\n(.*)", text, re.MULTILINE | re.DOTALL)
    assert found, text
    return int(found[1]), found[2]


async def until(condition: Any, seconds: float = 5) -> None:
    """Wait for a condition, bounded."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        await asyncio.sleep(0.01)


@pytest.fixture(params=["bench", "held"])
def either(request: pytest.FixtureRequest) -> Any:
    """Without and with the sandbox."""
    return request.getfixturevalue(request.param)


def test_a_command_that_takes_longer_is_waited_for(either: Any, run: Any) -> None:
    async def work() -> None:
        os.mkfifo(either.cwd / "go")
        text = await either.run("echo one; read x < go; echo $x; exit 4", login=False, yield_time_ms=250)
        assert text.endswith("Output:\none\n")
        assert either.kinds() == ["started"]
        (either.cwd / "go").write_text("two\n")
        assert ended(await either.type(number(text))) == (4, "two\n")
        assert either.item().output == "one\ntwo\n"
        assert either.kinds() == ["started", "completed"]
        with pytest.raises(ToolError, match=rf"^write_stdin failed: Unknown process id {number(text)}$"):
            await either.type(number(text))

    run(either, work)


def test_one_that_ends_while_nobody_looks_is_shown_and_told_later(either: Any, run: Any) -> None:
    async def work() -> None:
        os.mkfifo(either.cwd / "go")
        text = await either.run("read x < go; echo $x", login=False, yield_time_ms=250)
        (either.cwd / "go").write_text("late\n")
        await until(lambda: "completed" in either.kinds())
        assert either.item().status == "completed"
        assert ended(await either.type(number(text))) == (0, "late\n")
        assert either.kinds() == ["started", "completed"]

    run(either, work)


def test_a_terminal(either: Any, run: Any) -> None:
    async def work() -> None:
        cmd = "stty size; test -t 0 && test -t 1 && echo terminal; read x; echo got:$x; cat"
        text = await either.run(cmd, login=False, tty=True, yield_time_ms=400)
        assert text.endswith("24 80\r\nterminal\r\n")
        text = await either.type(number(text), "hi\n", yield_time_ms=300)
        assert text.endswith("hi\r\ngot:hi\r\n")
        assert ended(await either.type(number(text), "\x04", yield_time_ms=3000)) == (0, "")

    run(either, work)


def test_control_c_reaches_the_program_not_its_sandbox(either: Any, run: Any) -> None:
    async def work() -> None:
        cmd = "trap 'echo caught; exit 5' INT; echo ready; while :; do sleep 30; done"
        for tty in (True, False):
            text = await either.run(cmd, login=False, tty=tty, yield_time_ms=400)
            code, output = ended(await either.type(number(text), "\x03", yield_time_ms=5000))
            assert (code, output.replace("\r", "").replace("^C", "")) == (5, "caught\n")

    run(either, work)


def test_what_is_longer_than_the_terminals_buffer_is_typed_in_full(bench: Any, run: Any) -> None:
    async def work() -> None:
        text = await bench.run("stty raw -echo; head -c 300000 | wc -c", login=False, tty=True, yield_time_ms=400)
        assert ended(await bench.type(number(text), "x" * 300_000, yield_time_ms=10_000))[1].strip() == "300000"

    run(bench, work)


def test_a_pipe_takes_no_input(bench: Any, run: Any) -> None:
    async def work() -> None:
        text = await bench.run("sleep 30", login=False, yield_time_ms=250)
        with pytest.raises(ToolError) as error:
            await bench.type(number(text), "x")
        assert error.value.message == (
            "write_stdin failed: stdin is closed for this session; rerun exec_command with tty=true to keep stdin open"
        )

    run(bench, work)


@pytest.mark.parametrize("session", [424242, -5, 0])
def test_an_unknown_session(bench: Any, run: Any, session: int) -> None:
    with pytest.raises(ToolError, match=f"^write_stdin failed: Unknown process id {session}$"):
        run(bench, lambda: bench.type(session, "x"))


def test_a_cancelled_call_takes_a_stubborn_command_with_it_within_a_moment(either: Any, run: Any) -> None:
    async def work() -> None:
        os.mkfifo(either.cwd / "alive")
        reader = os.open(either.cwd / "alive", os.O_RDONLY | os.O_NONBLOCK)
        cmd = "exec 7> alive; trap '' TERM INT HUP; (sleep 300 & sleep 300); sleep 300"
        call = asyncio.create_task(either.run(cmd, login=False))
        poll = select.poll()
        poll.register(reader, select.POLLIN)
        os.set_blocking(reader, False)
        await until(lambda: _has_writer(reader))
        before = time.monotonic()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert time.monotonic() - before < 2
        await until(lambda: not _has_writer(reader))
        assert (either.item().status, either.item().exit_code) in {("failed", 137), ("failed", 143)}
        os.close(reader)

    run(either, work)


def _has_writer(reader: int) -> bool:
    try:
        return os.read(reader, 1) != b""
    except BlockingIOError:
        return True


def test_a_cancelled_wait_leaves_the_command_running(bench: Any, run: Any) -> None:
    async def work() -> None:
        os.mkfifo(bench.cwd / "go")
        session = number(await bench.run("read x < go; echo $x", login=False, yield_time_ms=250))
        wait = asyncio.create_task(bench.type(session))
        await asyncio.sleep(0)
        wait.cancel()
        with pytest.raises(asyncio.CancelledError):
            await wait
        (bench.cwd / "go").write_text("still\n")
        assert ended(await bench.type(session)) == (0, "still\n")

    run(bench, work)


@pytest.mark.parametrize(
    "cmd", ["sleep 300", "sleep 300 & echo x; sleep 300", "trap '' TERM HUP; sleep 300; sleep 300"]
)
def test_the_end_of_the_thread_ends_its_commands(either: Any, run: Any, cmd: str) -> None:
    reader = _alive(either.cwd)

    async def work() -> None:
        await either.run(f"exec 7> alive; {cmd}", login=False, yield_time_ms=300)
        assert _has_writer(reader)

    run(either, work)
    asyncio.run(until(lambda: not _has_writer(reader)))
    assert either.item().status == "failed"
    os.close(reader)


def test_what_a_command_left_in_the_background_runs_on_until_the_thread_ends(bench: Any, run: Any) -> None:
    reader = _alive(bench.cwd)

    async def work() -> None:
        assert ended(await bench.run("sleep 300 > alive & echo x", login=False)) == (0, "x\n")
        assert ended(await bench.run("sleep 300 7> alive & echo y", login=False)) == (0, "y\n")
        assert _has_writer(reader)

    run(bench, work)
    asyncio.run(until(lambda: not _has_writer(reader)))
    os.close(reader)


def _alive(folder: Path) -> int:
    os.mkfifo(folder / "alive")
    return os.open(folder / "alive", os.O_RDONLY | os.O_NONBLOCK)


def test_a_thread_may_be_closed_from_another(bench: Any) -> None:
    reader = _alive(bench.cwd)

    async def work() -> None:
        await bench.run("exec 7> alive; sleep 300", login=False, yield_time_ms=250)
        closer = threading.Thread(target=bench.close)
        closer.start()
        await until(lambda: not closer.is_alive())

    asyncio.run(work())
    asyncio.run(until(lambda: not _has_writer(reader)))
    os.close(reader)


def test_or_after_its_loop_is_gone(bench: Any) -> None:
    asyncio.run(bench.run("sleep 300", login=False, yield_time_ms=250))
    bench.close()
    assert bench.item().status == "failed"
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_the_one_not_used_for_longest_makes_room(bench: Any, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from csm_extensions.shell import sessions

    assert sessions.LIMIT == 64
    monkeypatch.setattr(sessions, "LIMIT", 2)

    async def work() -> None:
        cmd = "cat"
        first, second = [number(await bench.run(cmd, login=False, tty=True, yield_time_ms=250)) for _ in range(2)]
        await bench.type(first, "still used\n")
        third = number(await bench.run(cmd, login=False, tty=True, yield_time_ms=250))
        await until(lambda: "completed" in bench.kinds())
        assert (bench.item().process, bench.item().status, bench.item().exit_code) == (second, "failed", -1)
        with pytest.raises(ToolError, match=f"Unknown process id {second}"):
            await bench.type(second)
        for session in (first, third):
            assert ended(await bench.type(session, "\x04", yield_time_ms=3000))[0] == 0

    run(bench, work)


def test_a_wait_may_be_kept_short(bench: Any, run: Any) -> None:
    from csm_extensions.shell.write_stdin import WriteStdin

    assert [WriteStdin(longest=longest)._poll for longest in (300_000, 6_000, 1)] == [
        (5_000, 5_000, 300_000), (5_000, 5_000, 6_000), (5_000, 5_000, 5_000),
    ]  # fmt: skip


def test_old_sessions_make_room(bench: Any, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from csm_extensions.shell import sessions

    monkeypatch.setattr(sessions, "LIMIT", 2)

    async def work() -> None:
        first, second, third = [number(await bench.run("sleep 300", login=False, yield_time_ms=250)) for _ in range(3)]
        with pytest.raises(ToolError):
            await bench.type(first, "\x03")
        assert ended(await bench.type(second, "\x03", yield_time_ms=3000))[0] == 130
        assert ended(await bench.type(third, "\x03", yield_time_ms=3000))[0] == 130

    run(bench, work)
