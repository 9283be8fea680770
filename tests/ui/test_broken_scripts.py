"""Extensions and scripts that raise, block, print or call themselves: the shell stays, says so, and goes on."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from csm.ui.driver import ScreenDriver
from csm.ui.watchdog import Watchdog

Drive = Callable[..., ScreenDriver]

BROKEN = """
from csm.api import hook
@hook
def render_item(item, width): raise ValueError("no drawing")
@hook
def status(host): return [("bad", lambda thread: 1 / 0)]
@hook
def happening(name): raise RuntimeError("oh no")
@hook
def on_event(event): raise KeyError("nothing")
@hook
def instructions(host): raise OSError("gone")
@hook
def buffers(host): return [("odd", lambda cx: 1 / 0)]
@hook
def settings(host): return [("other.name", int, 1, "not its own"), "nonsense"]
"""


@pytest.fixture
def own(home: Path) -> Path:
    folder = home / ".config/csm/extensions"
    folder.mkdir(parents=True)
    return folder.parent


@pytest.fixture
def watched(drive: Drive) -> Iterator[Drive]:
    """A shell with the watchdog that a terminal's has."""
    made: list[Watchdog] = []
    told: list[str] = []

    def start(*turns: object, **more: object) -> ScreenDriver:
        dog = Watchdog(told.append, 0.3)
        dog.start()
        made.append(dog)
        return drive(*turns, watch=dog.step, **more)

    yield start
    for dog in made:
        dog.stop()
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0


def ask(driver: ScreenDriver, answer: str) -> None:
    driver.type("go\n")
    driver.wait_for(answer)
    driver.wait(lambda: driver.shell.session.thread.running is None)


def test_an_extension_that_raises_everywhere_leaves_a_whole_shell(drive: Drive, own: Path) -> None:
    (own / "extensions/bad.py").write_text(BROKEN)
    driver = drive({"call": ("exec_command", {"cmd": "echo xyz"})}, {"text": "Still fine."}, columns=100)
    ask(driver, "Still fine.")
    assert "xyz" in driver.screen()
    driver.shell.run("buffer.choose odd")
    assert "ZeroDivisionError" in driver.shell.message.text
    driver.shell.run("config.reload")
    told = "\n".join(driver.messages)
    for text in ("no drawing", "status segment bad", "oh no", "KeyError", "OSError: gone", "its name begins with bad."):
        assert text in told, text
    assert told.count("oh no") == 3
    driver.type("alive")
    assert driver.text == "alive"


@pytest.mark.parametrize("source", ["raise ValueError('at import')", "import sys; sys.exit(3)", "def f(:", "\0"])
def test_one_that_cannot_be_imported(drive: Drive, own: Path, source: str) -> None:
    (own / "extensions/bad.py").write_text(f"from csm.api import hook\n@hook\ndef activate(host): ...\n{source}\n")
    driver = drive({"text": "Fine."})
    assert any("bad" in text for text in driver.messages)
    ask(driver, "Fine.")


def test_what_blocks_is_interrupted_and_left_out(watched: Drive, own: Path) -> None:
    (own / "init.py").write_text(
        """
import time
def configure(csm):
    csm.status("slow", lambda thread: time.sleep(60))
    csm.render("CommandExecution", lambda item, width: time.sleep(60))
    csm.on("turn-start", lambda: time.sleep(60))
    csm.on("resize", lambda: time.sleep(60))
"""
    )
    driver = watched({"call": ("exec_command", {"cmd": "echo xyz"})}, {"text": "Fine."})
    began = time.monotonic()
    ask(driver, "Fine.")
    assert "xyz" in driver.screen()
    assert time.monotonic() - began < 30
    told = "\n".join(driver.messages)
    for what in ("render_item CommandExecution failed: HeldError", "on turn-start failed: HeldError"):
        assert told.count(what) == 1, what
    driver.resize(90, 20)
    assert "on resize failed: HeldError" in driver.messages[-1]
    assert [one.kind for one in driver.shell.host.standing.by("init")] == ["status"]


