"""`python -m tests.benchmarks [NAME...] [--codex PATH] [--rounds N] [--json]`"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.benchmarks import __doc__ as about
from tests.benchmarks.groups import GROUPS
from tests.benchmarks.measure import interleave, table


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=(about or "").split("\n")[0])
    parser.add_argument("name", nargs="*", metavar="NAME", help=f"groups: {', '.join(GROUPS)} (all)")
    parser.add_argument("--codex", metavar="PATH", help="the native Codex binary, to run beside csm")
    parser.add_argument("--rounds", type=int, default=11, help="samples of each case (11)")
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
        title, cases, bases = GROUPS[name](folder, options.codex, stack)
        interleave(cases, options.rounds)
    if options.json:
        medians = {case.name: {key: round(case.median(key) or 0, 2) for key in case.samples} for case in cases}
        print(json.dumps({"group": name, "rounds": options.rounds, "medians": medians}))
    else:
        print(table(title, cases, *bases), end="\n\n")


main()
