"""The settings in force: what the layers say, as typed values.

Low to high: defaults, `/etc/codex/config.toml`, `$CODEX_HOME/config.toml` with `~/.config/csm/settings.toml` beside it
(below `csm.`), the profile, `.codex/config.toml` of a trusted project from its root down to the working directory, and
the overrides (-c and flags).

Does not: read and stack layers (`csm.host.setting_layers`), write settings, ask for trust, or read keys
(`csm.host.credentials`).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from csm.host import layers, requirements, setting_keys, setting_layers, trust
from csm.host.diagnostics import LEVELS
from csm.host.layers import Layer
from csm.host.provider_settings import ProviderSettings as ProviderSettings
from csm.host.provider_settings import providers
from csm.host.requirements import Requirements
from csm.host.setting_layers import check as check
from csm.host.setting_places import NOWHERE, SYSTEM, codex_home, config_dir, state_dir
from csm.protocol.errors import SettingError
from csm.protocol.tools import ApprovalPolicy, Collaboration, SandboxPolicy


class Granular(msgspec.Struct, frozen=True):
    """What may be asked where `approval_policy` is a table: all else is declined unasked."""

    sandbox_approval: bool
    rules: bool
    mcp_elicitations: bool
    skill_approval: bool = False
    request_permissions: bool = False

    def allows(self, kind: str, *, by_rule: bool = False) -> bool:
        """Whether a question of this kind (`command`, `patch`, `tool`) may be asked. `by_rule`: a rule has it asked."""
        if by_rule:
            return self.rules
        return self.mcp_elicitations if kind == "tool" else self.sandbox_approval


class Skipped(msgspec.Struct, frozen=True):
    """What the command line has left out of account: --ignore-user-config, --ignore-rules, and the trust of hooks.

    `own` is --clean: all that the user or a project has of csm's own: settings, `init.py`, extensions, keymaps, themes.
    """

    own: bool = False
    user_config: bool = False
    rules: bool = False
    hook_trust: bool = False


class Settings(msgspec.Struct, frozen=True):
    """What csm does, for one working directory.

    `trusted` is None where the user has not said. `raw` is the merged configuration as nested tables (csm's own
    settings below `csm`), `unknown` the dotted names in it that nobody knows. `warnings` are lines for the user.
    `granular` narrows the approval policy `on-request`.
    """

    cwd: Path
    codex_home: Path
    config_dir: Path
    state_dir: Path
    project_root: Path
    git_root: Path | None = None
    trusted: bool | None = None
    headless: bool = False
    model: str = "gpt-5.5"
    model_provider: str = "openai"
    model_providers: dict[str, ProviderSettings] = {}
    approval_policy: ApprovalPolicy = "on-request"
    granular: Granular | None = None
    sandbox_policy: SandboxPolicy = SandboxPolicy()
    effort: str | None = None
    summary: str | None = None
    verbosity: str | None = None
    service_tier: str | None = None
    context_window: int | None = None
    auto_compact_limit: int | None = None
    auto_compact_scope: Literal["total", "body_after_prefix"] = "total"
    tool_output_token_limit: int | None = None
    developer_instructions: str | None = None
    instructions_file: Path | None = None
    project_doc_max_bytes: int = 32_768
    project_doc_fallback_filenames: tuple[str, ...] = ()
    project_root_markers: tuple[str, ...] = trust.MARKERS
    history_persistence: Literal["save-all", "none"] = "save-all"
    hide_agent_reasoning: bool = False
    show_raw_agent_reasoning: bool = False
    notify: tuple[str, ...] = ()
    keymap: str = "codex"
    theme: str = "dark"
    collaboration: Collaboration = "default"
    api_key_file: Path | None = None
    profile: str | None = None
    overrides: dict[str, Any] = {}
    raw: dict[str, Any] = {}
    unknown: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    skipped: Skipped = Skipped()
    system_dir: Path = SYSTEM
    requirements: Requirements = Requirements()

    def folders(self) -> list[Path]:
        """The folders in which a `config.toml` counts, low to high, whether there is one or not."""
        found = [self.system_dir, *([] if self.skipped.user_config else [self.codex_home])]
        if self.trusted:
            inner = (one / ".codex" for one in trust.config_folders(self.cwd, self.project_root_markers))
            found += [one for one in inner if self.codex_home not in (one, one.resolve())]
        return found

    def holds(self, name: str) -> bool:
        """Whether there is a setting or a requirement of this name, or a file of this name beside a `config.toml`."""
        set_up = self.said(name) is not None or name in self.requirements.values
        return set_up or any((folder / name).is_file() for folder in self.folders())

    def said(self, name: str) -> Any:
        """What the files and the command line say of a setting by its dotted name; None where nothing."""
        found: Any = self.raw
        for part in name.split("."):
            found = found.get(part) if isinstance(found, dict) else None
        return found

    def __repr__(self) -> str:
        return f"Settings(cwd={str(self.cwd)!r}, model={self.model!r}, model_provider={self.model_provider!r})"


def load(
    *,
    cwd: Path,
    env: Mapping[str, str],
    overrides: Mapping[str, Any] | None = None,
    headless: bool = False,
    provider: str | None = None,
    profile: str | None = None,
    api_key_file: Path | None = None,
    strict: bool = False,
    skipped: Skipped | None = None,
    system_dir: Path = SYSTEM,
) -> Settings:
    """Read every layer. `overrides` are dotted keys with values; `provider` is put above all of them.

    `headless` forces the approval policy `never`. Raises SettingError (`BadSetting` where it has a place).
    """
    above = {**(overrides or {}), **({"model_provider": provider} if provider else {})}
    if env.get("CSM_LOG") in LEVELS:
        above.setdefault("csm.log", env["CSM_LOG"])
    skipped = skipped or Skipped()
    home = _usable(codex_home(env), env)
    own = NOWHERE if skipped.own else config_dir(env)
    warnings: list[str] = []
    stack = setting_layers.base(system_dir, own)
    stack += setting_layers.user(home, profile, nest := layers.nest(above), warnings, skip=skipped.user_config)
    markers = setting_layers.markers(stack, nest)
    trusted = trust.level(layers.merge(setting_layers.merged(stack), nest).get("projects", {}), cwd, markers)
    stack += setting_layers.project(cwd, markers, home, trusted, warnings)
    stack.append(Layer(nest))
    unknown = setting_layers.check_all(stack, strict)
    stack = [setting_layers.rooted(layer, cwd) for layer in stack]
    required = requirements.read(system_dir, os.uname().nodename)
    warnings += requirements.unknown(required, strict=strict)
    raw = requirements.bound(setting_layers.merged(stack), required, warnings)
    return _settings(
        raw,
        warnings,
        cwd=cwd,
        codex_home=home,
        config_dir=own,
        state_dir=state_dir(env),
        project_root=trust.project_root(cwd, markers),
        git_root=trust.git_root(cwd),
        trusted=trusted,
        headless=headless,
        model_providers=providers(stack, raw, env),
        api_key_file=api_key_file,
        profile=profile,
        overrides=dict(above),
        unknown=unknown,
        skipped=skipped,
        system_dir=system_dir,
        requirements=required,
    )


def _usable(home: Path, env: Mapping[str, str]) -> Path:
    """The folder, unless the user named one that is none: a misspelt name must not become a second home."""
    named = bool(env.get("CODEX_HOME"))
    try:
        there = home.exists()
        if home.is_dir() or not (there or named):
            return home
    except OSError as error:
        raise SettingError(f"Error finding codex home: {home}: {error.strerror}") from error
    name = "CODEX_HOME points to" if named else "the home is"
    what = "is not a directory" if there else "does not exist"
    raise SettingError(f'Error finding codex home: {name} "{home}", but that path {what}')


def reload(
    settings: Settings,
    *,
    env: Mapping[str, str],
    cwd: Path | None = None,
    overrides: Mapping[str, Any] | None = None,
    headless: bool | None = None,
    fresh: bool = False,
) -> Settings:
    """The same settings for another directory, or with more overrides on top; the same object if nothing differs.

    `fresh` reads the files anew in any case.
    """
    cwd = settings.cwd if cwd is None else cwd
    headless = settings.headless if headless is None else headless
    above = {**settings.overrides, **(overrides or {})}
    if not fresh and (cwd, headless, above) == (settings.cwd, settings.headless, settings.overrides):
        return settings
    return load(
        cwd=cwd,
        env=env,
        overrides=above,
        headless=headless,
        profile=settings.profile,
        api_key_file=settings.api_key_file,
        skipped=settings.skipped,
        system_dir=settings.system_dir,
    )


def stack(settings: Settings, env: Mapping[str, str]) -> list[Layer]:
    """The layers that these settings are made of, read anew, low to high; the last one is the command line's.

    Raises SettingError.
    """
    nest = layers.nest(settings.overrides)
    found = setting_layers.base(settings.system_dir, settings.config_dir)
    found += setting_layers.user(settings.codex_home, settings.profile, nest, [], skip=settings.skipped.user_config)
    markers = settings.project_root_markers
    found += setting_layers.project(settings.cwd, markers, settings.codex_home, settings.trusted, [])
    return [*found, Layer(nest)]


def _modal(raw: dict[str, Any]) -> bool:
    """Whether Codex's own settings want its composer to begin in Vim's way."""
    tui = raw.get("tui")
    return isinstance(tui, dict) and tui.get("vim_mode_default") is True


def _settings(raw: dict[str, Any], warnings: list[str], **known: Any) -> Settings:
    get = raw.get
    own = get("csm", {})
    file = get("model_instructions_file")
    optional = {
        "effort": get("model_reasoning_effort"),
        "summary": get("model_reasoning_summary"),
        "verbosity": get("model_verbosity"),
        "service_tier": get("service_tier"),
        "context_window": get("model_context_window"),
        "auto_compact_limit": get("model_auto_compact_token_limit"),
        "auto_compact_scope": get("model_auto_compact_token_limit_scope"),
        "tool_output_token_limit": get("tool_output_token_limit"),
        "developer_instructions": get("developer_instructions"),
        "instructions_file": Path(file) if file else None,
        "project_doc_max_bytes": get("project_doc_max_bytes"),
        "project_doc_fallback_filenames": _tuple(get("project_doc_fallback_filenames")),
        "project_root_markers": _tuple(get("project_root_markers")),
        "history_persistence": get("history", {}).get("persistence"),
        "hide_agent_reasoning": get("hide_agent_reasoning"),
        "show_raw_agent_reasoning": get("show_raw_agent_reasoning"),
        "notify": _tuple(get("notify")),
        "model": get("model"),
        "model_provider": get("model_provider"),
        "keymap": own.get("keymap") or ("vim" if _modal(raw) else None),
        "theme": own.get("theme"),
        "collaboration": own.get("collaboration"),
    }
    given = {name: value for name, value in optional.items() if value is not None}
    trusted, headless = known["trusted"], known["headless"]
    required: Requirements = known["requirements"]
    policy = _approval(get("approval_policy"), trusted, headless, get("approvals_reviewer"))
    granular = _granular(get("approval_policy"))
    policy, kept = requirements.approval(policy, required, warnings, granular=granular is not None)
    sandbox = requirements.sandbox(_sandbox(raw, trusted), required, warnings)
    return Settings(
        **known,
        **given,
        raw=raw,
        approval_policy=policy,
        granular=granular if kept else None,
        sandbox_policy=sandbox,
        warnings=tuple(warnings),
    )


def _tuple(value: list[str] | None) -> tuple[str, ...] | None:
    return None if value is None else tuple(value)


def _approval(value: Any, trusted: bool | None, headless: bool, reviewer: Any) -> ApprovalPolicy:
    """Where nobody can be asked nothing is, unless a reviewing model answers."""
    if headless and reviewer not in setting_keys.REVIEWERS:
        return "never"
    if isinstance(value, str):
        return value  # pyright: ignore[reportReturnType]
    if isinstance(value, dict):
        return "on-request"
    return "untrusted" if trusted is False else "on-request"


def _granular(value: Any) -> Granular | None:
    return Granular(**value["granular"]) if isinstance(value, dict) else None


def _sandbox(raw: dict[str, Any], trusted: bool | None) -> SandboxPolicy:
    mode = raw.get("sandbox_mode") or ("read-only" if trusted is None else "workspace-write")
    if mode != "workspace-write":
        return SandboxPolicy(mode=mode, network_access=mode == "danger-full-access")
    table = raw.get("sandbox_workspace_write", {})
    return SandboxPolicy(
        mode=mode,
        writable_roots=tuple(table.get("writable_roots", ())),
        network_access=table.get("network_access", False),
        exclude_tmpdir_env_var=table.get("exclude_tmpdir_env_var", False),
        exclude_slash_tmp=table.get("exclude_slash_tmp", False),
    )
