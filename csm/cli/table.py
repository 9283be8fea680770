"""Every command of csm's own with its options: the source of parsing, help, completion and docs.

Does not: run anything. `run` names the function that does, imported when the command is called.
"""

from __future__ import annotations

from csm.cli.arguments import Command, Option, Positional

CONFIG = Option(
    "-c",
    "--config",
    value="key=value",
    many="append",
    help="Set one setting for this run: a dotted key, and a TOML value or plain text",
)
STRICT = Option("--strict-config", help="Refuse settings that nobody knows")
MODEL = Option("-m", "--model", value="MODEL", help="The model to ask")
IMAGE = Option("-i", "--image", value="FILE", many="list", help="Images to send with the prompt")
YOLO = Option(
    "--dangerously-bypass-approvals-and-sandbox",
    hidden=("--yolo",),
    help="Run every command unasked and outside any sandbox. For machines that are a sandbox themselves",
)
KEY_FILE = Option("--api-key-file", value="FILE", help="Read the API key from a file, whatever else is set")
PROFILE = Option("-p", "--profile", value="NAME", help="Use $CODEX_HOME/NAME.config.toml, else [profiles.NAME]")
SANDBOX = Option(
    "-s",
    "--sandbox",
    value="SANDBOX_MODE",
    choices=("read-only", "workspace-write", "danger-full-access"),
    help="What the commands of the model may touch",
)
SESSION = (
    CONFIG,
    IMAGE,
    MODEL,
    PROFILE,
    SANDBOX,
    Option("-C", "--cd", value="DIR", help="Work in this folder"),
    Option("--add-dir", value="DIR", many="append", help="Another folder that commands may write to"),
    YOLO,
    KEY_FILE,
    STRICT,
)
SHELL = (
    *SESSION,
    Option(
        "-a",
        "--ask-for-approval",
        value="APPROVAL_POLICY",
        choices=("untrusted", "on-failure", "on-request", "never"),
        help="When to ask before a command runs",
    ),
    Option("--no-alt-screen", help="Stay in the terminal's own screen, so that what was said scrolls back"),
    Option("--no-init", help="Skip ~/.config/csm/init.py"),
    Option("--keymap", value="NAME", help="Start with this keymap"),
    Option("--theme", value="NAME", help="Start with this theme"),
)
RUN = (
    Option("--skip-git-repo-check", help="Run outside a git repository too"),
    Option("--ephemeral", help="Leave no session file"),
    Option("--output-schema", value="FILE", help="A JSON Schema that the final answer must fit"),
    Option("--json", hidden=("--experimental-json",), help="Print one JSON event a line"),
    Option("-o", "--output-last-message", value="FILE", help="Write the final answer to a file"),
)
COLOR = Option(
    "--color", value="COLOR", choices=("always", "never", "auto"), default="auto", help="Whether to colour stderr"
)
LAST = Option("--last", help="The newest session, without asking which")
ALL = Option("--all", help="Sessions of every folder, not only of this one")
PROMPT = Positional("PROMPT", "What to do first")
RUN_PROMPT = Positional("PROMPT", "What to do; `-` or nothing reads it from stdin, else stdin is added to it")
SESSION_ID = Positional("SESSION_ID", "The id or the name of a session")

RESUME_RUN = Command(
    "resume",
    "Go on with an earlier session",
    "csm.cli.exec:resume",
    options=(LAST, ALL, CONFIG, IMAGE, MODEL, YOLO, KEY_FILE, STRICT, *RUN, *SESSION[3:7], COLOR),
    positionals=(SESSION_ID, RUN_PROMPT),
)
EXEC = Command(
    "exec",
    "Run a turn without the shell, for scripts",
    "csm.cli.exec:run",
    options=(*SESSION, *RUN, COLOR),
    positionals=(RUN_PROMPT,),
    commands=(RESUME_RUN,),
    aliases=("e",),
)
RESUME = Command(
    "resume",
    "Open an earlier session in the shell",
    "csm.cli.shell:resume",
    options=(
        LAST,
        ALL,
        Option("--include-non-interactive", help="Sessions of exec too"),
        *SHELL,
    ),
    positionals=(SESSION_ID, PROMPT),
)
COMPLETION = Command(
    "completion",
    "Print a completion script for a shell",
    "csm.cli.completion:run",
    positionals=(Positional("SHELL", "Which shell; bash if left out", choices=("bash", "fish", "zsh")),),
)
HELP = Command(
    "help",
    "Show the help of a command",
    "csm.cli.usage:run",
    positionals=(Positional("COMMAND", "The command", rest=True),),
)
ROOT = Command(
    "csm",
    "A scriptable terminal shell for AI coding sessions",
    "csm.cli.shell:run",
    options=SHELL,
    positionals=(PROMPT,),
    commands=(EXEC, RESUME, COMPLETION, HELP),
)

#: Subcommands of bundled extensions, so that --help need not look for them; a test compares. `csm help` lists all.
ADDED = {"tutor": "Learn csm offline, in a scratch repository"}
