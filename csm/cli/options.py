"""Every option of csm's own commands: names, values and help, shared by the commands of `csm.cli.table`.

Does not: say which command takes which, or what an option does.
"""

from __future__ import annotations

from csm.cli.arguments import Option, Positional

CONFIG = Option(
    "-c",
    "--config",
    value="key=value",
    many="append",
    help="Set one setting for this run: a dotted key, and a TOML value or plain text",
)
ENABLE = Option("--enable", value="FEATURE", many="append", help="Switch a feature on for this run")
DISABLE = Option("--disable", value="FEATURE", many="append", help="Switch a feature off for this run")
STRICT = Option("--strict-config", help="Refuse settings that nobody knows")
#: What every command takes that reads settings.
BASIC = (CONFIG, ENABLE, DISABLE)

IMAGE = Option("-i", "--image", value="FILE", many="list", help="Images to send with the prompt")
MODEL = Option("-m", "--model", value="MODEL", help="The model to ask")
PROFILE = Option(
    "-p",
    "--profile",
    value="NAME",
    hidden=("--profile-v2",),
    help="Use $CODEX_HOME/NAME.config.toml, else [profiles.NAME]",
)
SANDBOX = Option(
    "-s",
    "--sandbox",
    value="SANDBOX_MODE",
    choices=("read-only", "workspace-write", "danger-full-access"),
    help="What the commands of the model may touch",
)
#: Of an older Codex; taken, and left out of help.
FULL_AUTO = Option("--full-auto", help="As --sandbox workspace-write")
APPROVE = Option("--approve-for-me", help="Let a reviewing model answer approvals, in the sandbox workspace-write")
YOLO = Option(
    "--dangerously-bypass-approvals-and-sandbox",
    hidden=("--yolo",),
    help="Run every command unasked and outside any sandbox. For machines that are a sandbox themselves",
)
HOOK_TRUST = Option("--dangerously-bypass-hook-trust", help="Run configured hooks that nobody has looked at yet")
CD = Option("-C", "--cd", value="DIR", help="Work in this folder")
WORKTREE = Option("--worktree", help="Work in a new git work tree, beside the repository's own")
ADD_DIR = Option("--add-dir", value="DIR", many="append", help="Another folder that commands may write to")
KEY_FILE = Option("--api-key-file", value="FILE", help="Read the API key from a file, whatever else is set")
OSS = Option("--oss", help="Ask a model on this machine: Ollama or LM Studio")
LOCAL = Option("--local-provider", value="OSS_PROVIDER", help="Which one --oss means: lmstudio or ollama")
SESSION = (
    *BASIC,
    IMAGE,
    MODEL,
    OSS,
    LOCAL,
    PROFILE,
    SANDBOX,
    APPROVE,
    YOLO,
    HOOK_TRUST,
    CD,
    WORKTREE,
    ADD_DIR,
    KEY_FILE,
    STRICT,
)
#: Of the top command; holds for exec too, where it stands before it.
SEARCH = Option("--search", help="Let the model search the web")
NO_INIT = Option("--no-init", help="Skip ~/.config/csm/init.py")
CLEAN = Option("--clean", help="Start without anything of ~/.config/csm, of a project's .csm, and of pip packages")
SHELL = (
    *SESSION,
    Option(
        "-a",
        "--ask-for-approval",
        value="APPROVAL_POLICY",
        choices=("untrusted", "on-failure", "on-request", "never"),
        help="When to ask before a command runs",
    ),
    SEARCH,
    Option("--no-alt-screen", help="Stay in the terminal's own screen, so that what was said scrolls back"),
    Option("--plain", help="Plain lines and nothing that moves, for screen readers; as with TERM=dumb"),
    NO_INIT,
    CLEAN,
    Option("--keymap", value="NAME", help="Start with this keymap"),
    Option("--theme", value="NAME", help="Start with this theme"),
)
TRUST = Option("--trust", help="Trust this folder from now on, in config.toml")
EPHEMERAL = Option("--ephemeral", help="Leave no session file")
RUN = (
    Option("--thread-source", value="SOURCE", help="A word kept in the session file: what started this run"),
    Option(
        "--cyber-access-program",
        value="PROGRAM",
        choices=("standard", "daybreak_blue", "daybreak_red"),
        help="Taken for scripts of Codex; means nothing here",
    ),
    Option("--skip-git-repo-check", help="Run outside a git repository too"),
    TRUST,
    EPHEMERAL,
    Option("--ignore-user-config", help="Leave $CODEX_HOME/config.toml unread; keys are still found there"),
    Option("--ignore-rules", help="Leave .rules files unread, the user's and the project's"),
    Option("--output-schema", value="FILE", help="A JSON Schema that the final answer must fit"),
    Option("--json", hidden=("--experimental-json",), help="Print one JSON event a line"),
    Option("-o", "--output-last-message", value="FILE", help="Write the final answer to a file"),
)
JSON = Option("--json", help="Print one JSON object")
LOG = Option("--log", "-o", value="FILE", help="Where the events go; a file that is there is replaced")
OUT = Option("-o", "--out", value="FILE", help="Where the copy goes; beside the original if left out")
FIXTURE_LOG = (
    Option("--events", value="N", help="How many lines", default="1000"),
    Option("--seed", value="S", help="Another seed, another log", default="0"),
    Option("--shape", value="SHAPE", choices=("paginated", "legacy"), help="As 0.169 or as 0.132 writes"),
    Option("--compact-every", value="N", help="Lines between two compactions; 0 for none", default="2000"),
    Option("-o", "--out", value="FILE", help="Where it goes; stdout if left out"),
)
ROUNDS = (
    Option("--max-tool-rounds", value="N", help="With --continue-after-tools: rounds of tool calls at the most"),
    Option("--continue-after-tools", help="Give the model what its tools answered, until it calls none"),
)
STEP = Option(
    "--step",
    value="STEP",
    many="append",
    help="What to do next while it runs: `send TEXT`, `key C-c`, `wait TEXT`, `pause MS` (\\n, \\t, \\e in TEXT)",
)
SCRIPT = Option("--script", value="FILE", help="Steps from a file, one a line, before those of --step")
TIMEOUT = Option("--timeout", value="SECONDS", help="End the command after this time")
COLOR = Option(
    "--color", value="COLOR", choices=("always", "never", "auto"), default="auto", help="Whether to colour stderr"
)
LAST = Option("--last", help="The newest session, without asking which")
LISTED = Option("--json", help="Open no shell: print sessions, or the one that is meant, as one JSON object")
AT = Option("--at", value="TURN", help="Copy up to this turn and no further: its number from 1, or its id")
FORCE = Option("--force", help="Do not ask; for ids only")
ALL = Option("--all", help="Sessions of every folder, not only of this one")
NON_INTERACTIVE = Option("--include-non-interactive", help="Sessions of exec too")
TARGETS = (
    Option("--uncommitted", help="Review what is not committed: staged, unstaged and new files"),
    Option("--base", value="BRANCH", help="Review what this branch adds to another"),
    Option("--commit", value="SHA", help="Review one commit"),
    Option("--title", value="TITLE", help="The commit's title, to name it by"),
)

