"""`python -m tests.benchmarks [NAME...] [--codex PATH] [--rounds N | --quick] [--json]`"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.benchmarks import __doc__ as about
from tests.benchmarks import groups, resume, streams
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


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=(about or "").split("\n")[0])
    parser.add_argument("name", nargs="*", metavar="NAME", help=f"groups: {', '.join(GROUPS)} (all)")
    parser.add_argument("--codex", metavar="PATH", help="the native Codex binary, to run beside csm")
    parser.add_argument("--rounds", type=int, default=11, help="samples of each case (11)")
    parser.add_argument("--quick", action="store_true", help="three samples of each")
    parser.add_argument("--json", action="store_true", help="medians as JSON")
    options = parser.parse_args()
    if unknown := [name for name in options.name if name not in GROUPS]:
        parser.error(f"no group called {', '.join(unknown)}; there are {', '.join(GROUPS)}")
    # Not under /tmp, where Codex warns and does less.
    base = Path(tempfile.mkdtemp(prefix="csm-bench-", dir=Path.home()))
    try:
        for name in options.name or GROUPS:
            report(name, base, options)
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


main()