def test_a_script_that_never_ends_is_interrupted_when_it_is_reloaded(watched: Drive, own: Path) -> None:
    (own / "init.py").write_text("def configure(csm):\n    csm.bind('f8', 'help.open')\n")
    driver = watched()
    (own / "init.py").write_text("while True: pass\n")
    driver.shell.run("config.reload")
    assert "HeldError" in driver.shell.message.text
    driver.keys("f8")
    assert driver.shell.place == "help"


def test_a_mended_segment_is_asked_again(drive: Drive, own: Path) -> None:
    (own / "init.py").write_text("def configure(csm):\n    csm.status('seg', lambda thread: 1 / 0)\n")
    driver = drive(columns=100)
    for _ in range(4):
        driver.shell.segments.update(driver.shell.session.thread)
    assert any("it is asked no more" in text for text in driver.messages)
    (own / "init.py").write_text("def configure(csm):\n    csm.status('seg', lambda thread: 'mended')\n")
    driver.shell.run("config.reload")
    assert "mended" in driver.screen()


def test_a_handler_that_reloads_does_not_go_round(drive: Drive, own: Path) -> None:
    (own / "init.py").write_text(
        "def configure(csm):\n    csm.on('reload', lambda cx: cx.host.commands.run('config.reload', cx))\n"
    )
    driver = drive()
    driver.shell.run("config.reload")
    assert any("a reload" in text for text in driver.messages)
    driver.type("alive")
    assert driver.text == "alive"


NASTY = """
import asyncio, sys, time
from csm.api import TextBuffer
def act(*_, **__):
    {act}
async def later(*_, **__):
    act()
class Page(TextBuffer):
    def lines(self, *given):
        act()
        return super().lines(*given)
def configure(csm):
    @csm.command("nasty.run", complete={{"word": lambda cx: act() or ["one"]}})
    def run(cx, word: str = ""):
        "Be nasty."
        act()
    csm.bind("f8", "nasty.run")
    csm.bind("f9", "buffer.choose nasty-made")
    csm.bind("f12", "buffer.choose nasty-drawn")
    csm.status("nasty", act)
    csm.status("nasty-polled", act, every=0.05)
    csm.status("nasty-shell", "exit 7", every=0.05)
    csm.buffer("nasty-made", act)
    csm.buffer("nasty-drawn", lambda cx: Page("nasty-drawn", "Drawn", [[("", "drawn")]], "help"))
    csm.render("CommandExecution", act)
    csm.complete("#", act)
    for name in ("open", "turn-start", "tool-start", "resize", "reload"):
        csm.on(name, act)
    csm.on("turn-end", later)
    csm.every(0.05, act)
    csm.after(0.05, act)
    csm.spawn(later)
"""


ACTS = ["raise RuntimeError('nasty')", "time.sleep(60)", "print('x'); print('y', file=sys.stderr)"]


@pytest.mark.parametrize("act", ACTS)
def test_one_that_is_nasty_everywhere_leaves_a_whole_shell(watched: Drive, own: Path, act: str) -> None:
    (own / "init.py").write_text(NASTY.format(act=act))
    driver = watched({"call": ("exec_command", {"cmd": "echo xyz"})}, {"text": "Fine."}, columns=100)
    ask(driver, "Fine.")
    driver.keys("f8")
    driver.type("#o")
    driver.keys("esc C-a C-k")
    driver.keys("f9 f12")
    screen = driver.screen()
    assert ("drawn" in screen) if act.startswith("print") else ("init.py" in screen), screen
    driver.keys("q")
    driver.keys("M-x")
    driver.type("nasty.run o")
    driver.keys("esc")
    driver.resize(90, 20)
    driver.shell.run("config.reload")
    driver.shell.focus("composer")
    driver.type("alive")
    assert driver.text == "alive"
    assert "alive" in driver.screen()
    told = "\n".join([*driver.messages, driver.shell.message.text])
    if act.startswith("print"):
        assert "failed" not in told
    else:
        wanted = "HeldError" if "sleep" in act else "RuntimeError"
        for place in ("nasty.run", "on turn-start", "every act", "status segment nasty", "render_item"):
            assert any(place in line and wanted in line for line in told.splitlines()), f"{place}\n{told}"
    driver.shell.run("config.reload")
    assert driver.shell.host.commands.get("nasty.run").owner == "init"
