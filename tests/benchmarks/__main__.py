"""`python -m tests.benchmarks [NAME...] [--codex PATH] [--rounds N | --quick] [--json]`"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.benchmarks import __doc__ as about
from tests.benchmarks import groups, inside, resume, scenes, shell, streams
from tests.benchmarks.measure import extras, interleave, table

GROUPS = {
    "startup": groups.startup,
    "turn": groups.turn,
    "frame": groups.frame,
    "deltas": streams.deltas,
    "line": streams.line,
    "output": streams.output,
    "resume": resume.resume,
    "resume-huge": resume.resume_huge,
}


#: What `--quick` runs: a minute at most, no log of 100 MB and no tree of 100,000 files.
QUICK = ("startup", "turn", "frame", "deltas", "ready", "keys", "floods", "frames", "reload")
#: Of the shell, in a terminal; and what happens inside of it.
STAGES = {
    "ready": shell.ready,
    "keys": shell.keys,
    "floods": shell.floods,
    "switch": shell.switch,
    "frames": inside.frames,
    "lists": inside.lists,
    "reload": inside.reload,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=(about or "").split("\n")[0])
    parser.add_argument("name", nargs="*", metavar="NAME", help=f"groups: {', '.join({**GROUPS, **STAGES})} (all)")
    parser.add_argument("--codex", metavar="PATH", help="the native Codex binary, to run beside csm")
    parser.add_argument("--rounds", type=int, default=11, help="samples of each case (11)")
    parser.add_argument("--quick", action="store_true", help="three samples of each")
    parser.add_argument("--json", action="store_true", help="medians as JSON")
    options = parser.parse_args()
    if unknown := [name for name in options.name if name not in {**GROUPS, **STAGES}]:
        parser.error(f"no group called {', '.join(unknown)}; there are {', '.join({**GROUPS, **STAGES})}")
    # Not under /tmp, where Codex warns and does less.
    base = Path(tempfile.mkdtemp(prefix="csm-bench-", dir=Path.home()))
    try:
        for name in options.name or (QUICK if options.quick else {**GROUPS, **STAGES}):
            (report if name in GROUPS else show)(name, base, options)
    finally:
        shutil.rmtree(base, ignore_errors=True)


def report(name: str, base: Path, options: argparse.Namespace) -> None:
    """Measure one group and print it."""
    folder = base / name
    folder.mkdir()
    with ExitStack() as stack:
        group = GROUPS[name](folder, options.codex, stack)
        rounds = min(3 if options.quick else options.rounds, group.most_rounds)
        interleave(group.cases, rounds)
    if options.json:
        medians = {case.name: {key: round(case.median(key) or 0, 2) for key in case.samples} for case in group.cases}
        print(json.dumps({"group": name, "rounds": rounds, "medians": medians, "goals": group.goals}))
        return
    print(table(group.title, group.cases, *group.bases))
    if group.extras:
        print(extras(group.extras))
    print("goals:", ", ".join(f"{what} at most {ratio}" for what, ratio in group.goals.items()), end="\n\n")


def show(name: str, base: Path, options: argparse.Namespace) -> None:
    """Play one stage and print it."""
    folder = base / name
    folder.mkdir()
    with ExitStack() as stack:
        stage = STAGES[name](folder, options.codex, stack)
        scenes.play(stage, 1 if options.quick else options.rounds)
    if options.json:
        figures = {
            scene.name: {name: round(value, 2) for name, value in scene.figures().items()} for scene in stage.scenes
        }
        print(json.dumps({"group": name, "figures": figures, "goals": stage.goals}))
        return
    print(scenes.table(stage), end="\n\n")


main()
