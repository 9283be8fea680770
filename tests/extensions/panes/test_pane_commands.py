"""Running commands in windows: shown live, typed into, given a size, signalled; vim and less look right in them."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from csm.api.testing import ResponsesServer
from csm.host import settings
from csm.host.host import Host
from csm.protocol.items import CommandExecution
from csm.runtime.local import LocalPort
from csm.runtime.port import Start
from csm.ui.driver import ScreenDriver

Run = Callable[..., ScreenDriver]
#: Tells the size of its terminal whenever that changes, until it is ended.
SIZES = """
import os, signal, sys
read, write = os.pipe()
os.set_blocking(write, False)
signal.set_wakeup_fd(write)
signal.signal(signal.SIGWINCH, lambda *_: None)
print("ready", flush=True)
while os.read(read, 1):
    size = os.get_terminal_size(0)
    print(size.lines, size.columns, flush=True)
"""


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """`run(cmd, tty=True)`: a shell in which the model has just begun a command."""
    work = tmp_path / "w"
    work.mkdir()
    (tmp_path / ".codex").mkdir()
    env = {
        "HOME": str(tmp_path), "CODEX_HOME": str(tmp_path / ".codex"), "PATH": os.environ["PATH"],
        "TERM": "xterm-256color", "LANG": "C.UTF-8",
    }  # fmt: skip
    with contextlib.ExitStack() as stack:

        def start(cmd: str, *, tty: bool = True, columns: int = 90, rows: int = 30) -> ScreenDriver:
            call = {"call": ("exec_command", {"cmd": cmd, "tty": tty, "yield_time_ms": 30_000, "login": False})}
            server = stack.enter_context(ResponsesServer([call, {"text": "It is over."}]))
            more = {"sandbox_mode": "danger-full-access", "approval_policy": "never"}
            found = settings.load(cwd=work, env=env, overrides={**server.overrides(), **more})
            host = Host.open(found, env)
            stack.callback(host.close)
            port = LocalPort(host)
            stack.callback(port.close)
            driver = ScreenDriver(
                host, port, Start(cwd=str(work), overrides=found.overrides), columns=columns, rows=rows
            )
            stack.callback(driver.close)
            while driver.shell.panels:
                driver.keys("enter")
            driver.type("go\n")
            driver.wait(lambda: _commands(driver))
            driver.frame()
            return driver

        yield start


def _commands(driver: ScreenDriver) -> list[Any]:
    turns = driver.shell.session.thread.turns
    return [entry for turn in turns for entry in turn.entries if isinstance(entry.item, CommandExecution)]


def _output(driver: ScreenDriver) -> str:
    return _commands(driver)[-1].text()


def test_it_is_shown_live_and_typed_into(run: Run) -> None:
    driver = run("echo ready; read line; echo got $line")
    driver.keys("C-x j")
    driver.wait_for("· attached")
    driver.wait_for("ready")
    driver.type("some words\n")
    driver.wait_for("got some words")
    driver.wait_for("exit 0")
    driver.wait_for("It is over.")


def test_lines_of_a_command_without_a_terminal_begin_at_the_left(run: Run) -> None:
    driver = run("echo one; echo two; sleep 30", tty=False)
    driver.keys("C-x j")
    driver.wait(lambda: "two" in [line.rstrip() for line in driver.screen().splitlines()])
    driver.keys("C-]")
    driver.shell.run("pane.kill")
    driver.wait_for("It is over.")


def test_only_the_key_that_gives_them_back_is_the_shells(run: Run) -> None:
    driver = run("cat")
    driver.keys("C-x j")
    driver.wait_for("· attached")
    driver.keys("C-x q f1")
    assert driver.exit_code is None
    driver.keys("C-]")
    driver.wait_for("· running")
    driver.keys("q")
    assert driver.shell.place == "composer"
    driver.shell.run("pane.kill")
    driver.wait_for("It is over.")


def test_its_terminal_has_the_windows_size_while_it_is_attached(run: Run, tmp_path: Path) -> None:
    (tmp_path / "w" / "sizes.py").write_text(SIZES)
    driver = run(f"{sys.executable} sizes.py")
    driver.keys("C-x j")
    driver.wait(lambda: "ready" in _output(driver))
    pane = driver.shell.windows.current.top.buffer
    driver.frame()
    columns, rows = pane._size
    assert (columns, rows) != (80, 24)
    driver.wait(lambda: f"{rows} {columns}" in _output(driver))
    driver.keys("C-]")
    driver.wait(lambda: "24 80" in _output(driver))
    driver.shell.run("pane.kill")
    driver.wait_for("It is over.")


def test_control_c_reaches_the_command_and_the_turn_goes_on(run: Run) -> None:
    driver = run("trap 'echo caught; exit 7' INT; echo ready; while :; do sleep 0.05; done")
    driver.keys("C-x j")
    driver.wait(lambda: "ready" in _output(driver))
    driver.keys("C-c")
    driver.wait(lambda: "caught" in _output(driver))
    driver.wait_for("exit 7")
    driver.wait_for("It is over.")


def test_without_attaching_it_is_interrupted_by_a_command(run: Run) -> None:
    driver = run("echo ready; exec sleep 60", tty=False)
    driver.wait(lambda: "ready" in _output(driver))
    driver.shell.run("pane.interrupt")
    driver.wait_for("It is over.")
    assert _commands(driver)[-1].item.exit_code == 130


def test_a_command_without_a_terminal_shows_its_lines_and_takes_no_keys(run: Run) -> None:
    driver = run("echo one; echo two; exec sleep 60", tty=False)
    driver.wait(lambda: "two" in _output(driver))
    driver.shell.run("pane.open")
    screen = driver.wait_for("two")
    assert "one" in screen
    driver.shell.run("pane.send hello")
    driver.wait_for("reads nothing")
    driver.shell.run("pane.kill")
    driver.wait_for("It is over.")


def test_the_model_goes_on_while_it_runs(run: Run) -> None:
    driver = run("echo ready; read x; echo end")
    driver.wait(lambda: "ready" in _output(driver))
    driver.shell.run("pane.background")
    driver.wait_for("It is over.")
    assert not _commands(driver)[-1].done
    driver.keys("C-x j")
    driver.type("\n")
    driver.wait_for("exit 0")


def test_pasted_text_reaches_it(run: Run) -> None:
    driver = run("read line; echo got $line")
    driver.keys("C-x j")
    driver.wait_for("· attached")
    driver.paste("pasted words\n")
    driver.wait_for("got pasted words")


def test_there_may_be_none(run: Run) -> None:
    driver = run("true")
    driver.wait_for("It is over.")
    driver.keys("C-x p")
    assert "no command runs" in driver.screen()
    driver.shell.run("pane.open --all")
    driver.wait_for("exit 0")
    driver.keys("i")
    assert "has ended" in driver.screen()


@pytest.mark.skipif(shutil.which("vim") is None, reason="vim is not installed")
def test_vim_edits_a_file_in_it(run: Run, tmp_path: Path) -> None:
    (tmp_path / "w" / "notes.txt").write_text("first line\nsecond line\n")
    driver = run("vim -u NONE -N --cmd 'set encoding=utf-8' notes.txt", columns=100, rows=40)
    driver.keys("C-x j")
    driver.wait_for("second line")
    driver.wait_for("~")
    driver.keys("G o")
    driver.type("a line from the pane ä")
    driver.keys("esc")
    driver.wait_for("a line from the pane ä")
    driver.type(":wq\n")
    driver.wait_for("exit 0")
    assert (tmp_path / "w" / "notes.txt").read_text() == "first line\nsecond line\na line from the pane ä\n"
    assert "first line" not in driver.screen().split("vim -u NONE")[-1]


@pytest.mark.skipif(shutil.which("less") is None, reason="less is not installed")
def test_less_pages_in_it_and_leaves_cleanly(run: Run, tmp_path: Path) -> None:
    (tmp_path / "w" / "long.txt").write_text("".join(f"row {number}\n" for number in range(500)))
    driver = run("echo before; less long.txt; echo after")
    driver.keys("C-x j")
    driver.wait_for("row 0")
    driver.keys("G")
    driver.wait_for("row 499")
    driver.keys("q")
    driver.wait_for("after")
    shown = driver.wait_for("· exit 0").split("· exit 0")[-1]
    assert "row 499" not in shown
    assert "before" in shown
