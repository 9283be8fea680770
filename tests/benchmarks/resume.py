"""What it costs to go on with a long session: warm, at first sight, with and without compaction, in both shapes.

Does not: run anything (`tests.benchmarks.measure`).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from csm.api.testing import bundled
from tests.benchmarks.groups import CSM, Group, bench
from tests.benchmarks.measure import Case

#: Name, events, shape, lines between compactions.
LOGS = (
    ("60k", 60_000, "paginated", 2000),
    ("60k legacy", 60_000, "legacy", 2000),
    ("60k uncompacted", 60_000, "paginated", 0),
    ("600k", 600_000, "paginated", 2000),
    ("600k uncompacted", 600_000, "paginated", 0),
)
#: `csm` beside `codex` of the same log: the goal, as a ratio of the times until the request is sent.
GOALS = {"codex, 60k, warm": 0.40, "codex, 60k, first sight": 0.06, "codex, 600k, warm": 0.08}


def resume(folder: Path, codex: str | None, stack: ExitStack) -> Group:
    """`exec resume` of logs of 60,000 and 600,000 events, beside a session that begins."""
    return _group(folder, codex, stack, [log for log in LOGS if log[1] == LOGS[0][1]])


def resume_huge(folder: Path, codex: str | None, stack: ExitStack) -> Group:
    """The same with ten times as many events, beside the small one."""
    return _group(folder, codex, stack, [LOGS[0], *(log for log in LOGS if log[1] != LOGS[0][1])], first=False)


def _group(folder: Path, codex: str | None, stack: ExitStack, logs: list[Any], *, first: bool = True) -> Group:
    cases: list[Case] = []
    for program, path in (("csm", CSM), ("codex", codex)):
        if path is None:
            continue
        env, work, server = stack.enter_context(bench(folder / program))
        cases.append(
            Case(f"{program}, new", [path, "exec", "--json", "go on"], env, work, requested=server.first_after)
        )
        for name, events, shape, compact in logs:
            made = Log(Path(env["CODEX_HOME"]), work, events, shape, compact, len(cases))
            command = [path, "exec", "resume", "--json", made.make(), "go on"]
            cases.append(Case(f"{program}, {name}, warm", command, env, work, requested=server.first_after))
            if first and name == logs[0][0]:
                cold = Case(f"{program}, {name}, first sight", [*command], env, work, requested=server.first_after)
                cold.prepare = _renew(made, cold)
                cases.append(cold)
    bases = [f"codex, {name}, warm" for name, *_ in logs[:1]]
    return Group("exec resume", cases, tuple(bases), most_rounds=11, goals=GOALS)


class Log:
    """A made-up log in a home, and copies of it under other ids."""

    def __init__(self, home: Path, work: Path, events: int, shape: str, compact: int, seed: int) -> None:
        self.fixture: Any = bundled("sessions", "fixture")
        self.wish = self.fixture.Wish(events, seed, shape, compact, str(work))
        self.folder = home / "sessions" / self.fixture.folder()
        self.copies = 0

    @property
    def path(self) -> Path:
        """Where it is."""
        return self.folder / self.fixture.name(self.wish)

    def make(self) -> str:
        """Write it; its id."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.path.open("wb") as file:
            file.writelines(self.fixture.lines(self.wish))
        return self.fixture.thread_id(self.wish)

    def copy(self) -> str:
        """The same under an id that nobody has seen."""
        self.copies += 1
        old = self.fixture.thread_id(self.wish)
        new = f"{old[:24]}{self.copies + 0xC00000000000:012x}"
        source = self.path
        target = source.with_name(source.name.replace(old, new))
        with source.open("rb") as read, target.open("wb") as write:
            write.writelines(line.replace(old.encode(), new.encode()) for line in read)
        return new


def _renew(log: Log, case: Case) -> Callable[[], None]:
    def prepare() -> None:
        for path in log.folder.glob("*-c0000*.jsonl"):
            path.unlink()
        command = list(case.command)
        command[-2] = log.copy()
        case.command = command

    return prepare
