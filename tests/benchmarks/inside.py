"""What happens inside of the shell, in this process: frames, long lists, reloads. A figure with `*` has many samples.

Each key is pressed, and the frame made and painted on a terminal that nobody reads; both count.

Does not: run anything (`tests.benchmarks.scenes`).
"""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from csm.host import settings
from csm.host.host import Host
from csm.runtime.local import LocalPort
from csm.runtime.port import Start
from csm.ui import arrange
from csm.ui.driver import ScreenDriver
from csm.ui.styles import Styles
from csm.ui.terminal import Terminal
from tests.benchmarks.groups import bench
from tests.benchmarks.resume import Log
from tests.benchmarks.scenes import Figures, Scene, Stage
from tests.benchmarks.streams import answer

LARGE = (200, 50)
SIZES = (1000, 100_000)
SESSIONS, FILES, COMMANDS = 20_000, 100_000, 500


class _Blind(Terminal):
    """Counts what is written and shows nobody."""

    written = 0

    def write(self, data: str | bytes) -> None:
        self.written += len(data)


class Inside:
    """A shell of some size whose frames are painted."""

    def __init__(self, folder: Path, stack: ExitStack, turns: Any, size: tuple[int, int], **given: Any) -> None:
        from csm.ui.fullscreen import FullPainter

        env, work, _ = stack.enter_context(bench(folder, turns))
        env["TERM"], env["COLORTERM"] = "xterm-256color", "truecolor"
        for prepare in given.get("prepare", ()):
            prepare(Path(env["HOME"]), work)
        os.environ["FAKE_KEY"] = env["FAKE_KEY"]
        found = settings.load(cwd=work, env=env, overrides={})
        self.host = stack.enter_context(_closing(Host.open(found, env)))
        port = stack.enter_context(_closing(LocalPort(self.host)))
        start = Start(cwd=str(work), overrides=found.overrides)
        self.driver = ScreenDriver(self.host, port, start, columns=size[0], rows=size[1])
        stack.callback(self.driver.close)
        ours, theirs = os.openpty()
        stack.callback(lambda: (os.close(ours), os.close(theirs)))
        self.terminal = _Blind(env, theirs, theirs)
        self.painter = FullPainter(self.terminal, Styles(self.host.theme, 24))
        self.size = size
        self.driver.wait(lambda: self.driver.shell.session.thread_id, 30)
        # As the shell does once it has come to rest.
        sys.setswitchinterval(0.001)
        gc.freeze()
        gc.set_threshold(50_000, 20, 100)

    def frame(self) -> None:
        """Make and paint one."""
        self.painter.paint(arrange.frame(self.driver.shell, *self.size))

    def timed(self, act: Callable[[], Any]) -> float:
        """Milliseconds that an act takes with the frame that shows it."""
        began = time.perf_counter()
        act()
        self.frame()
        return (time.perf_counter() - began) * 1e3

    def keys(self, keys: str, times: int = 1) -> list[float]:
        """Chords, one after the other, so many times over."""
        return [self.timed(lambda: self.driver.keys(key)) for _ in range(times) for key in keys.split()]  # noqa: B023

    def shows(self, condition: Callable[[], Any], seconds: float = 60) -> float:
        """Milliseconds until something is so and on the screen."""
        began = time.perf_counter()
        self.driver.wait(condition, seconds)
        self.frame()
        return (time.perf_counter() - began) * 1e3


class _closing:
    """A context that closes what it holds."""

    def __init__(self, held: Any) -> None:
        self._held = held

    def __enter__(self) -> Any:
        return self._held

    def __exit__(self, *_: object) -> None:
        self._held.close()


def frames(folder: Path, codex: str | None, stack: ExitStack) -> Stage:
    """Frames of 200x50 over transcripts of 1,000 and of 100,000 lines."""
    scenes = [Scene(f"{lines:,} lines", _frames(folder / str(lines), stack, lines)) for lines in SIZES]
    names = ("typing", "streaming", "scrolling", "searching", "splits, scrolling")
    goals = {f"{name}, ms": 12.0 for name in names} | {f"{name}, ms p95": 20.0 for name in names}
    return Stage("frames, 200x50: a key with its frame", scenes, goals, most_rounds=3)


def _frames(folder: Path, stack: ExitStack, lines: int) -> Callable[[], Figures]:
    text = "\n".join(f"- item {at} of a list that has `code` and **bold** words in it" for at in range(lines - 4))
    turns = [{"raw": answer([text, "\n\nThe end."])}, lambda request: {"raw": answer(["word "] * 1400, 14, 0.007)}]
    inside: list[Inside] = []

    def open_shell() -> Inside:
        made = Inside(folder, stack, turns, LARGE)
        made.driver.keys("h i enter")
        made.shows(lambda: not made.driver.shell.session.opening and "The end." in made.driver.screen(), 120)
        made.shows(lambda: not made.driver.shell.session.thread.running)
        return made

    def play() -> Figures:
        one = inside[0] if inside else open_shell()
        inside[:] = [one]
        shell = one.driver.shell
        one.frame()
        found: Figures = {"typing, ms*": one.keys("a b c space d e f g", 10)}
        one.driver.keys("C-c")
        one.driver.keys("g o enter")
        one.shows(lambda: shell.session.thread.running)
        streaming: list[float] = []
        while shell.session.thread.running:
            streaming.append(one.timed(one.driver.settle))
        found["streaming, ms*"] = streaming
        found["scrolling, ms*"] = [*one.keys("page-up", 30), *one.keys("page-down", 20)]
        one.driver.keys("f3")
        found["searching, ms*"] = [*one.keys("i t e m space 9"), *one.keys("enter"), *one.keys("n", 20)]
        lines = ("window.split-right", "window.split-below", "window.split-right")
        found["a split, ms*"] = [one.timed(lambda: shell.run(line)) for line in lines]  # noqa: B023
        found["splits, scrolling, ms*"] = one.keys("page-up", 30)
        shell.run("window.only")
        shell.run("focus.composer")
        return found

    return play


