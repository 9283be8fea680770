"""Parts of the transcript from keys: going there, copying what was written, selecting."""

from __future__ import annotations

import base64
import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from csm.api.testing import ResponsesServer
from csm.host import settings
from csm.host.host import Host
from csm.runtime.local import LocalPort
from csm.runtime.port import Start
from csm.ui.driver import ScreenDriver
from csm.view import parts
from csm.view.lines import plain

CODE = "def clear(self) -> None:\n    self._items.clear()  # a comment that is long enough to be wrapped on a screen\n"
ANSWER = (
    f"I found **one** thing, and it is in a paragraph long enough to be wrapped.\n\n```python\n{CODE}```\n\nThat is it."
)
TURNS = [
    {"text": ANSWER},
    {"call": ("exec_command", {"cmd": "echo out; exit 3"})},
    {"text": "It failed."},
    {"text": "```\nplain\n```\n\nand\n\n```sh\nls -l\n```"},
]


class _Terminal:
    def __init__(self) -> None:
        self.copied: list[str] = []

    def send(self, data: str) -> None:
        if data.startswith("\x1b]52;c;"):
            self.copied.append(base64.b64decode(data[7:-1]).decode())


@pytest.fixture
def read(tmp_path: Path) -> Iterator[Callable[..., ScreenDriver]]:
    """A shell with three turns behind it, at a width that wraps, its transcript focused."""
    work = tmp_path / "work"
    work.mkdir()
    env = {"HOME": str(tmp_path), "CODEX_HOME": str(tmp_path / ".codex"), "PATH": os.environ["PATH"]}
    (tmp_path / ".codex").mkdir()
    with contextlib.ExitStack() as stack:

        def start(keymap: str = "codex", columns: int = 50) -> ScreenDriver:
            server = stack.enter_context(ResponsesServer(TURNS))
            more = {"csm.keymap": keymap, "sandbox_mode": "danger-full-access", "approval_policy": "never"}
            found = settings.load(cwd=work, env=env, overrides={**server.overrides(), **more})
            host = Host.open(found, env)
            stack.callback(host.close)
            port = LocalPort(host)
            stack.callback(port.close)
            begin = Start(cwd=str(work), overrides=found.overrides)
            driver = ScreenDriver(host, port, begin, columns=columns, rows=24)
            stack.callback(driver.close)
            driver.shell.screen.terminal = _Terminal()
            while driver.shell.panels:
                driver.keys("enter")
            for prompt, answer in (("one", "That is it."), ("two", "It failed."), ("three", "ls -l")):
                driver.type(f"{prompt}\n")
                driver.wait_for(answer)
                driver.wait(lambda: driver.shell.session.thread.running is None)
            driver.frame()
            return driver

        yield start


def _copied(driver: ScreenDriver) -> list[str]:
    return driver.shell.screen.terminal.copied


def test_code_is_copied_as_it_was_written(read: Callable[..., ScreenDriver]) -> None:
    driver = read()
    driver.shell.run("block.copy code")
    assert _copied(driver) == ["ls -l"]
    driver.keys("f4 [ c")
    driver.frame()
    driver.keys("[ c")
    driver.frame()
    driver.keys("C")
    assert _copied(driver)[-1] == "plain"
    driver.keys("[ c")
    driver.frame()
    driver.keys("C")
    assert _copied(driver)[-1] + "\n" == CODE


def test_an_answer_is_copied_byte_by_byte(read: Callable[..., ScreenDriver]) -> None:
    driver = read()
    driver.keys("f4")
    for _ in range(3):
        driver.keys("[ a")
        driver.frame()
    driver.keys("Y")
    assert _copied(driver)[-1] == ANSWER


@pytest.mark.parametrize(
    ("keys", "line"),
    [("[ p", "› three"), ("[ p [ p", "› two"), ("[ e", "✗ $ echo out; exit 3"), ("[ p [ p [ p ] p", "› two")],
)
def test_going_back_and_on(read: Callable[..., ScreenDriver], keys: str, line: str) -> None:
    driver = read()
    driver.keys("f4")
    for chord in keys.replace(" [", "|[").replace(" ]", "|]").split("|"):
        driver.keys(chord)
        driver.frame()
    at = driver.shell.screen.line
    assert plain(driver.shell.session.transcript.lines(at, at + 1, 50)[0]).startswith(line)
    assert line in driver.screen()


def test_beyond_the_ends_it_is_told(read: Callable[..., ScreenDriver]) -> None:
    driver = read()
    driver.keys("f4 ] e")
    assert "there is no error further down" in driver.screen()
    driver.shell.run("block.next nonsense")
    assert "not nonsense" in driver.screen()


def test_a_part_is_selected_and_yanked_as_it_was_written(read: Callable[..., ScreenDriver]) -> None:
    driver = read("vim")
    driver.keys("esc C-w k")
    driver.frame()
    for _ in range(3):
        driver.keys("[ c")
        driver.frame()
    driver.keys("y i c")
    assert _copied(driver)[-1] + "\n" == CODE
    driver.keys("v i c")
    driver.frame()
    assert driver.shell.reader is not None
    selection = driver.shell.reader.editor.selection
    assert selection is not None
    text = driver.shell.reader.editor.text[selection.start : selection.end]
    assert "def clear" in text
    assert "That is it" not in text


def test_what_to_copy_is_chosen_from_a_list(read: Callable[..., ScreenDriver]) -> None:
    driver = read()
    driver.keys("C-x y")
    driver.type("clear")
    driver.keys("enter")
    assert _copied(driver)[-1] + "\n" == CODE


def test_lines_of_a_part_hold_it_and_nothing_else(read: Callable[..., ScreenDriver]) -> None:
    driver = read()
    transcript = driver.shell.session.transcript
    for block in transcript.blocks:
        part = parts.of_block(transcript, block)
        first, stop = parts.lines(transcript, part, 50)
        rows = transcript.lines(first, stop, 50)
        assert rows[0]
        assert rows[-1]
        assert {transcript.block_at(line, 50) for line in range(first, stop)} == {block}


@pytest.mark.parametrize(
    ("go", "keys", "copied"),
    [("[ a", "y i a", "plain"), ("[ p", "y a P", "three"), ("[ t", "y i t", "out"), ("[ e", "y i e", "out")],
)
def test_parts_are_objects_of_operators(read: Callable[..., ScreenDriver], go: str, keys: str, copied: str) -> None:
    driver = read("vim")
    driver.keys("esc C-w k")
    driver.frame()
    driver.keys(go)
    driver.frame()
    driver.keys(keys)
    assert copied in _copied(driver)[-1]
    assert not driver.shell.editor.pending.active


def test_a_part_is_folded_as_an_object(read: Callable[..., ScreenDriver]) -> None:
    driver = read("vim", columns=60)
    driver.keys("esc C-w k")
    driver.frame()
    driver.keys("[ t")
    driver.frame()
    transcript, line = driver.shell.session.transcript, driver.shell.screen.line
    found = parts.at(transcript, "command", line, 60)
    assert found is not None
    found.block.foldable = True  # as one with more to say
    before = found.block.folded
    driver.keys("z f i t")
    assert found.block.folded is not before
    driver.keys("z f i f")
    assert "there is no change here" in driver.screen()