PROMPT = Positional("PROMPT", "What to do first")
RUN_PROMPT = Positional("PROMPT", "What to do; `-` or nothing reads it from stdin, else stdin is added to it")
FORK_PROMPT = Positional("PROMPT", "What to do; `-` reads it from stdin, nothing only makes the copy")
REVIEW_PROMPT = Positional("PROMPT", "What to review and how, in your words; `-` reads it from stdin")
SESSION_ID = Positional("SESSION_ID", "The id or the name of a session")
KEPT = Positional("SESSION", "The id or the name of a session", required=True)
FORKED_ID = Positional("SESSION_ID", "The id or the name of the session to copy", required=True)

#: Of `mcp add`: of a program, and of an address.
ADD_SERVER = (
    Option("--env", value="KEY=VALUE", many="append", help="A variable to start the program with"),
    Option("--url", value="URL", help="The address of a server that is reached by HTTP"),
    Option("--bearer-token-env-var", value="ENV_VAR", help="The variable that holds the server's token"),
    Option("--oauth-client-id", value="CLIENT_ID", help="A client that is registered already, for logins"),
    Option("--oauth-client-secret", value="CLIENT_SECRET", help="Refused: only public clients can be used"),
    Option("--oauth-resource", value="RESOURCE", help="What a login says that its token is for"),
)
LOGIN = (
    Option("--no-browser", help="Only print the address to open"),
    Option("--scopes", value="SCOPE,SCOPE", help="What to ask leave for, in place of what the server says"),
)