def lists(folder: Path, codex: str | None, stack: ExitStack) -> Stage:
    """Lists that are long: sessions, commands, files. From a key to the rows that it leaves."""
    scenes = [Scene("csm", _lists(folder, stack))]
    goals = {"sessions, ms": 50.0, "commands, ms": 16.0, "@ a key, ms": 16.0}
    title = f"lists: {SESSIONS:,} sessions, {COMMANDS} commands, {FILES:,} files"
    return Stage(title, scenes, goals, most_rounds=3)


def _lists(folder: Path, stack: ExitStack) -> Callable[[], Figures]:
    inside: list[Inside] = []

    def play() -> Figures:
        if not inside:
            inside.append(Inside(folder, stack, [{"text": "ok"}], SIZE, prepare=(_sessions, _files, _commands)))
        one = inside[0]
        shell = one.driver.shell
        found: Figures = {}
        found["sessions open, ms"] = one.timed(lambda: shell.run("session.resume")) + one.shows(
            lambda: f"{SESSIONS:,}" in one.driver.screen()
        )
        found["sessions, ms*"] = one.keys("l e m o n")
        one.driver.keys("esc")
        one.driver.keys("esc") if shell.panels else None
        found["commands open, ms"] = one.timed(lambda: shell.run("palette.open"))
        found["commands, ms*"] = one.keys("s e s s i o n")
        one.driver.keys("esc")
        shell.run("focus.composer")
        found["@ at first, ms"] = one.timed(lambda: one.driver.keys("@")) + one.shows(lambda: not shell.menu.waiting)
        pressed: list[float] = []
        answered: list[float] = []
        for key in "p l a i n 7".split():
            pressed.append(one.timed(lambda: one.driver.keys(key)))  # noqa: B023
            answered.append(one.shows(lambda: not shell.menu.waiting))
        found["@ a key, ms*"], found["@ its rows, ms*"] = pressed, answered
        one.driver.keys("C-c")
        return found

    return play


SIZE = (120, 40)


def _sessions(home: Path, work: Path) -> None:
    """So many short ones of this folder."""
    first = Log(home / "codex", work, 12, "paginated", 0, 1)
    first.make()
    for _ in range(SESSIONS - 1):
        first.copy()


def _files(home: Path, work: Path) -> None:
    for number in range(FILES):
        if number % 250 == 0:
            folder = work / f"plain{number // 2500}" / f"sub{number // 250 % 10}"
            folder.mkdir(parents=True)
        (folder / f"file{number}.py").touch()


def _commands(home: Path, work: Path) -> None:
    own = home / ".config/csm/extensions"
    own.mkdir(parents=True)
    lines = ['"""Many."""\n\nfrom csm.api import Context, command\n']
    for number in range(COMMANDS - 400):
        lines.append(
            f'\n\n@command("mine.do-{number}")\ndef do{number}(cx: Context) -> None:\n    """Do {number}."""\n'
        )
    (own / "mine.py").write_text("".join(lines))


def reload(folder: Path, codex: str | None, stack: ExitStack) -> Stage:
    """From a changed `init.py` to what it changes, asked for and by itself."""
    inside: list[tuple[Inside, Path]] = []
    words = _numbers()

    def play() -> Figures:
        if not inside:
            script: list[Path] = []

            def prepare(home: Path, work: Path) -> None:
                script.append(home / ".config/csm/init.py")
                script[0].parent.mkdir(parents=True)
                script[0].write_text(_init(next(words)))

            one = Inside(folder, stack, [{"text": "ok"}], SIZE, prepare=(prepare,))
            one.driver.shell.scripts.follow()
            watcher = one.driver.shell.scripts._watcher  # pyright: ignore[reportPrivateUsage]
            assert watcher is not None
            one.driver.wait(watcher.ready.is_set)
            inside.append((one, script[0]))
        one, path = inside[0]
        word = next(words)
        path.write_text(_init(word))
        seen = one.shows(lambda: f"mine.say-{word}" in one.host.commands)
        return {"a file saved, until it counts, ms": seen}

    return Stage("reload of init.py", [Scene("csm", play)], {"a file saved, until it counts, ms": 300}, most_rounds=9)


def _numbers() -> Iterator[int]:
    number = 100
    while True:
        yield (number := number + 1)


def _init(number: int) -> str:
    return (
        f'from csm.api import command\n\n\n@command("mine.say-{number}")\ndef say(cx):\n    """Say."""\n\n\n'
        f'def configure(csm):\n    csm.bind("f9", "mine.say-{number}")\n'
    )
