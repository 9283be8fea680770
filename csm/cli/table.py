"""Every command of csm's own with its options: the source of parsing, help, completion and docs.

Does not: run anything. `run` names the function that does, imported when the command is called.
"""

from __future__ import annotations

from csm.cli.arguments import Command, Option, Positional
from csm.cli.options import (
    ADD_DIR,
    ADD_SERVER,
    ALL,
    APPROVE,
    AT,
    BASIC,
    CD,
    COLOR,
    EPHEMERAL,
    FORCE,
    FORK_PROMPT,
    FORKED_ID,
    FULL_AUTO,
    HOOK_TRUST,
    IMAGE,
    JSON,
    KEPT,
    KEY_FILE,
    LAST,
    LISTED,
    LOCAL,
    LOG,
    LOGIN,
    MODEL,
    NON_INTERACTIVE,
    OSS,
    PROFILE,
    PROMPT,
    REVIEW_PROMPT,
    ROUNDS,
    RUN,
    RUN_PROMPT,
    SANDBOX,
    SCRIPT,
    SEARCH,
    SESSION,
    SESSION_ID,
    SHELL,
    STEP,
    STRICT,
    TARGETS,
    TIMEOUT,
    TRUST,
    WORKTREE,
    YOLO,
)
from csm.cli.table_log import FIXTURE, LOGS, REPLAY
from csm.cli.table_session import SESSIONS
from csm.cli.table_view import VIEW

_YOLO = "dangerously_bypass_approvals_and_sandbox"
_APART = (
    (_YOLO, "full_auto"),
    ("approve_for_me", _YOLO),
    ("approve_for_me", "sandbox"),
    ("approve_for_me", "ask_for_approval"),
)
_ONE_TARGET = ("uncommitted", "base", "commit", "prompt")
#: What goes on with a session, or beside one, takes too.
_AGAIN = (*BASIC, MODEL, YOLO, HOOK_TRUST, WORKTREE, KEY_FILE, STRICT, *RUN, PROFILE, SANDBOX, CD, ADD_DIR, COLOR)

