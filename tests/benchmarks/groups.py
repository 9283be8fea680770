"""What is measured: groups of cases, each against the floor of the machine and, where given, Codex.

Does not: run them (`tests.benchmarks.measure`).
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from csm.api.testing import ResponsesServer
from tests.benchmarks.measure import Case, Extra

CSM = os.environ.get("CSM_PROGRAM") or str(Path(sys.executable).parent / "csm")
FLOOR = "python -c pass"


@dataclass
class Group:
    """Cases measured together. `bases` are the cases that others are compared with; `goals` bound a ratio to Codex."""

    title: str
    cases: list[Case]
    bases: tuple[str, ...] = ()
    extras: list[Extra] = field(default_factory=list)
    most_rounds: int = 100
    goals: dict[str, float] = field(default_factory=dict)


class Clocked(ResponsesServer):
    """A scripted server that remembers when requests came (monotonic seconds)."""

    def __init__(self, turns: Sequence[Any]) -> None:
        super().__init__(turns, repeat=True)
        self.times: list[float] = []

    def record(self, request: object) -> int:
        self.times.append(time.monotonic())
        return super().record(request)  # type: ignore[arg-type]

    def first_after(self, start: float) -> float | None:
        """When the first request after `start` came."""
        return next((at for at in self.times if at >= start), None)


def environment(home: Path) -> dict[str, str]:
    """Nothing of the user's nor of the interpreter's (which may not write bytecode then), and a home of its own."""
    foreign = ("CODEX_", "OPENAI_", "CSM_", "XDG_", "RUST_", "PYTHON")
    env = {key: value for key, value in os.environ.items() if not key.startswith(foreign)}
    return {**env, "HOME": str(home), "CODEX_HOME": str(home / "codex"), "FAKE_KEY": "sk-fake"}


@contextmanager
def bench(folder: Path, turns: Sequence[Any] = ({"text": "ok"},)) -> Iterator[tuple[dict[str, str], Path, Clocked]]:
    """An environment, a git work tree and a server that answers as scripted, again and again."""
    home, work = folder / "home", folder / "work"
    (home / "codex").mkdir(parents=True)
    work.mkdir()
    subprocess.run(["git", "init", "-q", str(work)], check=True)
    with Clocked(turns) as server:
        (home / "codex/config.toml").write_text(
            'model = "gpt-5.5"\nmodel_provider = "fake"\n[model_providers.fake]\nname = "fake"\n'
            f'base_url = "{server.url}"\nwire_api = "responses"\nenv_key = "FAKE_KEY"\n'
            f'[projects."{work}"]\ntrust_level = "trusted"\n'
        )
        yield environment(home), work, server


def startup(folder: Path, codex: str | None, stack: ExitStack) -> Group:
    """Version and help, against an interpreter that does nothing."""
    env = environment(folder)

    def case(name: str, *command: str) -> Case:
        return Case(name, command, env, folder)

    cases = [
        case(FLOOR, sys.executable, "-c", "pass"),
        case("csm --version", CSM, "--version"),
        case("csm --help", CSM, "--help"),
    ]
    if codex:
        cases += [case("codex --version", codex, "--version"), case("codex --help", codex, "--help")]
    return Group("startup", cases, (FLOOR, "codex --version"), goals={FLOOR: 1.5})


def turn(folder: Path, codex: str | None, stack: ExitStack) -> Group:
    """One turn of `exec` whose answer is one word."""
    cases = [Case(FLOOR, [sys.executable, "-c", "pass"], environment(folder), folder)]
    for name, program in (("csm exec", CSM), ("codex exec", codex)):
        if program:
            env, work, server = stack.enter_context(bench(folder / name.split()[0]))
            command = [program, "exec", "--json", "say ok"]
            cases.append(Case(name, command, env, work, requested=server.first_after))
    return Group("exec, one trivial turn", cases, (FLOOR, "codex exec"), goals={"codex exec": 0.85})


def frame(folder: Path, codex: str | None, stack: ExitStack) -> Group:
    """The shell, until it names the folder, and csm until it has its settings: both programs paint before that."""
    cases = [Case(FLOOR, [sys.executable, "-c", "pass"], environment(folder), folder)]
    for name, command in (("csm", [CSM]), ("codex", [codex, "--no-daemon"] if codex else [])):
        if command:
            env, work, _ = stack.enter_context(bench(folder / name))
            env["TERM"] = "xterm-256color"
            cases.append(Case(name, command, env, work, until="/work"))
            if name == "csm":  # the frame of one that knows its settings, and takes keys
                cases.append(Case("csm, ready", command, env, work, until="gpt-5.5"))
    return Group("first frame of the shell, 200x50", cases, (FLOOR, "codex"), goals={"codex": 0.75})
