"""What `init.py` puts up works in the shell, is taken back exactly on reload, and breaks nothing when it breaks."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from csm.ui.driver import ScreenDriver

Drive = Callable[..., ScreenDriver]
Write = Callable[[str, str], Path]


@pytest.fixture
def write(home: Path) -> Write:
    """Write a file into csm's own folder."""

    def write_file(name: str, text: str) -> Path:
        path = home / ".config/csm" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    return write_file


def reload(driver: ScreenDriver) -> str:
    driver.shell.run("config.reload")
    return driver.shell.message.text


def test_handlers_hear_of_a_turn_by_name(drive: Drive, write: Write) -> None:
    write(
        "init.py",
        """
seen = []
def configure(csm):
    for name in ("open", "turn-start", "item-end", "tool-start", "tool-end", "turn-end"):
        csm.on(name, lambda cx, name, item: seen.append((name, type(item).__name__)))
    @csm.on("turn-end")
    async def told(cx, event):
        cx.screen.message(f"ended with {event.body.last_message}")
""",
    )
    driver = drive({"call": ("exec_command", {"cmd": "true"})}, {"text": "All done."})
    driver.type("hi\n")
    driver.wait_for("ended with All done.")
    import sys

    seen = sys.modules["csm_init"].seen
    names = [name for name, _ in seen]
    assert names[0] == "open"
    assert names.index("turn-start") < names.index("tool-start") < names.index("tool-end") < names.index("turn-end")
    assert ("tool-start", "CommandExecution") in seen
    assert ("item-end", "AgentMessage") in seen


def test_timers_and_tasks_run_and_end_with_a_reload(drive: Drive, write: Write) -> None:
    text = """
import asyncio
ticks, ended = [], []
def configure(csm):
    csm.every(0.05, lambda: ticks.append("{mark}"))
    csm.after(0.01, lambda cx: cx.screen.popup("hello {mark}", seconds=60, title="{mark}"))
    async def work():
        try:
            await asyncio.sleep(1000)
        finally:
            ended.append("{mark}")
    csm.spawn(work)
"""
    write("init.py", text.replace("{mark}", "one"))
    driver = drive()
    import sys

    first = sys.modules["csm_init"]
    driver.wait(lambda: len(first.ticks) > 2)
    assert "hello one" in driver.screen()
    write("init.py", text.replace("{mark}", "two"))
    assert reload(driver).startswith("keymap")
    second = sys.modules["csm_init"]
    driver.wait(lambda: len(second.ticks) > 2)
    count = len(first.ticks)
    driver.wait(lambda: len(second.ticks) > 5)
    assert len(first.ticks) == count
    assert (first.ended, second.ended) == (["one"], [])
    driver.close()
    assert second.ended == ["two"]


def test_a_failed_reload_leaves_timers_running_as_they_were(drive: Drive, write: Write) -> None:
    write("init.py", "ticks = []\ndef configure(csm):\n    csm.every(0.05, lambda: ticks.append(1))\n")
    driver = drive()
    import sys

    before = sys.modules["csm_init"]
    driver.wait(lambda: before.ticks)
    write("init.py", "def configure(csm):\n    csm.every(0.05, lambda: new.append(1))\n    1 / 0\n")
    assert "nothing was reloaded" in reload(driver)
    assert sys.modules["csm_init"] is before
    count = len(before.ticks)
    driver.wait(lambda: len(before.ticks) > count + 2)
    assert len(driver.shell.host.standing.by("init")) == 1


def test_segments_of_functions_and_commands(drive: Drive, write: Write) -> None:
    write(
        "init.py",
        """
def configure(csm):
    csm.status("plain", lambda thread: "seg-a")
    csm.status("shell", "echo seg-b; echo more", every=60)
    csm.status("asked", lambda: "seg-c", every=60)
    csm.status("hangs", "sleep 60", every=60, timeout=0.1)
""",
    )
    driver = drive(columns=160)
    for text in ("seg-a", "seg-b", "seg-c"):
        driver.wait_for(text)
    driver.wait(lambda: any("hangs failed: TimeoutError" in text for text in driver.messages))


def test_a_segment_that_fails_is_told_and_then_left_out(drive: Drive, write: Write) -> None:
    write("init.py", "def configure(csm):\n    csm.status('bad', lambda: 1 / 0, every=0.05)\n")
    driver = drive()
    driver.wait(lambda: any("is not called again" in text for text in driver.messages))
    assert driver.shell.host.standing.of("poll") == []
    names = {thread.name for thread in threading.enumerate()}
    driver.wait(lambda: "csm-bad" not in {thread.name for thread in threading.enumerate()})
    assert names is not None


