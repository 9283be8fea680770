"""`csm view` with its commands and options; see `csm.cli.table`.

Does not: run anything.
"""

from __future__ import annotations

from csm.cli.arguments import Command, Option, Positional
from csm.cli.options import BASIC, CD, CLEAN, JSON, NO_INIT, SCRIPT, STRICT

_STEP = Option(
    "--step",
    value="STEP",
    many="append",
    help="What to do: `key CHORDS`, `type TEXT`, `paste TEXT`, `run COMMAND`, `size WxH`, `wait TEXT`, `gone TEXT`",
)
_STAGE = (
    Option("--size", value="WxH", help="Columns and rows to begin with", default="80x24"),
    _STEP,
    SCRIPT,
    Option("--answers", value="FILE", help="What the model answers: a list of turns as JSON, as the test kit reads it"),
    Option("--keymap", value="NAME", help="Start with this keymap"),
    Option("--theme", value="NAME", help="Start with this theme"),
    Option("--timeout", value="SECONDS", help="How long a step may take", default="10"),
    NO_INIT,
    CLEAN,
    CD,
    STRICT,
    *BASIC,
)
_SESSION = (Positional("SESSION", "A session to show, by its id or name; it is read and left as it is"),)
VIEW = Command(
    "view",
    "Screens of the shell without a terminal: kept, compared, resized",
    commands=(
        Command(
            "snapshot",
            "Play steps on the shell, and print the screen they lead to",
            "csm.cli.view:snapshot",
            options=(
                Option(
                    "--format",
                    value="FORMAT",
                    choices=("text", "ansi", "svg", "json"),
                    help="As what; by the ending of --out if left out, else text",
                ),
                Option("-o", "--out", value="FILE", help="Write to a file"),
                JSON,
                *_STAGE,
            ),
            positionals=_SESSION,
            apart=(("json", "format"),),
        ),
        Command(
            "diff",
            "Say what changed from one screen to another; the exit status is 1 where something did",
            "csm.cli.view:diff",
            options=(JSON,),
            positionals=(
                Positional("OLD", "A screen: JSON of `csm view snapshot`, or text; `-` is stdin", required=True),
                Positional("NEW", "The other one", required=True),
            ),
        ),
        Command(
            "resize-flow",
            "Give the screen many sizes, and say what is wrong at any; the exit status is 1 where something is",
            "csm.cli.view:resize_flow",
            options=(
                Option("--sizes", value="SIZES", help="Columns and rows, with commas between: 80x24,40x12"),
                Option("-o", "--out", value="DIR", help="Keep the screen at each size there, as JSON"),
                JSON,
                *_STAGE,
            ),
            positionals=_SESSION,
        ),
    ),
)
