"""`csm session` with its commands and options; see `csm.cli.table`.

Does not: run anything.
"""

from __future__ import annotations

from csm.cli.arguments import Command, Option, Positional
from csm.cli.options import BASIC, CD, JSON, KEY_FILE, LOCAL, MODEL, NON_INTERACTIVE, OSS, PROFILE, STRICT

_WHICH = (Positional("SESSION", "The id or the name of a session", required=True),)
_SETTINGS = (*BASIC, PROFILE, CD, STRICT)
_ASKS = (MODEL, OSS, LOCAL, KEY_FILE)
_AGE = "a number and a letter, as 30d, 12h, 2w"

CREATE = Command(
    "create",
    "Make a session in which nothing was said yet, and print its id",
    "csm.cli.session:create",
    options=(
        Option("--name", value="NAME", help="What it is called"),
        Option("--from", value="ARTEFACT", help="Go on from an artefact: its id, or a file"),
        *_ASKS,
        *_SETTINGS,
        JSON,
    ),
)
LIST = Command(
    "list",
    "List the sessions there are, the newest first",
    "csm.cli.session:show_all",
    options=(
        Option("--here", help="Only those of this folder"),
        Option("--archived", help="Those of the archive"),
        NON_INTERACTIVE,
        Option(
            "--search",
            value="WORDS",
            help="Only those in whose name, prompt, folder, branch, id or #tags all words stand",
        ),
        Option("--newer-than", value="AGE", help=f"Only those used since: {_AGE}"),
        Option("--limit", value="N", help="No more than so many"),
        *_SETTINGS,
        JSON,
    ),
)
SHOW = Command(
    "show",
    "Show what a session is: turns, tokens, settings, sizes, artefacts, index",
    "csm.cli.session:show",
    options=(*_SETTINGS, JSON),
    positionals=_WHICH,
)
RESUME_PLAN = Command(
    "resume-plan",
    "Show what resuming a session would read and send; nothing is changed",
    "csm.cli.session:resume_plan",
    options=(MODEL, *_SETTINGS, JSON),
    positionals=_WHICH,
)
COMPACT = Command(
    "compact",
    "Make artefacts of a session to go on from; its log is left as it is",
    "csm.cli.session_compact:compact",
    options=(
        Option("--seed", help="A replay seed: the folded state, and where its history stands in the log"),
        Option("--summary", help="A summary, asked of the model: of what came since the last one, and of that one"),
        Option("--summary-file", value="FILE", help="A summary that is given; - reads it from stdin"),
        Option("--source-file", value="FILE", help="Have this text summed up in place of the session; - is stdin"),
        *_ASKS,
        *_SETTINGS,
        JSON,
    ),
    positionals=_WHICH,
    apart=(("summary", "summary_file"), ("summary_file", "source_file")),
)
PRUNE = Command(
    "prune",
    "Say which artefacts would go, and how many bytes; --apply removes them",
    "csm.cli.session:prune",
    options=(
        Option("--keep-latest-per-kind", help="Keep the latest artefact of each kind of each session"),
        Option("--older-than", value="AGE", help=f"Only those made before: {_AGE}"),
        Option("--apply", help="Remove them"),
        *_SETTINGS,
        JSON,
    ),
    positionals=(Positional("SESSION", "Only those of this session: its id or its name"),),
)
RENAME = Command(
    "rename",
    "Give a session a name, by which it can be resumed",
    "csm.cli.session:rename",
    options=(*_SETTINGS, JSON),
    positionals=(*_WHICH, Positional("NAME", "The name", required=True)),
)
TAG = Command(
    "tag",
    "Give a session tags, in place of those it has",
    "csm.cli.session:tag",
    options=(*_SETTINGS, JSON),
    positionals=(*_WHICH, Positional("TAGS", "Words, parted by blanks or commas; '' takes all away", required=True)),
)
EXPORT = Command(
    "export",
    "Write a session out, to be read without csm",
    "csm.cli.session:export",
    options=(
        Option(
            "--format",
            value="FORMAT",
            choices=("markdown", "json", "html"),
            help="What it becomes; as the file is called, else markdown",
        ),
        Option("-o", "--out", value="FILE", help="Where it goes; stdout if left out"),
        Option("--force", help="Write over a file that is there"),
        Option("--turns", value="A..B", help="Only these turns, counted from 1: 3, 3..5, 3.. or ..5"),
        Option(
            "--tools",
            value="HOW",
            choices=("none", "short", "full"),
            help="How much of tools: nothing, what was done, or all of what came of it [default: short]",
        ),
        *_SETTINGS,
        Option("--json", help="As --format json"),
    ),
    positionals=_WHICH,
)
SESSIONS = Command(
    "session",
    "Make, list, look at, sum up and write out sessions",
    commands=(CREATE, LIST, SHOW, RESUME_PLAN, COMPACT, PRUNE, RENAME, TAG, EXPORT),
)
