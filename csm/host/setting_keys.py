"""Which settings csm reads, what they may hold, and what they mean: one table for checks and docs.

A name is a dotted path; `*` stands for any one name. `kind` is `string integer boolean strings string-map table`,
`any`, or the allowed words joined by `|`.

Does not: read files or know where a value stood in one (`csm.host.layers`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from csm.host import look_keys, manner_keys


class SettingKey(NamedTuple):
    """A setting: dotted name, kind, default as a person would write it, one line of help."""

    name: str
    kind: str
    default: str
    help: str


SUMMARIES = "auto|concise|detailed|none"
KEYS = tuple(
    SettingKey(*row)
    for row in (
        ("model", "string", '"gpt-5.5"', "The model asked."),
        ("model_provider", "string", '"openai"', "Which provider of `model_providers` (or of an extension) serves it."),
        ("model_context_window", "integer", "by model", "Tokens that fit in one request."),
        (
            "model_auto_compact_token_limit",
            "integer",
            "by model",
            "Summarise the history when a response reports this many tokens; at most 90 % of the window.",
        ),
        (
            "model_auto_compact_token_limit_scope",
            "total|body_after_prefix",
            '"total"',
            "What that counts: everything, or what came after the first request since the last summary.",
        ),
        ("compact_prompt", "string", "", "What to ask for a summary with, in place of csm's own words."),
        ("model_catalog_json", "string", "", "A file of models in place of csm's table, as `debug models` prints it."),
        ("model_reasoning_effort", "string", "by model", "How hard the model thinks: `low`, `medium`, `high`, ..."),
        ("model_reasoning_summary", SUMMARIES, '"auto"', "Summaries of the model's thinking."),
        ("model_verbosity", "low|medium|high", "by model", "How much the model writes."),
        ("model_instructions_file", "string", "", "A file whose text takes the place of csm's base instructions."),
        ("service_tier", "string", "", "Service tier to ask for."),
        ("developer_instructions", "string", "", "Text added to every session as a developer message."),
        ("openai_base_url", "string", "", "Base URL of the built-in provider `openai`."),
        ("oss_provider", "string", "", "The local provider that `--oss` means: `ollama` or `lmstudio`."),
        (
            "approval_policy",
            "any",
            "by trust",
            "When to ask: `untrusted`, `on-failure`, `on-request`, `never`, or a table `granular` that says what may"
            " be asked: `sandbox_approval`, `rules`, `mcp_elicitations`, `skill_approval`, `request_permissions`.",
        ),
        (
            "approvals_reviewer",
            "user|auto_review|guardian_subagent",
            '"user"',
            "Who answers approvals: you, or a reviewing model in your place (the last two are one).",
        ),
        ("auto_review.policy", "string", "", "What the reviewing model is to go by beside csm's own words."),
        ("sandbox_mode", "read-only|workspace-write|danger-full-access", "by trust", "What commands may touch."),
        ("sandbox_workspace_write", "table", "", "Details of `workspace-write`."),
        ("sandbox_workspace_write.writable_roots", "strings", "[]", "More folders that may be written."),
        ("sandbox_workspace_write.network_access", "boolean", "false", "Whether commands reach the network."),
        ("sandbox_workspace_write.exclude_tmpdir_env_var", "boolean", "false", "Keep $TMPDIR read-only."),
        ("sandbox_workspace_write.exclude_slash_tmp", "boolean", "false", "Keep /tmp read-only."),
        ("projects", "table", "", "Folders and whether they are trusted."),
        ("projects.*", "table", "", "One folder, by absolute path."),
        ("projects.*.trust_level", "trusted|untrusted", "", "Trusted folders may configure and extend csm."),
        ("project_root_markers", "strings", '[".git"]', "Names that mark the root of a project."),
        ("project_doc_max_bytes", "integer", "32768", "How much of AGENTS.md files is read, together."),
        ("project_doc_fallback_filenames", "strings", "[]", "Names tried where there is no AGENTS.md."),
        ("tool_output_token_limit", "integer", "10000", "Tokens of a tool's output that the model reads."),
        ("background_terminal_max_timeout", "integer", "300000", "Milliseconds that one wait for a command may take."),
        ("allow_login_shell", "boolean", "true", "Whether commands run in a login shell, unless the model says not."),
        ("shell_environment_policy", "table", "", "What environment commands get."),
        ("shell_environment_policy.inherit", "core|all|none", '"all"', "Which variables to begin with."),
        ("shell_environment_policy.ignore_default_excludes", "boolean", "false", "Keep names with KEY, SECRET, TOKEN."),
        ("shell_environment_policy.exclude", "strings", "[]", "Patterns of names to leave out."),
        ("shell_environment_policy.include_only", "strings", "[]", "Patterns of names to keep, if any are given."),
        ("shell_environment_policy.set", "string-map", "{}", "Variables to add."),
        ("history", "table", "", "The list of prompts typed."),
        ("history.persistence", "save-all|none", '"save-all"', "Whether prompts are remembered."),
        ("history.max_bytes", "integer", "", "How large the list may grow. Not used yet."),
        ("hide_agent_reasoning", "boolean", "false", "Do not show summaries of thinking."),
        ("show_raw_agent_reasoning", "boolean", "false", "Show raw thinking where a model gives it. Not used yet."),
        ("notify", "strings", "[]", "A program run after each turn, with one JSON argument."),
        ("agents", "table", "", "Agents that the model may begin, and their roles."),
        ("agents.enabled", "boolean", "true", "Whether the model has agents."),
        ("agents.max_threads", "integer", "6", "How many agents may be open at a time."),
        ("agents.max_concurrent_threads_per_session", "integer", "6", "The same, by its newer name."),
        ("agents.max_depth", "integer", "1", "How deep agents may begin agents: 1 lets only your own thread do it."),
        ("agents.interrupt_message", "boolean", "true", "Whether the model reads that a turn was stopped."),
        ("agents.job_max_runtime_seconds", "integer", "", "Seconds for jobs over tables, which csm has not."),
        ("agents.*", "any", "", "A role, by name."),
        ("agents.*.description", "string", "", "What the role is for; the model reads it."),
        ("agents.*.config_file", "string", "", "A file with the role's settings, from this file's folder on."),
        ("agents.*.nickname_candidates", "strings", "csm's own", "Names for agents of the role."),
        ("features", "table", "", "Features switched on or off by name; `csm features list` shows them."),
        ("features.*", "any", "", "One feature: true or false."),
        ("web_search", "disabled|cached|indexed|live", '"cached"', "Searching the web: not at all, or how fresh."),
        ("tools", "table", "", "Details of tools."),
        ("tools.web_search", "any", "", "Details of the web search, as a table."),
        ("tools.web_search.context_size", "low|medium|high", "", "How much of what is found the model reads."),
        ("tools.web_search.allowed_domains", "strings", "", "Search these domains alone."),
        ("tools.web_search.location", "table", "", "Where the searcher is, roughly."),
        ("tools.web_search.location.country", "string", "", "Two letters, as `DE`."),
        ("tools.web_search.location.region", "string", "", "State or region."),
        ("tools.web_search.location.city", "string", "", "City."),
        ("tools.web_search.location.timezone", "string", "", "As `Europe/Berlin`."),
        ("tools.update_plan", "table", "", "The tool by which the model shows its plan."),
        ("tools.update_plan.enabled", "boolean", "true", "Whether the model has it."),
        ("tools.experimental_request_user_input", "table", "", "The tool by which the model asks questions."),
        ("tools.experimental_request_user_input.enabled", "boolean", "true", "Whether the model has it."),
        ("hooks", "table", "", "Commands run at events."),
        ("hooks.*", "any", "", "Groups of hooks of an event, by its name (see [hooks](hooks.md#command-hooks))."),
        ("hooks.state.*.trusted_hash", "string", "", "What a hook was like when you trusted it, by its key."),
        ("hooks.state.*.enabled", "boolean", "true", "Whether a hook runs at all."),
        ("goals", "table", "", "Goals of threads."),
        (
            "goals.max_turns",
            "integer",
            "100",
            "How many turns a thread goes on with its goal by itself before it rests.",
        ),
        ("goals.max_goal_token_budget", "integer", "", "The most tokens a goal may use; it is every goal's budget."),
        ("profile", "string", "", "The table of `profiles` to use when -p is not given."),
        ("profiles", "table", "", "Named groups of settings."),
        ("profiles.*", "table", "", "The settings of one profile."),
        ("model_providers", "table", "", "Servers that speak the Responses API."),
        ("model_providers.*", "table", "", "One server; the ids `openai`, `ollama`, `lmstudio` are taken."),
        ("model_providers.*.name", "string", "the id", "Name shown."),
        ("model_providers.*.base_url", "string", "", "URL up to and without `/responses`."),
        ("model_providers.*.wire_api", "responses", '"responses"', "The protocol."),
        ("model_providers.*.env_key", "string", "", "The environment variable that holds the key."),
        ("model_providers.*.env_key_instructions", "string", "", "Where to get a key; shown when it is missing."),
        ("model_providers.*.experimental_bearer_token", "string", "", "The key itself. Prefer `env_key`."),
        ("model_providers.*.http_headers", "string-map", "{}", "Headers sent with every request."),
        ("model_providers.*.env_http_headers", "string-map", "{}", "Headers whose values are environment variables."),
        ("model_providers.*.query_params", "string-map", "{}", "Added to the URL's query."),
        ("model_providers.*.request_max_retries", "integer", "4", "Tries after a failed request."),
        ("model_providers.*.stream_max_retries", "integer", "5", "Tries after a broken stream."),
        ("model_providers.*.stream_idle_timeout_ms", "integer", "300000", "Silence that breaks a stream."),
        ("model_providers.*.requires_openai_auth", "boolean", "false", "Use the keys of the provider `openai`."),
        ("tui", "table", "", "How Codex's terminal interface looks; csm reads of it what follows."),
        (
            "tui.notifications",
            "any",
            "true",
            "Whether to notify; or of what: a list of `agent-turn-complete`, `approval-requested`, `async-question`.",
        ),
        (
            "tui.notification_method",
            "auto|osc9|bel",
            '"auto"',
            "How the terminal is told: a text (OSC 9), or the bell.",
        ),
        ("tui.notification_condition", "unfocused|always", '"unfocused"', "Also where the terminal has the focus."),
        ("tui.vim_mode_default", "boolean", "false", "Begin with the keymap `vim`, where `csm.keymap` names none."),
        ("tui.keymap", "table", "", "Codex's keys: an action of a context to a key, or a list of them."),
        ("tui.status_line", "strings", "csm's own", "The parts of the status line, by Codex's names for them."),
        ("tui.terminal_title", "strings", "csm's own", "The parts of the terminal's title."),
        ("csm", "table", "", "csm's own settings, from `~/.config/csm/settings.toml` where they stand without `csm.`."),
        ("csm.collaboration", "default|plan", '"default"', "The mode that new threads begin in; `exec` has no other."),
        ("csm.keymap", "string", '"codex"', "The keymap: a name, as of a file in `keymaps/`."),
        ("csm.mouse", "boolean", "true", "Whether the shell takes the mouse; the terminal selects text otherwise."),
        (
            "csm.previous_response_id",
            "boolean",
            "false",
            "Send only what is new, on top of the response before; the server must keep responses.",
        ),
        (
            "mcp_servers.*",
            "table",
            "",
            "A server whose tools the model may call: `command`, `args`, `env`, `env_vars`, `cwd`, or `url`,"
            " `bearer_token_env_var`, `http_headers`, `env_http_headers`; `enabled`, `required`, time limits, lists of"
            " tools and approval modes for both (see [MCP servers](mcp.md)).",
        ),
        (
            "mcp_optional_startup_grace_ms",
            "integer",
            "1000",
            "Milliseconds that a turn waits for servers which are still starting; their tools join later.",
        ),
        ("mcp_oauth_callback_port", "integer", "any", "The port on this machine to which a login comes back."),
        ("mcp_oauth_callback_url", "string", "", "The address under which browsers reach that port, if it is another."),
        (
            "csm.extensions_may_approve",
            "boolean",
            "command hooks only",
            "Whether extensions may say yes in your place; command hooks that you trust may unless it is false.",
        ),
        (
            "skills.bundled.enabled",
            "boolean",
            "true",
            "Whether the skills in `skills/.system` of the Codex home count.",
        ),
        ("skills.config", "tables", "", "Skills by `name` or `path`, each `enabled` or not."),
        ("skills.include_instructions", "boolean", "true", "Whether the model is told which skills there are."),
        (
            "csm.clipboard",
            "string",
            '"auto"',
            "How texts are copied: `auto` (through the terminal, and a clipboard program where one works), `osc52`"
            " (through the terminal alone), `command` (a program alone) or `off`.",
        ),
        (
            "csm.watch_files",
            "boolean",
            "true",
            "Whether the shell takes up changed keys, themes, scripts and settings.",
        ),
        *look_keys.KEYS,
        *manner_keys.KEYS,
    )
)

#: Settings of Codex that csm keeps and does not read yet. --strict-config accepts them.
KNOWN = frozenset(
    """
    allow_symlinked_codex_home analytics apps audio
    browser_use chatgpt_base_url check_for_update_on_startup
    cli_auth_credentials_store cloud computer_use debug default_permissions desktop disable_paste_burst
    feedback file_opener forced_chatgpt_workspace_id forced_login_method ghost_snapshot
    include_apps_instructions include_collaboration_mode_instructions include_environment_context
    include_environment_context_time include_permissions_instructions instructions marketplaces
    mcp_enterprise_managed_auth mcp_oauth_credentials_store memories
    model_post_turn_compact_threshold_percent model_supports_reasoning_summaries notice orchestrator otel permissions
    personality plan_mode_reasoning_effort plugins realtime responses_api_metadata review_model sqlite_home
    suppress_unstable_features_warning thread_unload_delay_secs tool_suggest windows zsh_path
    """.split()
)

#: What a project's own file may not decide: where requests and keys go, what runs outside the sandbox, who is trusted.
MACHINE = frozenset(
    """
    approvals_reviewer auto_review chatgpt_base_url csm experimental_realtime_ws_base_url model_provider
    model_providers notify openai_base_url oss_provider otel profile profiles projects
    """.split()
)

#: Values of `approvals_reviewer` that stand for a model.
REVIEWERS = ("auto_review", "guardian_subagent")
_POLICIES = ("untrusted", "on-failure", "on-request", "granular", "never")
#: Fields of a granular policy: those it must have, and those it may.
_ASKED = ("sandbox_approval", "rules", "mcp_elicitations")
_ASKED_TOO = ("skill_approval", "request_permissions")
_TYPES = ((bool, "a boolean"), (int, "an integer"), (float, "a number"), (str, "a string"), (list, "an array"))


def problems(values: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], str]]:
    """`(path, what is wrong)` for each value of a wrong type or outside its words."""
    for key in KEYS:
        for path, value in _matches(values, tuple(key.name.split(".")), ()):
            fault = _fault(value, key)
            if fault:
                yield path, fault


def unknown(values: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    """The paths of settings that neither csm nor Codex knows, by first names and by providers' names."""
    known = {key.name.split(".")[0] for key in KEYS} | KNOWN
    for name in values:
        if name not in known and not name.startswith("experimental_"):
            yield (name,)
    yield from _unknown_below(values, "sandbox_workspace_write", 1)
    yield from _unknown_below(values, "history", 1)
    yield from _unknown_below(values, "csm", 1)
    yield from _unknown_features(values.get("features"))


