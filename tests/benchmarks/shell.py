"""The shell in a terminal: how soon it takes keys, how soon they show, floods of text, memory, rest, long sessions.

Does not: run anything (`tests.benchmarks.scenes`).
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.benchmarks.groups import CSM, Clocked, bench
from tests.benchmarks.inside import Inside
from tests.benchmarks.resume import Log
from tests.benchmarks.scenes import Figures, Scene, Stage, typed
from tests.benchmarks.streams import answer

BARE = Path(__file__).parent / "bare.py"
SIZE = (120, 40)
#: What each program shows when it has begun.
BEGUN = {"csm": "What shall be done?", "codex": "for shortcuts"}
#: What is asked once, and would be in the way.
ONCE = '\n[tui]\nscreen_reader_detection_done = true\n[notice.model_migrations]\n"gpt-5.5" = "gpt-6-sol"\n'
#: Letters that stand nowhere else, so that a terminal is never told of them in pieces.
END = "ΩΨΩΨ"


def _programs(codex: str | None) -> Iterator[tuple[str, list[str]]]:
    yield "csm", [CSM]
    if codex:
        yield "codex", [codex, "--no-daemon"]


def _bench(folder: Path, stack: ExitStack, turns: Any = ({"text": "ok"},)) -> tuple[dict[str, str], Path, Clocked]:
    env, work, server = stack.enter_context(bench(folder, turns))
    config = Path(env["CODEX_HOME"], "config.toml")
    config.write_text(config.read_text() + ONCE)
    return env, work, server


def ready(folder: Path, codex: str | None, stack: ExitStack) -> Stage:
    """Until a typed letter shows, and until a prompt given at the start has become a request."""
    scenes: list[Scene] = []

    def add(name: str, command: list[str], scripts: int = 0, request: bool = True) -> None:
        env, work, server = _bench(folder / name.replace(" ", "-"), stack, [{"text": END}])
        if scripts:
            _scripts(Path(env["HOME"], ".config/csm"), scripts)

        def play() -> Figures:
            found: Figures = {"key shows, ms": typed(command, env, work, [["typed"]], SIZE)[0]}
            if request:
                began, seen = time.monotonic(), len(server.times)
                typed([*command, "say ok"], env, work, [["until", END, 20]], SIZE)
                found["request sent, ms"] = (server.times[seen] - began) * 1e3
            return found

        scenes.append(Scene(name, play, warms=True))

    add("prompt_toolkit, bare", [sys.executable, str(BARE)], request=False)
    add("csm", [CSM])
    add("csm, 20 extensions", [CSM], scripts=20)
    if codex:
        add("codex", [codex, "--no-daemon"])
    return Stage("until the shell takes keys, 120x40", scenes, {"key shows, ms": 150, "request sent, ms": 400})


def _scripts(home: Path, count: int) -> None:
    """An `init.py` and extensions as people have them: a command, a key, a hook each."""
    (home / "extensions").mkdir(parents=True)
    (home / "init.py").write_text('"""Mine."""\n\n\ndef configure(csm):\n    csm.bind("f9", "mine0.say")\n')
    for number in range(count):
        (home / f"extensions/mine{number}.py").write_text(
            '"""One of many."""\n\nfrom csm.api import Context, command, hook\n\n\n'
            f'@command("mine{number}.say")\ndef say(cx: Context) -> None:\n    """Say something."""\n\n\n'
            '@hook\ndef remarks(host):\n    """Nothing."""\n    return []\n'
        )


def keys(folder: Path, codex: str | None, stack: ExitStack) -> Stage:
    """From a key to its letter, at rest and while an answer streams; memory; what is done at rest."""
    scenes: list[Scene] = []
    for name, command in _programs(codex):
        env, work, _ = _bench(folder / name, stack, [lambda request: {"raw": answer(_words(), 14, 0.007)}])
        scenes.append(Scene(name, _keys(name, command, env, work), most_rounds=5))
    goals = {
        "key at rest, ms p95": 8, "key at 2,000 deltas/s, ms p95": 16, "key at 2,000 deltas/s, ms most": 50,
        "memory at rest, MB": 80, "bytes/s at rest": 0,
    }  # fmt: skip
    return Stage("keys, 120x40", scenes, goals)


def _keys(name: str, command: list[str], env: dict[str, str], work: Path) -> Callable[[], Figures]:
    def play() -> Figures:
        begun = [["until", BEGUN[name], 20], ["drain", 1.0]]
        rest = [["rss"], ["keys", 60, 25], ["drain", 0.5], ["idle", 2]]
        (_, _, memory, at_rest, _, idle, _) = typed(command, env, work, [*begun, *rest], SIZE)
        send = [["send", "go"], ["drain", 0.3], ["send", "\r"], ["after", "word", 20], ["keys", 80, 25]]
        streaming = typed(command, env, work, [*begun, *send], SIZE)[-2]
        return {
            "key at rest, ms*": at_rest,
            "key at 2,000 deltas/s, ms*": streaming,
            "memory at rest, MB": memory,
            "bytes/s at rest": idle["bytes"],
            "CPU at rest, ms/s": idle["cpu ms"],
            "wakeups/s at rest": idle["wakeups"],
        }

    return play


def _words() -> Iterator[str]:
    for number in range(10_000):
        yield "word " if number % 12 else "and.\n\n"


#: What arrives all at once in pieces of 24 characters, each ending in letters that stand nowhere else.
FLOODS = {
    "list of 5,000": "\n".join(f"- item {at} has `code` and **bold** words" for at in range(5000)) + f"\n- {END}\n",
    "table of 5,000": "| a | b | c |\n|---|---|---|\n"
    + "".join(f"| row {at} | `code` | some **bold** text |\n" for at in range(5000))
    + f"| {END} | x | y |\n",
    "code of 5,000": "```python\n"
    + "".join(f"def f{at}(x): return x + {at}\n" for at in range(5000))
    + f"{END}\n```\n",
    "paragraph of 1 MB": " ".join(f"word{at} is one of many" for at in range(45_000)) + f" {END}\n",
    "list of 20,000": "\n".join(f"- item {at} has `code`" for at in range(20_000)) + f"\n- {END}\n",
}


def floods(folder: Path, codex: str | None, stack: ExitStack) -> Stage:
    """From Enter to the last line on the screen, of an answer that the server sends as fast as it is read."""
    made: dict[str, list[tuple[list[str], dict[str, str], Path, str]]] = {}
    for name, command in _programs(codex):
        for number, (what, text) in enumerate(FLOODS.items()):
            pieces = [text[at : at + 24] for at in range(0, len(text), 24)]
            env, work, _ = _bench(folder / f"{name}-{number}", stack, [{"raw": answer(pieces)}])
            made.setdefault(name, []).append((command, env, work, what))

    def scene(name: str) -> Scene:
        def play() -> Figures:
            found: Figures = {}
            for command, env, work, what in made[name]:
                if name == "codex" and what != "list of 5,000":
                    continue  # minutes each
                steps = [["until", BEGUN[name], 20], ["drain", 1.0], ["send", "go"], ["drain", 0.3], ["send", "\r"]]
                told = typed(command, env, work, [*steps, ["after", END, 240], ["drain", 0.5], ["rss"]], SIZE)
                found[f"{what}, ms"] = told[5]
                if what == "list of 20,000":
                    found["memory then, MB"] = told[7]
            return found

        return Scene(name, play, most_rounds=100 if name == "csm" else 1)

    return Stage(
        "floods of text, 120x40",
        [scene(name) for name in made],
        {**{f"{what}, ms": 1500 for what in FLOODS if "20" not in what}, "memory then, MB": 150},
    )


def switch(folder: Path, codex: str | None, stack: ExitStack) -> Stage:
    """`resume` of long sessions, until the last words of theirs stand on the screen."""
    scenes: list[Scene] = []
    for name, command in _programs(codex):
        env, work, _ = _bench(folder / name, stack)
        for events in (1000, 60_000, 600_000):
            log = Log(Path(env["CODEX_HOME"]), work, events, "paginated", 2000, events // 1000)
            thread = log.make()
            _mark(log.path)
            if name == "csm":
                subprocess.run([CSM, "log", "index", thread], env=env, cwd=work, check=True, capture_output=True)
            scenes.append(_resumed(f"{name}, {events:,}", [*command, "resume", thread], env, work))
    scenes.append(Scene("csm, from one to the other", _switched(folder / "inside", stack), warms=True))
    return Stage("resume, until the last words show", scenes, {"shown, ms": 300})


def _resumed(name: str, command: list[str], env: dict[str, str], work: Path) -> Scene:
    def play() -> Figures:
        found = typed(command, env, work, [["until", END, 60], ["rss"]], SIZE)
        return {"shown, ms": found[0], "CPU, ms": found[-1], "memory, MB": found[1]}

    return Scene(name, play, most_rounds=7, warms=True)


def _switched(folder: Path, stack: ExitStack) -> Callable[[], Figures]:
    """Between a session of 60,000 events and one of 600,000, in the shell."""
    threads: list[str] = []

    def prepare(home: Path, work: Path) -> None:
        for events in (60_000, 600_000):
            log = Log(home / "codex", work, events, "paginated", 2000, events // 1000)
            threads.append(log.make())
            _mark(log.path)

    inside: list[Inside] = []

    def play() -> Figures:
        if not inside:
            inside.append(Inside(folder, stack, [{"text": "ok"}], SIZE, prepare=(prepare,)))
        one, took = inside[0], list[float]()
        for thread in threads:
            one.driver.shell.run(f"session.resume {thread}")
            took.append(
                one.shows(
                    lambda: one.driver.shell.session.thread_id == thread and END in one.driver.screen()  # noqa: B023
                )
            )
        return {"shown, ms": took[-1]}

    return play


def _mark(path: Path) -> None:
    """Have the last words of a log stand nowhere else."""
    data = path.read_bytes()
    head, tail = data[:-40_000], data[-40_000:]
    last = re.findall(rb'"(?:text|message)":"([^"\\]+)"', tail)[-1]
    path.write_bytes(head + tail.replace(last, END.encode()))
