"""Scenes: a program in a terminal, typed into; and calls in this process. Each gives figures by name, run in turns.

Does not: know what is measured (`tests.benchmarks.shell`, `tests.benchmarks.inside`).
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TYPIST = Path(__file__).parent / "typist.py"
Figures = dict[str, float | list[float]]


@dataclass
class Scene:
    """`play()` gives figures; a list of them is several samples of one."""

    name: str
    play: Callable[[], Figures]
    samples: dict[str, list[float]] = field(default_factory=dict)
    most_rounds: int = 100
    #: Whether the first time is another than those that follow.
    warms: bool = False

    def run(self) -> None:
        """One round."""
        if self.most_rounds <= 0:
            return
        self.most_rounds -= 1
        for name, value in self.play().items():
            self.samples.setdefault(name, []).extend(value if isinstance(value, list) else [value])

    def warm(self) -> None:
        """A round that does not count."""
        if self.warms:
            self.play()

    def figures(self) -> dict[str, float]:
        """What the table shows: the median, of many samples their high end too."""
        found: dict[str, float] = {}
        for name, values in self.samples.items():
            found[name] = statistics.median(values)
            if name.endswith("*"):
                ordered = sorted(values)
                found[f"{name} p95"] = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
                found[f"{name} most"] = ordered[-1]
            else:
                found[f"{name} least"] = min(values)
        return {name.replace("*", ""): value for name, value in found.items()}


@dataclass
class Stage:
    """Scenes shown in one table. `goals` are `figure: most` of csm's scenes, told beside the table."""

    title: str
    scenes: list[Scene]
    goals: dict[str, float] = field(default_factory=dict)
    most_rounds: int = 100


def typed(
    command: Sequence[str], env: dict[str, str], cwd: Path, steps: Sequence[Sequence[Any]], size: tuple[int, int]
) -> list[Any]:
    """What the steps gave (`tests/benchmarks/typist.py`). Raises RuntimeError where the program did not play along."""
    words = [sys.executable, "-I", "-S", str(TYPIST), *map(str, size), json.dumps(steps), *command]
    env = {**env, "TERM": "xterm-256color"}
    done = subprocess.run(words, env=env, cwd=cwd, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    if "failed" in told:
        raise RuntimeError(f"{command[0]}: {told['failed'][-600:]}")
    return [*told["found"], told["cpu ms"]]


def play(stage: Stage, rounds: int) -> None:
    """Every scene once a round, so that all meet the same weather."""
    for scene in stage.scenes:
        scene.warm()
    for _ in range(min(rounds, stage.most_rounds)):
        for scene in stage.scenes:
            scene.run()


def table(stage: Stage) -> str:
    """A row for each figure, a column for each scene."""
    names = list(dict.fromkeys(name for scene in stage.scenes for name in scene.figures()))
    figures = [scene.figures() for scene in stage.scenes]
    rows = [["", *(scene.name for scene in stage.scenes), "goal"]]
    for name in names:
        values = [_number(one.get(name)) for one in figures]
        rows.append([name, *values, _number(stage.goals.get(name))])
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = ["  ".join(_cell(row[at], width, at) for at, width in enumerate(widths)).rstrip() for row in rows]
    return "\n".join([stage.title, "-" * max(map(len, lines)), *lines])


def _cell(text: str, width: int, at: int) -> str:
    return text.rjust(width) if at else text.ljust(width)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}" if value < 1000 else f"{value:.0f}"