def _unknown_features(table: Any) -> Iterator[tuple[str, ...]]:
    if isinstance(table, dict) and table:
        from csm.host import features

        known = {*features.known(), *features.FORMER.values()}
        yield from (("features", name) for name in table if name not in known)


def _unknown_below(values: dict[str, Any], table: str, depth: int) -> Iterator[tuple[str, ...]]:
    known = {key.name.split(".")[depth] for key in KEYS if key.name.startswith(table + ".")}
    inner = values.get(table)
    for name, value in inner.items() if isinstance(inner, dict) else ():
        # A table of csm's own settings belongs to an extension, which says what may stand there.
        if name not in known and not (table == "csm" and isinstance(value, dict)):
            yield (table, name)


def _matches(value: Any, names: tuple[str, ...], path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if not names:
        yield path, value
        return
    if not isinstance(value, dict):
        return
    for name in value if names[0] == "*" else (names[0],):
        if name in value:
            yield from _matches(value[name], names[1:], (*path, name))


def _fault(value: Any, key: SettingKey) -> str | None:
    kind = key.kind
    if key.name == "approval_policy":
        granular = isinstance(value, dict) and list(value) == ["granular"]
        return _fault_granular(value["granular"]) if granular else _not_one_of(value, _POLICIES)
    if "|" in kind or kind == "responses":
        return _not_one_of(value, tuple(kind.split("|")))
    if key.name in _AT_LEAST_ONE and value == 0:
        return "must be at least 1"
    if key.name == "model" and isinstance(value, str) and not value.strip():
        return "must name a model"
    if kind == "any" or _fits(value, kind):
        return None
    return f"expected {_WANTED[kind]}, got {_got(value)}"


_AT_LEAST_ONE = ("agents.max_threads", "agents.max_concurrent_threads_per_session")


def _fault_granular(table: Any) -> str | None:
    if not isinstance(table, dict):
        return f"expected a table, got {_got(table)}"
    for name in _ASKED:
        if name not in table:
            return f"missing field `{name}`"
    strange = [name for name in table if name not in (*_ASKED, *_ASKED_TOO)]
    if strange:
        return f"unknown field `{strange[0]}`"
    wrong = next((value for value in table.values() if not isinstance(value, bool)), None)
    return None if wrong is None else f"expected true or false, got {_got(wrong)}"


_WANTED = {
    "string": "a string",
    "integer": "a whole number, not negative",
    "boolean": "true or false",
    "strings": "an array of strings",
    "string-map": "a table of strings",
    "table": "a table",
    "tables": "an array of tables",
}


def _fits(value: Any, kind: str) -> bool:
    if kind == "integer":
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0
    if kind == "strings":
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    if kind == "string-map":
        return isinstance(value, dict) and all(isinstance(one, str) for one in value.values())
    if kind == "tables":
        return isinstance(value, list) and all(isinstance(one, dict) for one in value)
    return isinstance(value, {"string": str, "boolean": bool, "table": dict}[kind])


def _not_one_of(value: Any, words: tuple[str, ...]) -> str | None:
    if value in words:
        return None
    listed = " or ".join(f"`{word}`" for word in words)
    if len(words) > 2:
        listed = "one of " + ", ".join(f"`{word}`" for word in words)
    if isinstance(value, str):
        return f"unknown variant `{value}`, expected {listed}"
    return f"expected {listed}, got {_got(value)}"


def _got(value: Any) -> str:
    if isinstance(value, dict):
        return "a table"
    name = next((name for kind, name in _TYPES if isinstance(value, kind)), "a date")
    return f"{name}: `{str(value).lower() if isinstance(value, bool) else value}`"
