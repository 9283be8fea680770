"""`csm log`, `csm replay` and `csm fixture` with their commands and options; see `csm.cli.table`.

Does not: run anything.
"""

from __future__ import annotations

from csm.cli.arguments import Command, Option, Positional
from csm.cli.options import FIXTURE_LOG, JSON, OUT

_LOG = (Positional("LOG", "The id or the name of a session, or a file", required=True),)
LOGS = Command(
    "log",
    "Look at the logs of sessions as files",
    commands=(
        Command(
            "summarize",
            "Count what a log holds: turns, tools, models, tokens, sizes",
            "csm.cli.log:summarize",
            options=(JSON,),
            positionals=_LOG,
        ),
        Command(
            "verify",
            "Say what is damaged in a log, and whether Codex opens it; the exit status is 1 for a damaged one",
            "csm.cli.log:verify",
            options=(JSON,),
            positionals=_LOG,
        ),
        Command(
            "index",
            "Make the index anew that opens a long log quickly",
            "csm.cli.log:index",
            options=(JSON,),
            positionals=_LOG,
        ),
        Command(
            "replay-state",
            "Fold a log whole and by its index, and show the state; the exit status is 1 where the two differ",
            "csm.cli.log:replay_state",
            options=(JSON,),
            positionals=_LOG,
        ),
        Command(
            "benchmark",
            "Measure how quickly a log is folded, indexed, opened and appended to; it is left as it is",
            "csm.cli.log:benchmark",
            options=(Option("--rounds", value="N", help="How often each is done", default="5"), JSON),
            positionals=_LOG,
        ),
        Command(
            "repair",
            "Write a clean copy of a damaged log; the original is left as it is",
            "csm.cli.log:repair",
            options=(OUT, JSON),
            positionals=_LOG,
        ),
    ),
)
REPLAY = Command(
    "replay",
    "Step through a session, print it as it was, or prove that it always is the same",
    "csm.cli.replay:run",
    options=(
        Option("--at", value="N", help="Print the screen as it was after event N, and open nothing"),
        Option("--turn", value="N", help="Print the screen as it was at the end of turn N"),
        Option("--verify", help="Fold the log whole and from every checkpoint: states and screens must be the same"),
        Option("--with-model", help="Run the turns again on the recorded answers, and show the first difference"),
        Option("--size", value="WxH", help="Of the screen that is printed", default="80x24"),
        Option("--theme", value="NAME", help="Its colours, or those of the screen that opens"),
        Option("--keymap", value="NAME", help="Step with the keys of this keymap"),
        Option("--plain", help="Print text alone; without it colours go where stdout is a terminal"),
        Option("--colors", help="Print colours wherever stdout goes"),
        Option("--no-init", help="Skip ~/.config/csm/init.py"),
        JSON,
    ),
    positionals=_LOG,
    apart=(
        ("at", "turn", "verify", "with_model"),
        ("plain", "colors", "json"),
    ),
)
FIXTURE = Command(
    "fixture",
    "Make up data for measuring and for tests",
    commands=(
        Command(
            "log",
            "Make up a session's log, the same to the byte for the same options",
            "csm.cli.log:fixture",
            options=(*FIXTURE_LOG, JSON),
        ),
    ),
)
