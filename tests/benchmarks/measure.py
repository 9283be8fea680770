"""Running cases side by side, and the table of what they cost.

Does not: know what is measured.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PROBE = Path(__file__).parent / "probe.py"
TERMINAL = Path(__file__).parent / "terminal.py"


@dataclass
class Case:
    """A command to measure, until it ends, or in a terminal until it shows the text `until`.

    `requested`, if given, tells when (monotonic s) its first request came after `start`.
    """

    name: str
    command: Sequence[str]
    env: dict[str, str]
    cwd: Path
    prepare: Callable[[], None] = lambda: None
    requested: Callable[[float], float | None] = lambda start: None
    until: str = ""
    samples: dict[str, list[float]] = field(default_factory=dict)

    def run(self) -> None:
        """One sample. Raises RuntimeError if the command fails."""
        self.prepare()
        how = [str(TERMINAL), self.until] if self.until else [str(PROBE)]
        probe = [sys.executable, "-I", "-S", *how, *self.command]
        done = subprocess.run(probe, env=self.env, cwd=self.cwd, capture_output=True, text=True, check=True)
        code, start, wall, cpu, rss = (float(word) for word in done.stdout.split())
        if code:
            raise RuntimeError(f"{self.name}: exit status {code:.0f}")
        self._keep("wall ms", wall * 1e3)
        self._keep("cpu ms", cpu * 1e3)
        self._keep("rss MB", rss / 1024)
        at = self.requested(start)
        if at is not None:
            self._keep("request ms", (at - start) * 1e3)

    def _keep(self, name: str, value: float) -> None:
        self.samples.setdefault(name, []).append(value)

    def median(self, name: str) -> float | None:
        """The middle of what was measured, if it was."""
        values = self.samples.get(name)
        return statistics.median(values) if values else None


@dataclass
class Extra:
    """What a large case costs beyond a small one of the same program."""

    name: str
    small: Case
    large: Case

    def of(self, figure: str) -> float:
        """The difference of the medians."""
        return (self.large.median(figure) or 0) - (self.small.median(figure) or 0)


def interleave(cases: Sequence[Case], rounds: int) -> None:
    """Run every case once a round, so that all meet the same weather. A first round warms up and is not counted."""
    for case in cases:
        case.run()
        case.samples.clear()
    for _ in range(rounds):
        for case in cases:
            case.run()


def table(title: str, cases: Sequence[Case], *bases: str) -> str:
    """Medians, and the wall time's ratio (of medians, of minima) to each base."""
    columns = ("wall ms", "cpu ms", "rss MB", "request ms")
    known = {case.name: case for case in cases}
    present = [base for base in bases if base in known]
    head = ["", *columns, "min", *(f"x {base}" for base in present)]
    rows = [head]
    for case in cases:
        row = [case.name, *(_number(case.median(name)) for name in columns), _number(min(case.samples["wall ms"]))]
        rows.append(row + [_ratio(case, known[base]) for base in present])
    widths = [max(len(row[at]) for row in rows) for at in range(len(head))]
    lines = [
        "  ".join(
            cell.rjust(width) if at else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    return "\n".join([title, "-" * len(lines[0]), *lines])


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"


def _ratio(case: Case, base: Case) -> str:
    median = statistics.median(case.samples["wall ms"]) / statistics.median(base.samples["wall ms"])
    least = min(case.samples["wall ms"]) / min(base.samples["wall ms"])
    return f"{median:.2f} ({least:.2f})"


def extras(found: Sequence[Extra]) -> str:
    """A line for each difference; csm's with its ratio to Codex's of the same size."""
    lines = []
    for one in found:
        figures = [f"{figure} +{one.of(figure):.1f}" for figure in ("wall ms", "cpu ms", "rss MB")]
        program, _, size = one.name.partition(", ")
        for other in found:
            if program == "csm" and other.name == f"codex, {size}" and other.of("wall ms") > 0:
                ratios = (one.of(figure) / other.of(figure) for figure in ("wall ms", "cpu ms"))
                figures.append("x codex: wall {:.2f}, cpu {:.2f}".format(*ratios))
        lines.append(f"{one.name}: " + "  ".join(figures))
    return "\n".join(lines)
