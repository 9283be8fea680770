"""What the user does to a running command: type, resize, interrupt, end its input, have the model go on."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from csm.api import ToolError


async def _begun(bench: Any, cmd: str, **more: Any) -> tuple[asyncio.Task[str], str]:
    """A command whose call waits for it, and its item's id, once it has said `ready`."""
    task = asyncio.ensure_future(bench.run(cmd, login=False, yield_time_ms=30_000, **more))
    await _until(lambda: "ready" in _output(bench) or task.done())
    assert not task.done(), task
    return task, next(iter(bench.reaches))


def _output(bench: Any) -> str:
    return "".join(text[1] if isinstance(text, tuple) else text for kind, text in bench.log if kind == "output")


async def _until(condition: Any, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        await asyncio.sleep(0.01)


def test_typing_reaches_a_terminal(bench: Any, run: Any) -> None:
    async def work() -> None:
        task, item = await _begun(bench, "echo ready; read line; echo got $line", tty=True)
        bench.reaches[item]("input", "some words\n")
        assert "got some words" in await task
        assert bench.reaches == {}

    run(bench, work)


def test_a_terminal_takes_a_size(bench: Any, run: Any) -> None:
    async def work() -> None:
        task, item = await _begun(bench, "echo ready; read x; stty size", tty=True)
        bench.reaches[item]("resize", "31x97")
        bench.reaches[item]("input", "\n")
        assert "31 97" in await task

    run(bench, work)


def test_its_input_ends(bench: Any, run: Any) -> None:
    async def work() -> None:
        task, item = await _begun(bench, "echo ready; cat; echo over", tty=True)
        bench.reaches[item]("close-input", "")
        assert "over" in await task

    run(bench, work)


@pytest.mark.parametrize("tty", [True, False])
@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGKILL", 137)])
def test_signals_end_it_with_or_without_a_terminal(bench: Any, run: Any, name: str, code: int, tty: bool) -> None:
    async def work() -> None:
        task, item = await _begun(bench, "echo ready; exec sleep 30", tty=tty)
        bench.reaches[item]("signal", name)
        assert f"exited with code {code}" in await task

    run(bench, work)


def test_the_model_goes_on_while_it_runs(bench: Any, run: Any) -> None:
    async def work() -> None:
        task, item = await _begun(bench, "echo ready; read x; echo end", tty=True)
        bench.reaches[item]("background", "")
        assert "Process running with session ID" in await task
        assert item in bench.reaches
        bench.reaches[item]("input", "\n")
        await _until(lambda: "completed" in bench.kinds())
        assert "end" in bench.item().output

    run(bench, work)


@pytest.mark.parametrize(
    ("action", "text", "why"),
    [("input", "x", "no terminal"), ("resize", "1x1", "no terminal"), ("signal", "SIGSEGV", "none of")],
)
def test_what_a_command_without_a_terminal_cannot_take(bench: Any, run: Any, action: str, text: str, why: str) -> None:
    async def work() -> None:
        task, item = await _begun(bench, "echo ready; exec sleep 30")
        with pytest.raises(ToolError, match=why):
            bench.reaches[item](action, text)
        bench.reaches[item]("signal", "SIGKILL")
        await task

    run(bench, work)


@pytest.mark.parametrize("size", ["", "axb", "10", "-1x5"])
def test_what_is_no_size(bench: Any, run: Any, size: str) -> None:
    async def work() -> None:
        task, item = await _begun(bench, "echo ready; exec sleep 30", tty=True)
        with pytest.raises(ToolError, match="ROWSxCOLUMNS"):
            bench.reaches[item]("resize", size)
        bench.reaches[item]("signal", "SIGKILL")
        await task

    run(bench, work)


def test_attached_a_flood_is_shown_to_its_end(bench: Any, run: Any) -> None:
    async def work() -> None:
        task, item = await _begun(bench, "echo ready; read x; seq 1000000", tty=True)
        bench.reaches[item]("attach", "")
        bench.reaches[item]("input", "\n")
        await task
        shown = _output(bench)
        assert "not shown while" not in shown
        assert shown.endswith("\n999999\r\n1000000\r\n")

    run(bench, work)