def test_renderers_and_buffers(drive: Drive, write: Write) -> None:
    init = """
from csm.api import TextBuffer
def configure(csm):
    csm.render("CommandExecution", lambda item, width: [[("dim", "ran " + item.command[:20])]])
    csm.buffer("notes", lambda cx: TextBuffer("notes", "Notes", [[("help.text", "buy milk")]]))
"""
    write("init.py", init)
    driver = drive({"call": ("exec_command", {"cmd": "echo xyz"})}, {"text": "Fine."})
    driver.type("hi\n")
    driver.wait_for("Fine.")
    assert "ran " in driver.screen()
    driver.shell.run("buffer.choose notes")
    assert "buy milk" in driver.screen()
    driver.shell.run("buffer.kill notes")
    write("init.py", init.replace('"ran "', '"did "'))
    reload(driver)
    assert "did " in driver.screen()
    assert "ran " not in driver.screen()
    write("init.py", "")
    reload(driver)
    assert "did " not in driver.screen()
    assert "xyz" in driver.screen()


def test_quiet_is_told_once_until_a_key(drive: Drive, write: Write) -> None:
    write("init.py", "told = []\ndef configure(csm):\n    csm.on('idle', lambda: told.append(1), seconds=0.1)\n")
    driver = drive()
    import sys

    told = sys.modules["csm_init"].told
    driver.wait(lambda: told)
    driver.keys("a")
    driver.wait(lambda: len(told) == 2)


def test_a_handler_that_fails_three_times_is_dropped(drive: Drive, write: Write) -> None:
    write("init.py", "def configure(csm):\n    csm.on('resize', lambda: 1 / 0)\n")
    driver = drive()
    for size in range(5):
        driver.resize(80 + size, 20)
    failed = [text for text in driver.messages if "ZeroDivisionError" in text]
    assert len(failed) == 3
    assert failed[-1].endswith("it is not called again")


def test_commands_keys_labels_and_abbreviations_of_configure(drive: Drive, write: Write) -> None:
    write(
        "init.py",
        """
def configure(csm):
    @csm.command("mine.hello", title="Say hello", slash="hello")
    def hello(cx, who: str = "world"):
        "Greet."
        cx.screen.message(f"hello {who}")
    csm.bind("C-c h", "mine.hello there")
    csm.label("C-c", "mine")
    csm.macro("C-c m", "a b space c")
    csm.abbreviate("teh", "the")
""",
    )
    driver = drive()
    driver.keys("C-c h")
    assert driver.shell.message.text == "hello there"
    driver.type("/hello you\n")
    assert driver.shell.message.text == "hello you"
    driver.keys("C-c m")
    assert driver.text == "ab c"
    driver.type(" teh ")
    assert driver.text == "ab c the "
    assert driver.shell.host.keymap.lookup(["composer"], "insert", ("C-c",)).label == "mine"
    write("init.py", "")
    reload(driver)
    driver.keys("C-c h")
    assert "mine.hello" not in driver.shell.host.commands
    assert driver.shell.message.text != "hello there"


def test_what_init_prints_is_a_message(drive: Drive, write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    write("init.py", "import sys\nprint('to out')\nprint('to err', file=sys.stderr)\n")
    driver = drive()
    assert capsys.readouterr() == ("", "")
    assert any("to out\nto err" in text for text in driver.messages)


def test_a_command_that_calls_itself_is_told(drive: Drive, write: Write) -> None:
    write(
        "init.py",
        """
from csm.api import command
@command("mine.again")
def again(cx):
    return cx.host.commands.run("mine.again", cx)
""",
    )
    driver = drive()
    driver.shell.run("mine.again")
    assert "RecursionError" in driver.shell.message.text
    driver.type("still here")
    assert driver.text == "still here"


def test_the_last_command_again_with_its_count_or_another(drive: Drive) -> None:
    driver = drive(csm__keymap="emacs")
    driver.type("one two three four")
    driver.shell.run("command.repeat")
    assert driver.shell.message.text == "no command was run yet"
    driver.keys("M-b C-x z")
    assert driver.shell.composer.editor.cursor == len("one two ")
    driver.shell.run("command.repeat", 2)
    assert driver.shell.composer.editor.cursor == 0
    driver.keys("M-x")
    driver.type("message.show")
    driver.keys("enter")
    driver.shell.screen.close()
    driver.keys("C-x z")
    assert driver.shell.place == "messages"


def test_arguments_are_offered_again_in_the_next_run_too(drive: Drive) -> None:
    for _ in range(2):
        driver = drive(columns=100)
        driver.keys("M-x")
        driver.type("popup.show hello --seconds 60\n")
    driver.keys("M-x")
    driver.type("popup.show ")
    assert "hello --seconds 60" in driver.screen()
    assert "typed before" in driver.screen()
    driver.shell.scripts.popups.close()
    driver.keys("enter")
    assert "hello" in driver.screen()
    assert len(driver.shell.runner.recent) == 1
