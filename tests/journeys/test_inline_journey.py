"""Inline mode in a terminal that rewraps: tmux. Ten resizes leave one composer and every earlier line."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

READY = "What shall be done?"
pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")


class Tmux:
    """A tmux server of its own with one window that runs a shell."""

    def __init__(self, env: dict[str, str], cwd: Path) -> None:
        self._socket = str(cwd.parent / "tmux")
        self._env = env
        self("new-session", "-d", "-x", "80", "-y", "24", "-c", str(cwd), "/bin/sh")
        self("set-option", "-g", "history-limit", "5000")
        self("set-window-option", "-g", "window-size", "manual")

    def __call__(self, *words: str) -> str:
        argv = ["tmux", "-S", self._socket, "-f", os.devnull, *words]
        return subprocess.run(argv, env=self._env, capture_output=True, text=True, check=True, timeout=10).stdout

    def lines(self) -> list[str]:
        """History and screen, rewrapped lines joined, no blanks at line ends."""
        return [line.rstrip() for line in self("capture-pane", "-p", "-J", "-S", "-").split("\n")]

    def wait(self, condition: Any, seconds: float = 15.0) -> None:
        """Until `condition(lines)` holds."""
        end = time.monotonic() + seconds
        while not condition(self.lines()):
            assert time.monotonic() < end, "\n".join(self.lines())
            time.sleep(0.02)

    def resize(self, columns: int, rows: int) -> None:
        """Make the window another size and wait until csm has drawn its rule over the whole width."""
        self("resize-window", "-x", str(columns), "-y", str(rows))
        self.wait(lambda lines: any(line == "─" * columns for line in lines))

    def type(self, text: str) -> None:
        """Type text, then Enter."""
        self("send-keys", "-l", text)
        self("send-keys", "Enter")


@pytest.fixture
def tmux(bench: Any) -> Iterator[Tmux]:
    """A tmux that is ended."""
    bench.env["PS1"] = "$ "
    made = Tmux(bench.env, bench.work)
    yield made
    made("kill-server")


def test_ten_resizes(bench: Any, tmux: Tmux) -> None:
    bench.serve({"text": "\n\n".join(f"answer {number} " + "word " * number for number in range(12))})
    script = bench.home / "begin"
    argv = shlex.join(bench.argv("--no-alt-screen"))
    script.write_text(f"for n in $(seq 100); do echo earlier line $n; done\nexec {argv}\n")
    tmux.type(f"sh {script}")
    tmux.wait(lambda lines: any(READY in line for line in lines))
    tmux.type("tell me")
    tmux.wait(lambda lines: any("answer 11" in line for line in lines) and any(READY in line for line in lines))
    for size in ((60, 24), (100, 24), (40, 20), (80, 24), (30, 15), (120, 30), (77, 22), (50, 24), (90, 12), (80, 24)):
        tmux.resize(*size)
    lines = tmux.lines()
    assert [line for line in lines if line.startswith("earlier")] == [f"earlier line {n}" for n in range(1, 101)]
    assert sum(READY in line for line in lines) == 1
    assert sum("gpt-5.5" in line for line in lines) == 1
    assert [sum(f"answer {n} " in f"{line} " for line in lines) for n in range(12)] == [1] * 12
    tmux("send-keys", "C-d")
    tmux.wait(lambda lines: any("csm resume" in line for line in lines))
    assert not any(READY in line for line in tmux.lines())


def test_a_storm_of_resizes_while_text_arrives(bench: Any, tmux: Tmux) -> None:
    gates = [threading.Event() for _ in range(14)]
    texts = [[gate, f"answer {number} " + "word " * number + "\n\n"] for number, gate in enumerate(gates)]
    bench.serve({"text": [part for text in texts for part in text]})
    tmux.type(f"exec {shlex.join(bench.argv('--no-alt-screen'))}")
    tmux.wait(lambda lines: any(READY in line for line in lines))
    tmux.type("tell me")
    tmux.wait(lambda lines: any("Working" in line for line in lines))
    for number, gate in enumerate(gates):
        gate.set()
        for size in ((40 + number, 20), (110 - 3 * number, 30), (70, 12 + number)):
            tmux("resize-window", "-x", str(size[0]), "-y", str(size[1]))
    tmux.resize(100, 24)
    tmux.wait(lambda lines: any("answer 13" in line for line in lines) and any(READY in line for line in lines))
    lines = tmux.lines()
    assert [sum(f"answer {n} " in f"{line} " for line in lines) for n in range(14)] == [1] * 14
    assert sum(set(line) == {"─"} for line in lines) == 1
    assert sum("gpt-5.5" in line for line in lines) == 1


def test_full_views_borrow_the_screen_and_give_it_back(bench: Any, tmux: Tmux) -> None:
    bench.serve({"text": "The answer."})
    tmux.type(
        "exec " + " ".join(f"'{word}'" if "'" not in word else f'"{word}"' for word in bench.argv("--no-alt-screen"))
    )
    tmux.wait(lambda lines: any(READY in line for line in lines))
    tmux.type("question")
    tmux.wait(lambda lines: any("The answer." in line for line in lines))
    tmux.wait(lambda lines: any(READY in line for line in lines))
    before = [line for line in tmux.lines() if line]
    tmux("send-keys", "F1")
    tmux.wait(lambda lines: any("── Help" in line for line in lines))
    assert tmux("display", "-p", "#{alternate_on}").strip() == "1"
    tmux("send-keys", "q")
    tmux.wait(lambda lines: not any("── Help" in line for line in lines))
    assert tmux("display", "-p", "#{alternate_on}").strip() == "0"
    assert [line for line in tmux.lines() if line] == before