RESUME_RUN = Command(
    "resume",
    "Go on with an earlier session",
    "csm.cli.exec:resume",
    options=(LAST, ALL, IMAGE, *_AGAIN),
    positionals=(SESSION_ID, RUN_PROMPT),
    silent=(FULL_AUTO,),
    carried=(SEARCH, APPROVE),
    apart=_APART,
)
FORK_RUN = Command(
    "fork",
    "Go on with a copy of an earlier session",
    "csm.cli.exec:fork",
    options=(IMAGE, *_AGAIN),
    positionals=(FORKED_ID, FORK_PROMPT),
    carried=(SEARCH, APPROVE),
    apart=_APART,
)
REVIEW_RUN = Command(
    "review",
    "Review changes of code without the shell",
    "csm.cli.exec:review",
    options=(*TARGETS, *_AGAIN),
    positionals=(REVIEW_PROMPT,),
    silent=(FULL_AUTO,),
    carried=(SEARCH, APPROVE),
    apart=(_ONE_TARGET, *_APART),
    needs=(("title", "commit"),),
)
EXEC = Command(
    "exec",
    "Run a turn without the shell, for scripts",
    "csm.cli.exec:run",
    options=(*SESSION, *RUN, COLOR),
    positionals=(RUN_PROMPT,),
    commands=(RESUME_RUN, FORK_RUN, REVIEW_RUN),
    aliases=("e",),
    silent=(FULL_AUTO,),
    carried=(SEARCH,),
    apart=_APART,
)
REVIEW = Command(
    "review",
    "Review changes of code: `exec review` for people",
    "csm.cli.exec:review",
    options=(*TARGETS, *BASIC, MODEL, PROFILE, SANDBOX, CD, KEY_FILE, STRICT, TRUST),
    positionals=(REVIEW_PROMPT,),
    apart=(_ONE_TARGET,),
    needs=(("title", "commit"),),
)
RESUME = Command(
    "resume",
    "Open an earlier session in the shell",
    "csm.cli.shell:resume",
    options=(
        LAST,
        ALL,
        NON_INTERACTIVE,
        LISTED,
        *SHELL,
    ),
    positionals=(SESSION_ID, PROMPT),
    silent=(FULL_AUTO,),
    apart=_APART,
)
FORK = Command(
    "fork",
    "Open a copy of an earlier session in the shell",
    "csm.cli.shell:fork",
    options=(LAST, ALL, NON_INTERACTIVE, AT, LISTED, *SHELL),
    positionals=(SESSION_ID, PROMPT),
    silent=(FULL_AUTO,),
    apart=_APART,
)
#: What Codex takes here too, though a model is not asked.
_UNUSED = tuple(option for option in SESSION if option not in (*BASIC, PROFILE, CD, STRICT))
_KEEPING = (*BASIC, PROFILE, CD, STRICT)
ARCHIVE = Command(
    "archive",
    "Put a session away: it is kept, and listed no more",
    "csm.cli.keeping:archive",
    options=_KEEPING,
    positionals=(KEPT,),
    silent=_UNUSED,
)
UNARCHIVE = Command(
    "unarchive",
    "Bring an archived session back",
    "csm.cli.keeping:unarchive",
    options=_KEEPING,
    positionals=(KEPT,),
    silent=_UNUSED,
)
DELETE = Command(
    "delete",
    "Delete a session for good, and the agents it began",
    "csm.cli.keeping:delete",
    options=(FORCE, *_KEEPING),
    positionals=(KEPT,),
    silent=_UNUSED,
)
FEATURE = Positional("FEATURE", "The feature's name, as `csm features list` shows it", required=True)
FEATURES = Command(
    "features",
    "Show and switch features by name",
    commands=(
        Command(
            "list", "List every feature with its stage and whether it is on", "csm.cli.features:show", options=BASIC
        ),
        Command("enable", "Switch a feature on in config.toml", "csm.cli.features:enable", positionals=(FEATURE,)),
        Command("disable", "Switch a feature off in config.toml", "csm.cli.features:disable", positionals=(FEATURE,)),
    ),
)
_ASKS = (*BASIC, MODEL, OSS, LOCAL, PROFILE, CD, KEY_FILE, STRICT, JSON)
_RUNS = (*_ASKS, SANDBOX, ADD_DIR, YOLO)
_ASKED = (Positional("PROMPT", "What to ask; `-` or nothing reads it from stdin, else stdin is added to it"),)
MODELS = Command(
    "model",
    "Ask a model once and measure it: no session is kept",
    commands=(
        Command(
            "stream-summary",
            "Stream one response to a bare request, and print counts, bytes, times and the text",
            "csm.cli.model:stream_summary",
            options=_ASKS,
            positionals=_ASKED,
        ),
        Command(
            "stream-to-log",
            "Stream one response, and write each of its events as a line of JSON",
            "csm.cli.model:stream_to_log",
            options=(LOG, *_ASKS),
            positionals=_ASKED,
        ),
        Command(
            "run-turn",
            "Do one turn without tools, and print its result",
            "csm.cli.model:run_turn",
            options=_RUNS,
            positionals=_ASKED,
        ),
        Command(
            "run-tool-turn",
            "Do one turn with tools: what the model calls is run, and told",
            "csm.cli.model:run_tool_turn",
            options=(*ROUNDS, *_RUNS),
            positionals=_ASKED,
        ),
    ),
)
_STEPPED = (STEP, SCRIPT, TIMEOUT, *BASIC, SANDBOX, ADD_DIR, YOLO, CD, STRICT, JSON)
_COMMAND = (Positional("COMMAND", "A command line for the shell", required=True),)
TOOLS = Command(
    "tool",
    "Run a tool of the model's by hand, in its sandbox, without a model",
    commands=(
        Command(
            "shell",
            "Run a command as exec_command does, and print what the model would read",
            "csm.cli.tool:shell",
            options=_STEPPED,
            positionals=_COMMAND,
        ),
        Command(
            "pty",
            "The same in a terminal, typed into step by step",
            "csm.cli.tool:pty",
            options=_STEPPED,
            positionals=_COMMAND,
        ),
        Command(
            "pty-live",
            "The same, with its output as it comes",
            "csm.cli.tool:pty_live",
            options=_STEPPED,
            positionals=_COMMAND,
        ),
    ),
)
_SERVER = Positional("NAME", "Name of the server", required=True)
_REGISTRATION = Option(
    "--oauth-client-registration",
    value="AUTO|CIMD|DCR",
    choices=("auto", "cimd", "dcr"),
    help="How a client is registered for a login; csm registers one by itself, whatever is said",
)
SERVERS = Command(
    "mcp",
    "List, add and remove MCP servers, and log in at them",
    options=BASIC,
    commands=(
        Command("list", "List every server of the settings", "csm.cli.mcp:show_all", options=(JSON, *BASIC)),
        Command("get", "Show one server", "csm.cli.mcp:show", options=(JSON, *BASIC), positionals=(_SERVER,)),
        Command(
            "add",
            "Add a server to config.toml: a program, or an address",
            "csm.cli.mcp:add",
            options=(*ADD_SERVER, _REGISTRATION, *BASIC),
            positionals=(_SERVER, Positional("COMMAND", "The program with its arguments, after `--`", rest=True)),
        ),
        Command(
            "remove",
            "Take a server out of config.toml",
            "csm.cli.mcp:remove",
            options=BASIC,
            positionals=(_SERVER,),
        ),
        Command(
            "login",
            "Log in at a server, in the browser",
            "csm.cli.mcp:login",
            options=(*LOGIN, _REGISTRATION, *BASIC),
            positionals=(_SERVER,),
        ),
        Command(
            "logout",
            "Forget the login at a server",
            "csm.cli.mcp:logout",
            options=BASIC,
            positionals=(_SERVER,),
        ),
    ),
)
DOCTOR = Command(
    "doctor",
    "Check that everything csm needs is there, and what went wrong of late",
    "csm.cli.doctor:run",
    options=(
        Option("--json", help="Print the report as JSON, without secrets"),
        Option("--summary", help="Leave out the details"),
        Option("--all", help="Cut no list short"),
        Option("--network-only", help="Check the network alone"),
        Option("--no-color", help="Print without colours"),
        Option("--ascii", help="Print ASCII alone"),
        *BASIC,
    ),
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
    commands=(
        EXEC,
        REVIEW,
        RESUME,
        FORK,
        ARCHIVE,
        UNARCHIVE,
        DELETE,
        SESSIONS,
        MODELS,
        TOOLS,
        SERVERS,
        FEATURES,
        LOGS,
        REPLAY,
        FIXTURE,
        VIEW,
        DOCTOR,
        COMPLETION,
        HELP,
    ),
    silent=(FULL_AUTO, EPHEMERAL),
    apart=_APART,
)

#: Subcommands of bundled extensions, so that --help need not look for them; a test compares. `csm help` lists all.
ADDED = {
    "execpolicy": "Check rule files against a command",
    "extension": "List and check extensions",
    "keymap": "List, show and check keymaps",
    "theme": "List, show and check themes",
    "tutor": "Learn csm offline, in a scratch repository",
}
